"""A timetable as iCalendar (RFC 5545): one event for each lesson of a date.

Single events instead of series: rooms and teachers differ from week to week, and calendar programs show a changed
event at once, where many do not understand exceptions of a series. Times are UTC, so no program has to know zones.
"""

from datetime import timedelta, timezone

from icalendar import Calendar, Event
from odoo.addons.campus_card.campus_core.timetable.expand import moments

#: How often programs should ask again.
REFRESH = timedelta(hours=1)


def calendar(name, events):
    """The bytes of a calendar; ``events`` come from :func:`lesson_event` and :func:`exam_event`."""
    made = Calendar()
    made.add("prodid", "-//Campus Card//Timetable//EN")
    made.add("version", "2.0")
    made.add("method", "PUBLISH")
    made.add("name", name)
    made.add("x-wr-calname", name)
    made.add("refresh-interval", REFRESH, parameters={"value": "DURATION"})
    made.add("x-published-ttl", "PT1H")
    for event in events:
        made.add_component(event)
    return made.to_ical()


def lesson_event(row, made, zone, changed_at, host):
    """A lesson of a date; its UID stays whatever is changed, SEQUENCE rises with every change."""
    begin, end = moments(made, zone)
    event = _event(f"lesson-{row['key']}@{host}", row["course"], begin, end, changed_at)
    event.add("sequence", len(made.changes))
    event.add("status", "CANCELLED" if made.is_cancelled else "CONFIRMED")
    if row["room"]:
        event.add("location", row["room"])
    about = [row["teachers"], row["groups"], row["reason"]]
    if any(about):
        event.add("description", "\n".join(filter(None, about)))
    return event


def exam_event(number, title, place, seat, span, changed_at, host):
    """An exam with its seat."""
    event = _event(f"exam-{number}@{host}", title, *span, changed_at)
    event.add("status", "CONFIRMED")
    if place:
        event.add("location", place)
    event.add("description", seat)
    return event


def _event(uid, title, begin, end, changed_at):
    event = Event()
    event.add("uid", uid)
    event.add("summary", title)
    event.add("dtstart", begin)
    event.add("dtend", end)
    # the moment of the last change, not of the question: an unchanged calendar stays the same to the byte
    event.add("dtstamp", changed_at.replace(tzinfo=timezone.utc))
    return event
