"""The days of a history: term, weekends and holidays."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

DAYS = 92
WEEKDAY = (1.0, 1.0, 1.02, 1.0, 0.86, 0.42, 0.48)
HOLIDAY = 0.10
VACATION = 0.38

#: First day of the lunar year, from the holiday notices of the State Council.
SPRING_FESTIVALS = (
    dt.date(2025, 1, 29),
    dt.date(2026, 2, 17),
    dt.date(2027, 2, 6),
    dt.date(2028, 1, 26),
    dt.date(2029, 2, 13),
    dt.date(2030, 2, 3),
)
#: (month, day, length) of the holidays with a fixed date.
FIXED_HOLIDAYS = ((10, 1, 7), (5, 1, 5), (1, 1, 1), (4, 4, 3))
#: A break with fewer days is a long weekend, not a holiday week.
WEEK = 5


@dataclass(frozen=True)
class Term:
    """The days from ``start`` to ``end``, both included."""

    start: dt.date
    end: dt.date
    holidays: frozenset[dt.date]

    @classmethod
    def ending(cls, end: dt.date, days: int = DAYS) -> Term:
        """The ``days`` days that end with ``end``. A longer term has a holiday week."""
        start = end - dt.timedelta(days=days - 1)
        holidays = {day for day in _public_holidays(start.year, end.year) if start <= day <= end}
        if days > 4 * 7 and longest_run(holidays) < WEEK:
            # There is no public holiday week, so the school has an autumn or spring break of its own.
            monday = start + dt.timedelta(days=days // 2 - (start.weekday() + days // 2) % 7)
            holidays |= {monday + dt.timedelta(days=number) for number in range(7)}
        return cls(start, end, frozenset(holidays))

    def __iter__(self) -> Iterator[dt.date]:
        day = self.start
        while day <= self.end:
            yield day
            day += dt.timedelta(days=1)

    def weight(self, day: dt.date) -> float:
        """How busy the canteens are: a usual weekday in term is 1."""
        if day in self.holidays:
            return HOLIDAY
        busy = VACATION if _is_vacation(day) else 1.0
        return busy * WEEKDAY[day.weekday()]


def academic_year(day: dt.date) -> int:
    """The year in which the academic year of ``day`` began, in September."""
    return day.year if day.month >= 9 else day.year - 1


def longest_run(days: set[dt.date]) -> int:
    """Length of the longest row of consecutive days."""
    longest = run = 0
    before = None
    for day in sorted(days):
        run = run + 1 if before and (day - before).days == 1 else 1
        longest, before = max(longest, run), day
    return longest


def _public_holidays(first_year: int, last_year: int) -> Iterator[dt.date]:
    starts = [
        (dt.date(year, month, day), length)
        for year in range(first_year, last_year + 1)
        for month, day, length in FIXED_HOLIDAYS
    ]
    starts += [(day, 8) for day in SPRING_FESTIVALS]
    for start, length in starts:
        for number in range(length):
            yield start + dt.timedelta(days=number)


def _is_vacation(day: dt.date) -> bool:
    summer = dt.date(day.year, 7, 12) <= day <= dt.date(day.year, 8, 28)
    winter = dt.date(day.year, 1, 18) <= day <= dt.date(day.year, 2, 20)
    return summer or winter
