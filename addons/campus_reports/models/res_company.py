from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    campus_close_daily = fields.Boolean(
        string="Close Days Automatically",
        help="Every night all days before today are closed. What keeps a day open becomes "
        "an activity for card finance.",
    )
