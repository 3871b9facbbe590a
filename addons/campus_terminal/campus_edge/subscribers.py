"""A list of subscribers that any thread may change, also while the subscribers are called."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Generic, TypeVar

Caller = TypeVar("Caller")


class Subscribers(Generic[Caller]):
    """Iterating gives the subscribers at that moment."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._all: tuple[Caller, ...] = ()

    def __iter__(self) -> Iterator[Caller]:
        return iter(self._all)

    def add(self, caller: Caller) -> Callable[[], None]:
        """Add ``caller``; the returned function removes it."""
        with self._lock:
            self._all = (*self._all, caller)

        def stop() -> None:
            with self._lock:
                self._all = tuple(other for other in self._all if other is not caller)

        return stop
