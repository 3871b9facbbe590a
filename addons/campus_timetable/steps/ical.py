"""An iCalendar file as lessons: each weekly series, or each single event, becomes weeks of the term."""

from collections import defaultdict
from datetime import datetime, time, timedelta

from dateutil.rrule import rrulestr
from icalendar import Calendar
from odoo.addons.campus_card.campus_core import errors
from odoo.addons.campus_card.campus_core.card_file.types import Problem
from odoo.addons.campus_card.campus_core.schedule import DAY_MIN
from odoo.addons.campus_card.campus_core.timetable.plan_types import Planned, PlanReading

SOURCE = "iCalendar"
EVENTS_MAX = 1000


def is_calendar(content):
    """Whether these bytes are an iCalendar file."""
    return content.removeprefix(b"\xef\xbb\xbf").lstrip()[:15].upper() == b"BEGIN:VCALENDAR"


def read(content, term, zone):
    """The lessons of a calendar in a term; rows are numbers of events."""
    reading = PlanReading()
    try:
        calendar = Calendar.from_ical(content.removeprefix(b"\xef\xbb\xbf"))
    except ValueError:
        reading.fatal.append(Problem(1, "", "", errors.FILE_UNREADABLE))
        return reading
    events = calendar.walk("VEVENT")
    replaced = defaultdict(set)
    for event in events:
        if event.get("RECURRENCE-ID"):
            replaced[str(event.get("UID", ""))].add(_local(event.decoded("RECURRENCE-ID"), zone))
    for number, event in enumerate(events, 1):
        reading.row_count += 1
        # another event with the same id says what becomes of these dates
        left = set() if event.get("RECURRENCE-ID") else replaced[str(event.get("UID", ""))]
        try:
            reading.lessons += _lessons(number, event, term, zone, left)
        except _EventError as error:
            key = str(event.get("UID", ""))
            reading.problems.append(
                Problem(number, error.name, str(event.get("SUMMARY", ""))[:100], error.code)
            )
            reading.refused.add(key)
    return reading


class _EventError(Exception):
    """An event that is no lesson."""

    def __init__(self, name, code):
        super().__init__(code)
        self.name, self.code = name, code


def _lessons(number, event, term, zone, left):
    """One lesson for each weekday and time of an event; weeks are those in which it happens."""
    if str(event.get("STATUS", "")).upper() == "CANCELLED":
        return []
    course = str(event.get("SUMMARY", "")).strip()
    if not course:
        raise _EventError("SUMMARY", errors.VALUE_MISSING)
    begin = event.decoded("DTSTART", None)
    if not isinstance(begin, datetime):
        raise _EventError("DTSTART", errors.TIME_MISSING)
    length = _length(event, begin)
    weeks = defaultdict(set)
    for moment in _moments(event, begin, term, zone):
        if moment in left:
            continue
        week = term.week(moment.date())
        if week is not None:
            start = moment.hour * 60 + moment.minute
            weeks[moment.weekday(), start, start + length].add(week)
    key = str(event.get("UID", "")) or f"{course}|{begin.isoformat()}"
    room = str(event.get("LOCATION", "")).strip()
    return [
        Planned(
            number, key, course, course, (), _teachers(event), room, weekday, start, end, frozenset(found)
        )
        for (weekday, start, end), found in sorted(weeks.items())
    ]


def _length(event, begin):
    end = event.decoded("DTEND", None)
    lasting = end - begin if isinstance(end, datetime) else event.decoded("DURATION", timedelta())
    minutes = int(lasting.total_seconds() // 60)
    if not 0 < minutes <= DAY_MIN:
        raise _EventError("DTEND", errors.TIME_INVALID)
    return minutes


def _moments(event, begin, term, zone):
    """When the event happens, by the clock of the campus."""
    begin = _local(begin, zone)
    left = {_local(moment, zone) for moment in _dates(event.get("EXDATE"))}
    added = {_local(moment, zone) for moment in _dates(event.get("RDATE"))}
    found = {begin}
    if event.get("RRULE"):
        rule = event["RRULE"].to_ical().decode()
        until = event["RRULE"].get("UNTIL")
        if until:
            last = _last(until[0], zone)
            rule = ";".join(part for part in rule.split(";") if not part.upper().startswith("UNTIL="))
        else:
            last = datetime.combine(term.last_day, time.max)
        series = rrulestr(rule, dtstart=begin)
        found |= set(
            series.between(begin, min(last, datetime.combine(term.last_day, time.max)), inc=True)[:EVENTS_MAX]
        )
    return sorted((found | added) - left)


def _last(until, zone):
    return _local(until, zone) if isinstance(until, datetime) else datetime.combine(until, time.max)


def _local(moment, zone):
    """A moment by the clock of the campus; a time without a zone is one already."""
    if not isinstance(moment, datetime):
        return datetime.combine(moment, time.min)
    return moment.astimezone(zone).replace(tzinfo=None) if moment.tzinfo else moment


def _dates(values):
    lists = values if isinstance(values, list) else [values] if values else []
    return [one.dt for listed in lists for one in listed.dts]


def _teachers(event):
    """Names of who is invited or invites, where the calendar says them."""
    people = event.get("ORGANIZER"), event.get("ATTENDEE")
    listed = [one for person in people for one in (person if isinstance(person, list) else [person]) if one]
    return tuple(dict.fromkeys(str(one.params["CN"]) for one in listed if "CN" in one.params))
