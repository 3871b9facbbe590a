from odoo import api, models
from odoo.addons.campus_card.campus_core import errors


class CampusTaps(models.AbstractModel):
    """Codes of phones in taps that ask the server."""

    _inherit = "campus.taps"

    @api.model
    def _credential_kinds(self):
        return super()._credential_kinds() | {"qr"}

    @api.model
    def _used_up_codes(self):
        return {**super()._used_up_codes(), "qr": errors.CODE_REPLAYED}

    @api.model
    def _resolve_qr(self, order, texts):
        """``{text: Key or refusal code}``. If the edge accepted a code offline, it is judged at that moment,
        so the edge's statement about it proves nothing.
        """
        cards = self.env["campus.card"].with_company(order.edge.company_id)
        first = {}
        for index in order.fresh:
            entry = order.batch.entries[index]
            first.setdefault(entry.credential, entry)
        resolved = {text: self._resolve_code(order, cards, text, first[f"qr:{text}"]) for text in texts}
        ids = [card.id for card, _refusal in resolved.values() if card]
        found = self._find_cards(order, "id", ids) if ids else {}
        # the rules of taps refuse cards that may not pay; they know the day and the place
        return {text: found.get(card.id, code) for text, (card, code) in resolved.items()}

    @api.model
    def _resolve_code(self, order, cards, text, entry):
        if not self._is_dated(order, entry):
            return cards._resolve_key(text)
        return cards._resolve_phone(text, {"uuid": entry.uuid, "at_ms": entry.at_ms})
