import hashlib
import secrets

from odoo import api, fields, models
from odoo.addons.campus_card.campus_core.credentials import kiosk_rules

KEPT_DAYS = 1


class CampusKioskSession(models.Model):
    """A person at a kiosk: from the moment a card is held to the reader until the screen is cleared.

    The page keeps the session's secret in memory and sends it with each form. No form contains an id of a
    holder, so nobody can name another holder.
    """

    _name = "campus.kiosk.session"
    _description = "Session at a Kiosk"
    _order = "id desc"
    _rec_name = "opened_at"

    kiosk_id = fields.Many2one("campus.kiosk", required=True, readonly=True, ondelete="cascade")
    company_id = fields.Many2one(related="kiosk_id.company_id", store=True)
    card_id = fields.Many2one("campus.card", required=True, readonly=True, ondelete="cascade")
    partner_id = fields.Many2one("res.partner", "Holder", required=True, readonly=True, ondelete="cascade")
    secret_hash = fields.Char(readonly=True, copy=False, groups=fields.NO_ACCESS)
    opened_at = fields.Datetime(required=True, readonly=True)
    wait_s = fields.Integer("Waits (s)", required=True, readonly=True)
    ends_at = fields.Datetime(required=True, readonly=True, index=True)

    _secret_unique = models.Constraint("UNIQUE(secret_hash)", "A secret belongs to one session.")

    @staticmethod
    def _hashed(secret):
        # the secret has 256 random bits, so a fast hash is safe
        return hashlib.sha256(secret.encode()).hexdigest()

    @api.model
    def _open(self, kiosk, card):
        """Start a session for ``card`` at ``kiosk``: ``(session, secret)``. The caller has read the card."""
        secret, now = secrets.token_urlsafe(32), fields.Datetime.now()
        session = self.create(
            {
                "kiosk_id": kiosk.id,
                "card_id": card.id,
                "partner_id": card.partner_id.id,
                "secret_hash": self._hashed(secret),
                "opened_at": now,
                "wait_s": kiosk_rules.IDLE_S,
                "ends_at": now,
            }
        )
        session._touch()
        return session, secret

    @api.model
    def _of_secret(self, kiosk, secret):
        """The session with this secret at this kiosk, if it has not ended and its card may be used."""
        if not secret or len(secret) > 64:
            return self.browse()
        session = self.search(
            [
                ("secret_hash", "=", self._hashed(secret)),
                ("kiosk_id", "=", kiosk.id),
                ("ends_at", ">", fields.Datetime.now()),
            ]
        )
        # a loss that was reported in the meantime, here or elsewhere, ends the session
        return session if session and not session.card_id._refusal_code() else self.browse()

    def _touch(self, wait_s=None):
        """Extend the session by ``wait_s`` seconds, or by as long as the last time."""
        self.ensure_one()
        wait_s = wait_s or self.wait_s
        now = fields.Datetime.now()
        ends_at_s = kiosk_rules.ends_at_s(self.opened_at.timestamp(), now.timestamp(), wait_s)
        self.write(
            {
                "wait_s": wait_s,
                "ends_at": fields.Datetime.add(now, seconds=round(ends_at_s - now.timestamp())),
            }
        )

    def _end(self):
        """End the session. Its secret does not work any more."""
        self.write({"ends_at": fields.Datetime.now()})

    def _wallet(self):
        """The holder's wallet. The first visit makes it."""
        self.ensure_one()
        wallet = self.partner_id.with_company(self.company_id).campus_wallet_id
        return wallet or self.env["campus.wallet"]._for_holder(self.partner_id, self.company_id)

    @api.autovacuum
    def _gc_old(self):
        self.search(
            [("ends_at", "<", fields.Datetime.subtract(fields.Datetime.now(), days=KEPT_DAYS))]
        ).unlink()

    # -- what is shown ---------------------------------------------------------------

    @api.model
    def _errands(self):
        """``[{icon, label, url, danger}]``: the large buttons. Addons extend this method."""
        lost = {"icon": "lost", "label": self.env._("Report lost"), "url": "/campus/kiosk/lost/mine"}
        return [{**lost, "danger": True}]

    def _shows_movements(self):
        """Whether a card without a PIN may show the movements. Addons may require a PIN."""
        return True

    def _home_values(self):
        self.ensure_one()
        portal = self.env["campus.portal"].with_company(self.company_id)
        wallet = self._wallet()
        return {
            "holder": portal._present_holder(self.partner_id),
            "money": portal._present_money(wallet),
            "recent": portal._recent(wallet) if self._shows_movements() else None,
            "words": portal._words(),
            "errands": self._errands(),
        }
