"""Decides which taps that an edge decided alone are booked, and which are held for a review.

Such taps are *told* to the server. An honest edge never exceeds the caps of the list that it decides by.
A told tap is *held* if it exceeds them, if it arrives later than the edge may be alone, or if its
credential does not lead to its card. A held tap is kept as evidence and is not charged until a person
has decided. So a stolen edge cannot charge more than an honest one may risk.

Times and earlier charges are arguments; all sums are cents.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Final, NamedTuple
from uuid import UUID, uuid5

from ..errors import Number
from ..ledger.book import Book
from ..ledger.spend import spend_order
from ..ledger.types import KINDS, Post
from . import rules, wire
from .wire import TapEntry

# -- why an entry is held ----------------------------------------------------------
OVER_CAP, LATE, CLOCK = "over_cap", "late", "clock"
UNSUPPORTED, DEBT_LIMIT, LATE_FINAL = "unsupported", "debt_limit", "late_final"
#: An entry whose time is further in the server's future than this is held.
CLOCK_AHEAD_MS: Final = 300_000
#: An edge sends the final of a tap at once, or after its restart: a later one needs a review.
FINAL_WITHIN_MS: Final = 900_000
_NOTHING: Final[Mapping[str, Number]] = MappingProxyType({})
#: Charges that are taken back or made by a reviewer are booked under ids derived from the tap's id,
#: so that doing it twice books it once.
TAKE_BACK: Final = UUID("b1f0a1de-6a2f-5a34-9d0c-3c7f6a5f7c11")
CHARGES: Final = UUID("0d6c6a35-5b0c-5f0e-9d0d-6a3f6a2b1c77")


def later_uuid(space: UUID, tap_uuid: str) -> str:
    """Return the id for a later booking of a tap; ``space`` is ``TAKE_BACK`` or ``CHARGES``."""
    return str(uuid5(space, tap_uuid))


class Caps(NamedTuple):
    """The caps in snapshots after ``version``; ``until_ms``: when newer caps replaced them (None: not yet).

    As in :class:`alone.Limits`, 0 allows nothing, but ``uid_minor`` 0 means no limit.
    """

    version: int
    until_ms: int | None
    tap_minor: int
    card_minor: int
    edge_minor: int
    snapshot_age_s: int
    uid_minor: int


class Listed(NamedTuple):
    """A card as stated in lists after ``version``: ``floor_minor`` is the largest purchase (0: no limit);
    ``is_uid_hidden``: the list has no UID, because the chip must prove itself."""

    version: int
    floor_minor: int = 0
    is_uid_hidden: bool = False

    def refusal(self, snapshot: int, amount_minor: int, *, is_bare: bool) -> Held | None:
        """Say why an honest edge with the list ``snapshot`` cannot have sold this, or None.

        None also if the card changed later: then that list may have stated something else.
        """
        if snapshot <= self.version:
            return None
        if is_bare and self.is_uid_hidden:
            return Held(UNSUPPORTED)
        if rules.is_over(amount_minor, self.floor_minor):
            return _over(self.floor_minor, 0, amount_minor)
        return None


class Held(NamedTuple):
    """Why an entry is not booked, and the numbers that explain it."""

    reason: str
    numbers: Mapping[str, Number] = _NOTHING


class Proof(NamedTuple):
    """Proof of a told sale: whether its credential leads to the card that pays (``is_shown``), and what the
    lists state about that card (``listed``)."""

    is_shown: bool = True
    listed: Listed | None = None

    def doubt(self, snapshot: int, amount_minor: int, *, is_bare: bool) -> Held | None:
        """Say why an honest edge with the list ``snapshot`` cannot have sold this, or None."""
        if not self.is_shown:
            return Held(UNSUPPORTED)
        return self.listed.refusal(snapshot, amount_minor, is_bare=is_bare) if self.listed else None


SHOWN: Final = Proof()


class Risk:
    """What an edge has charged alone lately, by card, and the leases that it has for these cards."""

    def __init__(
        self,
        spent: Mapping[int, int] = MappingProxyType({}),
        leases: Mapping[int, int] = MappingProxyType({}),
        debt_limit_minor: int = 0,
    ) -> None:
        self.debt_limit_minor = debt_limit_minor
        self._spent, self._leases = dict(spent), dict(leases)
        self.edge_minor = sum(self.card_minor(card) for card in self._spent)

    def card_minor(self, card: int) -> int:
        """Return the part of the card's charges that no lease covers."""
        return rules.uncovered(self._spent.get(card, 0), self._leases.get(card, 0))

    def more_minor(self, card: int, amount_minor: int) -> int:
        """Return the part of one more charge that no lease covers."""
        after = self._spent.get(card, 0) + amount_minor
        return rules.uncovered(after, self._leases.get(card, 0)) - self.card_minor(card)

    def charge(self, card: int, amount_minor: int) -> None:
        """Count a charge that was booked."""
        self.edge_minor += self.more_minor(card, amount_minor)
        self._spent[card] = self._spent.get(card, 0) + amount_minor


def caps_of(history: Sequence[Caps], snapshot: int, at_ms: int) -> Caps | None:
    """Return the caps of the list that an edge decided by; None without a list.

    ``history`` is in the order of versions. Replaced caps stay valid for as long as an edge may use an
    old list without the server. After that the tighter of the old and the newest caps apply.
    """
    if not snapshot or not history:
        return None
    caps = history[0]
    for later in history[1:]:
        if later.version >= snapshot:
            break
        caps = later
    if caps.until_ms is None or at_ms <= caps.until_ms + caps.snapshot_age_s * 1000:
        return caps
    return _tighter(caps, history[-1])


def _tighter(one: Caps, other: Caps) -> Caps:
    uids = [caps.uid_minor for caps in (one, other) if caps.uid_minor]
    return Caps(
        one.version,
        one.until_ms,
        min(one.tap_minor, other.tap_minor),
        min(one.card_minor, other.card_minor),
        min(one.edge_minor, other.edge_minor),
        min(one.snapshot_age_s, other.snapshot_age_s),
        min(uids, default=0),
    )


def held_by_time(entry: TapEntry, caps: Caps | None, now_ms: int) -> Held | None:
    """Hold an entry from the future, one without a list, and one older than its edge may be alone."""
    if entry.at_ms > now_ms + CLOCK_AHEAD_MS:
        return Held(CLOCK)
    if caps is None:
        return Held(OVER_CAP)
    age_s = (now_ms - entry.at_ms) // 1000
    if age_s > caps.snapshot_age_s:
        return Held(LATE, {"age_h": age_s // 3600, "limit_h": caps.snapshot_age_s // 3600})
    return None


def held_by_uid(caps: Caps, amount_minor: int) -> Held | None:
    """Hold a charge to an unproven card that is larger than the edge's list allows."""
    if rules.is_over(amount_minor, caps.uid_minor):
        return _over(caps.uid_minor, 0, amount_minor)
    return None


def held_by_caps(caps: Caps, risk: Risk, card: int, amount_minor: int) -> Held | None:
    """Hold a charge of ``card`` that exceeds what the edge may risk; see :mod:`alone`."""
    full = rules.full_cap(
        (
            (None, caps.tap_minor, 0),
            (None, caps.card_minor, risk.card_minor(card)),
            (None, caps.edge_minor, risk.edge_minor),
        ),
        risk.more_minor(card, amount_minor),
    )
    return _over(full[1], full[2], amount_minor) if full else None


def held_by_debt(book: Book, post: Post, limit_minor: int) -> Held | None:
    """Hold a charge that would raise the holder's debt above ``limit_minor``."""
    wallet = book.wallets[post.wallet_id]
    short = post.amount_minor - usable_minor(book, post)
    if short <= 0 or max(wallet.debt_minor, 0) + short <= limit_minor:
        return None
    numbers = {"limit_minor": limit_minor, "debt_minor": max(wallet.debt_minor, 0), "short_minor": short}
    return Held(DEBT_LIMIT, numbers)


def usable_minor(book: Book, post: Post) -> int:
    """Return the cents of the wallet's pockets that may pay this."""
    wallet = book.wallets[post.wallet_id]
    pockets = spend_order(wallet, book.today, post.account_id, KINDS[post.kind], post.plan)
    return sum(max(pocket.available_minor, 0) for pocket in pockets)


def _over(limit: int, spent: int, asked: int) -> Held:
    return Held(OVER_CAP, {"limit_minor": limit, "spent_minor": spent, "asked_minor": asked})


# -- what became of a tap ----------------------------------------------------------
class Stated(NamedTuple):
    """What an entry states about its tap; None means unknown."""

    edge_id: int
    company_id: int
    mode: str
    purpose: str
    credential: str
    terminal_id: int | None
    card: int | None
    amount_minor: int | None


def may_end(final: Stated, first: Stated) -> bool:
    """Say whether ``final`` may state the outcome of the tap ``first``: ``first`` must have asked the server,
    and edge, company, purpose, terminal, credential, card and amount must be the same."""
    pairs = ((final.card, first.card), (final.amount_minor, first.amount_minor))
    return (
        first.mode == wire.ASK
        and final[:2] == first[:2]
        and final[3:6] == first[3:6]
        and all(one is None or other is None or one == other for one, other in pairs)
    )


def is_late_end(final_ms: int, first_ms: int, now_ms: int, history: Sequence[Caps]) -> bool:
    """Say whether a final comes so late that it needs a review."""
    age_ms = max((caps.snapshot_age_s for caps in history[-1:]), default=0) * 1000
    return not -CLOCK_AHEAD_MS <= final_ms - first_ms <= FINAL_WITHIN_MS or now_ms - final_ms > age_ms


# -- whose UID it was --------------------------------------------------------------
class UidPeriod(NamedTuple):
    """A card that had a UID from ``since_ms`` on, until ``until_ms`` (None: it still has it)."""

    card: int
    since_ms: int
    until_ms: int | None


def card_at(periods: Iterable[UidPeriod], at_ms: int) -> int | None:
    """Return the card that had the UID at that time; None if no card had it, or several.

    Clocks differ by some minutes: if no card had it then, a card that had it shortly before or after counts.
    """
    rows = list(periods)
    for slack_ms in (0, CLOCK_AHEAD_MS):
        cards = {
            row.card
            for row in rows
            if row.since_ms - slack_ms <= at_ms and (row.until_ms is None or at_ms < row.until_ms + slack_ms)
        }
        if cards:
            return cards.pop() if len(cards) == 1 else None
    return None
