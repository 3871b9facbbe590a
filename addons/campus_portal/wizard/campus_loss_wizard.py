from odoo import api, fields, models
from odoo.addons.campus_card.campus_core import money
from odoo.exceptions import AccessError, UserError

#: Number of right answers that a caller needs before the card is frozen.
ANSWERS_MIN = 2


class CampusLossWizard(models.TransientModel):
    """Report a loss for somebody at the counter or on the telephone.

    A caller is asked questions that only the holder can answer. The report stores which ones were asked.
    """

    _name = "campus.loss.wizard"
    _description = "Report a Loss"

    partner_id = fields.Many2one(
        "res.partner", "Holder", required=True, domain=[("is_campus_holder", "=", True)]
    )
    channel = fields.Selection(
        [("counter", "At the counter"), ("hotline", "By telephone")], required=True, default="counter"
    )
    line_ids = fields.One2many("campus.loss.wizard.line", "wizard_id", "Questions")
    seen_document = fields.Boolean("Identity document or photo compared")
    answers_min = fields.Integer(default=ANSWERS_MIN)

    @api.onchange("partner_id")
    def _onchange_partner_id(self):
        self.line_ids = [(5, 0, 0)] + [(0, 0, vals) for vals in self._questions()]

    def _questions(self):
        """``[{question, answer}]`` from the ledger and from the holder's data."""
        holder = self.partner_id
        if not holder:
            return []
        wallet = holder.campus_wallet_id
        known = [
            (self.env._("What is your campus number?"), holder.campus_number),
            (self.env._("Which department do you belong to?"), holder.campus_department_id.display_name),
            (self.env._("Where did you last pay with the card?"), self._last(wallet, "purchase", "place")),
            (self.env._("How much was your last top-up?"), self._last(wallet, "topup", "amount")),
            (self.env._("Which e-mail address do we have?"), holder.email),
        ]
        return [{"question": question, "answer": answer} for question, answer in known if answer]

    def _last(self, wallet, kind, what):
        domain = [("wallet_id", "=", wallet.id), ("kind", "=", kind), ("reverses_id", "=", False)]
        transfer = wallet.env["campus.transfer"].search(domain, limit=1)
        if not transfer:
            return None
        if what == "amount":
            same = transfer.search([("uuid", "=", transfer.uuid)])
            return money.format_minor(sum(same.mapped("amount_minor")))
        return transfer.memo or transfer.credit_account_id.name

    def action_report(self):
        self.ensure_one()
        if not self.env.user.has_group("campus_card.group_campus_card_clerk"):
            raise AccessError(self.env._("Only the card office reports a loss for others."))
        self.partner_id.check_access("read")
        right = self.line_ids.filtered("is_right")
        if self.channel == "hotline" and len(right) < ANSWERS_MIN:
            raise UserError(
                self.env._("Ask for %s right answers before you freeze a card by telephone.", ANSWERS_MIN)
            )
        if self.channel == "counter" and not (self.seen_document or len(right) >= ANSWERS_MIN):
            raise UserError(
                self.env._(
                    "Compare the person with a document or the photo, or ask for %s answers.", ANSWERS_MIN
                )
            )
        identity = [self.env._("document or photo")] if self.seen_document else []
        identity += right.mapped("question")
        # sudo: a loss freezes wallet and cards of one holder together; the clerk may see this holder
        loss = (
            self.env["campus.loss"]
            .sudo()
            ._report(self.partner_id.sudo(), self.env.company, self.channel, "; ".join(identity))
        )
        return {
            "type": "ir.actions.act_window",
            "res_model": "campus.loss",
            "res_id": loss.id,
            "views": [(False, "form")],
        }


class CampusLossWizardLine(models.TransientModel):
    """A question to the caller, and the answer that the clerk compares."""

    _name = "campus.loss.wizard.line"
    _description = "Question to Somebody Who Reports a Loss"

    wizard_id = fields.Many2one("campus.loss.wizard", required=True, ondelete="cascade")
    question = fields.Char(required=True)
    answer = fields.Char("Expected Answer")
    is_right = fields.Boolean("Right")
