import base64
import binascii
import time
from datetime import timedelta

from odoo import api, fields, models
from odoo.addons.campus_card.campus_core.credentials import phone_key, qr_code
from odoo.addons.campus_card.campus_core.errors import CredentialError
from odoo.exceptions import AccessError
from odoo.tools import file_open
from odoo.tools.misc import hash_sign, verify_hash_signed

#: How long a phone works as a card without contact with the server.
CERTIFICATE_DAYS = 7
CHALLENGE_SCOPE = "campus_portal.challenge"
CHALLENGE_MINUTES = 5


class CampusPhone(models.Model):
    """A phone that is a card: its public key and the certificate that readers check.

    The private key is made in the phone and cannot be exported. A card is on one phone at a time.
    """

    _name = "campus.phone"
    _description = "Phone as a Card"
    _order = "id desc"
    _rec_name = "name"
    _check_company_auto = True

    name = fields.Char(required=True, readonly=True)
    card_id = fields.Many2one("campus.card", required=True, readonly=True, index=True, ondelete="restrict")
    partner_id = fields.Many2one(related="card_id.partner_id", store=True, index=True)
    company_id = fields.Many2one(related="card_id.company_id", store=True, index=True)
    public_key = fields.Char(required=True, readonly=True, help="P-256, compressed, hexadecimal.")
    certificate = fields.Integer("Certificate Number", readonly=True)
    expires_at = fields.Datetime("Certificate Expires", readonly=True)
    signing_key = fields.Char("Signed With", readonly=True, help="Key of the campus under the certificate.")
    seen_at = fields.Datetime("Last Online", readonly=True)
    revoked_at = fields.Datetime(readonly=True)
    revoked_reason = fields.Selection(
        [
            ("moved", "Moved to another phone"),
            ("holder", "Removed by the holder"),
            ("office", "By the office"),
        ],
        readonly=True,
    )

    _card_in_use_unique = models.UniqueIndex(
        "(card_id) WHERE revoked_at IS NULL", "This card is on another phone already."
    )
    _key_unique = models.Constraint("UNIQUE(public_key)", "This key belongs to a phone already.")

    def init(self):
        """A phone that comes or goes is a change of its card for the edges."""
        with file_open("campus_portal/data/phone_schema.sql") as schema:
            self.env.cr.execute(schema.read())

    def action_revoke(self):
        """The phone stops being a card. Readers without a network learn it with their next list of cards."""
        self.check_access("read")
        if not self.env.user.has_group("campus_card.group_campus_card_clerk"):
            raise AccessError(self.env._("Only the card office takes a card from a phone."))
        # sudo: nobody may write phones, but a clerk may stop the phones that they may see
        self.sudo()._revoke("office")

    def _revoke(self, reason):
        phones = self.filtered(lambda phone: not phone.revoked_at)
        if phones:
            self.env["campus.snapshot"]._announce()
        phones.write({"revoked_at": fields.Datetime.now(), "revoked_reason": reason})

    @api.model
    def _enrol(self, card, public_key, name):
        """Make the phone with this key (33 bytes) the phone of ``card``. The card's other phones stop."""
        others = self.search([("card_id", "=", card.id), ("revoked_at", "=", False)])
        others._revoke("moved")
        # the unique index must see first that the other phones have stopped
        others.flush_recordset()
        return self.create({"card_id": card.id, "public_key": public_key.hex(), "name": name})

    def _issue(self, until_ms=None):
        """Make a new certificate: ``{certificate: base64, not_before_ms, expires_ms}``. It ends at ``until_ms`` at the
        latest, to the minute.
        """
        self.ensure_one()
        key_id, key = self.env["campus.signing"]._current_key(self.company_id)
        now = fields.Datetime.now()
        now_ms = int(time.time()) * 1000
        number = self.certificate + 1
        minutes = CERTIFICATE_DAYS * 24 * 60
        if until_ms is not None:
            minutes = max(1, min(minutes, (until_ms - now_ms) // 60_000))
        raw = qr_code.issue_certificate(
            key,
            key_id,
            card=self.card_id.id,
            phone=self.id,
            certificate=number,
            public_key=bytes.fromhex(self.public_key),
            not_before_ms=now_ms,
            valid_minutes=minutes,
        )
        expires_ms = now_ms + minutes * 60_000
        expires_at = fields.Datetime.add(now, minutes=minutes)
        self.write({"certificate": number, "expires_at": expires_at, "seen_at": now, "signing_key": key_id})
        return {
            "certificate": base64.b64encode(raw).decode(),
            "not_before_ms": now_ms,
            "expires_ms": expires_ms,
        }

    @api.model
    def _challenge(self, subject):
        """The text that a phone signs to prove that it has its key: for a few minutes, and for ``subject`` (a list)
        alone.
        """
        return hash_sign(self.env, CHALLENGE_SCOPE, subject, timedelta(minutes=CHALLENGE_MINUTES))

    @api.model
    def _proven_key(self, subject, x, y, challenge, proof):
        """The public key, if its owner has signed the challenge of ``subject``; else None."""
        try:
            asked = verify_hash_signed(self.env, CHALLENGE_SCOPE, challenge)
            signature = base64.b64decode(proof, validate=True)
        except (ValueError, binascii.Error):
            return None
        key = self._read_key(x, y)
        if not key or asked != subject:
            return None
        return key if phone_key.proves_possession(key, challenge.encode(), signature) else None

    @api.model
    def _read_key(self, x, y):
        """The compressed key (33 bytes) of a JWK's coordinates, or None if they are no valid key."""
        try:
            return phone_key.from_jwk({"kty": "EC", "crv": "P-256", "x": x, "y": y})
        except CredentialError:
            return None
