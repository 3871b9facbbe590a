from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

from odoo import api, models
from odoo.addons.campus_card.campus_core.alerts.types import Event, Place
from odoo.fields import Domain
from odoo.tools import SQL


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
MOMENTS = {KNOWN: "received_at", HAPPENED: "occurred_at"}


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

    # -- cards -------------------------------------------------------------------

    @api.model
    def _cards_domain(self, rule):
        return rule._parsed_domain() & Domain("company_id", "=", rule.company_id.id)

    @api.model
    def _touched_card(self, rule, span):
        moment = rule.card_moment
        rows = self.env["campus.card"]._read_group(
            self._cards_domain(rule) & Domain(moment, ">=", span.since) & Domain(moment, "<", span.until),
            ["partner_id"],
            [f"{moment}:min"],
        )
        return {partner.id: first for partner, first in rows}

    @api.model
    def _events_card(self, rule, partner_ids, span, since):
        moment = rule.card_moment
        cards = self.env["campus.card"].search_fetch(
            self._cards_domain(rule) & Domain("partner_id", "in", partner_ids) & Domain(moment, ">=", since),
            [moment, "partner_id"],
            order="id",
        )
        events = {}
        for card in cards:
            fresh = span.since <= card[moment] < span.until
            event = Event(card.id, self._to_local(rule.company_id, card[moment]), fresh=fresh)
            events.setdefault(card.partner_id.id, []).append(event)
        return events

    # -- taps at readers ---------------------------------------------------------

    @api.model
    def _matching_taps(self, rule, domain):
        here = Domain("company_id", "=", rule.company_id.id)
        return self.env["campus.tap"]._search(rule._parsed_domain() & here & domain).subselect()

    @api.model
    def _taps_in_span(self, span):
        moment = SQL.identifier("tap", MOMENTS[span.moment])
        return SQL("(%s >= %s AND %s < %s)", moment, span.since, moment, span.until)

    @api.model
    def _touched_tap(self, rule, span):
        domain = Domain(MOMENTS[span.moment], ">=", span.since) & Domain("card_id", "!=", False)
        return dict(
            self.env.execute_query(
                SQL(
                    """SELECT card.partner_id, min(tap.occurred_at)
                         FROM campus_tap tap JOIN campus_card card ON card.id = tap.card_id
                        WHERE tap.id IN %s AND %s
                        GROUP BY card.partner_id ORDER BY card.partner_id""",
                    self._matching_taps(rule, domain),
                    self._taps_in_span(span),
                )
            )
        )

    @api.model
    def _events_tap(self, rule, partner_ids, span, since):
        domain = Domain("card_id.partner_id", "in", partner_ids) & Domain("occurred_at", ">=", since)
        rows = self.env.execute_query(
            SQL(
                """SELECT card.partner_id, min(tap.id),
                          min(tap.occurred_at) AT TIME ZONE 'UTC' AT TIME ZONE %(zone)s, 0,
                          min(place.latitude), min(place.longitude), min(terminal.name->>'en_US'),
                          bool_or(%(fresh)s)
                     FROM campus_tap tap
                     JOIN campus_card card ON card.id = tap.card_id
                     LEFT JOIN campus_terminal terminal ON terminal.id = tap.terminal_id
                     LEFT JOIN campus_alert_place place ON place.id = terminal.alert_place_id
                    WHERE tap.id IN %(matching)s
                    GROUP BY card.partner_id, tap.uuid ORDER BY min(tap.id)""",
                zone=self._time_zone(rule.company_id),
                fresh=self._taps_in_span(span),
                matching=self._matching_taps(rule, domain),
            )
        )
        return self._grouped(rows)
