"""Taps whose readers wait for the server: who answers each, the server or the edge, and once only."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from campus_core import wire

from .journal import JournalUnwritable

#: How long a claimed answer may take to be stored: a disk that stands still longer is broken.
STORE_TIMEOUT_MS: Final = 10_000


@dataclass(frozen=True, slots=True)
class ServerAnswer:
    """One of the ``answers`` to a batch; amounts in cents."""

    outcome: str
    code: str
    amount_minor: int | None = None
    balance_minor: int | None = None
    name: str = ""
    text: str = ""
    rule: str = ""
    numbers: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def read(cls, values: Mapping[str, Any]) -> ServerAnswer:
        """Return the answer that JSON values state; ``ValueError`` without a known outcome."""
        outcome = values.get("outcome")
        if outcome not in wire.OUTCOMES:
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


class Ask:
    """One tap that waits."""

    __slots__ = ("answer", "claimed", "done")

    def __init__(self) -> None:
        self.done = threading.Event()
        self.claimed = False
        self.answer: ServerAnswer | None = None


class Asks:
    """The open asks by uuid of their tap."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._open: dict[str, Ask] = {}

    def open(self, uuid: str) -> Ask:
        """Begin to wait for the server's answer about a tap; before it is written, or it may be missed."""
        ask = Ask()
        with self._lock:
            self._open[uuid] = ask
        return ask

    def is_open(self, uuid: str) -> bool:
        """Say whether a reader waits for this tap."""
        return uuid in self._open

    def drop(self, uuid: str) -> None:
        """Nobody waits any more: the tap could not be written."""
        with self._lock:
            self._open.pop(uuid, None)

    def claim(self, uuids: Iterable[str]) -> list[str]:
        """The server has answered: of these, return the taps that still wait. They will get it."""
        claimed = []
        with self._lock:
            for uuid in uuids:
                ask = self._open.get(uuid)
                if ask is not None:
                    ask.claimed = True
                    claimed.append(uuid)
        return claimed

    def finish(self, answers: Mapping[str, ServerAnswer | None]) -> None:
        """Let claimed taps go on: with an answer that is stored, or None: it could not be."""
        with self._lock:
            done = [(self._open.pop(uuid, None), answer) for uuid, answer in answers.items()]
        for ask, answer in done:
            if ask is not None:
                ask.answer = answer
                ask.done.set()

    def wait(self, uuid: str, ask: Ask, timeout_ms: int) -> ServerAnswer | None:
        """Return the server's answer, or None when it did not come in time: it will not count then.

        Raises ``JournalUnwritable`` when it came and could not be stored.
        """
        if not ask.done.wait(timeout_ms / 1000):
            with self._lock:
                if not ask.claimed:
                    self._open.pop(uuid, None)
                    return None
            ask.done.wait(STORE_TIMEOUT_MS / 1000)
        if ask.answer is None:
            self.drop(uuid)
            raise JournalUnwritable("the server's answer could not be stored")
        return ask.answer


def _whole(value: Any) -> int | None:
    return value if type(value) is int else None
