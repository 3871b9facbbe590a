from odoo import api, fields, models
from odoo.addons.campus_card.db.columns import BigInteger, Uuid
from odoo.exceptions import UserError


class CampusPassageDispute(models.Model):
    """A holder says that a door should have opened. One per passage."""

    _name = "campus.passage.dispute"
    _description = "Disputed Refusal"
    _inherit = ["mail.thread"]
    _order = "state, id desc"
    _check_company_auto = True

    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    passage_number = BigInteger(
        required=True, readonly=True, help="The passage's id; the row itself has an end."
    )
    uuid = Uuid(required=True, readonly=True)
    partner_id = fields.Many2one(
        "res.partner", "Person", required=True, readonly=True, index=True, ondelete="restrict"
    )
    door_id = fields.Many2one("campus.door", readonly=True, ondelete="restrict", check_company=True)
    occurred_at = fields.Datetime("Time", required=True, readonly=True)
    reasons = fields.Char("Codes", readonly=True)
    reason = fields.Char("Reasons", compute="_compute_reason")
    state = fields.Selection(
        [("open", "Open"), ("settled", "Answered")],
        required=True,
        readonly=True,
        default="open",
        tracking=True,
    )
    answer = fields.Text(help="What the holder reads in the portal.")
    answered_by_id = fields.Many2one("res.users", readonly=True, ondelete="restrict")

    _once = models.Constraint("UNIQUE(uuid)", "This passage is disputed already.")

    @api.depends("reasons")
    @api.depends_context("lang")
    def _compute_reason(self):
        ledger = self.env["campus.ledger"]
        for dispute in self:
            codes = (dispute.reasons or "").split()
            dispute.reason = " ".join(ledger._explain({"code": code, "numbers": {}}) for code in codes)

    @api.depends("door_id", "partner_id")
    def _compute_display_name(self):
        for dispute in self:
            dispute.display_name = f"{dispute.partner_id.name}, {dispute.door_id.name or ''}"

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            raise UserError(self.env._("Holders dispute a refusal in the portal."))
        return super().create(vals_list)

    def action_answer(self):
        """Tell the holder the answer."""
        for dispute in self:
            if not (dispute.answer or "").strip():
                raise UserError(self.env._("Write the answer first."))
            dispute.write({"state": "settled", "answered_by_id": self.env.uid})

    @api.model
    def _of_passage(self, passage):
        """Dispute a refusal; once more is the same dispute. ``passage``: with the rights of the system."""
        known = self.search([("uuid", "=", passage.uuid)], limit=1)
        return known or self.create(
            {
                "company_id": passage.company_id.id,
                "passage_number": passage.id,
                "uuid": passage.uuid,
                "partner_id": passage.partner_id.id,
                "door_id": passage.door_id.id,
                "occurred_at": passage.occurred_at,
                "reasons": passage.reasons or passage.code,
            }
        )
