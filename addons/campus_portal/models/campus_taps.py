from odoo import api, models
from odoo.addons.campus_card.campus_core import errors


class CampusTaps(models.AbstractModel):
    """Phones at the readers of an edge: a code that the server is asked about."""

    _inherit = "campus.taps"

    @api.model
    def _credential_kinds(self):
        return super()._credential_kinds() | {"qr"}

    @api.model
    def _used_up_codes(self):
        return {**super()._used_up_codes(), "qr": errors.CODE_REPLAYED}

    @api.model
    def _resolve_qr(self, order, texts):
        """``{text: Key or refusal code}``. Codes that an edge believed while it was alone are believed
        as of that moment: what it says of them is no proof."""
        cards = self.env["campus.card"].with_company(order.edge.company_id)
        first = {}
        for index in order.fresh:
            entry = order.batch.entries[index]
            first.setdefault(entry.credential, entry)
        resolved = {text: self._resolve_code(order, cards, text, first[f"qr:{text}"]) for text in texts}
        ids = [card.id for card, _refusal in resolved.values() if card]
        found = self._find_cards(order, "id", ids) if ids else {}
        # a card that may not pay is left to the rules of taps, which know the day and the place
        return {text: found.get(card.id, code) for text, (card, code) in resolved.items()}

    @api.model
    def _resolve_code(self, order, cards, text, entry):
        if not self._is_dated(order, entry):
            return cards._resolve_key(text)
        return cards._resolve_phone(text, {"uuid": entry.uuid, "at_ms": entry.at_ms})
