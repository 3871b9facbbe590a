from uuid import uuid4

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from ..campus_core import money
from ..db.columns import Uuid

KIND_OF_DIRECTION = {
    "in": "correction_in",
    "out": "correction_out",
    "write_off": "write_off",
    "repaid": "debt_payment",
}
# Written off is a loss of the school; what was put right by hand is looked into first.
ACCOUNT_OF_DIRECTION = {"write_off": "debt_loss", "repaid": "bank_desk"}
# Nothing but the debt is settled: no pocket is chosen.
OF_DEBT = ("write_off", "repaid")


class CampusCorrection(models.Model):
    """Money put right by hand. One person asks, another one decides.

    Nothing is posted before the approval, and what was asked for cannot be changed:
    the one who decides decides on exactly this.
    """

    _name = "campus.correction"
    _description = "Correction"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "id desc"
    _check_company_auto = True

    name = fields.Char("Reference", required=True, readonly=True, copy=False, default="/")
    wallet_id = fields.Many2one(
        "campus.wallet", required=True, index=True, ondelete="restrict", check_company=True
    )
    partner_id = fields.Many2one(related="wallet_id.partner_id", string="Holder", store=True, index=True)
    department_id = fields.Many2one(
        related="partner_id.campus_department_id", store=True, index="btree_not_null"
    )
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    plan_id = fields.Many2one(
        "campus.pocket.plan",
        "Pocket",
        required=True,
        ondelete="restrict",
        check_company=True,
        default=lambda self: self._default_plan_id(),
    )
    direction = fields.Selection(
        [
            ("in", "Credit the holder"),
            ("out", "Charge the holder"),
            ("write_off", "Write off debt"),
            ("repaid", "Debt repaid by bank transfer"),
            ("undo", "Undo a settled debt"),
            ("join", "Join with another account"),
        ],
        "Kind",
        required=True,
        default="in",
        help="Debt that is written off is booked as a loss, and the holder no longer owes it. A bank transfer "
        "was seen on the school's statement.",
    )
    amount_minor = fields.Integer("Amount (cents)", required=True)
    amount = fields.Monetary(compute="_compute_amount", readonly=False)
    reason = fields.Text(required=True, help="What went wrong, and where the proof is.")
    state = fields.Selection(
        [
            ("requested", "Waiting"),
            ("approved", "Approved"),
            ("refused", "Refused"),
            ("withdrawn", "Withdrawn"),
        ],
        required=True,
        readonly=True,
        copy=False,
        default="requested",
        index=True,
        tracking=True,
    )
    requested_by_id = fields.Many2one(
        "res.users", required=True, readonly=True, copy=False, default=lambda self: self.env.user
    )
    decided_by_id = fields.Many2one(
        "res.users", readonly=True, copy=False, tracking=True, ondelete="restrict"
    )
    decided_at = fields.Datetime(readonly=True, copy=False)
    refusal_reason = fields.Char(copy=False, tracking=True)
    uuid = Uuid(required=True, readonly=True, copy=False, default=lambda self: str(uuid4()))
    transfer_ids = fields.Many2many("campus.transfer", compute="_compute_transfer_ids")
    can_decide = fields.Boolean(compute="_compute_can_decide")

    _uuid_unique = models.Constraint("UNIQUE(uuid)", "This correction exists already.")
    _amount_positive = models.Constraint("CHECK(amount_minor > 0)", "The amount must be more than zero.")
    _two_people = models.Constraint(
        "CHECK(state NOT IN ('approved', 'refused') OR "
        "(decided_by_id IS NOT NULL AND decided_by_id <> requested_by_id))",
        "A correction is decided by another person than the one who asked for it.",
    )

    def _default_plan_id(self):
        return self.env["campus.pocket.plan"].search(
            [("code", "=", "cash"), ("company_id", "=", self.env.company.id)], limit=1
        )

    @api.depends("name")
    def _compute_display_name(self):
        """A correction that is not saved yet has no reference, so its page says *New*."""
        for correction in self:
            correction.display_name = correction.name if correction.id else False

    @api.depends("amount_minor")
    def _compute_amount(self):
        for correction in self:
            correction.amount = correction.amount_minor / money.MINOR_PER_MAJOR

    @api.depends("state")
    def _compute_transfer_ids(self):
        for correction in self:
            posted = correction.state == "approved"
            correction.transfer_ids = posted and self.env["campus.transfer"].search(
                [("uuid", "=", correction.uuid)]
            )

    @api.depends("state", "requested_by_id")
    @api.depends_context("uid")
    def _compute_can_decide(self):
        approver = self._is_approver()
        for correction in self:
            correction.can_decide = (
                approver and correction.state == "requested" and correction.requested_by_id != self.env.user
            )

    @api.constrains("reason")
    def _check_reason(self):
        if any(not (correction.reason or "").strip() for correction in self):
            raise ValidationError(self.env._("A correction needs a reason."))

    @api.model_create_multi
    def create(self, vals_list):
        own = {"requested_by_id", "decided_by_id", "decided_at", "state", "uuid", "name"}
        if not self.env.su and any(own & vals.keys() for vals in vals_list):
            raise AccessError(self.env._("Who asks, who decides and the state are not entered by hand."))
        for vals in vals_list:
            # sudo: clerks do not read sequences
            vals["name"] = self.env["ir.sequence"].sudo().next_by_code("campus.correction") or "/"
            wallet = self.env["campus.wallet"].browse(vals.get("wallet_id"))
            vals.setdefault("company_id", wallet.company_id.id or self.env.company.id)
            if "amount" in vals:
                # an inverse would come after the row, which must have its cents from the start
                vals["amount_minor"] = self.env["campus.amount"]._to_minor(vals.pop("amount"))
        giving = self._campus_giving("name")
        corrections = super(CampusCorrection, giving).create(vals_list).with_env(self.env)
        for correction in corrections:
            correction._ask_approver()
        return corrections

    def write(self, vals):
        fixed = set(vals) - self._fields_open_to_hand()
        if fixed and not self.env.su:
            raise AccessError(
                self.env._("A correction stays as it was asked for. Withdraw it and make a new one.")
            )
        return super().write(vals)

    @api.model
    def _fields_open_to_hand(self):
        """Names of the fields that a person may write: the messages and activities only."""
        mixins = self.env["mail.thread"]._fields.keys() | self.env["mail.activity.mixin"]._fields.keys()
        return mixins - {"id", "display_name", "create_uid", "create_date"}

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("A correction is withdrawn, never deleted."))

    def action_approve(self):
        """Post the corrections; by another person than the one who asked."""
        self._check_second_person()
        for correction in self:
            correction._decide("approved")
            correction._book()
        return True

    def _book(self):
        """Move the money that was decided on."""
        # sudo: the approver decides; the accounts behind it are the ledger's business
        ledger = self.env["campus.ledger"].sudo()
        [answer] = ledger._post([self._prepare_posting()])
        ledger._raise_refusal(answer)

    def action_refuse(self, reason=None):
        """Say no to corrections that somebody else asked for; ``reason`` is kept. Raises ``AccessError`` for
        who may not decide.
        """
        self._check_second_person()
        self._decide("refused")
        if reason:
            # sudo: see ``write``, a correction is not editable
            self.sudo().refusal_reason = reason
        return True

    def action_withdraw(self):
        """Take back corrections that the user has asked for. Raises ``AccessError`` for those of others."""
        for correction in self:
            if correction.requested_by_id != self.env.user:
                raise AccessError(self.env._("Only the one who asked can withdraw a correction."))
        self._decide("withdrawn")
        return True

    def _check_second_person(self):
        if not self._is_approver():
            raise AccessError(self.env._("Corrections are decided by a manager or by finance."))
        for correction in self:
            if correction.requested_by_id == self.env.user:
                raise AccessError(
                    self.env._("%s: you asked for it, so another person has to decide.", correction.name)
                )

    def _is_approver(self):
        return self.env.user.has_groups(
            "campus_card.group_campus_card_manager,campus_card.group_campus_card_finance"
        )

    def _decide(self, state):
        """Set the state of corrections that wait, with who decided and when.

        Raises ``UserError`` where one is decided already. Callers have checked that the user may decide.
        """
        self.check_access("read")
        decided = {"decided_by_id": self.env.uid, "decided_at": fields.Datetime.now()}
        for correction in self:
            if correction.state != "requested":
                raise UserError(self.env._("%s is decided already.", correction.name))
        # sudo: nobody may write a correction by hand; the verbs above have checked who may decide
        self.sudo().write({"state": state, **decided})
        self.sudo().activity_feedback(["campus_card.mail_activity_type_correction"])

    def _prepare_posting(self):
        code = ACCOUNT_OF_DIRECTION.get(self.direction, "correction")
        # sudo: the accounts behind a correction are the ledger's business
        account = self.env["campus.account"].sudo()._system(code, self.company_id)
        return {
            "uuid": self.uuid,
            "kind": KIND_OF_DIRECTION[self.direction],
            "wallet_id": self.wallet_id.id,
            "account_id": account.id,
            "amount_minor": self.amount_minor,
            "plan": None if self.direction in OF_DEBT else self.plan_id.code,
            "origin": f"campus.correction,{self.id}",
            "memo": f"{self.name}: {self.reason}"[:200],
        }

    def _ask_approver(self):
        approver = self.company_id.campus_approver_id
        if approver and approver != self.env.user:
            asked = self.with_context(lang=approver.lang)
            asked.activity_schedule("campus_card.mail_activity_type_correction", user_id=approver.id)
