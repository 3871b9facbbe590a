"""What becomes of a tap when nobody but the edge can say: the offline decision.

The edge decides with it while the server is silent. What the server would refuse too is decided by the
same functions as there (``rules``); the server checks what edges have decided with ``told``.
Pure: times, days and what was spent come in as arguments; all sums are cents.

*Uncovered* is the part of what a card has spent without the server that no lease covers. A lease
is money that the server has set aside for this edge: spending it is no risk, so all caps count
the uncovered part only. A cap of 0 allows nothing.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from .. import card_state, errors
from ..errors import Number, Refusal
from ..ledger.limits import purchase_refusal
from ..ledger.types import CLOSED, FROZEN, OPEN
from . import rules, wire
from .rules import FIXED

#: States of an active card in a snapshot whose wallet pays nothing; the others are ``card_state``'s.
WALLET_FROZEN, WALLET_CLOSED = "wallet_frozen", "wallet_closed"
_WALLET_STATES: Final[Mapping[str, str]] = MappingProxyType({WALLET_FROZEN: FROZEN, WALLET_CLOSED: CLOSED})
#: The same card, terminal and amount within this time is one tap that was read twice.
DUPLICATE_MS: Final = 3_000

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

    ``floor_minor`` is the most that one purchase with this card may be: the least of its wallet's limits
    per purchase and per day and of the sum above which a PIN is needed (None or 0: there are none).
    ``lease_minor`` is what is left of its leases.
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
    """What is asked. ``day`` is today's date at the terminal, ISO.

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
    amount_minor = amount_of(terminal, request) or 0
    refused, rule = _refusal(card, terminal.purpose, amount_minor, request, limits)
    if refused is not None:
        return _refuse(refused.code, rule, refused.numbers, amount_minor or None)
    if terminal.purpose == wire.PAY:
        return _pay(facts, card, amount_minor, counters, limits, now_ms)
    if terminal.purpose == wire.BALANCE:
        return _refuse(errors.TRY_AGAIN, "balance needs the server")
    return Verdict(wire.GRANTED, "ok", "card state", _age(facts, now_ms))


def before_asking(facts: Facts, request: Request, counters: Counters, now_ms: int) -> Verdict | None:
    """Return the refusal of a tap that needs no server to be refused, or None."""
    terminal = facts.terminal
    if facts.version == 0:
        return _refuse(errors.SNAPSHOT_MISSING, "card list")
    refused = rules.terminal_refusal(
        is_known=terminal is not None, is_enabled=terminal is not None and terminal.enabled
    )
    if refused is not None or terminal is None:
        return _refuse(refused.code if refused else errors.TERMINAL_UNKNOWN, "terminal")
    amount_minor = amount_of(terminal, request)
    if terminal.purpose == wire.PAY and amount_minor is None:
        refused = rules.amount_refusal()
        return _refuse(refused.code, "amount", refused.numbers)
    if counters.last_ms is not None and 0 <= now_ms - counters.last_ms < DUPLICATE_MS:
        numbers = {"after_ms": now_ms - counters.last_ms}
        return _refuse(errors.DUPLICATE_TAP, "twice in a moment", numbers, amount_minor)
    if request.refusal is not None:
        return _refuse(request.refusal.code, "credential", request.refusal.numbers, amount_minor)
    return None


def amount_of(terminal: Terminal, request: Request) -> int | None:
    """Return the cents to pay: the fixed amount, or what was keyed or sent; None where none can be paid."""
    if terminal.purpose != wire.PAY:
        return None
    # nobody is asked for an amount where it is fixed: what was keyed meanwhile is another tap's
    said_minor = None if terminal.amount_mode == FIXED else request.amount_minor
    return rules.payable_minor(terminal.amount_mode, terminal.amount_minor, said_minor)


def card_key(salt: str, uid: str) -> str:
    """Return by what a snapshot with ``salt`` (32 hex digits) knows a canonical UID: 16 hex digits.

    Whoever reads a snapshot off a reader's disk has no UIDs to copy onto other chips.
    """
    return hmac.new(bytes.fromhex(salt), uid.encode(), hashlib.sha256).hexdigest()[:16]


def _refusal(
    card: Card, purpose: str, amount_minor: int, request: Request, limits: Limits
) -> tuple[Refusal | None, str]:
    """Why card, wallet or a bare credential may not do this, and the words for the rule that says so."""
    wallet_state = _WALLET_STATES.get(card.state, OPEN)
    state = card_state.PAYS if card.state in _WALLET_STATES else card.state
    refused = rules.card_refusal(state, card.valid_from, card.valid_until, request.day)
    if refused is None and purpose == wire.PAY:
        refused = rules.wallet_refusal(wallet_state)
    if refused is not None or purpose != wire.PAY:
        return refused, "card state"
    refused = rules.bare_refusal(amount_minor, limits.uid_minor, is_bare=request.is_bare)
    return refused, "limit of a bare UID"


def _pay(
    facts: Facts, card: Card, amount_minor: int, counters: Counters, limits: Limits, now_ms: int
) -> Verdict:
    age = _age(facts, now_ms)
    if int(age["age_s"]) > limits.snapshot_age_s:
        numbers = age | {"limit_s": limits.snapshot_age_s}
        return _refuse(errors.SNAPSHOT_TOO_OLD, "age of the card list", numbers, amount_minor)
    refused = purchase_refusal(card.floor_minor or 0, amount_minor)
    if refused is not None:
        return _refuse(refused.code, "limit of the wallet", refused.numbers, amount_minor)
    before = rules.uncovered(counters.card_minor, card.lease_minor)
    more = rules.uncovered(counters.card_minor + amount_minor, card.lease_minor) - before
    full = rules.full_cap(
        (
            ((errors.OFFLINE_CAP_TAP, "offline cap per tap"), limits.tap_minor, 0),
            (
                (errors.OFFLINE_CAP_CARD, "offline cap per card"),
                limits.card_minor,
                before + counters.told_minor,
            ),
            ((errors.OFFLINE_CAP_EDGE, "offline cap per edge"), limits.edge_minor, counters.edge_minor),
        ),
        more,
    )
    if full is not None:
        (code, rule), cap, used = full
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
