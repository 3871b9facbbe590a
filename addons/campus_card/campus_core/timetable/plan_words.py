"""What cells of timetable programs say: weekdays, clock times, and all of it in one cell."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from .. import errors
from ..card_file.values import key
from ..errors import CampusError
from ..schedule import DAY_MIN
from .weeks import periods_in, weeks_in

_CHINESE: Final = "一二三四五六日"
_ENGLISH: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_WEEKDAYS: Final[Mapping[str, int]] = {
    **{name: number for number, name in enumerate(_ENGLISH)},
    **{name[:3]: number for number, name in enumerate(_ENGLISH)},
    **{str(number + 1): number for number in range(7)},
    **{
        prefix + sign: number for prefix in ("", "周", "星期", "礼拜") for number, sign in enumerate(_CHINESE)
    },
    **{prefix + "天": 6 for prefix in ("周", "星期", "礼拜")},
}
_CLOCK: Final = re.compile(r"(\d{1,2})[:：.时](\d{2})分?(?::\d{2})?")
_CLOCKS: Final = re.compile(r"\s*(\d{1,2}[:：]\d{2})\s*[-–—~～]\s*(\d{1,2}[:：]\d{2})\s*")
#: ``星期一第1-2节{1-16周}``, ``周三 3,4节 [1-8周(单)]``, ``Mon 1-2 (1-16)``.
_WHEN: Final = re.compile(
    r"\s*((?:星期|周|礼拜)?[一二三四五六日天]|[A-Za-z]{3,9})\s*"
    r"(第?[\d,，、\-–~]+节?)\s*"
    r"(?:[{\[(（]\s*(.+?)\s*[}\])）])?\s*"
)

Periods = Mapping[str, tuple[int, int]]
When = tuple[int, tuple[int, int], tuple[int, int] | None, "frozenset[int] | None"]


def weekday_of(text: str, words: Mapping[str, int]) -> int:
    """Return the weekday (0 is Monday) that a cell names."""
    word = key(text)
    found = {key(name): number for name, number in words.items()}.get(word, _WEEKDAYS.get(word))
    if found is None:
        raise CampusError(errors.WEEKDAY_UNKNOWN)
    return found


def clock_of(text: str) -> int:
    """Return the minute of the day of ``8:00``."""
    match = _CLOCK.fullmatch(text.strip())
    if not match or int(match[1]) > 24 or int(match[2]) > 59 or int(match[1]) * 60 + int(match[2]) > DAY_MIN:
        raise CampusError(errors.TIME_INVALID)
    return int(match[1]) * 60 + int(match[2])


def times_of(text: str, periods: Periods) -> tuple[tuple[int, int], tuple[int, int] | None]:
    """Return first and last minute of the periods that a cell names, and their places in the table.

    A period is named by its name, its number, or the time at which it begins.
    """
    names = {key(name): place for place, name in enumerate(periods)}
    table = list(periods.values())
    if key(text) in names:
        first = last = names[key(text)]
    elif clocks := _CLOCKS.fullmatch(text):
        start, end = clock_of(clocks[1]), clock_of(clocks[2])
        if end <= start:
            raise CampusError(errors.TIME_INVALID)
        return (start, end), None
    elif _CLOCK.fullmatch(text.strip()) and clock_of(text) in (starts := [start for start, _end in table]):
        first = last = starts.index(clock_of(text))
    else:
        numbers = periods_in(text)
        if not numbers or not {str(number) for number in numbers} <= names.keys():
            raise CampusError(errors.PERIOD_UNKNOWN)
        first, last = names[str(numbers[0])], names[str(numbers[1])]
    return (table[first][0], table[last][1]), (first, last)


def weeks_of(text: str) -> frozenset[int]:
    """Return the weeks that a cell names."""
    found = weeks_in(text)
    if found is None:
        raise CampusError(errors.WEEKS_UNKNOWN)
    return found


def when_of(text: str, words: Mapping[str, int], periods: Periods) -> When:
    """Return weekday, times, places of periods and weeks of a cell that says all of it."""
    match = _WHEN.fullmatch(text)
    if not match:
        raise CampusError(errors.PERIOD_UNKNOWN)
    times, places = times_of(match[2], periods)
    return weekday_of(match[1], words), times, places, weeks_of(match[3]) if match[3] else None
