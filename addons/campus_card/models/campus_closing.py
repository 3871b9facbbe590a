from odoo import api, fields, models
from odoo.exceptions import UserError


class CampusClosing(models.Model):
    """One business day of a company. A closed day is final: the database refuses to reopen it."""

    _name = "campus.closing"
    _description = "Day Close"
    _order = "date desc, id desc"
    _rec_name = "date"

    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company, index=True
    )
    date = fields.Date(string="Business Day", required=True, index=True)
    state = fields.Selection(
        [("open", "Not Closed"), ("closed", "Day Closed")],
        required=True,
        default="open",
        readonly=True,
        index=True,
    )

    _company_date_unique = models.Constraint("UNIQUE(company_id, date)", "A day is closed once.")

    @api.model
    def _closed_until(self, company):
        """Last closed business day of the company, or None."""
        self.flush_model()
        self.env.cr.execute("SELECT closed_until FROM campus_day WHERE company_id = %s", [company.id])
        row = self.env.cr.fetchone()
        return row[0] if row else None

    @api.ondelete(at_uninstall=False)
    def _unlink_except_closed(self):
        if any(closing.state == "closed" for closing in self):
            raise UserError(self.env._("A closed day is final."))
