from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

from odoo import api, models
from odoo.addons.campus_card.campus_core.alerts.types import Event, Place


@dataclass(frozen=True)
class Span:
    """What a run reads: records whose ``moment`` lies in ``[since, until)``, times in UTC.

    ``moment`` is ``known`` (when the server learned of it; what the clock reads) or
    ``happened`` (what a dry run reads).
    """

    moment: str
    since: datetime
    until: datetime


KNOWN, HAPPENED = "known", "happened"


class CampusAlertSource(models.AbstractModel):
    """Where rules read: one query for who did something, one for what they did.

    For each source ``x`` there are ``_touched_x(rule, span)``, which returns ``{partner id:
    first moment}`` of everybody with a new event, and ``_events_x(rule, partner_ids, span,
    since)``, which returns ``{partner id: [Event]}`` from ``since`` on, the new ones marked
    as fresh. Times of events are those of the company's clock.
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
        # sudo: the clock of the school; a contact's time zone is no secret.
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
        """Events of rows ``(partner, id, at, minor, latitude, longitude, place, fresh)``."""
        events = {}
        for partner_id, event_id, at, minor, latitude, longitude, name, fresh in rows:
            place = None if latitude is None else Place(float(latitude), float(longitude))
            event = Event(event_id, at, minor, place=place, place_name=name or "", fresh=fresh)
            events.setdefault(partner_id, []).append(event)
        return events

    @api.model
    def _a_day_before(self, moment):
        # A day more than needed, so that an index on the time of posting can be used for a
        # condition on the time of the event, and a calendar day is whole in every time zone.
        return moment - timedelta(days=1)
