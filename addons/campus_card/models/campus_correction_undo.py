from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..db.columns import BigLink

# What a debt was settled with; purchases and top-ups are undone where they were made.
UNDONE_KINDS = ("debt_payment", "debt_settle", "write_off")


class CampusCorrection(models.Model):
    """A debt that was settled by mistake is owed again: asked for by one person, decided by another."""

    _inherit = "campus.correction"

    undoes_id = BigLink("campus.transfer", "Undoes", index="btree_not_null", ondelete="restrict")

    _undo_names_transfer = models.Constraint(
        "CHECK ((direction = 'undo') = (undoes_id IS NOT NULL))",
        "Say which booking is undone.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            if vals.get("direction") == "undo":
                transfer = self.env["campus.transfer"].browse(vals.get("undoes_id"))
                transfer._check_can_undo()
                vals["wallet_id"] = transfer.wallet_id.id
                if not vals.get("amount") and not vals.get("amount_minor"):
                    vals["amount_minor"] = transfer._left_to_undo_minor()
        return super().create(vals_list)

    @api.constrains("undoes_id", "amount_minor")
    def _check_undoes(self):
        for correction in self.filtered(lambda one: one.direction == "undo"):
            left_minor = correction.undoes_id._left_to_undo_minor()
            if correction.amount_minor > left_minor:
                raise ValidationError(
                    self.env._(
                        "Only %s of this booking can still be undone.",
                        self.env["campus.amount"]._to_text(left_minor, correction.currency_id),
                    )
                )

    def _book(self):
        if self.direction != "undo":
            return super()._book()
        # sudo: see ``action_approve``; the ledger itself is closed to hands
        ledger = self.env["campus.ledger"].sudo()
        request = {
            "uuid": self.uuid,
            # sudo: the transfer is one that the ledger keeps; whoever approves need not read it
            "reverses_uuid": self.sudo().undoes_id.uuid,
            "amount_minor": self.amount_minor,
            "origin": f"campus.correction,{self.id}",
            "memo": f"{self.name}: {self.reason}"[:200],
        }
        ledger._raise_refusal(ledger._reverse([request])[0])


class CampusTransfer(models.Model):
    """Whether a settled debt can be made a debt again, and how much of it is left."""

    _inherit = "campus.transfer"

    can_undo = fields.Boolean(compute="_compute_can_undo")

    @api.depends("kind", "reverses_id")
    def _compute_can_undo(self):
        for transfer in self:
            transfer.can_undo = transfer._is_settled_debt() and transfer._left_to_undo_minor() > 0

    def _is_settled_debt(self):
        return self.kind in UNDONE_KINDS and not self.reverses_id

    def _left_to_undo_minor(self):
        """Cents of the whole request that were not undone yet."""
        return self._left_minor(self.uuid)

    @api.model
    def _left_minor(self, uuid):
        """Cents that the request ``uuid`` has moved and that were not given back."""
        # sudo: what is left counts bookings that others have made
        lines = self.sudo().search([("uuid", "=", uuid), ("reverses_id", "=", False)])
        undone = self.sudo().search([("reverses_id", "in", lines.ids)])
        return sum(lines.mapped("amount_minor")) - sum(undone.mapped("amount_minor"))

    def _check_can_undo(self):
        self.check_access("read")
        if not self.exists() or not self._is_settled_debt():
            raise UserError(
                self.env._(
                    "Only a debt that was repaid or written off is undone here. Refund a purchase instead."
                )
            )

    def action_undo(self):
        """Ask a second person to undo what has settled a debt."""
        self.ensure_one()
        self._check_can_undo()
        action = self.env["ir.actions.act_window"]._for_xml_id("campus_card.campus_correction_action")
        context = {
            "default_direction": "undo",
            "default_undoes_id": self.id,
            "default_wallet_id": self.wallet_id.id,
            "default_company_id": self.company_id.id,
            "default_amount": self._left_to_undo_minor() / 100,
        }
        return {**action, "views": [(False, "form")], "context": context}
