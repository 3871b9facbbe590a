"""Pauses between tries that grow each time and differ at random."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Final

FIRST_MS: Final = 250
LONGEST_MS: Final = 15_000
#: A pause is shortened at random by up to this part, so that readers do not all try at the same moment.
JITTER: Final = 0.3


class Backoff:
    """Pauses of ``first_ms``, twice that, four times ... up to ``longest_ms``, each with jitter."""

    def __init__(
        self,
        first_ms: int = FIRST_MS,
        longest_ms: int = LONGEST_MS,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._first_ms, self._longest_ms, self._chance = first_ms, longest_ms, chance
        self._failures = 0

    def next_ms(self) -> int:
        """Return the pause after one more failure, in milliseconds."""
        # the limit keeps the number small when a fault lasts for weeks
        whole = min(self._first_ms << min(self._failures, 20), self._longest_ms)
        self._failures += 1
        return round(whole * (1 - JITTER * self._chance()))

    def reset(self) -> None:
        """Begin with the first pause again, after a success."""
        self._failures = 0
