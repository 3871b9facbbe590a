from zoneinfo import ZoneInfo

from odoo import api, fields, models

from ..campus_core import money
from ..campus_core.credentials import uid


class ResCompany(models.Model):
    """How the card office of a company works."""

    _inherit = "res.company"

    campus_replacement_fee_minor = fields.Integer("Replacement Fee (cents)", default=2000, tracking=True)
    campus_replacement_fee = fields.Monetary(
        "Replacement Fee",
        compute="_compute_campus_replacement_fee",
        inverse="_inverse_campus_replacement_fee",
        help="Taken from the holder's wallet when a card is replaced, unless a manager waives it.",
    )
    campus_uid_form = fields.Selection(
        [
            (uid.HEX_BE, "Hexadecimal"),
            (uid.HEX_LE, "Hexadecimal, bytes reversed"),
            (uid.DEC_LE, "Decimal (10 digits), bytes reversed"),
            (uid.DEC_BE, "Decimal (10 digits)"),
            (uid.PAIR_LE, "Two numbers with a comma, bytes reversed"),
            (uid.PAIR_BE, "Two numbers with a comma"),
        ],
        "Desk Readers Type",
        required=True,
        default=uid.HEX_BE,
        help="How the readers of the card office type the UID of a card. Cards are found in any form; "
        "this one decides when a number could be read in several.",
    )
    campus_approver_id = fields.Many2one(
        "res.users",
        "Corrections Go To",
        help="Gets an activity for each correction that waits for a second person.",
    )

    _campus_replacement_fee_check = models.Constraint(
        "CHECK(campus_replacement_fee_minor >= 0)", "The replacement fee cannot be negative."
    )

    @api.depends("campus_replacement_fee_minor")
    def _compute_campus_replacement_fee(self):
        for company in self:
            company.campus_replacement_fee = company.campus_replacement_fee_minor / money.MINOR_PER_MAJOR

    def _inverse_campus_replacement_fee(self):
        for company in self:
            company.campus_replacement_fee_minor = self.env["campus.amount"]._to_minor(
                company.campus_replacement_fee
            )

    def _campus_today(self):
        """Today where the company is: a card is good on the same days for its maker, a till and a reader."""
        self.ensure_one()
        # sudo: the company's time zone is no secret
        zone = ZoneInfo(self.partner_id.sudo().tz or "UTC")
        return fields.Datetime.now().replace(tzinfo=ZoneInfo("UTC")).astimezone(zone).date()
