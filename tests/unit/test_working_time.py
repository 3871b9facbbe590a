"""A calendar of working times as a schedule: every minute of a week agrees, and losses are named."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from campus_core.access import working_time
from campus_core.access.working_time import Hours, Leave, Source, plan
from campus_core.schedule import ALL_WEEKS, EVEN_WEEKS, ODD_WEEKS

TODAY = date(2026, 3, 2)
WEEKDAYS = [Hours(day, start, end) for day in range(5) for start, end in ((8, 12), (13, 17.5))]
quarters = st.integers(0, 96).map(lambda number: number / 4)
hours = st.builds(Hours, st.integers(0, 6), quarters, quarters, st.sampled_from([None, 0, 1]))


def minutes(windows, weekday, weeks):
    """Minutes of a day at which windows hold."""
    return {
        minute
        for window in windows
        if weekday in window.weekdays and window.weeks in (ALL_WEEKS, weeks)
        for minute in range(window.start_min, window.end_min)
    }


def test_days_with_the_same_times_become_one_time():
    made = plan(Source(WEEKDAYS), TODAY)
    assert [(sorted(one.weekdays), one.start_min, one.end_min) for one in made.windows] == [
        ([0, 1, 2, 3, 4], 480, 720),
        ([0, 1, 2, 3, 4], 780, 1050),
    ]
    assert made.losses == ()


@given(st.lists(hours, max_size=12), st.booleans())
def test_every_minute_of_the_week_is_as_in_the_calendar(found, first_is_odd):
    made = plan(Source(found, is_two_weeks=True), TODAY, first_is_odd)
    for number, weeks in enumerate((ODD_WEEKS, EVEN_WEEKS) if first_is_odd else (EVEN_WEEKS, ODD_WEEKS)):
        for weekday in range(7):
            wanted = {
                minute
                for one in found
                if one.weekday == weekday and one.week in (None, number)
                for minute in range(round(one.start_h * 60), round(one.end_h * 60))
            }
            assert minutes(made.windows, weekday, weeks) == wanted


def test_two_weeks_that_are_alike_are_every_week_and_no_loss():
    both = [Hours(0, 8, 12, 0), Hours(0, 8, 12, 1)]
    made = plan(Source(both, is_two_weeks=True), TODAY)
    assert [window.weeks for window in made.windows] == [ALL_WEEKS]
    assert made.losses == ()
    other = plan(Source([*both, Hours(1, 8, 12, 1)], is_two_weeks=True), TODAY)
    assert other.losses == (working_time.TWO_WEEKS,)
    assert [window.weeks for window in other.windows] == [ALL_WEEKS, EVEN_WEEKS]


def test_flexible_hours_have_no_times():
    made = plan(Source(WEEKDAYS, is_flexible=True), TODAY)
    assert made.windows == ()
    assert made.losses == (working_time.FLEXIBLE,)


def test_each_loss_is_named():
    source = Source(
        [Hours(0, 8, 8), Hours(1, 8.3333, 12)],
        [Leave(TODAY, TODAY, is_whole=False), Leave(TODAY, TODAY, is_personal=True)],
        is_by_duration=True,
        is_other_zone=True,
    )
    assert plan(source, TODAY).losses == (
        working_time.BY_DURATION, working_time.TIME_ZONE, working_time.PERSONAL, working_time.PART_OF_DAY,
        working_time.EMPTY,
    )  # fmt: skip
    assert plan(Source([Hours(1, 8.33, 12)]), TODAY).losses == (working_time.ROUNDED,)


def test_days_off_to_come_are_closed():
    leaves = [
        Leave(date(2026, 2, 1), date(2026, 3, 3), name="Spring"),
        Leave(date(2026, 1, 1), date(2026, 1, 1), name="New Year"),
    ]
    assert plan(Source(WEEKDAYS, leaves), TODAY).closed == (
        (date(2026, 3, 2), "Spring"),
        (date(2026, 3, 3), "Spring"),
    )


def test_an_endless_leave_ends():
    made = plan(Source(WEEKDAYS, [Leave(TODAY, date(9999, 12, 31))]), TODAY)
    assert len(made.closed) == working_time.LEAVE_DAYS_MAX
