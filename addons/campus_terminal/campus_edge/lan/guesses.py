"""Limits guessing: a client that names too many wrong terminals or tokens must wait."""

from __future__ import annotations

from collections import OrderedDict
from typing import Final

WINDOW_MS: Final = 60_000
WRONG_MAX: Final = 30
CLIENTS_MAX: Final = 1_024


class Guesses:
    """Counts wrong guesses by client within a time window, for a limited number of clients."""

    def __init__(self) -> None:
        self._wrong: OrderedDict[str, tuple[int, int]] = OrderedDict()

    def wrong(self, client: str, now_ms: int) -> None:
        """Count a wrong guess of ``client``."""
        start_ms, count = self._window(client, now_ms)
        self._wrong[client] = (start_ms, count + 1)
        self._wrong.move_to_end(client)
        while len(self._wrong) > CLIENTS_MAX:
            self._wrong.popitem(last=False)

    def retry_after_ms(self, client: str, now_ms: int) -> int:
        """Return how long ``client`` has to wait before it may guess again; 0 for no wait."""
        start_ms, count = self._window(client, now_ms)
        return start_ms + WINDOW_MS - now_ms if count >= WRONG_MAX else 0

    def _window(self, client: str, now_ms: int) -> tuple[int, int]:
        start_ms, count = self._wrong.get(client, (now_ms, 0))
        return (start_ms, count) if now_ms - start_ms < WINDOW_MS else (now_ms, 0)
