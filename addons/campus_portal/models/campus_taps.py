from odoo import api, models
from odoo.addons.campus_card.campus_core import errors
from odoo.addons.campus_card.campus_core.credentials import emergency
from odoo.addons.campus_card.campus_core.errors import CredentialError
from odoo.addons.campus_card.campus_core.taps import charge, wire

# Number of emergency codes that may be tried at one edge in 15 minutes. It is enough for a busy canteen and
# too few for trying the numbers of a class.
TRIES_MAX = 60
TRIES_SPAN_S = 900


class CampusTaps(models.AbstractModel):
    """Codes of phones, and emergency codes that are typed at a terminal, in taps that ask the server."""

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
        """``{text: ResolvedCard or refusal code}``. If the edge accepted a code offline, it is judged at that moment,
        so the edge's statement about it proves nothing.
        """
        resolved = {text: self._resolve_code(cards, text, cards.first[f"qr:{text}"]) for text in texts}
        ids = [card.id for card, _refusal in resolved.values() if card]
        found = cards.find("id", ids) if ids else {}
        # the rules of taps refuse cards that may not pay; they know the day and the place
        return {text: found.get(card.id, code) for text, (card, code) in resolved.items()}

    @api.model
    def _resolve_code(self, cards, text, entry):
        company_cards = self.env["campus.card"].with_company(cards.batch.edge.company_id)
        if not cards.batch.is_dated(entry):
            return company_cards._resolve_credential(text)
        return company_cards._resolve_phone(text, {"uuid": entry.uuid, "at_ms": entry.at_ms})

    # -- emergency codes ---------------------------------------------------------

    @api.model
    def _resolve_emergency(self, cards, texts):
        """``{text: ResolvedCard or refusal code}``. Each code is tried for the first tap that has it."""
        found, tried = {}, set()
        for text in texts:
            entry = cards.first[f"emergency:{text}"]
            terminal = cards.frame.terminals.get(entry.terminal)
            refusal = self._emergency_refusal(entry, terminal)
            try:
                person_and_code = emergency.parse(text)
            except CredentialError as error:
                refusal = error.code
            else:
                if not refusal and person_and_code in tried:
                    refusal = errors.EMERGENCY_USED
                tried.add(person_and_code)
            found[text] = refusal or self._try_emergency(cards, text, entry, terminal)
        return found

    @api.model
    def _emergency_refusal(self, entry, terminal):
        """The reason why the code is not tried, or None if it is."""
        if entry.mode != wire.ASK or entry.purpose != wire.PAY:
            return errors.EMERGENCY_ONLINE
        if terminal is None or not terminal.enabled or terminal.purpose != wire.PAY:
            return errors.TERMINAL_UNKNOWN
        return None if charge.amount_of(entry, terminal) else errors.AMOUNT_INVALID

    @api.model
    def _try_emergency(self, cards, text, entry, terminal):
        edge = cards.batch.edge
        if not self.env["campus.rate"]._may_try("emergency-edge", edge.id, TRIES_MAX, TRIES_SPAN_S):
            return errors.RATE_LIMITED
        company = self.env["res.company"].browse(edge.company_id)
        # the code is valid for a day of the campus; the user of an edge has no time zone
        company_cards = self.env["campus.card"].with_company(company).with_context(tz=company.partner_id.tz)
        payment = {"uuid": entry.uuid, "amount_minor": charge.amount_of(entry, terminal)}
        card, refusal = company_cards._resolve_emergency(f"emergency:{text}", payment)
        if not card:
            return refusal
        # the rules of taps refuse cards that may not pay; they know the day and the place
        return cards.find("id", card.ids).get(card.id, refusal)
