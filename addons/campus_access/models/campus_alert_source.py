from odoo import api, models
from odoo.addons.campus_alert.models.campus_alert_source import MOMENTS
from odoo.fields import Domain
from odoo.tools import SQL


class CampusAlertSource(models.AbstractModel):
    """Alerts about taps see passages too: these are kept apart from taps, and are presentations of cards as well."""

    _inherit = "campus.alert.source"

    @api.model
    def _touched_tap(self, rule, span):
        found = super()._touched_tap(rule, span)
        passages = self._matching_passages(rule, Domain(MOMENTS[span.moment], ">=", span.since))
        if passages is None:
            return found
        rows = self.env.execute_query(
            SQL(
                """SELECT tap.partner_id, min(tap.occurred_at) FROM campus_passage tap
                    WHERE tap.id IN %s AND %s AND tap.partner_id IS NOT NULL
                    GROUP BY tap.partner_id ORDER BY tap.partner_id""",
                passages,
                self._taps_in_span(span),
            )
        )
        for partner_id, first in rows:
            found[partner_id] = min(first, found.get(partner_id, first))
        return found

    @api.model
    def _events_tap(self, rule, partner_ids, span, since):
        found = super()._events_tap(rule, partner_ids, span, since)
        passages = self._matching_passages(rule, Domain("occurred_at", ">=", since))
        if passages is None:
            return found
        rows = self.env.execute_query(
            SQL(
                """SELECT tap.partner_id, -min(tap.id),
                          min(tap.occurred_at) AT TIME ZONE 'UTC' AT TIME ZONE %(zone)s, 0,
                          min(place.latitude), min(place.longitude), min(terminal.name->>'en_US'),
                          bool_or(%(fresh)s)
                     FROM campus_passage tap
                     LEFT JOIN campus_terminal terminal ON terminal.id = tap.terminal_id
                     LEFT JOIN campus_alert_place place ON place.id = terminal.alert_place_id
                    WHERE tap.id IN %(matching)s AND tap.partner_id = ANY(%(people)s)
                    GROUP BY tap.partner_id, tap.uuid ORDER BY min(tap.id)""",
                zone=self._time_zone(rule.company_id),
                fresh=self._taps_in_span(span),
                matching=passages,
                people=list(partner_ids),
            )
        )
        for partner_id, events in self._grouped(rows).items():
            both = [*found.get(partner_id, ()), *events]
            found[partner_id] = sorted(both, key=lambda event: event.at)
        return found

    @api.model
    def _matching_passages(self, rule, domain):
        """The passages that a rule about taps matches, with the rights of the environment; None where it asks for
        what passages have not, or nobody may read them here."""
        wanted = rule._parsed_domain()
        passages = self.env["campus.passage"]
        if any(one.field_expr.split(".")[0] not in passages._fields for one in wanted.iter_conditions()):
            return None
        if not passages.has_access("read"):
            return None
        here = Domain("company_id", "=", rule.company_id.id) & Domain("kind", "!=", "event")
        return passages._search(wanted & here & domain).subselect()
