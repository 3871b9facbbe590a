from odoo import fields, models


class CampusKey(models.Model):
    """A signing key of the campus may retire when no phone has a certificate signed by it any more."""

    _inherit = "campus.key"

    def _live_certificates(self):
        self.ensure_one()
        # sudo: whoever manages keys may count phones, without seeing their holders
        return super()._live_certificates() + self.env["campus.phone"].sudo().search_count(
            [
                ("company_id", "=", self.company_id.id),
                ("signing_key", "=", self.name),
                ("revoked_at", "=", False),
                ("expires_at", ">", fields.Datetime.now()),
            ]
        )
