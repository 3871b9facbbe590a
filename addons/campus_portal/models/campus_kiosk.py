import hashlib
import secrets

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import consteq

CARDS_A_MINUTE = 40
REPORTS_A_MINUTE = 10


class CampusKiosk(models.Model):
    """A kiosk: a browser in a lobby that has a key. With it, it may show the cards that are held to its
    reader.
    """

    _name = "campus.kiosk"
    _description = "Kiosk"
    _order = "name"

    name = fields.Char(required=True)
    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company)
    active = fields.Boolean(default=True)
    key_hash = fields.Char(readonly=True, copy=False, groups=fields.NO_ACCESS)
    opened_at = fields.Datetime("Key Made", readonly=True, copy=False)

    def action_open_here(self):
        """Make this browser the kiosk. It gets a new key, which nobody sees; the old key stops working."""
        self.ensure_one()
        self.check_access("write")
        if not self.env.user.has_group("campus_card.group_campus_card_manager"):
            raise AccessError(self.env._("Only a manager sets up kiosks."))
        key = secrets.token_urlsafe(32)
        # sudo: nobody may read or write the hash; only this method sets it
        self.sudo().write({"key_hash": self._hashed(key), "opened_at": fields.Datetime.now()})
        # what stands behind # is not sent to servers and not logged; the page sends it as a form
        return {"type": "ir.actions.act_url", "url": f"/campus/kiosk#{self.id}.{key}", "target": "new"}

    @staticmethod
    def _hashed(key):
        # the secret has 256 random bits, so a fast hash is safe
        return hashlib.sha256(key.encode()).hexdigest()

    @api.model
    def _of_key(self, text):
        """The kiosk with the key ``<id>.<key>``, or an empty record."""
        number, _dot, key = (text or "").partition(".")
        if not (number.isascii() and number.isdigit() and len(number) < 10 and key):
            return self.browse()
        # sudo: a kiosk has no login; the key gives it its rights
        kiosk = self.sudo().browse(int(number)).exists().filtered("active")
        if kiosk.key_hash and consteq(kiosk.key_hash, self._hashed(key)):
            return kiosk.with_company(kiosk.company_id)
        return self.browse()

    # -- what people do at it --------------------------------------------------------

    def _read_card(self, credential):
        """``(card, refusal code)`` of a card or phone that was held to the kiosk."""
        if not self.env["campus.rate"]._may_try("kiosk card", self.id, CARDS_A_MINUTE, 60):
            return self.env["campus.card"], "rate_limited"
        card, refusal = self.env["campus.card"]._resolve_credential(credential)
        # a person who has found a lost or frozen card must not see anything of its holder
        return (self.env["campus.card"] if refusal else card), refusal

    def _report_loss(self, number, code):
        """Freeze everything of the holder with this campus number and emergency code. Returns a refusal code
        if they are wrong.
        """
        if not self.env["campus.rate"]._may_try("kiosk loss", self.id, REPORTS_A_MINUTE, 60):
            return "rate_limited"
        record, refusal = self.env["campus.emergency"]._prove(number, code, self.company_id)
        if refusal:
            return refusal
        self.env["campus.loss"]._report(record.partner_id, self.company_id, "kiosk")
        return None

    def _report_own_loss(self, session):
        """Freeze everything of the holder who is logged in at the kiosk with one of their keys."""
        self.env["campus.loss"]._report(
            session.partner_id, self.company_id, "kiosk", self.env._("A card or phone held to the kiosk")
        )
