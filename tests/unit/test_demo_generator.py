"""The demo university: who is there, what happens, and that it happens again the same way."""

import datetime as dt
import sys
from collections import Counter
from pathlib import Path
from random import Random

import pytest

from campus_core.credentials import uids

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "addons" / "campus_demo"))

from generator import campus, cards, cast, event, history  # noqa: E402
from generator.people import people  # noqa: E402
from generator.person import VISITOR  # noqa: E402
from generator.purse import Purse  # noqa: E402
from generator.term import Term, longest_run  # noqa: E402

NOW = dt.datetime(2026, 11, 23, 13, 40)
#: Days on which somebody may want to see the demo: term, vacation, new year, leap day, a 1st.
DAYS = [
    NOW,
    dt.datetime(2026, 2, 20, 9, 0),
    dt.datetime(2026, 8, 15, 0, 2),
    dt.datetime(2027, 1, 1, 23, 59),
    dt.datetime(2028, 2, 29, 12, 0),
    dt.datetime(2028, 9, 1, 1, 0),
    dt.datetime(2028, 10, 1, 3, 30),
    dt.datetime(2029, 3, 7, 6, 21),
]


class School:
    """A generated school with all its events."""

    def __init__(self, now=NOW, share=1.0, purchases=history.PURCHASES, seed="s", days=92):
        self.now = now
        self.term = Term.ending(now.date(), days)
        self.people = people(Random(f"{seed}/people"), now.date(), share)
        self.cards = cards.cards(Random(f"{seed}/cards"), self.people, now.date())
        self.history = history.History(seed, self.term, self.people, self.cards, now, purchases)
        self.days = list(self.history.days())
        self.events = [entry for _day, events in self.days for entry in events]

    def at(self, key):
        return next((i for i, person in enumerate(self.people) if person.key == key), None)


@pytest.fixture(scope="module")
def school():
    return School()


@pytest.fixture(scope="module", params=DAYS, ids=str)
def small(request):
    return School(request.param, share=0.1, purchases=3000)


def test_the_school_has_two_thousand_holders_in_twelve_departments(school):
    assert len(school.people) == 2000
    assert len(campus.DEPARTMENTS) == 12
    assert {person.department for person in school.people} <= {d.code for d in campus.DEPARTMENTS}
    roles = Counter(person.role for person in school.people)
    assert roles == {"student": 1480, "teacher": 220, "staff": 150, "family": 90, "visitor": 60}


def test_a_parent_department_comes_before_its_children():
    seen = set()
    for department in campus.DEPARTMENTS:
        assert department.parent is None or department.parent in seen
        seen.add(department.code)


def test_campus_numbers_are_unique(small):
    numbers = [person.number for person in small.people]
    assert len(set(numbers)) == len(numbers)


def test_mail_addresses_do_not_give_campus_numbers_away(school):
    assert not [person for person in school.people if person.number.lower() in person.email]
    assert len({person.email for person in school.people}) == len(school.people)


def test_validity_is_in_order(small):
    assert small.people and small.cards
    for person in small.people:
        assert person.valid_until is None or person.valid_from <= person.valid_until
    for card in small.cards:
        assert card.valid_until is None or card.valid_from <= card.valid_until


def test_names_are_chinese_and_seldom_twice(school):
    everybody = [person.name for person in school.people]
    assert all(2 <= len(name) <= 4 and name >= "一" for name in everybody)
    assert len(set(everybody)) > 0.95 * len(everybody)


def test_most_cards_are_active_and_a_queue_waits(school):
    states = Counter(card.state for card in school.cards)
    assert 0.90 < states["active"] / len(school.cards) < 0.95
    for state in (
        "requested",
        "approved",
        "produced",
        "issued",
        "lost",
        "frozen",
        "expired",
        "replaced",
        "returned",
    ):
        assert states[state] >= 3, state


def test_uids_are_canonical_and_given_once(small):
    given = [card.uid for card in small.cards if card.uid]
    assert [uids.check(value) for value in given] == given
    assert len(set(given)) == len(given)
    assert not set(cast.BLANK_UIDS) & set(given)


def test_a_card_that_works_has_a_chip_or_is_a_phone(small):
    working = [card for card in small.cards if card.state not in ("requested", "approved")]
    assert working
    for card in working:
        assert card.uid or card.kind == "phone"


def test_a_replacement_follows_its_card(school):
    new = [(position, card) for position, card in enumerate(school.cards) if card.replaces is not None]
    assert new
    for position, card in new:
        old = school.cards[card.replaces]
        assert card.replaces < position
        assert (old.person, old.state) == (card.person, "replaced")
        assert old.works_until == card.works_from


def test_the_cast_is_complete(school):
    placed = {person.key: person for person in school.people if person.key}
    assert set(placed) == set(cast.BY_KEY)
    for role in cast.CAST:
        card = next(c for c in school.cards if c.uid == role.uid)
        assert school.people[card.person].name == role.name
        assert card.state == role.state


def test_the_manual_names_the_cast():
    manual = (ROOT / "docs" / "demo.md").read_text(encoding="utf-8")
    for role in cast.CAST:
        assert role.uid in manual and role.name in manual
        for minor in role.targets.values():
            assert f"{minor / 100:.2f}" in manual
    assert all(blank in manual for blank in cast.BLANK_UIDS)


def test_the_cast_ends_at_the_balances_of_the_manual(small):
    for role in cast.CAST:
        index = small.at(role.key)
        if role.targets and index is not None:
            pockets = {plan: minor for plan, minor in small.history.purses[index].pockets.items() if minor}
            assert pockets == role.targets


def test_there_are_about_fifty_thousand_purchases_and_topups(school):
    kinds = Counter(entry.kind for entry in school.events)
    assert 47_000 < kinds[event.PURCHASE] + kinds[event.TOPUP] < 53_000
    for kind in (event.OPENING, event.SUBSIDY, event.FEE, event.PAYOUT, event.REFUND):
        assert kinds[kind] >= 3, kind


def test_a_run_is_repeatable():
    one, two = (School(share=0.05, purchases=800) for _run in range(2))
    assert one.people == two.people
    assert one.cards == two.cards
    assert one.days == two.days


def test_another_seed_makes_other_ids():
    one, two = (School(share=0.05, purchases=800, seed=seed) for seed in ("a", "b"))
    assert not {entry.uuid for entry in one.events} & {entry.uuid for entry in two.events}


def test_ids_are_unique_and_in_time(small):
    uuids = [entry.uuid for entry in small.events]
    assert len(set(uuids)) == len(uuids)
    early, late = (event.uuid7(Random(1), NOW + dt.timedelta(hours=hour)) for hour in (0, 1))
    assert early < late
    assert early[14] == "7" and early[19] in "89ab"


def test_every_event_is_of_its_day_and_none_of_the_future(small):
    assert any(events for _day, events in small.days)
    for day, events in small.days:
        assert all(entry.at.date() == day and entry.at <= small.now for entry in events)
        posts = [entry.at for entry in events if entry.kind != event.REFUND]
        assert posts == sorted(posts)


def test_within_a_list_money_in_may_come_first(small):
    """The ledger books a list by who is at work: counter, services, tills. Pockets end the same."""
    purses = [Purse() for _person in small.people]
    assert purses
    for _day, events in small.days:
        incoming = [entry for entry in events if entry.kind in (event.OPENING, event.TOPUP, event.SUBSIDY)]
        for entry in incoming:
            purses[entry.person].add(entry.plan, entry.amount_minor)
        for entry in events:
            if entry.kind == event.PURCHASE:
                purses[entry.person].spend(entry.account, entry.amount_minor)
        for entry in events:
            if entry.kind in (event.FEE, event.PAYOUT):
                purses[entry.person].take(entry.amount_minor)
        for entry in events:
            if entry.kind == event.REFUND:
                purses[entry.person].add(entry.plan, entry.amount_minor)
    for purse, planned in zip(purses, small.history.purses, strict=True):
        assert {k: v for k, v in purse.pockets.items() if v} == {
            k: v for k, v in planned.pockets.items() if v
        }


def test_money_is_whole_cents_above_zero_and_never_missing(small):
    """Sums of each person's events, in and out, end at the purse; a purse raises below zero."""
    sums = [0] * len(small.people)
    for entry in small.events:
        assert type(entry.amount_minor) is int and entry.amount_minor > 0
        incoming = entry.kind in (event.OPENING, event.TOPUP, event.SUBSIDY, event.REFUND)
        sums[entry.person] += entry.amount_minor if incoming else -entry.amount_minor
    assert sums == [sum(purse.pockets.values()) for purse in small.history.purses]


def test_who_pays_has_a_card_that_works_and_is_theirs(small):
    purchases = [entry for entry in small.events if entry.kind == event.PURCHASE]
    assert purchases
    for entry in purchases:
        card = small.cards[entry.card]
        assert card.person == entry.person and card.works(entry.at)


def test_refunds_follow_their_purchase_and_are_not_more(school):
    bought = {entry.uuid: entry for entry in school.events if entry.kind == event.PURCHASE}
    refunds = [entry for entry in school.events if entry.kind == event.REFUND]
    for refund in refunds:
        assert refund.amount_minor <= bought[refund.reverses].amount_minor
        assert refund.at >= bought[refund.reverses].at
    assert len({refund.reverses for refund in refunds}) == len(refunds)
    assert any(refund.amount_minor < bought[refund.reverses].amount_minor for refund in refunds)


def test_lunch_is_busier_than_the_night_and_weekdays_than_sundays(school):
    bought = [entry for entry in school.events if entry.kind == event.PURCHASE]
    hours = Counter(entry.at.hour for entry in bought)
    assert max(hours, key=hours.get) in (11, 12)
    assert not set(hours) & {0, 1, 2, 3, 4, 5}
    weekdays = Counter(entry.at.weekday() for entry in bought)
    assert weekdays[2] > 1.7 * weekdays[6]


@pytest.mark.parametrize("now", DAYS, ids=str)
def test_three_months_have_a_holiday_week_in_which_little_is_sold(now):
    term = Term.ending(now.date())
    assert longest_run(set(term.holidays)) >= 5
    assert all(term.weight(day) < 0.2 for day in term.holidays)
    assert len(list(term)) == 92


def test_grants_come_on_the_first_to_valid_cards_only(school):
    grants = [entry for entry in school.events if entry.kind == event.SUBSIDY and entry.at.hour == 2]
    assert {entry.at.day for entry in grants} == {1}
    assert {school.people[entry.person].role for entry in grants} == {"student", "teacher", "staff"}


def test_visitors_who_left_took_their_money_along(school):
    returned = [card for card in school.cards if card.state == "returned"]
    assert returned
    for card in returned:
        assert school.people[card.person].role == VISITOR
        assert school.history.purses[card.person].pockets.get("cash", 0) == 0
