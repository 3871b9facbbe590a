"""Taps that wait for the server's answer; makes sure that server or edge answers each exactly once."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from campus_core.taps import wire


@dataclass(frozen=True, slots=True)
class ServerAnswer:
    """One of the ``answers`` to a batch; amounts are cents. The answer to an event has an empty ``outcome``."""

    outcome: str
    code: str
    amount_minor: int | None = None
    balance_minor: int | None = None
    name: str = ""
    text: str = ""
    rule: str = ""
    numbers: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def read(cls, values: Mapping[str, Any], kind: str = wire.TAP) -> ServerAnswer:
        """Return the answer in JSON values to an entry of this kind; ``ValueError`` without a known outcome."""
        outcome = values.get("outcome")
        if kind == wire.EVENT and outcome is None:
            outcome = ""
        elif outcome not in wire.OUTCOMES:
            raise ValueError("an answer without outcome")
        numbers = values.get("numbers")
        return cls(
            outcome=str(outcome),
            code=str(values.get("code") or ""),
            amount_minor=_whole(values.get("amount_minor")),
            balance_minor=_whole(values.get("balance_minor")),
            name=str(values.get("name") or "")[:64],
            text=str(values.get("text") or "")[:200],
            rule=str(values.get("rule") or "")[:200],
            numbers=numbers if isinstance(numbers, dict) else {},
        )


#: Called with the answer when it is stored, with None when it could not be stored.
Take: TypeAlias = Callable[[ServerAnswer | None], object]

_WAITING, _CLAIMED, _ALONE = range(3)


class _Ask:
    """A waiting tap."""

    __slots__ = ("state", "take")

    def __init__(self, take: Take) -> None:
        self.take = take
        self.state = _WAITING


class Asks:
    """The open asks by uuid of their tap; an ask is open until its result is in the journal."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._open: dict[str, _Ask] = {}

    def open(self, uuid: str, take: Take) -> None:
        """Register a tap that will wait; call this before it is written, or its answer may be missed."""
        with self._lock:
            self._open[uuid] = _Ask(take)

    def is_open(self, uuid: str) -> bool:
        """Say whether a reader waits for this tap."""
        return uuid in self._open

    def give_up(self, uuid: str, though_claimed: bool = False) -> bool:
        """Ignore the server's answer from now on, because it is late; say whether that is still possible.

        It is not possible while the answer is being stored, except with ``though_claimed``, for a disk that
        takes too long. The ask stays open until ``close``, when the edge's own answer is written.
        """
        with self._lock:
            ask = self._open.get(uuid)
            if ask is None or (ask.state == _CLAIMED and not though_claimed):
                return False
            ask.state = _ALONE
            return True

    def close(self, uuid: str) -> None:
        """Remove an ask that no longer waits."""
        with self._lock:
            self._open.pop(uuid, None)

    def claim(self, uuids: Iterable[str]) -> list[str]:
        """Return which of these taps still wait; they will get the server's answer that has come."""
        claimed = []
        with self._lock:
            for uuid in uuids:
                ask = self._open.get(uuid)
                if ask is not None and ask.state != _ALONE:
                    ask.state = _CLAIMED
                    claimed.append(uuid)
        return claimed

    def is_claimed(self, uuid: str) -> bool:
        """Say whether a claimed tap still waits, so its reader has not shown another answer meanwhile."""
        with self._lock:
            ask = self._open.get(uuid)
            return ask is not None and ask.state == _CLAIMED

    def finish(self, answers: Mapping[str, ServerAnswer | None]) -> None:
        """Answer claimed taps, with a stored answer or with None if it could not be stored."""
        done = []
        with self._lock:
            for uuid, answer in answers.items():
                ask = self._open.get(uuid)
                if ask is not None and ask.state == _CLAIMED:
                    del self._open[uuid]
                    done.append((ask, answer))
        for ask, answer in done:
            ask.take(answer)


def _whole(value: Any) -> int | None:
    return value if type(value) is int else None
