"""Stable wire codes, the error tree and refusals.

A *refusal* is an answer: a business rule said no, and the numbers say why. It is
a value (``Refusal``), never raised. An *error* is a caller's mistake (a malformed
amount, an impossible request): it is raised as ``CampusError`` or a subclass.
Both carry a code out of ``CODES``. Codes travel over the wire and are stored with
postings: they may be added to, never renamed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from .codes import *  # noqa: F403 (callers read codes as ``errors.CODE``)
from .codes import CODES

Number = int | str
_NO_NUMBERS: Final[Mapping[str, Number]] = MappingProxyType({})


class CampusError(Exception):
    """A caller's mistake, with a stable code and the numbers that explain it."""

    def __init__(self, code: str, /, **numbers: Number) -> None:
        if code not in CODES:
            raise ValueError(f"unknown error code {code!r}")
        self.code = code
        self.numbers: Mapping[str, Number] = MappingProxyType(dict(numbers))
        super().__init__(_sentence(code, numbers))

    def __reduce__(self) -> tuple[object, ...]:
        """Pickle an error with its code and numbers, for worker pools."""
        return (_rebuild, (type(self), self.code, dict(self.numbers)))


class MoneyError(CampusError):
    """A text or number that is not an amount of money."""


class UidError(CampusError):
    """A text that is not a card UID."""


class CardStateError(CampusError):
    """A state or verb that the table of card states does not have."""


class LedgerError(CampusError):
    """A malformed request to the ledger (a refusal is an answer, not an error)."""


class WireError(CampusError):
    """A request of an edge that has the wrong form."""


class CredentialError(CampusError):
    """A credential that cannot be believed: malformed, forged, stale or used before."""


@dataclass(frozen=True)
class Refusal:
    """A business rule's "no": a code out of ``CODES`` and its numbers."""

    code: str
    numbers: Mapping[str, Number] = field(default_factory=lambda: _NO_NUMBERS)

    def __post_init__(self) -> None:
        if self.code not in CODES:
            raise ValueError(f"unknown refusal code {self.code!r}")
        object.__setattr__(self, "numbers", MappingProxyType(dict(self.numbers)))

    def __str__(self) -> str:
        return _sentence(self.code, self.numbers)

    def __hash__(self) -> int:
        return hash((self.code, tuple(sorted(self.numbers.items(), key=lambda pair: pair[0]))))


def _rebuild(kind: type[CampusError], code: str, numbers: dict[str, Number]) -> CampusError:
    return kind(code, **numbers)


def _sentence(code: str, numbers: Mapping[str, Number]) -> str:
    if not numbers:
        return CODES[code]
    details = ", ".join(f"{name}={value}" for name, value in numbers.items())
    return f"{CODES[code]} ({details})"
