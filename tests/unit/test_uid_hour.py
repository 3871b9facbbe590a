"""What bare UIDs pay at one edge within an hour is capped, whoever asks."""

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from campus_core.ledger import types as lt
from campus_core.ledger.book import Book
from campus_core.taps import charge, resolved, rules, told, uid_hour, wire

NOW = 1_790_000_000_000
HOUR = 3_600_000
ON = dt.date(2026, 9, 21)
TERMINAL = resolved.Terminal(1, "pay", True, "keyed", 0, 90, False, True)
TERMS = charge.Terms(ON, NOW)


def ask(book, number, card, amount, credential, hour):
    entry = wire.TapEntry(
        number + 1, "tap", f"0190f3e0-0000-7000-8000-{number:012x}", "T", NOW, "pay", credential, None, amount, "ask",
        None, None, None, 5,
    )  # fmt: skip
    judged = charge.judge(entry, TERMINAL, resolved.ResolvedCard(card, card, "active"), TERMS)
    return charge.conclude(book, judged, told.Risk(), hour)


asks = st.lists(
    st.tuples(
        st.integers(1, 4),
        st.integers(1, 6000),
        st.sampled_from(["uid:04A1B2C3", "number:C1", "sun:x", "qr:x"]),
    ),
    max_size=40,
)


@given(asks, st.integers(1, 20_000), st.integers(0, 3))
def test_a_thief_who_asks_takes_no_more_than_the_limit(wanted, limit, seams):
    """Also over several batches, each of which begins with what the last has stored."""
    book = Book(ON)
    for number in range(1, 5):
        book.add_wallet(
            lt.Wallet(number, "open", [lt.Pocket(number * 10, "cash", 0, 9000)], number * 10 + 1, 0)
        )
    hour, bare, proven = uid_hour.UidHour(limit, NOW), 0, 0
    for number, (card, amount, credential) in enumerate(wanted):
        if seams and number % (seams * 5) == 0:
            hour = uid_hour.UidHour(limit, NOW, hour.hour, hour.minor, hour.hit_hour)
        before = bare
        decision = ask(book, number, card, amount, credential, hour)
        paid = amount if decision.outcome == "granted" else 0
        if credential.startswith(rules.BARE):
            bare += paid
        else:
            proven += paid
            assert decision.code != "limit_uid_hour"
        if decision.code == "limit_uid_hour":
            assert before + amount > limit and hour.hit_hour == NOW // HOUR
    assert bare <= limit and hour.minor == bare
    left = sum(book.pockets[number * 10].balance_minor for number in range(1, 5))
    assert 36_000 - left == bare + proven


@given(st.integers(0, 10**6), st.integers(0, 10**6))
def test_an_hour_begins_with_nothing_and_a_clock_ahead_begins_no_second_one(hour, minor):
    def at(now_hour):
        return uid_hour.UidHour(100, now_hour * HOUR + 5, hour, minor)

    assert (at(hour).hour, at(hour).minor) == (hour, minor)
    assert (at(hour + 1).hour, at(hour + 1).minor) == (hour + 1, 0)
    if hour:
        assert (at(hour - 1).hour, at(hour - 1).minor) == (hour, minor), "the other server was ahead"
    if hour > 1:
        assert (at(hour - 2).hour, at(hour - 2).minor) == (hour - 2, 0), "a clock was set back"


def test_a_limit_of_zero_is_none():
    hour = uid_hour.UidHour(0, NOW, NOW // HOUR, 10**12)
    assert not hour.refuses(10**9) and not hour.hit_hour
