"""Progress for people, on stderr. stdout is for results only."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager


class CampusError(Exception):
    """An error that a person can solve: what went wrong, and what to do."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


class Step:
    """One line of progress. `note` shows what is being done, `result` what came out."""

    def __init__(self, head: str) -> None:
        self.head = head
        self.result = ""
        self.started = time.monotonic()
        self._live = sys.stderr.isatty()
        self._noted = self.started
        self._say("...", end="" if self._live else "\n")

    def note(self, text: str) -> None:
        """Replace the note. Without a terminal, print at most one line per 15 s."""
        now = time.monotonic()
        if self._live and now - self._noted > 0.1:
            self._say(text, end="")
        elif not self._live and now - self._noted > 15:
            self._say(text, end="\n")
        else:
            return
        self._noted = now

    def close(self, ok: bool) -> None:
        seconds = time.monotonic() - self.started
        self._say(f"{self.result or ('done' if ok else 'failed')} ({seconds:.1f} s)", end="\n")

    def _say(self, text: str, end: str) -> None:
        start = "\r\x1b[K" if self._live else ""
        sys.stderr.write(f"{start}{self.head}: {text}"[:400] + end)
        sys.stderr.flush()


class Steps:
    """Numbers the steps of one command: `[2/7] Odoo 19: ...`."""

    def __init__(self, total: int) -> None:
        self.total = total
        self.count = 0

    @contextmanager
    def step(self, title: str) -> Iterator[Step]:
        self.count = min(self.count + 1, self.total)
        step = Step(f"[{self.count}/{self.total}] {title}")
        try:
            yield step
        except BaseException:
            step.result = ""
            step.close(ok=False)
            raise
        step.close(ok=True)


def say(text: str = "") -> None:
    sys.stderr.write(text + "\n")
    sys.stderr.flush()


def warn(text: str) -> None:
    say(f"warning: {text}")
