"""Three months of a campus card, day by day, as requests to the ledger."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from itertools import accumulate
from random import Random

from . import campus, event, habits, menu
from .cards import Card
from .cast import BY_KEY
from .event import Event, uuid7
from .person import STAFF, STUDENT, TEACHER, Person
from .purse import Purse
from .term import Term

#: Purchases of the whole school. With top-ups and grants there are some 54,000 postings.
PURCHASES = 51_500
REFUND_SHARE = 0.005
GRANT_MINOR, STAFF_MEAL_MINOR = 10000, 12000
#: Members of the cast top up small amounts, so that their balances end near their targets.
CAST_TOPUP_MINOR = 5000
SHORT_MINOR = (200, 2500)
GRANTS_TIME, LAST_ORDERS = dt.time(2, 0), dt.time(22, 55)


def curtain_at(now: dt.datetime) -> dt.datetime:
    """The last time in the history at which people still buy something.

    If the history ends early in the morning, this is the evening before.
    """
    morning = GRANTS_TIME if now.day == 1 else habits.FIRST_MEAL
    if now.time() >= morning:
        return min(now, dt.datetime.combine(now.date(), LAST_ORDERS))
    return dt.datetime.combine(now.date() - dt.timedelta(days=1), LAST_ORDERS)


class History:
    """Plans the events of one school; a generator over the days.

    ``now`` (local time on the last day of the term) ends the history.
    """

    def __init__(
        self,
        seed: str,
        term: Term,
        people: list[Person],
        cards: list[Card],
        now: dt.datetime,
        purchases: int = PURCHASES,
    ) -> None:
        self.rng = Random(f"{seed}/{now}")
        self.term = term
        self.now = now
        self.curtain_at = curtain_at(now)
        self.people = people
        self.cards = cards
        self.rate = purchases / sum(term.weight(day) for day in term)
        self.purses = [Purse() for _person in people]
        self.tastes = [habits.Taste(self.rng, person) for person in people]
        self.short_minor = [self.rng.randrange(*SHORT_MINOR) for _person in people]
        self.cards_of: list[list[int]] = [[] for _person in people]
        for position, card in enumerate(cards):
            self.cards_of[card.person].append(position)
        appetites = [0.0 if person.key else person.appetite for person in people]
        self.everybody = range(len(people))
        self.appetites = list(accumulate(appetites))
        self.today: list[Event] = []

    def days(self) -> Iterator[tuple[dt.date, list[Event]]]:
        """The events of each day in the order in which they happen, refunds last.

        Within a list the ledger may book incoming money first. Therefore grants after the last purchase are
        in a second list of their day.
        """
        for day in self.term:
            self.today = []
            if day == self.term.start:
                self._openings(day)
            if day.day == 1:
                self._grants(day)
            self._meals(day)
            self._office(day)
            is_last = day == self.curtain_at.date()
            if is_last:
                self._curtain(self.curtain_at)
            for purse in self.purses:
                purse.next_day()
            yield day, sorted(self.today, key=lambda entry: (entry.kind == event.REFUND, entry.at))
            if is_last:
                self.today = []
                self._last_grants(self.curtain_at)
                yield day, self.today

    # -- one day -----------------------------------------------------------------

    def _openings(self, day: dt.date) -> None:
        """Balances taken over from the old card system."""
        night = dt.datetime.combine(day, dt.time(0, 30))
        for index, person in enumerate(self.people):
            if person.valid_from > day or not self.cards_of[index]:
                continue
            amount = habits.opening_minor(self.rng)
            if amount:
                self._in(event.OPENING, index, "opening", amount, night, "旧系统余额结转")

    def _grants(self, day: dt.date) -> None:
        early = dt.datetime.combine(day, GRANTS_TIME)
        for index, person in enumerate(self.people):
            if early > self.now or self._card(index, early) is None:
                continue
            if person.role == STUDENT and person.granted:
                self._in(
                    event.SUBSIDY,
                    index,
                    "subsidy_fund",
                    GRANT_MINOR,
                    early,
                    f"{day.month}月伙食补助",
                    "subsidy",
                )
            elif person.role in (TEACHER, STAFF):
                memo = f"{day.month}月工作餐补贴"
                self._in(event.SUBSIDY, index, "subsidy_fund", STAFF_MEAL_MINOR, early, memo, "meal")

    def _meals(self, day: dt.date) -> None:
        busy = self.term.weight(day)
        guests: list[tuple[dt.datetime, int, str]] = []
        for meal, (share, regular, _peaks) in habits.MEALS.items():
            count = round(self.rate * busy * share * self.rng.uniform(0.95, 1.05))
            drawn = set(self.rng.choices(self.everybody, cum_weights=self.appetites, k=round(count * 1.04)))
            drawn |= {
                index
                for index, person in enumerate(self.people)
                if person.key and self.rng.random() < regular * busy
            }
            guests += [(habits.moment(self.rng, day, meal), index, meal) for index in sorted(drawn)]
        for at, index, meal in sorted(guests):
            card = self._card(index, at)
            if card is not None and at <= self.now:
                self._eat(index, card, at, meal)

    def _eat(self, index: int, card: int, at: dt.datetime, meal: str) -> None:
        account = self.tastes[index].merchant(self.rng, meal)
        dishes = menu.tray(self.rng, account, meal)
        amount = sum(dish.price_minor for dish in dishes)
        missing = amount - self.purses[index].usable_minor(account)
        if missing + self.short_minor[index] > 0 and (missing > 0 or self.rng.random() < 0.3):
            self._topup(index, at, max(missing, 1))
        self._buy(index, card, at, account, amount, "、".join(dish.name for dish in dishes))

    def _topup(self, index: int, at: dt.datetime, needed_minor: int) -> None:
        before = at - dt.timedelta(minutes=self.rng.randrange(1, 35), seconds=self.rng.randrange(60))
        before = max(before, dt.datetime.combine(at.date(), dt.time(0, 45)))
        account = habits.channel(self.rng, before)
        if self.people[index].key:
            amount = max(CAST_TOPUP_MINOR, -(-needed_minor // 5000) * 5000)
        else:
            amount = habits.topup_minor(self.rng, needed_minor)
        self._in(
            event.TOPUP, index, account, amount, before, "柜台现金充值" if account == campus.CASH_DESK else ""
        )

    def _buy(
        self, index: int, card: int, at: dt.datetime, account: str, amount_minor: int, memo: str
    ) -> None:
        plan = self.purses[index].spend(account, amount_minor)
        bought = self._add(event.PURCHASE, index, account, amount_minor, at, memo, card=card)
        if plan and not self.people[index].key and self.rng.random() < REFUND_SHARE:
            self._refund(bought, plan)

    def _refund(self, bought: Event, plan: str) -> None:
        whole = self.rng.random() < 0.6 or bought.amount_minor < 200
        amount = bought.amount_minor if whole else max(bought.amount_minor // 200 * 100, 100)
        at = min(bought.at + dt.timedelta(minutes=self.rng.randrange(1, 12)), self.now)
        memo = "点错餐退款" if whole else "部分退款"
        self._add(
            event.REFUND, bought.person, bought.account, amount, at, memo, bought.card, plan, bought.uuid
        )
        self.purses[bought.person].add_tomorrow(plan, amount)

    def _office(self, day: dt.date) -> None:
        """Fees of replaced cards; money of handed-in cards is paid out."""
        for position, card in enumerate(self.cards):
            index = card.person
            if card.fee_minor and card.works_from and card.works_from.date() == day:
                at = card.works_from
                if self.purses[index].pockets.get("cash", 0) < card.fee_minor:
                    amount = -(-card.fee_minor // 5000) * 5000
                    early = at - dt.timedelta(minutes=4)
                    self._in(event.TOPUP, index, campus.CASH_DESK, amount, early, "柜台现金充值")
                self.purses[index].take(card.fee_minor)
                self._add(event.FEE, index, "fee", card.fee_minor, at, "补卡工本费", card=position)
            if card.state == "returned" and card.works_until and card.works_until.date() == day:
                cash = self.purses[index].pockets.get("cash", 0)
                if cash:
                    self.purses[index].take(cash)
                    at = dt.datetime.combine(day, dt.time(22, 50))
                    self._add(event.PAYOUT, index, campus.CASH_DESK, cash, at, "退卡退余额", card=position)

    def _curtain(self, late: dt.datetime) -> None:
        """Bring the balances of the cast to those that the manual states."""
        for index, person in enumerate(self.people):
            if not person.key or not BY_KEY[person.key].targets:
                continue
            targets = BY_KEY[person.key].targets
            purse = self.purses[index]
            purse.next_day()
            card = self._card(index, late)
            for plan in ("subsidy", "meal"):
                if card is not None and purse.pockets.get(plan):
                    self._buy(index, card, late, "canteen_rice", purse.pockets[plan], "聚餐")
            missing = targets["cash"] - purse.pockets.get("cash", 0)
            if missing > 0:
                self._in(event.TOPUP, index, "wechat", -(-missing // 1000) * 1000, late, "")
            surplus = purse.pockets.get("cash", 0) - targets["cash"]
            if card is not None and surplus:
                self._buy(index, card, late, campus.SHOP.code, surplus, "水果、日用品")

    def _last_grants(self, late: dt.datetime) -> None:
        for index, person in enumerate(self.people):
            targets = BY_KEY[person.key].targets if person.key else {}
            for plan in ("subsidy", "meal"):
                if targets.get(plan):
                    self._in(event.SUBSIDY, index, "subsidy_fund", targets[plan], late, "专项补助", plan)

    # -- steps -------------------------------------------------------------------

    def _card(self, index: int, at: dt.datetime) -> int | None:
        """The position of the card with which the person pays at that time."""
        return next((c for c in self.cards_of[index] if self.cards[c].works(at)), None)

    def _in(
        self,
        kind: str,
        index: int,
        account: str,
        amount_minor: int,
        at: dt.datetime,
        memo: str,
        plan: str = "cash",
    ) -> None:
        self.purses[index].add(plan, amount_minor)
        self._add(kind, index, account, amount_minor, at, memo, plan=plan)

    def _add(
        self,
        kind: str,
        index: int,
        account: str,
        amount_minor: int,
        at: dt.datetime,
        memo: str,
        card: int | None = None,
        plan: str | None = None,
        reverses: str | None = None,
    ) -> Event:
        entry = Event(uuid7(self.rng, at), at, kind, index, account, amount_minor, card, plan, memo, reverses)
        self.today.append(entry)
        return entry
