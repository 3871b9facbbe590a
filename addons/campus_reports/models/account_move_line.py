from odoo import api, models

# The fields of a line that must not change after its day was closed. Reconciling the line changes none of
# them.
FIXED_LINE = {
    "move_id", "account_id", "partner_id", "name", "date", "debit", "credit", "balance", "amount_currency",
    "currency_id", "company_id", "quantity", "price_unit", "tax_ids", "tax_tag_ids", "display_type",
    "analytic_distribution",
}  # fmt: skip


class AccountMoveLine(models.Model):
    """The lines of a closed day's journal entry stay as they are."""

    _inherit = "account.move.line"

    @api.model_create_multi
    def create(self, vals_list):
        # the entry may also be the one that a context names
        named = {vals.get("move_id") or self.env.context.get("default_move_id") for vals in vals_list}
        moves = self.env["account.move"].browse(named - {None, False})
        moves._campus_of_closed_day()._campus_check_not_closing()
        return super().create(vals_list)

    def write(self, vals):
        """Refuse changes to the lines of a closed day's entry, and lines that move into it."""
        closed = self.filtered(lambda line: line.move_id._campus_of_closed_day())
        if vals.get("move_id"):
            target = self.env["account.move"].browse(vals["move_id"])
            (target - self.move_id)._campus_of_closed_day()._campus_check_not_closing()
        Move = self.env["account.move"]
        if any(
            Move._field_will_change(line, vals, name) for line in closed for name in FIXED_LINE & vals.keys()
        ):
            closed.move_id._campus_check_not_closing()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_campus_closing(self):
        self.move_id._campus_of_closed_day()._campus_check_not_closing()
