"""A decoded table and a profile -> lessons, and a problem for each cell that is wrong.

Tables are decoded and headers are found as for card files (``card_file``). Nothing is looked up in a database here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from .. import errors
from ..card_file import types as ft
from ..card_file import values
from ..card_file.decode import decode
from ..card_file.reading import find_header, layout_problems, no_header
from ..card_file.rows import MAX_VALUE_SHOWN, Layout, trimmed
from ..card_file.types import Cell, Problem, Table, Unread
from ..errors import CampusError
from . import plan_types
from .plan_types import Planned, PlanProfile, PlanReading
from .plan_words import When, clock_of, times_of, weekday_of, weeks_of, when_of

#: Between the times of one row, and between their rooms.
BETWEEN_TIMES: Final = ";；\n"


def read_bytes(content: bytes, profile: PlanProfile) -> PlanReading:
    """Decode and read a file: see ``read``."""
    return read(decode(content, profile.encoding), profile)


def headers(profile: PlanProfile) -> ft.Profile:
    """Return the profile as the machinery of card files knows it: headers alone."""
    columns = [
        ft.Column(column.header, ft.IGNORE, required=column.required)
        for column in profile.columns
        if column.target != plan_types.IGNORE
    ]
    return ft.Profile(profile.source, columns, encoding=profile.encoding)


def fits(table: Table, profile: PlanProfile) -> int:
    """Return how many columns of the profile a table has; 0 if a required one is missing."""
    layout = find_header(table, headers(profile))
    return len(layout.places) if layout and not layout.missing else 0


def read(table: Table, profile: PlanProfile) -> PlanReading:
    """Read every row; rows that are one lesson in several periods become one."""
    reading = PlanReading(fatal=list(table.problems))
    layout = find_header(table, headers(profile))
    if layout is None:
        reading.fatal += [] if reading.fatal else [no_header(table)]
        return reading
    reading.fatal += layout_problems(layout)
    if reading.fatal:
        return reading
    reader = _Reader(profile, layout)
    for row, cells in table.rows[layout.at + 1 :]:
        if trimmed(cells):
            reading.row_count += 1
            lessons, problems = reader.read(row, cells)
            reading.problems += problems
            if problems:
                reading.refused.add(reader.key_of(cells))
            else:
                reading.lessons += lessons
    reading.lessons = _joined(reading.lessons, reading.warnings)
    return reading


class _Reader:
    """Reads rows of one layout and reports every wrong cell of a row, not only the first."""

    def __init__(self, profile: PlanProfile, layout: Layout) -> None:
        self.profile = profile
        by_header = {values.key(column.header): column for column in profile.columns}
        self.places = {by_header[values.key(layout.headers[at])].target: at for at in layout.places}
        self.layout = layout

    def key_of(self, cells: Sequence[Cell]) -> str:
        """Return the program's key of a row, whatever else is wrong with it."""
        texts: dict[str, str] = {}
        for target in (plan_types.KEY, plan_types.COURSE_CODE, plan_types.COURSE, plan_types.GROUPS):
            at = self.places.get(target)
            cell = cells[at] if at is not None and at < len(cells) else None
            texts[target] = " ".join(values.visible(values.text_of(cell)).split())
        return self._key(texts)

    @staticmethod
    def _key(texts: Mapping[str, str]) -> str:
        course = texts.get(plan_types.COURSE_CODE) or texts.get(plan_types.COURSE, "")
        return texts.get(plan_types.KEY) or f"{course}|{texts.get(plan_types.GROUPS, '')}"

    def read(self, row: int, cells: Sequence[Cell]) -> tuple[list[Planned], list[Problem]]:
        """Return the lessons of a row, or why there are none."""
        problems: list[Problem] = []
        texts: dict[str, str] = {}
        for column in self.profile.columns:
            if column.target in self.places:
                at = self.places[column.target]
                cell = cells[at] if at < len(cells) else None
                try:
                    texts[column.target] = self._text(cell, column.required)
                except CampusError as error:
                    problems.append(self._problem(row, column.target, values.text_of(cell), error))
        if problems:
            return [], problems
        try:
            return self._lessons(row, texts), []
        except _CellError as error:
            return [], [self._problem(row, error.target, texts.get(error.target, ""), error.error)]

    @staticmethod
    def _text(cell: Cell, required: bool) -> str:
        if isinstance(cell, Unread):
            raise CampusError(cell.code)
        text = values.visible(values.text_of(cell)).strip()
        if values.is_error_word(text):
            raise CampusError(errors.MACHINE_WORD)
        text = "" if values.is_null_word(text) else text
        if required and not text:
            raise CampusError(errors.VALUE_MISSING)
        return text

    def _problem(self, row: int, target: str, text: str, error: CampusError) -> Problem:
        header = self.layout.headers[self.places[target]] if target in self.places else ""
        return Problem(row, header, text.strip()[:MAX_VALUE_SHOWN], error.code, error.numbers)

    def _lessons(self, row: int, texts: dict[str, str]) -> list[Planned]:
        times = self._times(texts)
        rooms = _parts(texts.get(plan_types.ROOM, ""), BETWEEN_TIMES) or [""]
        if len(rooms) == 1:
            rooms *= len(times)
        if len(rooms) != len(times):
            raise _CellError(plan_types.ROOM, CampusError(errors.ROOMS_UNEVEN))
        course = texts.get(plan_types.COURSE) or texts.get(plan_types.COURSE_CODE, "")
        if not course:
            raise _CellError(plan_types.COURSE, CampusError(errors.VALUE_MISSING))
        groups = tuple(_parts(texts.get(plan_types.GROUPS, ""), self.profile.separators))
        teachers = tuple(_parts(texts.get(plan_types.TEACHERS, ""), self.profile.separators))
        key = self._key({name: " ".join(text.split()) for name, text in texts.items()})
        return [
            Planned(
                *(row, key, texts.get(plan_types.COURSE_CODE) or course, course, groups, teachers, room),
                *(weekday, start, end, weeks, places),
            )
            for room, (weekday, (start, end), places, weeks) in zip(rooms, times, strict=True)
        ]

    def _times(self, texts: dict[str, str]) -> list[When]:
        if texts.get(plan_types.WHEN):
            parts = _parts(texts[plan_types.WHEN], BETWEEN_TIMES)
            with _Cell(plan_types.WHEN):
                return [when_of(part, self.profile.day_words, self.profile.periods) for part in parts]
        if not texts.get(plan_types.WEEKDAY):
            raise _CellError(plan_types.WEEKDAY, CampusError(errors.TIME_MISSING))
        with _Cell(plan_types.WEEKDAY):
            weekday = weekday_of(texts[plan_types.WEEKDAY], self.profile.day_words)
        weeks = None
        if texts.get(plan_types.WEEKS):
            with _Cell(plan_types.WEEKS):
                weeks = weeks_of(texts[plan_types.WEEKS])
        if texts.get(plan_types.PERIODS):
            with _Cell(plan_types.PERIODS):
                times, places = times_of(texts[plan_types.PERIODS], self.profile.periods)
            return [(weekday, times, places, weeks)]
        if not texts.get(plan_types.STARTS) or not texts.get(plan_types.ENDS):
            raise _CellError(plan_types.STARTS, CampusError(errors.TIME_MISSING))
        with _Cell(plan_types.STARTS):
            start = clock_of(texts[plan_types.STARTS])
        with _Cell(plan_types.ENDS):
            end = clock_of(texts[plan_types.ENDS])
            if end <= start:
                raise CampusError(errors.TIME_INVALID)
        return [(weekday, (start, end), None, weeks)]


class _CellError(Exception):
    """A cell that cannot be read, with the target of its column."""

    def __init__(self, target: str, error: CampusError) -> None:
        super().__init__(target)
        self.target, self.error = target, error


class _Cell:
    """Says which cell is being read when something is wrong."""

    def __init__(self, target: str) -> None:
        self.target = target

    def __enter__(self) -> None:
        return None

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        if isinstance(error, CampusError):
            raise _CellError(self.target, error) from error


def _parts(text: str, separators: str) -> list[str]:
    for separator in separators[1:]:
        text = text.replace(separator, separators[0])
    return [" ".join(part.split()) for part in text.split(separators[0]) if part.strip()]


def _joined(lessons: list[Planned], warnings: list[Problem]) -> list[Planned]:
    """Join rows of one lesson whose periods follow each other; a lesson that is there twice counts once."""
    alike: dict[tuple[object, ...], list[Planned]] = defaultdict(list)
    for lesson in lessons:
        whose = (*lesson.what[:7], lesson.weeks)
        alike[whose].append(lesson)
    found: list[Planned] = []
    for rows in alike.values():
        kept: list[Planned] = []
        for lesson in sorted(rows, key=lambda lesson: (lesson.start_min, -lesson.end_min, lesson.row)):
            if kept and lesson.end_min <= kept[-1].end_min:
                warnings.append(Problem(lesson.row, "", lesson.course[:MAX_VALUE_SHOWN], errors.LESSON_TWICE))
            elif kept and _follows(kept[-1], lesson):
                kept[-1] = _both(kept[-1], lesson)
            else:
                kept.append(lesson)
        found += kept
    return sorted(found, key=lambda lesson: lesson.row)


def _follows(one: Planned, later: Planned) -> bool:
    """Say whether two times touch: the next period, or the same minute."""
    if one.places and later.places:
        return one.places[1] + 1 == later.places[0]
    return one.end_min == later.start_min


def _both(one: Planned, later: Planned) -> Planned:
    places = (one.places[0], later.places[1]) if one.places and later.places else None
    return replace(one, row=min(one.row, later.row), end_min=later.end_min, places=places)
