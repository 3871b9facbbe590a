from odoo import api, fields, models


class CampusBridge(models.Model):
    """Names the till sessions that stayed open over the end of a month."""

    _inherit = "campus.bridge"

    till_note = fields.Text(
        "Tills Left Open",
        readonly=True,
        help="Sessions with sales of an earlier month. The books show a session's sales on the day on which "
        "it is closed, so these come into a later month.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        self.check_access("create")
        for vals in vals_list:
            company = self.env["res.company"].browse(vals["company_id"])
            vals["till_note"] = self._late_sessions(company)
        return super().create(vals_list)

    @api.model
    def _late_sessions(self, company):
        # sudo: an auditor may read the check but not the tills; only their names and dates are shown
        sessions = (
            self.env["pos.session"]
            .sudo()
            .search([("company_id", "=", company.id), ("state", "!=", "closed")], order="config_id, id")
        )
        notes = [(session.config_id.name, session._campus_late_text()) for session in sessions]
        return "\n".join(f"{name}: {text}" for name, text in notes if text) or False
