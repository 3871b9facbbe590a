from odoo import api, fields, models
from odoo.addons.campus_card.db.columns import Uuid
from odoo.tools import SQL


class CampusCredentialUse(models.Model):
    """A code that was used in place of a card, and the payment it was used for.

    A phone's code is valid once: ``(phone, step)`` is unique. If the same payment asks again (because an
    answer got lost, or with a smaller amount after a refusal), that is the same use.
    """

    _name = "campus.credential.use"
    _description = "Use of a Phone's Code or an Emergency Code"
    _order = "id desc"
    _log_access = False

    kind = fields.Selection(
        [("phone", "Phone"), ("emergency", "Emergency Code")], required=True, readonly=True
    )
    wallet_id = fields.Many2one("campus.wallet", required=True, readonly=True, ondelete="cascade")
    phone_id = fields.Many2one("campus.phone", readonly=True, ondelete="cascade")
    step = fields.Integer(readonly=True)
    payment = Uuid(readonly=True)
    used_at = fields.Datetime(required=True, readonly=True)

    _step_unique = models.UniqueIndex("(phone_id, step) WHERE kind = 'phone'", "This code was used before.")
    _payment_idx = models.Index("(payment) WHERE payment IS NOT NULL")
    _wallet_idx = models.Index("(wallet_id, used_at)")

    @api.model
    def _take_step(self, phone, step, payment):
        """Store a phone's step as used. Returns False if it was used before for something else."""
        rows = self.env.execute_query(
            SQL(
                """INSERT INTO campus_credential_use AS old
                          (kind, wallet_id, phone_id, step, payment, used_at)
                   VALUES ('phone', %s, %s, %s, %s, now() AT TIME ZONE 'UTC')
                   ON CONFLICT (phone_id, step) WHERE kind = 'phone'
                   DO UPDATE SET step = old.step WHERE old.payment = excluded.payment
                   RETURNING old.id""",
                phone.card_id.wallet_id.id,
                phone.id,
                step,
                payment,
            )
        )
        return bool(rows)

    @api.model
    def _is_taken_for(self, phone_id, step, payment):
        domain = [("phone_id", "=", phone_id), ("step", "=", step), ("payment", "=", payment)]
        return bool(payment and self.search_count(domain, limit=1))

    @api.model
    def _note_emergency(self, wallet, payment):
        """Store that an emergency code was used for ``payment``. A second call for the same payment changes
        nothing.
        """
        if not self.search_count([("payment", "=", payment), ("kind", "=", "emergency")], limit=1):
            self.create(
                {
                    "kind": "emergency",
                    "wallet_id": wallet.id,
                    "payment": payment,
                    "used_at": fields.Datetime.now(),
                }
            )

    @api.autovacuum
    def _gc_steps(self):
        """Delete steps without a payment once their codes are too old to be valid."""
        self.env.cr.execute(
            """DELETE FROM campus_credential_use
                WHERE payment IS NULL AND kind = 'phone'
                  AND used_at < now() AT TIME ZONE 'UTC' - INTERVAL '1 day'"""
        )
