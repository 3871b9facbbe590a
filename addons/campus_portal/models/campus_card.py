import time
from datetime import timezone

from odoo import api, models
from odoo.addons.campus_card.campus_core import errors
from odoo.addons.campus_card.campus_core.credentials import emergency, qr_code
from odoo.addons.campus_card.campus_core.errors import CredentialError


class _Steps:
    """The table of used steps, with the interface that ``qr_code.verify`` expects."""

    def __init__(self, env, payment):
        self.env, self.payment = env, payment

    def take(self, phone, step):
        """Store the step as used. Returns False if it was used before for something else."""
        record = self.env["campus.phone"].browse(phone)
        return self.env["campus.credential.use"]._take_step(record, step, self.payment)


class _Revoked:
    """The ids of phones that were no card at the given moment."""

    def __init__(self, env, at_ms):
        self.env, self.at_ms = env, at_ms

    def __contains__(self, phone):
        record = self.env["campus.phone"].browse(phone).exists()
        revoked_at = record.revoked_at
        return not record or bool(
            revoked_at and revoked_at.replace(tzinfo=timezone.utc).timestamp() * 1000 <= self.at_ms
        )


class CampusCard(models.Model):
    """Phones as cards: their codes are looked up like UIDs."""

    _inherit = "campus.card"

    @api.model
    def _proven_kinds(self):
        return {
            **super()._proven_kinds(),
            qr_code.PREFIX: "_resolve_phone",
            f"qr:{qr_code.PREFIX}": "_resolve_phone",
            "emergency:": "_resolve_emergency",
        }

    @api.model
    def _resolve_phone(self, text, payment=None):
        """``(card, refusal code)`` of a phone's code. A valid code counts as used afterwards.

        :param payment: may have ``at_ms``: when the code was shown, in milliseconds since 1970. Without it:
            now.
        """
        text = text.removeprefix("qr:")
        # sudo: whoever has the code has proven who they are; only the system may read phones and used steps
        env = self.env(su=True)
        uuid = payment and payment["uuid"]
        at_ms = payment and payment.get("at_ms")
        try:
            code = self._believe_code(env, text, uuid, at_ms or int(time.time() * 1000))
        except CredentialError as error:
            return self.browse(), error.code
        card = env["campus.phone"].browse(code.certificate.phone).card_id
        if card.id != code.certificate.card or card.company_id != self.env.company:
            return self.browse(), errors.UNKNOWN_CARD
        card = card.with_env(self.env)
        return card, card._refusal_code()

    @api.model
    def _believe_code(self, env, text, payment, at_ms):
        ring = env["campus.signing"]._key_ring(self.env.company)
        try:
            return qr_code.verify(text, ring, at_ms, _Revoked(env, at_ms), _Steps(env, payment))
        except CredentialError as error:
            # When a cashier asks again about the same payment, the code may be too old by now, but it was
            # valid when it was shown. Everything but its age has been checked here.
            if error.code != errors.CODE_STALE:
                raise
            code = qr_code.parse(text)
            if not env["campus.credential.use"]._is_taken_for(code.certificate.phone, code.step, payment):
                raise
            return code

    # -- emergency codes ---------------------------------------------------------

    @api.model
    def _resolve_emergency(self, text, payment=None):
        """``(card, refusal code)`` for a campus number and an emergency code that pay at a till."""
        # sudo: a cashier may read neither holders nor codes; the answer says only yes or no
        env = self.env(su=True)
        company = self.env.company
        try:
            number, code = emergency.parse(text.partition(":")[2])
        except CredentialError as error:
            return self.browse(), error.code
        if not payment or not payment["amount_minor"]:
            # The code pays once a day. It opens no door and shows no balance.
            return self.browse(), errors.EMERGENCY_WRONG
        record, refusal = env["campus.emergency"]._prove(number, code, company, payment)
        if refusal:
            return self.browse(), refusal
        cards = env["campus.card"].search(
            [("partner_id", "=", record.partner_id.id), ("company_id", "=", company.id)]
        )
        card = cards.sorted(lambda card: card._resolve_rank())[:1].with_env(self.env)
        return card, card._refusal_code() if card else errors.UNKNOWN_CARD

    def _refusal_numbers(self, code):
        if code != errors.EMERGENCY_CAP:
            return super()._refusal_numbers(code)
        # sudo: a cashier may not read settings; the limit is no secret, and no holder is known yet
        return {"limit_minor": self.env.company.sudo().campus_emergency_cap_minor}
