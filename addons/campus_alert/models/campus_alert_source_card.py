from odoo import api, models
from odoo.addons.campus_card.campus_core.alerts.types import Event
from odoo.fields import Domain


class CampusAlertSourceCard(models.AbstractModel):
    """Events of cards: issued, lost, frozen, replaced."""

    _inherit = "campus.alert.source"

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
