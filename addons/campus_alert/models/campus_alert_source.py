from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

from odoo import api, models
from odoo.addons.campus_card.campus_core.alerts.types import Event, Place


@dataclass(frozen=True)
class Span:
    """The records to read: those whose ``moment`` lies in ``[since, until)``, in UTC.

    ``moment`` is ``known`` (when the server stored the event; the job uses it) or ``happened`` (when it
    happened; the dry run uses it).
    """

    moment: str
    since: datetime
    until: datetime


KNOWN, HAPPENED = "known", "happened"


class CampusAlertSource(models.AbstractModel):
    """Reads the events for the rules. One query finds people with new events, a second one reads all their
    events.

    Each source ``x`` has two methods. ``_touched_x(rule, span)`` returns ``{partner id: first moment}`` of
    everybody with a new event. ``_events_x(rule, partner_ids, span, since)`` returns ``{partner id:
    [Event]}`` from ``since`` on, and marks the new ones as fresh. Times of events are in the company's time
    zone.
    """

    _name = "campus.alert.source"
    _description = "Source of Alerts"

    @api.model
    def _touched(self, rule, span):
        return getattr(self, f"_touched_{rule.source}")(rule, span)

    @api.model
    def _events(self, rule, partner_ids, span, since):
        return getattr(self, f"_events_{rule.source}")(rule, partner_ids, span, since)

    @api.model
    def _time_zone(self, company):
        # sudo: the time zone of the school's contact is no secret.
        return company.sudo().partner_id.tz or "UTC"

    @api.model
    def _to_local(self, company, moment):
        zone = ZoneInfo(self._time_zone(company))
        return moment.replace(tzinfo=timezone.utc).astimezone(zone).replace(tzinfo=None)

    @api.model
    def _to_utc(self, company, local):
        zone = ZoneInfo(self._time_zone(company))
        return local.replace(tzinfo=zone).astimezone(timezone.utc).replace(tzinfo=None)

    @api.model
    def _grouped(self, rows):
        """The events of rows ``(partner, id, at, minor, latitude, longitude, place, fresh)``."""
        events = {}
        for partner_id, event_id, at, minor, latitude, longitude, name, fresh in rows:
            place = None if latitude is None else Place(float(latitude), float(longitude))
            event = Event(event_id, at, minor, place=place, place_name=name or "", fresh=fresh)
            events.setdefault(partner_id, []).append(event)
        return events

    @api.model
    def _a_day_before(self, moment):
        # One day more than needed. So the index on the time of posting also helps a condition on the time of
        # the event, and a calendar day is complete in every time zone.
        return moment - timedelta(days=1)
