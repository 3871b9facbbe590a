from odoo import fields, models


class CampusKey(models.Model):
    """A key of the campus retires when no phone lives on its signature any more."""

    _inherit = "campus.key"

    def _live_certificates(self):
        self.ensure_one()
        # sudo: who looks after keys counts phones without seeing whose they are
        return super()._live_certificates() + self.env["campus.phone"].sudo().search_count(
            [
                ("company_id", "=", self.company_id.id),
                ("signing_key", "=", self.name),
                ("revoked_at", "=", False),
                ("expires_at", ">", fields.Datetime.now()),
            ]
        )
