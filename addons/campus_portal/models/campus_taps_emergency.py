from odoo import api, models
from odoo.addons.campus_card.campus_core import errors
from odoo.addons.campus_card.campus_core.credentials import emergency
from odoo.addons.campus_card.campus_core.errors import CredentialError
from odoo.addons.campus_card.campus_core.taps import charge, wire

# Number of emergency codes that may be tried at one edge in 15 minutes. It is enough for a busy canteen and
# too few for trying the numbers of a class.
TRIES_MAX = 60
TRIES_SPAN_S = 900


class CampusTapsEmergency(models.AbstractModel):
    """Emergency codes that are typed at a terminal. They pay only when the server is asked."""

    _inherit = "campus.taps"

    @api.model
    def _credential_kinds(self):
        return super()._credential_kinds() | {"emergency"}

    @api.model
    def _used_up_codes(self):
        return {**super()._used_up_codes(), "emergency": errors.EMERGENCY_USED}

    @api.model
    def _resolve_emergency(self, order, texts):
        """``{text: Key or refusal code}``. Each code is tried for the first tap that has it."""
        first = {}
        for index in order.fresh:
            entry = order.batch.entries[index]
            first.setdefault(entry.credential, entry)
        found, tried = {}, set()
        for text in texts:
            entry = first[f"emergency:{text}"]
            refusal = self._emergency_refusal(order, entry)
            try:
                person_and_code = emergency.parse(text)
            except CredentialError as error:
                refusal = error.code
            else:
                if not refusal and person_and_code in tried:
                    refusal = errors.EMERGENCY_USED
                tried.add(person_and_code)
            found[text] = refusal or self._try_emergency(order, text, entry)
        return found

    @api.model
    def _emergency_refusal(self, order, entry):
        """The reason why the code is not tried, or None if it is."""
        place = order.places.get(entry.terminal)
        if entry.mode != wire.ASK or entry.purpose != wire.PAY:
            return errors.EMERGENCY_ONLINE
        if place is None or not place.enabled or place.purpose != wire.PAY:
            return errors.TERMINAL_UNKNOWN
        return None if charge.amount_of(entry, place) else errors.AMOUNT_INVALID

    @api.model
    def _try_emergency(self, order, text, entry):
        amount_minor = charge.amount_of(entry, order.places[entry.terminal])
        if not self.env["campus.rate"]._may_try("emergency-edge", order.edge.id, TRIES_MAX, TRIES_SPAN_S):
            return errors.RATE_LIMITED
        company = self.env["res.company"].browse(order.edge.company_id)
        # the code is valid for a day of the campus; the user of an edge has no time zone
        cards = self.env["campus.card"].with_company(company).with_context(tz=company.partner_id.tz)
        payment = {"uuid": entry.uuid, "amount_minor": amount_minor}
        card, refusal = cards._resolve_emergency(f"emergency:{text}", payment)
        if not card:
            return refusal
        # the rules of taps refuse cards that may not pay; they know the day and the place
        return self._find_cards(order, "id", card.ids).get(card.id, refusal)
