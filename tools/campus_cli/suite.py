"""One pytest run of `./campus test`: in the foreground, or in parallel with its output kept for later."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field

from . import paths, process, venv
from .console import say

PYTEST_OK, PYTEST_FAILED, PYTEST_NOTHING = 0, 1, 5


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
    """A pytest run that is started now and waited for later. If it is waited for at once, it prints directly."""

    def __init__(self, name: str, arguments: list[str], env: dict[str, str] | None = None) -> None:
        self.name = name
        slug = "-".join(name.split()[:2])
        self.counts = paths.WORK / f"counts-{slug}-{os.getpid()}.json"
        self.output = paths.LOGS / f"test-{slug}.log"
        python_path = f"{(env or {}).get('PYTHONPATH', '')}:{paths.TOOLS}".strip(":")
        self.env = {**(env or {}), "PYTHONPATH": python_path, "CAMPUS_SUITE": slug}
        self.command = [str(venv.PYTHON), "-m", "pytest", "-p", "campus_pytest", "-rs", *arguments]
        self.command.append(f"--campus-counts={self.counts}")
        self.running: subprocess.Popen[bytes] | None = None
        self.started = 0.0

    def run(self) -> Outcome:
        """Run it in the foreground."""
        paths.WORK.mkdir(exist_ok=True)
        say(f"\n== {self.name} ==")
        self.started = time.monotonic()
        code = process.call(self.command, self.env)
        return self._outcome(code)

    def start(self) -> None:
        """Start it in parallel."""
        paths.LOGS.mkdir(parents=True, exist_ok=True)
        self.started = time.monotonic()
        with self.output.open("wb") as output:
            self.running = subprocess.Popen(
                self.command,
                cwd=paths.ROOT,
                env=process.clean_env(self.env),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )

    def wait(self) -> Outcome:
        """Print its output so far and from now on, until it ends."""
        say(f"\n== {self.name} ==")
        with self.output.open(encoding="utf-8", errors="replace") as written:
            while True:
                code = self.running.poll()
                sys.stdout.write(written.read())
                sys.stdout.flush()
                if code is not None:
                    return self._outcome(code)
                time.sleep(0.2)

    def stop(self) -> None:
        """Stop it and let it clean up. Does nothing if it has ended."""
        if self.running and self.running.poll() is None:
            self.running.send_signal(signal.SIGINT)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.running.wait(process.CLEAN_UP_TIMEOUT_S)
            process.end(self.running)
        self.counts.unlink(missing_ok=True)

    def _outcome(self, code: int) -> Outcome:
        found = json.loads(self.counts.read_text(encoding="utf-8")) if self.counts.exists() else {}
        self.counts.unlink(missing_ok=True)
        return Outcome(self.name, code, time.monotonic() - self.started, found)


@contextlib.contextmanager
def beside(suite: Suite | None):
    """Run ``suite`` in parallel with the block. An exception ends both."""
    if suite:
        suite.start()
    try:
        yield
    except BaseException:
        if suite:
            suite.stop()
        raise
