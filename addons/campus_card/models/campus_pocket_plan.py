from odoo import api, fields, models
from odoo.exceptions import UserError

from ..campus_core import archiving, money
from .campus_setup import POCKET_PLANS

STANDARD = {row.code for row in POCKET_PLANS}


class CampusPocketPlan(models.Model):
    """A kind of pocket: what the money in it is, where it may be spent and in which order."""

    _name = "campus.pocket.plan"
    _description = "Pocket Plan"
    _inherit = ["mail.thread"]
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True, help="Stable short name, used by imports and over the wire.")
    sequence = fields.Integer(
        string="Spend Order",
        default=30,
        help="After money that expires, the pocket with the lowest number is spent first.",
    )
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company, index=True
    )
    refundable = fields.Boolean(
        default=True, tracking=True, help="Money of this plan can be paid out in cash and pays fees."
    )
    merchant_ids = fields.Many2many(
        "campus.account",
        "campus_pocket_plan_merchant_rel",
        string="Usable At",
        ondelete="restrict",
        tracking=True,
        domain="[('kind', '=', 'merchant'), ('company_id', '=', company_id)]",
        help="Merchants where this money may be spent. Empty means everywhere.",
    )
    liability_account_id = fields.Many2one(
        "account.account",
        string="Liability Account",
        ondelete="restrict",
        tracking=True,
        help="General ledger account that shows what the school owes on pockets of this plan.",
    )
    active = fields.Boolean(default=True, tracking=True)

    _code_company_unique = models.Constraint(
        "UNIQUE(code, company_id)", "A company has one plan with this code."
    )
    _cash_stays = models.Constraint(
        "CHECK (active OR code <> 'cash')", "The plan “cash” is not archived: top-ups go there."
    )

    @api.constrains("liability_account_id", "company_id")
    def _check_liability_account(self):
        links = self.env["campus.account.links"]
        links._raise(links._plan_problems(self))

    def write(self, vals):
        """The code is what tills, imports and programs know a plan by; cash is where money arrives."""
        if vals.keys() & {"code", "company_id"}:
            self._check_code_stays(vals)
        if "active" in vals and not vals["active"]:
            for plan in self.filtered("active"):
                plan._check_may_archive()
        return super().write(vals)

    def _check_code_stays(self, vals):
        for plan in self:
            if vals.get("code", plan.code) == plan.code and vals.get("company_id", plan.company_id.id) == (
                plan.company_id.id
            ):
                continue
            # sudo: whether there is money of it, whoever renames it
            used = self.env["campus.account"].sudo().with_context(active_test=False)
            if plan.code in STANDARD or used.search_count([("plan_id", "=", plan.id)], limit=1):
                raise UserError(
                    self.env._(
                        "The code “%s” stays: tills, imports and top-ups know the plan by it. Change its name instead.",
                        plan.code,
                    )
                )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_standard(self):
        for plan in self:
            if plan.code in STANDARD:
                raise UserError(self.env._("The plan “%s” is needed: archive it instead.", plan.name))

    def _check_may_archive(self):
        self.ensure_one()
        # sudo: the sum of all pockets, whoever may read them one by one
        pockets = (
            self.env["campus.account"].sudo().search([("plan_id", "=", self.id), ("balance_minor", "!=", 0)])
        )
        refusal = archiving.plan(self.code, sum(pockets.mapped("balance_minor")))
        if refusal and refusal.code == "archive_plan_cash":
            raise UserError(self.env._("The plan “cash” is not archived: top-ups go there."))
        if refusal:
            raise UserError(
                self.env._(
                    "There is still %(money)s in pockets of “%(plan)s”. It is archived when they are empty.",
                    money=money.format_minor(refusal.numbers["balance_minor"]),
                    plan=self.name,
                )
            )
