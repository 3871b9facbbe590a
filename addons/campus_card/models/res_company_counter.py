from odoo import api, fields, models

from ..campus_core import money


class ResCompany(models.Model):
    """How much cash the counter takes."""

    _inherit = "res.company"

    campus_counter_ask_minor = fields.Integer("Ask Above (cents)", default=100_000)
    campus_counter_most_minor = fields.Integer("Most at the Counter (cents)", default=500_000)
    campus_counter_ask = fields.Monetary(
        "Ask Above",
        compute="_compute_campus_counter",
        inverse="_inverse_campus_counter_ask",
        help="Above this amount the clerk says that the cash was counted twice. 0: never asked.",
    )
    campus_counter_most = fields.Monetary(
        "Most at the Counter",
        compute="_compute_campus_counter",
        inverse="_inverse_campus_counter_most",
        help="The counter takes no more cash than this in one go. 0: as much as comes.",
    )

    _campus_counter_check = models.Constraint(
        "CHECK(campus_counter_ask_minor >= 0 AND campus_counter_most_minor >= 0)",
        "The limits of the counter cannot be negative.",
    )

    @api.depends("campus_counter_ask_minor", "campus_counter_most_minor")
    def _compute_campus_counter(self):
        for company in self:
            company.campus_counter_ask = company.campus_counter_ask_minor / money.MINOR_PER_MAJOR
            company.campus_counter_most = company.campus_counter_most_minor / money.MINOR_PER_MAJOR

    def _inverse_campus_counter_ask(self):
        for company in self:
            company.campus_counter_ask_minor = self.env["campus.amount"]._to_minor(company.campus_counter_ask)

    def _inverse_campus_counter_most(self):
        for company in self:
            company.campus_counter_most_minor = self.env["campus.amount"]._to_minor(
                company.campus_counter_most
            )
