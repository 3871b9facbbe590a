from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from .campus_alert_source import KNOWN

MOMENTS = {KNOWN: "received_at", "happened": "occurred_at"}


class CampusAlertSourceTap(models.AbstractModel):
    """Taps at readers. A tap and the later message about its result are one event."""

    _inherit = "campus.alert.source"

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
