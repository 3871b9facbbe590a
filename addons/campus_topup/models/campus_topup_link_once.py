import secrets

from odoo import api, fields, models
from odoo.exceptions import ValidationError

#: Time in which a payment that has begun may still succeed. Until then the link begins no other payment.
BEGUN_S = 120
IN = ("pending", "authorized", "done")


class CampusTopupLink(models.Model):
    """Links for one payment of one amount. A kiosk shows them as a QR code."""

    _inherit = "campus.topup.link"

    @api.model
    def _make_once(self, wallet, amount_minor, shown_name, valid_s):
        """Make a link that puts ``amount_minor`` on a wallet once, within ``valid_s`` seconds.

        The caller has checked who asks and that the amount may be topped up.
        """
        return self.create(
            {
                "wallet_id": wallet.id,
                "shown_name": shown_name,
                "token": secrets.token_urlsafe(24),
                "amount_minor": amount_minor,
                "expires_at": fields.Datetime.add(fields.Datetime.now(), seconds=valid_s),
            }
        )

    def _progress(self):
        """The state of the payment: ``waiting``, ``opened``, ``failed``, ``coming``, ``paid``, ``refused``
        (paid, but not put on the card) or ``over``.
        """
        self.ensure_one()
        payments = self.transaction_ids.filtered(lambda tx: tx.operation != "refund")
        if payments.filtered(lambda tx: tx.campus_topup_state == "booked"):
            return "paid"
        if payments.filtered(lambda tx: tx.campus_topup_state == "refused"):
            return "refused"
        if payments.filtered(lambda tx: tx.state in IN):
            return "coming"
        if self.revoked_at or (self.expires_at and self.expires_at <= fields.Datetime.now()):
            return "over"
        last = payments.sorted("id")[-1:]
        if last.state in ("cancel", "error"):
            return "failed"
        return "opened" if self.opened_at else "waiting"

    def _is_payable(self):
        """Whether the link may begin a payment. A link for any amount always may."""
        self.ensure_one()
        return not self.amount_minor or self._progress() in ("waiting", "opened", "failed")

    def _note_opened(self):
        if self.amount_minor and not self.opened_at:
            self.opened_at = fields.Datetime.now()

    def _begin(self, amount_minor):
        """Check that a payment of this amount may begin now. The wallet is locked, so two payments begin one
        after the other.
        """
        self.ensure_one()
        self.invalidate_recordset()
        if self.revoked_at:
            raise ValidationError(self.env._("This link was used or has expired."))
        if not self.amount_minor:
            return
        if amount_minor != self.amount_minor:
            raise ValidationError(self.env._("This link is for another amount."))
        if not self._is_payable():
            raise ValidationError(self.env._("This link was used or has expired."))
        since = fields.Datetime.subtract(fields.Datetime.now(), seconds=BEGUN_S)
        if self.transaction_ids.filtered(lambda tx: tx.state == "draft" and tx.create_date > since):
            raise ValidationError(
                self.env._("A payment with this link has begun. Wait two minutes before you try again.")
            )

    @api.autovacuum
    def _gc_once(self):
        """Delete unused links for one payment after a day."""
        yesterday = fields.Datetime.subtract(fields.Datetime.now(), days=1)
        old = self.search([("amount_minor", ">", 0), ("expires_at", "<", yesterday)])
        old.filtered(lambda link: not link.transaction_ids).unlink()
