from odoo import api, fields, models
from odoo.exceptions import UserError


class CampusClosingLine(models.Model):
    """One sum of a closed day: the kind of transfer, the account on the other side, and the accounts."""

    _name = "campus.closing.line"
    _description = "Sum of a Closed Day"
    _order = "closing_id desc, id"

    closing_id = fields.Many2one("campus.closing", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="closing_id.company_id", store=True, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    date = fields.Date(related="closing_id.date", store=True, index=True)
    kind = fields.Selection(
        lambda self: self.env["campus.transfer"]._fields["kind"]._description_selection(self.env)
    )
    is_reversal = fields.Boolean(string="Refund")
    counter_account_id = fields.Many2one("campus.account", string="Where", ondelete="restrict")
    journal_id = fields.Many2one("account.journal", ondelete="restrict")
    debit_gl_id = fields.Many2one("account.account", string="Debit", ondelete="restrict")
    credit_gl_id = fields.Many2one("account.account", string="Credit", ondelete="restrict")
    transfer_count = fields.Integer(string="Transfers")
    # The sum of a day may be larger than int4 allows.
    amount = fields.Monetary(required=True)

    @api.depends("kind", "is_reversal")
    def _compute_display_name(self):
        names = self._kind_names()
        for line in self:
            name = names.get(line.kind, "")
            line.display_name = self.env._("Refund: %s", name) if line.is_reversal else name

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        if any(line.closing_id.state == "closed" for line in lines):
            raise UserError(self.env._("A closed day is final."))
        return lines

    def write(self, vals):
        if any(line.closing_id.state == "closed" for line in self):
            raise UserError(self.env._("A closed day is final."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_closed(self):
        if any(line.closing_id.state == "closed" for line in self):
            raise UserError(self.env._("A closed day is final."))

    @api.model
    def _kind_names(self):
        return dict(self.env["campus.transfer"]._fields["kind"]._description_selection(self.env))

    @api.model
    def _prepare_vals(self, row):
        return {
            "kind": row.kind,
            "is_reversal": row.is_reversal,
            "counter_account_id": row.counter_account_id,
            "journal_id": row.journal_id,
            "debit_gl_id": row.debit_gl_id,
            "credit_gl_id": row.credit_gl_id,
            "transfer_count": row.transfer_count,
            "amount": row.amount_minor / 100,
        }

    def _net(self, kind):
        """The amount of a kind less what was reversed of it."""
        return sum(-line.amount if line.is_reversal else line.amount for line in self if line.kind == kind)
