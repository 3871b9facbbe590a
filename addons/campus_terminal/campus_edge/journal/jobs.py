"""The queue of jobs for the journal's one writer thread; any thread may add to it."""

from __future__ import annotations

import queue
import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, Final, NamedTuple

GROUP_MAX: Final = 500


class JournalUnwritable(Exception):
    """The journal could not be written: the disk is full or broken."""


class Job(NamedTuple):
    """Work for the writer's next transaction, or (``alone``) for the time between two transactions."""

    work: Callable[[sqlite3.Connection], Any]
    done: Future[Any]
    alone: bool = False


class Group(NamedTuple):
    """The jobs of one transaction, the job to do after it, and whether the queue has ended."""

    jobs: list[Job]
    alone: Job | None
    is_last: bool


#: Ends a group of jobs.
_ENOUGH: Final = Job(lambda base: None, Future())


class Jobs:
    """The queue. Only the writer calls ``take`` and ``ended``."""

    def __init__(self) -> None:
        self._jobs: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._is_closed = False
        self._waiting = 0
        self._idle = threading.Event()
        self._idle.set()

    def put(self, work: Callable[[sqlite3.Connection], Any], *, alone: bool = False) -> Future[Any]:
        """Add a job and return its future; raises ``JournalUnwritable`` when the journal is closed."""
        job = Job(work, Future(), alone)
        with self._lock:
            if self._is_closed:
                raise JournalUnwritable("the journal is closed")
            self._waiting += 1
            self._idle.clear()
            self._jobs.put(job)
        return job.done

    def settle(self, timeout_ms: int) -> None:
        """Wait until all jobs are done, at most ``timeout_ms``."""
        self._idle.wait(timeout_ms / 1000)

    def close(self) -> bool:
        """Accept no more jobs; say whether this was the first call."""
        with self._lock:
            if self._is_closed:
                return False
            self._is_closed = True
            self._jobs.put(None)
            return True

    def take(self) -> Group:
        """Wait for a job; return it together with all jobs that wait after it."""
        group: list[Job] = []
        job = self._jobs.get()
        while job is not None and not job.alone:
            group.append(job)
            try:
                job = self._jobs.get_nowait() if len(group) < GROUP_MAX else _ENOUGH
            except queue.Empty:
                job = _ENOUGH
            if job is _ENOUGH:
                return Group(group, None, False)
        return Group(group, job, job is None)

    def ended(self, group: Group) -> None:
        """Note that all jobs of a group are done or have failed."""
        with self._lock:
            self._waiting -= len(group.jobs) + (group.alone is not None)
            if not self._waiting:
                self._idle.set()
