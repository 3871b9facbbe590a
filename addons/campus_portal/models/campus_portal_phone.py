import time

from odoo import api, models
from odoo.addons.campus_card.campus_core import card_state, errors

ENROLMENTS_A_DAY = 20


class CampusPortal(models.AbstractModel):
    """The holder's own phone as a card."""

    _inherit = "campus.portal"

    @api.model
    def _phone_challenge(self):
        """The text that the phone signs to prove that it has its key. It is valid for a few minutes and for
        this login only.
        """
        holder = self._need_holder()
        return holder.env["campus.phone"]._challenge([self.env.uid])

    @api.model
    def _enrol_phone(self, x, y, challenge, proof, device, move=False):
        """Make this phone the holder's card, or renew its certificate.

        :param x, y: coordinates of the public key, base64url
        :param proof: signature over the challenge, ``r ‖ s`` in base64
        :param move: take the card from the phone that has it
        :return: ``{code, message}``; with code ``ok`` also the certificate
        """
        holder = self._need_holder()
        if not self.env["campus.rate"]._may_try("enrol", self.env.uid, ENROLMENTS_A_DAY, 86400):
            return self._answer(
                "rate_limited", self.env._("You did this too often today. Please try again tomorrow.")
            )
        key = holder.env["campus.phone"]._proven_key([self.env.uid], x, y, challenge, proof)
        if key is None:
            return self._answer("code_forged", self.env._("This phone could not prove its key. Try again."))
        card = self._phone_card()
        refusal = card._refusal_code() if card else errors.UNKNOWN_CARD
        if refusal:
            message = self.env["campus.ledger"]._explain({"code": refusal})
            return self._answer(refusal, message)
        phones = holder.env["campus.phone"]
        phone = phones.search([("public_key", "=", key.hex())])
        if phone.revoked_at or (phone and phone.card_id != card):
            message = self.env._("This phone no longer carries your card. Set it up again.")
            return self._answer("phone_revoked", message)
        if not phone:
            other = phones.search([("card_id", "=", card.id), ("revoked_at", "=", False)])
            if other and not move:
                return self._answer("phone_elsewhere", self._elsewhere(other))
            phone = phones._enrol(card, key, device)
        return {**self._answer("ok", ""), **phone._issue()}

    @api.model
    def _elsewhere(self, phone):
        return self.env._(
            "It is on “%(phone)s” since %(day)s. That phone stops as soon as you move the card.",
            phone=phone.name,
            day=self._format_day(self._company()._campus_local(phone.create_date).date()),
        )

    @api.model
    def _phone_card(self):
        """The holder's card of kind *phone*. It is made if the holder has none."""
        holder = self._need_holder()
        card = self._cards().filtered(lambda card: card.kind == "phone")[:1]
        if card:
            return card
        # The office may have frozen the person's cards. A new card for the phone must not evade that.
        blocked = self._cards().filtered(lambda card: card.state in (card_state.FROZEN, card_state.LOST))
        if blocked:
            return blocked[:1]
        # A person without any card has given the last one back. Only the card office may issue a new one.
        ever = holder.env["campus.card"].with_context(active_test=False)
        if not self._cards() and ever.search_count([("partner_id", "=", holder.id)], limit=1):
            return ever
        card = holder.env["campus.card"].create(
            {
                "partner_id": holder.id,
                "company_id": self._company().id,
                "kind": "phone",
                # no first day: the card is valid at once, and a date would depend on the time zone
                "valid_from": False,
            }
        )
        card._hand_over()
        return card

    @api.model
    def _own_phone(self):
        """The phone that is the holder's card now."""
        holder = self._need_holder()
        domain = [("partner_id", "=", holder.id), ("revoked_at", "=", False)]
        return holder.env["campus.phone"].search(domain, limit=1)

    @api.model
    def _remove_phone(self):
        """The holder's phone stops being a card. It need not be this phone."""
        self._own_phone()._revoke("holder")

    @api.model
    def _answer(self, code, message):
        return {"code": code, "message": message, "server_time_ms": int(time.time() * 1000)}

    @api.model
    def _home_values(self):
        return {**super()._home_values(), "blocked": self._blocked()}

    @api.model
    def _blocked(self):
        """The reason why the phone shows no code, or None if it may."""
        wallet_state = self._wallet().state
        if wallet_state in ("frozen", "closed"):
            return self.env["campus.ledger"]._explain({"code": f"wallet_{wallet_state}"})
        card = self._cards().filtered(lambda card: card.kind == "phone")[:1]
        refusal = card and card._refusal_code()
        return self.env["campus.ledger"]._explain({"code": refusal}) if refusal else None

    @api.model
    def _settings_values(self):
        values = super()._settings_values()
        phone = self._holder() and self._own_phone()
        if phone:
            values["phone"] = {"name": phone.name, "since": phone.create_date, "seen": phone.seen_at}
        return values
