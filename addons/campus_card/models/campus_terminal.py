from odoo import fields, models


class CampusTerminal(models.Model):
    """A place where a card is presented: till, breakfast line, shower, printer, door, gate."""

    _name = "campus.terminal"
    _description = "Terminal"
    _order = "code"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True, help="Short name by which its edge calls it.")
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    active = fields.Boolean(default=True)
    enabled = fields.Boolean(default=True, help="A terminal that is switched off refuses every tap.")
    edge_id = fields.Many2one("campus.edge", index=True, ondelete="restrict", check_company=True)
    purpose = fields.Selection(
        [
            ("pay", "Payment"),
            ("door", "Door"),
            ("attend", "Attendance"),
            ("gate", "Gate"),
            ("balance", "Show Balance"),
        ],
        required=True,
        default="pay",
    )
    amount_mode = fields.Selection(
        [("fixed", "Fixed amount"), ("keyed", "Keyed at the terminal"), ("sent", "Sent by a till")],
        required=True,
        default="fixed",
    )
    amount_minor = fields.Integer(string="Amount (cents)")
    merchant_id = fields.Many2one(
        "campus.account",
        string="Merchant",
        ondelete="restrict",
        check_company=True,
        domain=[("kind", "=", "merchant")],
    )

    _code_unique = models.Constraint("UNIQUE(company_id, code)", "Another terminal has this code.")
    _amount_check = models.Constraint("CHECK (amount_minor >= 0)", "An amount is not negative.")
    _merchant_check = models.Constraint(
        "CHECK (purpose <> 'pay' OR merchant_id IS NOT NULL)", "A terminal that sells needs a merchant."
    )
