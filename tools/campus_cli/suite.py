"""The pytest runs of `./campus test`: one in the foreground, or some at a time in lanes."""

from __future__ import annotations

import codecs
import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field

from . import paths, process, venv
from .console import say

PYTEST_OK, PYTEST_FAILED, PYTEST_NOTHING = 0, 1, 5
# So many suites run at a time. More would need more than two processors, and some tests say how soon things happen.
LANES = 2
LOOK_S = 0.2


@dataclass
class Outcome:
    """Counts of one suite. A skipped test counts as a failure, because it has proven nothing."""

    suite: str
    code: int
    seconds: float
    counts: dict[str, int] = field(default_factory=dict)

    @property
    def passed(self) -> int:
        return self.counts.get("passed", 0)

    @property
    def failed(self) -> int:
        bad = ("failed", "error", "skipped", "xfailed", "xpassed")
        return sum(self.counts.get(key, 0) for key in bad)

    def is_broken(self, selected: bool) -> bool:
        """pytest itself failed, or found no tests although none were deselected."""
        if self.code == PYTEST_NOTHING:
            return not selected
        return self.code not in (PYTEST_OK, PYTEST_FAILED)


class Suite:
    """A pytest run: alone, with its output at once, or in a lane, with its output kept for later."""

    def __init__(self, name: str, arguments: list[str], env: dict[str, str] | None = None) -> None:
        self.name = name
        self.slug = "-".join(name.split()[:2])
        self.counts = paths.WORK / f"counts-{self.slug}-{os.getpid()}.json"
        self.output = paths.LOGS / f"test-{self.slug}.log"
        self.outcome: Outcome | None = None
        self.running: subprocess.Popen[bytes] | None = None
        self._arguments, self._given = arguments, env or {}
        self._started, self._shown = 0.0, 0
        self._decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")

    def prepared(self) -> tuple[list[str], dict[str, str]]:
        """Further arguments and environment of the run, made when it begins."""
        return [], {}

    def cleaned(self) -> None:
        """Remove what was prepared."""

    def run(self) -> Outcome:
        """Run it in the foreground."""
        paths.WORK.mkdir(exist_ok=True)
        say(f"\n== {self.name} ==")
        try:
            command, env = self._command()
            return self._done(process.call(command, env))
        finally:
            self.cleaned()

    def start(self) -> None:
        """Start it in parallel."""
        paths.LOGS.mkdir(parents=True, exist_ok=True)
        command, env = self._command()
        with self.output.open("wb") as output:
            self.running = subprocess.Popen(
                command,
                cwd=paths.ROOT,
                env=process.clean_env(env),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )

    def look(self) -> None:
        """Note its outcome if it has ended."""
        if self.running and not self.outcome and (code := self.running.poll()) is not None:
            self.cleaned()
            self._done(code)

    def show(self) -> None:
        """Print what it has written since the last time."""
        if self.running:
            with self.output.open("rb") as written:
                written.seek(self._shown)
                more = written.read()
            self._shown += len(more)
            sys.stdout.write(self._decoder.decode(more))
            sys.stdout.flush()

    def interrupt(self) -> None:
        """Ask it to stop. Does nothing if it has ended."""
        if self.running and self.running.poll() is None:
            self.running.send_signal(signal.SIGINT)

    def stop(self) -> None:
        """Stop it and let it clean up."""
        self.interrupt()
        if self.running:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.running.wait(process.CLEAN_UP_TIMEOUT_S)
            process.end(self.running)
        self.counts.unlink(missing_ok=True)
        self.cleaned()

    def _command(self) -> tuple[list[str], dict[str, str]]:
        further, prepared = self.prepared()
        env = {**self._given, **prepared, "CAMPUS_SUITE": self.slug}
        env["PYTHONPATH"] = f"{env.get('PYTHONPATH', '')}:{paths.TOOLS}".strip(":")
        command = [str(venv.PYTHON), "-m", "pytest", "-p", "campus_pytest", "-rs", *self._arguments, *further]
        self._started = time.monotonic()
        return [*command, f"--campus-counts={self.counts}"], env

    def _done(self, code: int) -> Outcome:
        found = json.loads(self.counts.read_text(encoding="utf-8")) if self.counts.exists() else {}
        self.counts.unlink(missing_ok=True)
        self.outcome = Outcome(self.name, code, time.monotonic() - self._started, found)
        return self.outcome


class Lanes:
    """Runs suites so many at a time. A lane that is free takes the next one, also while databases are built.

    Whatever ends the block with an exception ends all suites.
    """

    def __init__(self, count: int = LANES) -> None:
        self.count, self.suites = count, []
        self._lock, self._closed = threading.Lock(), threading.Event()
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._keep_full, daemon=True)

    def __enter__(self) -> Lanes:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, *_error: object) -> None:
        self._closed.set()
        self._thread.join()
        if kind:
            for suite in self.suites:
                suite.interrupt()
            for suite in self.suites:
                suite.stop()

    def add(self, *suites: Suite) -> None:
        """Queue suites."""
        with self._lock:
            self.suites += suites

    def run(self) -> list[Outcome]:
        """Wait for all of them; print the output of one after the other."""
        for suite in self.suites:
            say(f"\n== {suite.name} ==")
            while not suite.outcome:
                if self._error:
                    raise self._error
                suite.show()
                time.sleep(LOOK_S)
            suite.show()
        return [suite.outcome for suite in self.suites]

    def _keep_full(self) -> None:
        while not self._closed.wait(LOOK_S):
            try:
                with self._lock:
                    self._fill()
            except Exception as error:
                self._error = error
                return

    def _fill(self) -> None:
        for suite in self.suites:
            suite.look()
        waiting = [suite for suite in self.suites if not suite.running]
        busy = sum(not suite.outcome for suite in self.suites) - len(waiting)
        for suite in waiting[: max(0, self.count - busy)]:
            suite.start()
