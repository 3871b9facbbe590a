from odoo import api, fields, models
from odoo.exceptions import UserError

# The fields of an entry that must not change after its day was closed. Others may (messages, who has reviewed
# it).
FIXED_MOVE = {
    "campus_closing_id", "state", "date", "name", "ref", "journal_id", "company_id", "move_type", "line_ids",
    "invoice_line_ids", "currency_id", "partner_id", "auto_post",
}  # fmt: skip


class AccountMove(models.Model):
    """The journal entry of a closed day stays as it is."""

    _inherit = "account.move"

    campus_closing_id = fields.Many2one(
        "campus.closing",
        string="Campus Day Close",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
    )

    @api.model_create_multi
    def create(self, vals_list):
        if any(vals.get("campus_closing_id") for vals in vals_list) and not self.env.su:
            raise UserError(self.env._("Only the day close makes the entries of a day."))
        return super().create(vals_list)

    def write(self, vals):
        """Refuse changes to the entry of a closed day.

        This also covers buttons, forms, RPC and other modules: Odoo writes lines through this method or
        through their own ``write``.
        """
        if vals.get("campus_closing_id") and not self.env.su:
            raise UserError(self.env._("Only the day close makes the entries of a day."))
        closed = self._campus_of_closed_day()
        if closed and closed._campus_changes(vals):
            closed._campus_check_not_closing()
        return super().write(vals)

    def _campus_of_closed_day(self):
        # sudo: whoever writes entries may not be able to read the card's days
        return self.filtered(lambda move: move.campus_closing_id.sudo().state == "closed")

    def _campus_changes(self, vals):
        """Whether the values change the content of an entry. Writing the same values again is no change."""
        fixed = FIXED_MOVE & vals.keys()
        return any(self._field_will_change(move, vals, name) for move in self for name in fixed)

    def _campus_check_not_closing(self):
        # sudo: as above
        if self.sudo().campus_closing_id:
            raise UserError(
                self.env._(
                    "The entry of a closed campus card day stays as it is. Correct it with a "
                    "new entry, or with a correction on the card."
                )
            )

    def button_draft(self):
        """Refuse to set the entry of a closed day to draft."""
        self._campus_check_not_closing()
        return super().button_draft()

    def button_cancel(self):
        """Refuse to cancel the entry of a closed day."""
        self._campus_check_not_closing()
        return super().button_cancel()

    @api.ondelete(at_uninstall=False)
    def _unlink_except_campus_closing(self):
        self._campus_check_not_closing()

    def action_open_campus_closing(self):
        """Open the day close that made this entry."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "campus.closing",
            "res_id": self.campus_closing_id.id,
            "view_mode": "form",
        }
