from odoo import api, fields, models
from odoo.exceptions import UserError


class AccountMove(models.Model):
    _inherit = "account.move"

    campus_closing_id = fields.Many2one(
        "campus.closing",
        string="Campus Day Close",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
    )

    def _campus_check_not_closing(self):
        if self.campus_closing_id:
            raise UserError(
                self.env._(
                    "The entry of a closed campus card day stays as it is. Correct it with a "
                    "new entry, or with a correction on the card."
                )
            )

    def button_draft(self):
        self._campus_check_not_closing()
        return super().button_draft()

    def button_cancel(self):
        self._campus_check_not_closing()
        return super().button_cancel()

    @api.ondelete(at_uninstall=False)
    def _unlink_except_campus_closing(self):
        self._campus_check_not_closing()

    def action_open_campus_closing(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "campus.closing",
            "res_id": self.campus_closing_id.id,
            "view_mode": "form",
        }
