"""Patterns and changes become what takes place; compared with a naive evaluator that shares no code."""

from datetime import date, datetime, time, timedelta, timezone
from types import MappingProxyType
from zoneinfo import ZoneInfo

import naive_timetable as naive
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from campus_core import schedule
from campus_core.timetable import clashes, types
from campus_core.timetable.expand import expand, happens_on, moments

TERM = schedule.Term(date(2026, 9, 9), date(2027, 1, 17))
ZONES = ("Asia/Shanghai", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe")
DAYS = [TERM.first_day + timedelta(days=number) for number in range(-9, 140)]


def lesson(number=1, weekday=0, start=480, end=580, weeks="all", listed=(), **values):
    window = schedule.Window(frozenset({weekday}), start, end, weeks, frozenset(listed))
    return types.Lesson(number, values.pop("term", TERM), window, **values)


def days_of(made):
    return [one.day for one in made]


# -- a world for both ---------------------------------------------------------------

numbers = st.frozensets(st.integers(1, 3), max_size=2)
lessons = st.builds(
    lambda weekday, start, length, weeks, listed, room, teachers, groups: {
        "weekday": weekday,
        "start": start,
        "end": start + length,
        "weeks": weeks,
        "listed": listed,
        "room": room,
        "teachers": teachers,
        "groups": groups,
    },
    st.integers(0, 6),
    st.integers(5 * 60, 21 * 60),
    st.integers(5, 100),
    st.sampled_from(("all", "odd", "even", "list")),
    st.frozensets(st.integers(1, 19), max_size=6),
    st.none() | st.integers(1, 3),
    numbers,
    numbers,
)
changes = st.builds(
    lambda lesson, planned, kind, extra, day, start, room, teachers: {
        "lesson": lesson,
        "planned": planned,
        "kind": kind,
        "extra": 0 if kind == "extra" else extra,
        "day": day if kind in ("move",) else None,
        "start": start if kind in ("move", "extra") else None,
        "end": start + 90 if kind in ("move", "extra") else None,
        "room": room if kind in ("room", "move", "extra") else None,
        "teachers": teachers if kind in ("teacher", "move", "extra") else None,
    },
    st.integers(1, 4),
    st.sampled_from(DAYS),
    st.sampled_from(types.CHANGE_KINDS),
    st.sampled_from((0, 0, 0, 1, 2, 3)),
    st.sampled_from(DAYS),
    st.integers(5 * 60, 21 * 60),
    st.none() | st.integers(1, 3),
    st.none() | numbers,
)


@st.composite
def worlds(draw):
    patterns = draw(st.lists(lessons, min_size=1, max_size=4))
    made = draw(st.lists(changes, max_size=8))
    # half of the changes are about a day that the pattern has
    for one in made:
        pattern = patterns[(one["lesson"] - 1) % len(patterns)]
        if draw(st.booleans()):
            one["planned"] += timedelta(days=(pattern["weekday"] - one["planned"].weekday()) % 7)
    free = draw(st.frozensets(st.sampled_from(DAYS), max_size=5))
    worked = draw(st.dictionaries(st.sampled_from(DAYS), st.sampled_from(DAYS), max_size=3))
    return {
        "zone": draw(st.sampled_from(ZONES)),
        "free": free,
        "worked": worked,
        "lessons": [
            {
                **one,
                "number": number,
                "weekday": naive.NAMES[one["weekday"]],
                "term": {"from": TERM.first_day, "to": TERM.last_day},
            }
            for number, one in enumerate(patterns, 1)
        ],
        "changes": [{**one, "number": number} for number, one in enumerate(made, 1)],
    }


def core_of(world):
    patterns = [
        lesson(
            one["number"],
            naive.NAMES.index(one["weekday"]),
            one["start"],
            one["end"],
            one["weeks"],
            one["listed"],
            room=one["room"],
            teachers=one["teachers"],
            groups=one["groups"],
        )
        for one in world["lessons"]
    ]
    made = [
        types.Change(
            one["number"],
            *(one["lesson"], one["planned"], one["kind"], one["extra"]),
            *(one["day"], one["start"], one["end"], one["room"], one["teachers"]),
        )
        for one in world["changes"]
    ]
    calendar = schedule.Calendar(
        ZoneInfo(world["zone"]), (TERM,), world["free"], MappingProxyType(world["worked"])
    )
    return patterns, made, calendar


def as_naive(made):
    return {
        **{name: getattr(made, name) for name in ("lesson", "planned", "extra", "day", "room", "teachers")},
        "start": made.start_min,
        "end": made.end_min,
        "cancelled": made.is_cancelled,
        "changes": len(made.changes),
    }


def by_identity(found):
    return {(one["lesson"], one["planned"], one["extra"]): one for one in found}


@settings(max_examples=60, deadline=None)
@given(worlds(), st.sampled_from(DAYS), st.integers(0, 60))
def test_the_expansion_is_the_naive_evaluators(world, first, days):
    last = first + timedelta(days=days)
    patterns, made, calendar = core_of(world)
    found = expand(patterns, made, calendar, first, last)
    expected = naive.everything(world, first, last)
    assert by_identity(map(as_naive, found)) == by_identity(expected)
    assert len(found) == len(expected)
    for one in found:
        begin, end = moments(one, calendar.zone)
        assert begin == naive.in_utc(world, one.day, one.start_min)
        assert end == naive.in_utc(world, one.day, one.end_min)


@settings(max_examples=60, deadline=None)
@given(worlds())
def test_clashes_are_all_pairs_that_overlap(world):
    patterns, made, calendar = core_of(world)
    found = expand(patterns, made, calendar, DAYS[0], DAYS[-1])
    groups = {one["number"]: one["groups"] for one in world["lessons"]}
    plain = [{**as_naive(one), "groups": groups[one.lesson]} for one in found]
    places = {one.identity: at for at, one in enumerate(found)}
    seen = {
        (clash.kind, clash.number, frozenset((places[clash.one.identity], places[clash.other.identity])))
        for clash in clashes.clashes(found)
    }
    assert seen == naive.pairs(plain)


@settings(max_examples=60, deadline=None)
@given(worlds(), st.integers(0, 148))
def test_a_term_is_the_sum_of_its_days(world, cut):
    patterns, made, calendar = core_of(world)
    whole = expand(patterns, made, calendar, DAYS[0], DAYS[-1])
    parts = expand(patterns, made, calendar, DAYS[0], DAYS[cut]) + expand(
        patterns, made, calendar, DAYS[cut] + timedelta(days=1), DAYS[-1]
    )
    assert whole == parts


# -- what is said in words --------------------------------------------------------------


def test_weeks_are_counted_from_the_monday_of_the_first_day():
    calendar = schedule.Calendar(terms=(TERM,))
    odd = expand([lesson(weeks="odd", weekday=4)], [], calendar, DAYS[0], date(2026, 10, 1))
    # the term begins on a Wednesday: its first Friday is in week 1
    assert days_of(odd) == [date(2026, 9, 11), date(2026, 9, 25)]
    # the Monday before the first day is outside of the term
    assert days_of(expand([lesson()], [], calendar, DAYS[0], date(2026, 9, 14))) == [date(2026, 9, 14)]


def test_a_saturday_worked_in_exchange_has_the_lessons_and_the_week_of_the_day_it_follows():
    calendar = schedule.Calendar(
        terms=(TERM,),
        holidays=frozenset({date(2026, 10, 7)}),
        working_days=MappingProxyType({date(2026, 10, 10): date(2026, 10, 7)}),
    )
    wednesday = lesson(weekday=2, weeks="odd")  # October 7 is in week 5
    found = expand([wednesday, lesson(2, weekday=5)], [], calendar, date(2026, 10, 5), date(2026, 10, 11))
    assert [(one.lesson, one.day) for one in found] == [(1, date(2026, 10, 10))]


def test_a_moved_lesson_stays_when_its_old_day_becomes_a_holiday():
    monday, sunday = date(2026, 10, 5), date(2026, 10, 4)
    moved = types.Change(1, 1, monday, types.MOVE, day=sunday, start_min=480, end_min=580)
    for free in ((), (monday,)):
        calendar = schedule.Calendar(terms=(TERM,), holidays=frozenset(free))
        found = expand([lesson()], [moved], calendar, sunday, monday)
        assert [(one.planned, one.day) for one in found] == [(monday, sunday)]


def test_the_newest_change_decides_each_thing_that_it_names():
    day = date(2026, 9, 14)
    made = [
        types.Change(1, 1, day, types.ROOM, room=7),
        types.Change(2, 1, day, types.TEACHER, teachers=frozenset({5})),
        types.Change(3, 1, day, types.ROOM, room=8),
    ]
    calendar = schedule.Calendar(terms=(TERM,))
    [found] = expand([lesson(room=6, teachers=frozenset({4}))], reversed(made), calendar, day, day)
    assert (found.room, found.teachers, found.changes) == (8, {5}, (1, 2, 3))
    made += [types.Change(4, 1, day, types.CANCEL), types.Change(5, 1, day, types.RESTORE)]
    [found] = expand([lesson(room=6)], made, calendar, day, day)
    assert (found.room, found.is_cancelled, len(found.changes)) == (6, False, 5)


@pytest.mark.parametrize("zone", ZONES)
def test_a_lesson_keeps_its_clock_time_when_clocks_change(zone):
    term = schedule.Term(date(2026, 1, 1), date(2026, 12, 31))
    calendar = schedule.Calendar(ZoneInfo(zone), (term,))
    found = expand([lesson(weekday=6, term=term)], [], calendar, term.first_day, term.last_day)
    assert len(found) == 52
    for one in found:
        begin, end = moments(one, calendar.zone)
        assert begin.astimezone(calendar.zone).time() == time(8)
        assert end - begin == timedelta(minutes=100)


def test_a_night_in_which_clocks_go_forward_has_no_lesson_that_ends_before_it_begins():
    berlin, night = ZoneInfo("Europe/Berlin"), date(2026, 3, 29)
    made = types.Occurrence(1, night, 0, night, 150, 185, None, frozenset(), frozenset())
    begin, end = moments(made, berlin)
    assert begin == datetime(2026, 3, 29, 1, 30, tzinfo=timezone.utc)
    assert end >= begin


def test_one_may_begin_when_another_ends():
    calendar = schedule.Calendar(terms=(TERM,))
    day = date(2026, 9, 14)
    near = [lesson(1, room=1), lesson(2, start=580, end=600, room=1)]
    assert not clashes.clashes(expand(near, [], calendar, day, day))
    near.append(lesson(3, start=579, end=581, room=1))
    found = clashes.clashes(expand(near, [], calendar, day, day))
    assert [(one.kind, one.one.lesson, one.other.lesson) for one in found] == [("room", 1, 3), ("room", 3, 2)]


def test_a_change_says_what_it_is():
    with pytest.raises(ValueError, match="kind"):
        types.Change(1, 1, TERM.first_day, "paint")
    with pytest.raises(ValueError, match="without a time"):
        types.Change(1, 1, TERM.first_day, types.EXTRA)


def test_the_pattern_knows_holidays():
    calendar = schedule.Calendar(terms=(TERM,), holidays=frozenset({date(2026, 9, 21)}))
    assert happens_on(lesson(), calendar, date(2026, 9, 14))
    assert not happens_on(lesson(), calendar, date(2026, 9, 21))
