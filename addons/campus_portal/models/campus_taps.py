from odoo import api, models
from odoo.addons.campus_card.campus_core import errors
from odoo.addons.campus_card.campus_core.credentials import emergency
from odoo.addons.campus_card.campus_core.errors import CredentialError
from odoo.addons.campus_card.campus_core.taps import charge, wire

# Codes tried at one edge in a quarter of an hour: a canteen's worst, and no way to try a class list.
TRIES_MAX = 60
TRIES_SPAN_S = 900


class CampusTaps(models.AbstractModel):
    """Phones and emergency codes at the readers of an edge: codes that the server is asked about."""

    _inherit = "campus.taps"

    @api.model
    def _credential_kinds(self):
        """Add codes of phones (``qr``) and keyed emergency codes."""
        return {
            **super()._credential_kinds(),
            "qr": self._resolve_qr,
            "emergency": self._resolve_emergency,
        }

    @api.model
    def _used_up_codes(self):
        """Both kinds are good once."""
        return {
            **super()._used_up_codes(),
            "qr": errors.CODE_REPLAYED,
            "emergency": errors.EMERGENCY_USED,
        }

    # -- phones ------------------------------------------------------------------

    @api.model
    def _resolve_qr(self, cards, texts):
        """``{text: Key or refusal code}``. Codes that an edge believed while it was alone are believed
        as of that moment: what it says of them is no proof."""
        resolved = {text: self._resolve_code(cards, text, cards.first[f"qr:{text}"]) for text in texts}
        ids = [card.id for card, _refusal in resolved.values() if card]
        found = cards.find("id", ids) if ids else {}
        # a card that may not pay is left to the rules of taps, which know the day and the place
        return {text: found.get(card.id, code) for text, (card, code) in resolved.items()}

    @api.model
    def _resolve_code(self, cards, text, entry):
        company_cards = self.env["campus.card"].with_company(cards.batch.edge.company_id)
        if not cards.batch.is_dated(entry):
            return company_cards._resolve_key(text)
        return company_cards._resolve_phone(text, {"uuid": entry.uuid, "at_ms": entry.at_ms})

    # -- emergency codes ---------------------------------------------------------

    @api.model
    def _resolve_emergency(self, cards, texts):
        """``{text: Key or refusal code}``; each code is tried for the first tap that shows it."""
        found, tried = {}, set()
        for text in texts:
            entry = cards.first[f"emergency:{text}"]
            place = cards.frame.places.get(entry.terminal)
            refusal = self._emergency_refusal(entry, place)
            try:
                person_and_code = emergency.parse(text)
            except CredentialError as error:
                refusal = error.code
            else:
                if not refusal and person_and_code in tried:
                    refusal = errors.EMERGENCY_USED
                tried.add(person_and_code)
            found[text] = refusal or self._try_emergency(cards, text, entry, place)
        return found

    @api.model
    def _emergency_refusal(self, entry, place):
        """Why the code is not even looked at, None when it is to be tried."""
        if entry.mode != wire.ASK or entry.purpose != wire.PAY:
            return errors.EMERGENCY_ONLINE
        if place is None or not place.enabled or place.purpose != wire.PAY:
            return errors.TERMINAL_UNKNOWN
        return None if charge.amount_of(entry, place) else errors.AMOUNT_INVALID

    @api.model
    def _try_emergency(self, cards, text, entry, place):
        edge = cards.batch.edge
        if not self.env["campus.rate"]._may_try("emergency-edge", edge.id, TRIES_MAX, TRIES_SPAN_S):
            return errors.RATE_LIMITED
        company = self.env["res.company"].browse(edge.company_id)
        # the code's day is the campus's: whoever sends an edge's taps has no time zone
        company_cards = self.env["campus.card"].with_company(company).with_context(tz=company.partner_id.tz)
        payment = {"uuid": entry.uuid, "amount_minor": charge.amount_of(entry, place)}
        card, refusal = company_cards._resolve_emergency(f"emergency:{text}", payment)
        if not card:
            return refusal
        # a card that may not pay is left to the rules of taps, which know the day and the place
        return cards.find("id", card.ids).get(card.id, refusal)
