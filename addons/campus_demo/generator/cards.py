"""Who has which card, in which state and since when."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from .cast import BY_KEY
from .person import STUDENT, VISITOR, Person
from .term import academic_year

REPLACEMENT_FEE_MINOR = 2000
#: Shares of all holders; the rest have an active card.
QUEUE = {"requested": 0.0120, "approved": 0.0070, "produced": 0.0060, "issued": 0.0045}
LOST, FROZEN, REPLACED, PHONE = 0.011, 0.009, 0.021, 0.045
RECENT_DAYS = 25

FREEZE_REASONS = ("本人申请临时冻结", "离校实习，暂停使用", "挂失核实中", "学院要求暂停")
LOSS_REASONS = ("在食堂遗失", "在操场遗失", "在图书馆遗失", "通过热线电话挂失", "不慎丢失")
REPLACE_REASONS = ("卡片遗失，补办新卡", "芯片损坏，读卡无反应", "卡面破损")


@dataclass(frozen=True, slots=True)
class Card:
    """``works_from`` and ``works_until`` (exclusive) are local times. The card pays only between them."""

    person: int
    uid: str | None
    kind: str
    state: str
    valid_from: dt.date
    valid_until: dt.date | None
    works_from: dt.datetime | None
    works_until: dt.datetime | None = None
    reason: str = ""
    #: Position of the card that this one replaces.
    replaces: int | None = None
    fee_minor: int = 0

    def works(self, moment: dt.datetime) -> bool:
        """Whether the card could pay at that time."""
        if self.works_from is None or moment < self.works_from:
            return False
        return self.works_until is None or moment < self.works_until


class _Office:
    """Issues the cards and remembers the UIDs that are used."""

    def __init__(self, rng: Random, today: dt.date) -> None:
        self.rng = rng
        self.today = today
        self.uids: set[str] = set()

    def new_uid(self, day: dt.date) -> str:
        """New cards have chips with seven bytes. Cards older than two years have four bytes."""
        while True:
            if day >= dt.date(academic_year(self.today) - 2, 9, 1):
                uid = f"04{self.rng.getrandbits(48):012X}"
            else:
                uid = f"{self.rng.randrange(0x10000000, 0xC0000000):08X}"
            if uid not in self.uids:
                self.uids.add(uid)
                return uid

    def moment(self, day: dt.date) -> dt.datetime:
        """Some time of a working day."""
        return dt.datetime.combine(day, dt.time(8)) + dt.timedelta(minutes=self.rng.randrange(9 * 60))

    def days_ago(self, first: int, last: int) -> dt.date:
        return self.today - dt.timedelta(days=self.rng.randrange(first, last))


def cards(rng: Random, people: list[Person], today: dt.date) -> list[Card]:
    """The cards of these people, as they are on ``today``."""
    office = _Office(rng, today)
    states = _states(rng, people, today)
    made: list[Card] = []
    for index, (person, state) in enumerate(zip(people, states, strict=True)):
        if state == "replaced":
            made += _replaced(office, index, person, len(made))
        elif person.role == VISITOR:
            made.append(_temporary(office, index, person))
        elif state in QUEUE:
            made.append(_queued(office, index, person, state))
        else:
            made.append(_physical(office, index, person, state))
        if state == "phone":
            made.append(_phone(office, index, person))
    return made


def _states(rng: Random, people: list[Person], today: dt.date) -> list[str]:
    """Give some people a special card state, each at most one. Members of the cast keep theirs."""
    states = ["active"] * len(people)
    free = [i for i, p in enumerate(people) if not p.key and p.role != VISITOR]
    newest = dt.date(academic_year(today), 9, 1)
    fresh = [i for i in free if people[i].role == STUDENT and people[i].valid_from == newest]
    rng.shuffle(fresh)
    for state, share in QUEUE.items():
        for index in _pop(fresh, share * len(people)):
            states[index] = state
            free.remove(index)
    rng.shuffle(free)
    for state, share in (("lost", LOST), ("frozen", FROZEN), ("replaced", REPLACED), ("phone", PHONE)):
        for index in _pop(free, share * len(people)):
            states[index] = state
    for index, person in enumerate(people):
        if person.key:
            role = BY_KEY[person.key]
            states[index] = "replaced" if role.replaced else role.state
    return states


def _pop(indexes: list[int], count: float) -> Iterator[int]:
    for _number in range(min(round(count), len(indexes))):
        yield indexes.pop()


def _uid_of(office: _Office, person: Person, day: dt.date) -> str:
    return BY_KEY[person.key].uid if person.key else office.new_uid(day)


def _physical(office: _Office, index: int, person: Person, state: str) -> Card:
    until, reason = None, ""
    if state in ("lost", "frozen"):
        until = office.moment(office.days_ago(1, RECENT_DAYS))
        reason = office.rng.choice(LOSS_REASONS if state == "lost" else FREEZE_REASONS)
    return Card(
        person=index,
        uid=_uid_of(office, person, person.valid_from),
        kind="physical",
        state="active" if state == "phone" else state,
        valid_from=person.valid_from,
        valid_until=person.valid_until,
        works_from=dt.datetime.combine(person.valid_from, dt.time()),
        works_until=until,
        reason=reason,
    )


def _queued(office: _Office, index: int, person: Person, state: str) -> Card:
    """A card that is still being made, for a person who joined late."""
    made = state == "issued"
    day = office.days_ago(1, 12)
    uid = office.new_uid(day) if made or state == "produced" else None
    return Card(index, uid, "physical", state, day, person.valid_until, None)


def _replaced(office: _Office, index: int, person: Person, position: int) -> Iterator[Card]:
    day = office.days_ago(3, 85)
    day = max(day, person.valid_from + dt.timedelta(days=5))
    moment = office.moment(min(day, office.today - dt.timedelta(days=1)))
    start = dt.datetime.combine(person.valid_from, dt.time())
    reason = office.rng.choice(REPLACE_REASONS)
    waived = not person.key and office.rng.random() < 0.15
    yield Card(
        index,
        office.new_uid(person.valid_from),
        "physical",
        "replaced",
        person.valid_from,
        person.valid_until,
        start,
        moment,
        reason,
    )
    yield Card(
        index,
        _uid_of(office, person, moment.date()),
        "physical",
        "active",
        moment.date(),
        person.valid_until,
        moment,
        replaces=position,
        fee_minor=0 if waived else REPLACEMENT_FEE_MINOR,
    )


def _phone(office: _Office, index: int, person: Person) -> Card:
    day = max(person.valid_from, office.days_ago(10, 300))
    return Card(index, None, "phone", "active", day, person.valid_until, None)


def _temporary(office: _Office, index: int, person: Person) -> Card:
    """A visitor's card: at the end of the stay it is returned or expires."""
    start = dt.datetime.combine(person.valid_from, dt.time())
    over = person.valid_until is not None and person.valid_until < office.today
    state, until = "active", None
    if over and person.valid_until:
        handed_in = not person.key and office.rng.random() < 0.6
        state = "returned" if handed_in else "expired"
        until = dt.datetime.combine(person.valid_until, dt.time(17))
    return Card(
        person=index,
        uid=_uid_of(office, person, person.valid_from),
        kind="temporary",
        state=state,
        valid_from=person.valid_from,
        valid_until=person.valid_until,
        works_from=start,
        works_until=until,
    )
