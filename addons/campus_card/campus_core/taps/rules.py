"""What becomes of a tap when nobody but the edge can say: the offline decision.

The edge decides with it while the server is silent, the server checks with it what edges decided.
Pure: times, days and what was spent come in as arguments; all sums are cents.

*Uncovered* is the part of what a card has spent without the server that no lease covers. A lease
is money that the server has set aside for this edge: spending it is no risk, so all caps count
the uncovered part only. A cap of 0 allows nothing.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from .. import card_state, errors
from ..errors import Number, Refusal
from ..money import MAX_MINOR
from . import wire

FIXED, KEYED, SENT = "fixed", "keyed", "sent"
AMOUNT_MODES: Final = frozenset({FIXED, KEYED, SENT})
#: State of a card in a snapshot whose holder's money is frozen; the others are ``card_state``'s.
WALLET_FROZEN: Final = "wallet_frozen"
#: Taps of these purposes ask the server first; the others are decided at the edge always.
ASKS: Final = frozenset({wire.PAY, wire.BALANCE})
#: The same card, terminal and amount within this time is one tap that was read twice.
DUPLICATE_MS: Final = 3_000

_STATE_CODES: Final[Mapping[str, str]] = MappingProxyType(
    {
        card_state.FROZEN: errors.CARD_FROZEN,
        card_state.LOST: errors.CARD_LOST,
        card_state.EXPIRED: errors.CARD_EXPIRED,
        card_state.REPLACED: errors.CARD_REPLACED,
        card_state.RETURNED: errors.CARD_RETURNED,
        WALLET_FROZEN: errors.WALLET_FROZEN,
    }
)
#: What a frozen wallet does not stop: it has no money to lose there.
_MONEY: Final = frozenset({wire.PAY})
_NO_NUMBERS: Final[Mapping[str, Number]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Limits:
    """The caps of one edge, as in a snapshot's ``limits``; 0 allows nothing.

    ``uid_minor`` is the most that one purchase with a bare UID may be, with or without the server;
    0: no such limit.
    """

    tap_minor: int = 0
    card_minor: int = 0
    edge_minor: int = 0
    snapshot_age_s: int = 0
    uid_minor: int = 0


@dataclass(frozen=True, slots=True)
class Terminal:
    """A terminal as a snapshot states it."""

    code: str
    purpose: str = wire.PAY
    amount_mode: str = FIXED
    amount_minor: int = 0
    enabled: bool = True
    name: str = ""


@dataclass(frozen=True, slots=True)
class Card:
    """A card as a snapshot states it; days are ISO or None, both ends belong to the card's life.

    ``floor_minor`` is the most that one purchase with this card may be, as its holder's wallet says
    (None or 0: it does not); ``lease_minor`` is what is left of its leases.
    """

    card: int
    state: str
    valid_from: str | None = None
    valid_until: str | None = None
    name: str = ""
    floor_minor: int | None = None
    lease_minor: int = 0


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known: the snapshot (version 0: none), the terminal and the card, where they are in it.

    ``issued_at_ms`` is when the server last said that this is how things are.
    """

    version: int
    issued_at_ms: int
    terminal: Terminal | None
    card: Card | None


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked. ``day`` is today's date at the place, ISO.

    ``amount_minor`` is what was keyed or sent; ``refusal`` says why the credential is not believed;
    ``is_bare`` that it proves nothing: a UID, which anybody may have copied.
    """

    day: str
    amount_minor: int | None = None
    refusal: Refusal | None = None
    is_bare: bool = False


@dataclass(frozen=True, slots=True)
class Counters:
    """What the edge has sold on its own word: by the card in all and not yet told, by the edge uncovered.

    ``last_ms`` is when the same card was last let through at this terminal for this amount.
    ``told_minor`` is what of the card the server knows already and still counts towards its caps.
    """

    card_minor: int = 0
    edge_minor: int = 0
    last_ms: int | None = None
    told_minor: int = 0


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer: outcome and code of the wire, the rule that decided, the numbers that explain it.

    ``amount_minor`` is what is paid (None where nothing is), ``uncovered_minor`` what of it counts
    towards the caps.
    """

    outcome: str
    code: str
    rule: str
    numbers: Mapping[str, Number] = field(default_factory=lambda: _NO_NUMBERS)
    amount_minor: int | None = None
    uncovered_minor: int = 0

    @property
    def granted(self) -> bool:
        """Say whether the lamp is green."""
        return self.outcome == wire.GRANTED


def decide(facts: Facts, request: Request, counters: Counters, limits: Limits, now_ms: int) -> Verdict:
    """Return what becomes of the tap without the server. Never raises for what a reader can send.

    A balance is known to the server alone: asked offline it is ``try_again``. A door, attendance
    or a gate stays open to good cards however old the snapshot is (``age_s`` says it); money has
    a limit for that.
    """
    early = before_asking(facts, request, counters, now_ms)
    if early is not None:
        return early
    terminal, card = facts.terminal, facts.card
    assert terminal is not None
    if card is None:
        return _refuse(errors.UNKNOWN_CARD, "card list", _age(facts, now_ms))
    amount_minor = amount_of(terminal, request)
    refused = _card_refusal(card, terminal.purpose, request.day)
    if refused is not None:
        return _refuse(refused.code, "card state", refused.numbers, amount_minor)
    if terminal.purpose == wire.PAY:
        if request.is_bare and 0 < limits.uid_minor < (amount_minor or 0):
            numbers = {"limit_minor": limits.uid_minor}
            return _refuse(errors.LIMIT_UID, "limit of a bare UID", numbers, amount_minor)
        return _pay(facts, card, amount_minor or 0, counters, limits, now_ms)
    if terminal.purpose == wire.BALANCE:
        return _refuse(errors.TRY_AGAIN, "balance needs the server")
    return Verdict(wire.GRANTED, "ok", "card state", _age(facts, now_ms))


def before_asking(facts: Facts, request: Request, counters: Counters, now_ms: int) -> Verdict | None:
    """Return the refusal of a tap that needs no server to be refused, or None."""
    terminal = facts.terminal
    if facts.version == 0:
        return _refuse(errors.SNAPSHOT_MISSING, "card list")
    if terminal is None:
        return _refuse(errors.TERMINAL_UNKNOWN, "terminal")
    if not terminal.enabled:
        return _refuse(errors.TERMINAL_DISABLED, "terminal")
    amount_minor = amount_of(terminal, request)
    if terminal.purpose == wire.PAY and not _is_payable(amount_minor):
        return _refuse(errors.AMOUNT_INVALID, "amount", {"amount_minor": amount_minor or 0})
    if counters.last_ms is not None and 0 <= now_ms - counters.last_ms < DUPLICATE_MS:
        numbers = {"after_ms": now_ms - counters.last_ms}
        return _refuse(errors.DUPLICATE_TAP, "twice in a moment", numbers, amount_minor)
    if request.refusal is not None:
        return _refuse(request.refusal.code, "credential", request.refusal.numbers, amount_minor)
    return None


def amount_of(terminal: Terminal, request: Request) -> int | None:
    """Return the cents to pay: the fixed amount, or what was keyed or sent; None where none is paid."""
    if terminal.purpose != wire.PAY:
        return None
    return terminal.amount_minor if terminal.amount_mode == FIXED else request.amount_minor


def card_key(salt: str, uid: str) -> str:
    """Return by what a snapshot with ``salt`` (32 hex digits) knows a canonical UID: 16 hex digits.

    Whoever reads a snapshot off a reader's disk has no UIDs to copy onto other chips.
    """
    return hmac.new(bytes.fromhex(salt), uid.encode(), hashlib.sha256).hexdigest()[:16]


def uncovered(spent_minor: int, lease_minor: int) -> int:
    """Return what of a card's spending no lease covers."""
    return max(spent_minor - lease_minor, 0)


def _is_payable(amount_minor: int | None) -> bool:
    return amount_minor is not None and 0 < amount_minor <= MAX_MINOR


def _card_refusal(card: Card, purpose: str, day: str) -> Refusal | None:
    frozen_money = card.state == WALLET_FROZEN and purpose not in _MONEY
    if card.state != card_state.PAYS and not frozen_money:
        return Refusal(_STATE_CODES.get(card.state, errors.CARD_NOT_ACTIVE), {"state": card.state})
    if card.valid_from and day < card.valid_from:
        return Refusal(errors.CARD_NOT_ACTIVE, {"valid_from": card.valid_from})
    if card.valid_until and day > card.valid_until:
        return Refusal(errors.CARD_EXPIRED, {"valid_until": card.valid_until})
    return None


def _pay(
    facts: Facts, card: Card, amount_minor: int, counters: Counters, limits: Limits, now_ms: int
) -> Verdict:
    age = _age(facts, now_ms)
    if int(age["age_s"]) > limits.snapshot_age_s:
        numbers = age | {"limit_s": limits.snapshot_age_s}
        return _refuse(errors.SNAPSHOT_TOO_OLD, "age of the card list", numbers, amount_minor)
    if card.floor_minor and amount_minor > card.floor_minor:
        numbers = age | {"limit_minor": card.floor_minor, "asked_minor": amount_minor}
        return _refuse(errors.LIMIT_PURCHASE, "limit of the wallet", numbers, amount_minor)
    before = uncovered(counters.card_minor, card.lease_minor)
    after = uncovered(counters.card_minor + amount_minor, card.lease_minor)
    more = after - before
    caps = (
        (errors.OFFLINE_CAP_TAP, "offline cap per tap", limits.tap_minor, 0),
        (errors.OFFLINE_CAP_CARD, "offline cap per card", limits.card_minor, before + counters.told_minor),
        (errors.OFFLINE_CAP_EDGE, "offline cap per place", limits.edge_minor, counters.edge_minor),
    )
    for code, rule, cap, used in caps:
        # a purchase that a lease covers adds nothing, also where the cap is full
        if more > 0 and used + more > cap:
            numbers = age | {
                "limit_minor": cap,
                "spent_minor": used,
                "asked_minor": amount_minor,
                "lease_minor": card.lease_minor,
                "left_minor": max(cap - used, 0),
            }
            return _refuse(code, rule, numbers, amount_minor)
    rule = "offline caps" if more else "lease"
    return Verdict(wire.GRANTED, "ok", rule, age, amount_minor, more)


def _age(facts: Facts, now_ms: int) -> dict[str, Number]:
    return {"age_s": max(now_ms - facts.issued_at_ms, 0) // 1000}


def _refuse(
    code: str, rule: str, numbers: Mapping[str, Number] = _NO_NUMBERS, amount_minor: int | None = None
) -> Verdict:
    return Verdict(wire.REFUSED, code, rule, numbers, amount_minor)


#: A further rule for one purpose (zones of doors): may only turn a granted verdict into a refusal.
Judge = Callable[[Facts, Request, int], Refusal | None]
