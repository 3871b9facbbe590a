from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from ..campus_core.ledger.types import CLOSED, FROZEN, OPEN

STATES = [(OPEN, "Open"), (FROZEN, "Frozen"), (CLOSED, "Closed")]


class CampusWallet(models.Model):
    """All the money of one holder: pockets, state and limits, and what the card office sees beside it."""

    _name = "campus.wallet"
    _description = "Wallet"
    _order = "id desc"
    _rec_name = "partner_id"

    partner_id = fields.Many2one(
        "res.partner", string="Holder", required=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company, index=True
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    state = fields.Selection(STATES, required=True, default=OPEN, readonly=True, index=True)
    account_ids = fields.One2many("campus.account", "wallet_id", string="Accounts", readonly=True)
    pocket_ids = fields.One2many(
        "campus.account", "wallet_id", string="Pockets", domain=[("kind", "=", "pocket")], readonly=True
    )
    transfer_ids = fields.One2many("campus.transfer", "wallet_id", string="Transfers", readonly=True)
    limit_purchase_minor = fields.Integer(
        string="Limit per Purchase (cents)", help="0 means no limit of its own."
    )
    limit_day_minor = fields.Integer(string="Limit per Day (cents)", help="0 means no limit of its own.")
    balance_minor = fields.Integer(string="Balance (cents)", compute="_compute_balance")
    available_minor = fields.Integer(string="Available (cents)", compute="_compute_balance")
    payable_minor = fields.Integer(
        string="Can Be Paid Out (cents)",
        compute="_compute_balance",
        help="What may leave: money that can be paid out, less what is owed.",
    )
    expired_minor = fields.Integer(
        string="Expired (cents)",
        compute="_compute_balance",
        help="Money whose last day is over; the nightly job takes it back.",
    )
    debt_minor = fields.Integer(string="Debt (cents)", compute="_compute_balance")
    balance = fields.Monetary(compute="_compute_balance")
    available = fields.Monetary(compute="_compute_balance")
    debt = fields.Monetary(compute="_compute_balance")
    payable = fields.Monetary("Can Be Paid Out", compute="_compute_balance")

    _partner_company_unique = models.UniqueIndex(
        "(partner_id, company_id) WHERE joined_into_id IS NULL", "A holder has one wallet in a company."
    )
    _limits_check = models.Constraint(
        "CHECK (limit_purchase_minor >= 0 AND limit_day_minor >= 0)", "Limits are not negative."
    )
    _rec_names_search = ["partner_id.name", "partner_id.campus_number"]

    card_ids = fields.One2many("campus.card", "wallet_id", "Cards", readonly=True)
    card_count = fields.Integer("Number of Cards", compute="_compute_card_count")
    campus_number = fields.Char(related="partner_id.campus_number")
    department_id = fields.Many2one(related="partner_id.campus_department_id")
    partner_image_128 = fields.Image("Photo", related="partner_id.image_128")
    limit_purchase = fields.Monetary(
        "Limit per Purchase",
        compute="_compute_limits",
        inverse="_inverse_limit_purchase",
        help="Most that one purchase may cost. 0: no limit.",
    )
    limit_day = fields.Monetary(
        "Limit per Day",
        compute="_compute_limits",
        inverse="_inverse_limit_day",
        help="Most that may be spent in one day. 0: no limit.",
    )

    @api.depends("account_ids.balance_minor", "account_ids.reserved_minor")
    def _compute_balance(self):
        known = self.env["campus.ledger"]._look_at(self._origin)
        for wallet in self:
            core, today = known.get(wallet._origin.id, (None, None))
            pockets = core.pockets if core else ()
            wallet.balance_minor = sum(pocket.balance_minor for pocket in pockets)
            wallet.available_minor = core.available_minor(today) if core else 0
            wallet.payable_minor = core.may_leave_minor(today) if core else 0
            wallet.expired_minor = sum(p.available_minor for p in pockets if not p.alive(today))
            wallet.debt_minor = core.debt_minor if core else 0
            for name in ("balance", "available", "debt", "payable"):
                wallet[name] = wallet.currency_id.round(wallet[f"{name}_minor"] / 100)

    @api.model
    def _for_holder(self, partners, company=None):
        """Wallets of these holders in the company, made with their cash pocket where missing."""
        company = company or self.env.company
        domain = [("partner_id", "in", partners.ids), ("company_id", "=", company.id), *self._live()]
        found = self.search(domain)
        missing = partners - found.partner_id
        if missing:
            for partner in missing.filtered(lambda partner: not partner.active):
                raise UserError(self.env._("%s is archived. Restore the holder first.", partner.display_name))
            # sudo: clerks may not create wallets by hand; a holder gets exactly one, through here.
            wallets = self.sudo().create(
                [{"partner_id": partner.id, "company_id": company.id} for partner in missing]
            )
            wallets._ensure_pockets({(wallet.id, "cash", None) for wallet in wallets})
            found = self.search(domain)
        return found

    @api.model
    def _ensure_pockets(self, wanted, also_archived=False):
        """Create missing pockets. ``wanted``: set of ``(wallet id, plan code, expires_on or None)``.

        :param also_archived: of archived plans too, which get money by refunds alone

        Safe under concurrency: two requests that want the same pocket get one.
        """
        if not wanted:
            return
        self.env["campus.pocket.plan"].flush_model()
        self.env["campus.wallet"].flush_model()
        wallet_ids, plans, expiries = zip(*sorted(wanted, key=str), strict=True)
        self.env.cr.execute(
            SQL(
                """INSERT INTO campus_account (name, kind, company_id, wallet_id, plan_id, expires_on,
                       balance_minor, reserved_minor, active, create_uid, write_uid, create_date, write_date)
                   SELECT plan.code, 'pocket', wallet.company_id, wallet.id, plan.id, wanted.expires_on,
                       0, 0, TRUE, %(uid)s, %(uid)s, now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC'
                     FROM unnest(%(wallets)s::int[], %(plans)s::text[], %(expiries)s::date[])
                          AS wanted(wallet_id, plan, expires_on)
                     JOIN campus_wallet wallet ON wallet.id = wanted.wallet_id AND wallet.state <> 'closed'
                     JOIN campus_pocket_plan plan
                       ON plan.code = wanted.plan AND plan.company_id = wallet.company_id
                      AND (plan.active OR %(also_archived)s)
                    WHERE NOT EXISTS (
                          SELECT 1 FROM campus_account old
                           WHERE old.wallet_id = wallet.id AND old.plan_id = plan.id AND old.kind = 'pocket'
                             AND old.expires_on IS NOT DISTINCT FROM wanted.expires_on)
                   ON CONFLICT DO NOTHING""",
                uid=self.env.uid,
                also_archived=also_archived,
                wallets=list(wallet_ids),
                plans=list(plans),
                expiries=list(expiries),
            )
        )
        if self.env.cr.rowcount:
            self.invalidate_model(["account_ids", "pocket_ids"])

    @api.model
    def _ensure_debt_accounts(self, wallet_ids):
        """Create the missing debt accounts of these wallets."""
        self.env["res.company"].flush_model(["campus_debt_account_id"])
        self.env.cr.execute(
            SQL(
                """INSERT INTO campus_account (name, kind, company_id, wallet_id, gl_account_id,
                       balance_minor, reserved_minor, active, create_uid, write_uid, create_date, write_date)
                   SELECT 'debt', 'debt', wallet.company_id, wallet.id, company.campus_debt_account_id,
                       0, 0, TRUE, %(uid)s, %(uid)s, now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC'
                     FROM campus_wallet wallet
                     JOIN res_company company ON company.id = wallet.company_id
                    WHERE wallet.id = ANY(%(wallets)s)
                      AND NOT EXISTS (SELECT 1 FROM campus_account old
                                       WHERE old.wallet_id = wallet.id AND old.kind = 'debt')
                   ON CONFLICT DO NOTHING""",
                uid=self.env.uid,
                wallets=list(wallet_ids),
            )
        )
        if self.env.cr.rowcount:
            self.invalidate_model(["account_ids"])

    def _set_state(self, state, allowed):
        """Bring wallets from one of the states ``allowed`` (a set) to ``state``. Raises ``UserError`` for a
        wallet in another.
        """
        for wallet in self:
            if wallet.state not in allowed:
                raise UserError(
                    self.env._(
                        "The wallet of %(holder)s is %(state)s.",
                        holder=wallet.partner_id.display_name,
                        state=dict(wallet._fields["state"]._description_selection(self.env))[wallet.state],
                    )
                )
        self.check_access("write")
        # sudo: the state is not writable by hand, only by these verbs; the right to write was checked.
        self.sudo().write({"state": state})

    def write(self, vals):
        if "state" in vals and not self.env.su:
            raise UserError(self.env._("Freeze, unfreeze or close a wallet; do not write its state."))
        # whoever could move a wallet to another person would move its money
        if not self.env.su and {"partner_id", "company_id"} & vals.keys():
            raise AccessError(self.env._("A wallet stays with its holder and company."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("A wallet is closed, never deleted."))

    def action_freeze(self):
        """No more spending from these wallets, whatever the card."""
        self._set_state(FROZEN, {OPEN})

    def action_unfreeze(self):
        """Spending is possible again."""
        self._set_state(OPEN, {FROZEN})

    @api.depends("partner_id.name", "partner_id.campus_number")
    def _compute_display_name(self):
        """Names repeat on a campus: the number tells two holders apart."""
        for wallet in self:
            # sudo: the number is for campus staff, and so are wallets
            holder = wallet.partner_id.sudo()
            wallet.display_name = (
                f"{holder.name} ({holder.campus_number})" if holder.campus_number else holder.name
            )

    @api.depends("card_ids")
    def _compute_card_count(self):
        for wallet in self:
            wallet.card_count = len(wallet.card_ids)

    @api.depends("limit_purchase_minor", "limit_day_minor")
    def _compute_limits(self):
        for wallet in self:
            wallet.limit_purchase = wallet.currency_id.round(wallet.limit_purchase_minor / 100)
            wallet.limit_day = wallet.currency_id.round(wallet.limit_day_minor / 100)

    def _inverse_limit_purchase(self):
        for wallet in self:
            wallet.limit_purchase_minor = self.env["campus.amount"]._to_minor(wallet.limit_purchase)

    def _inverse_limit_day(self):
        for wallet in self:
            wallet.limit_day_minor = self.env["campus.amount"]._to_minor(wallet.limit_day)

    def action_view_transfers(self):
        """Return the action that lists the transfers of the wallet."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("campus_card.campus_transfer_action")
        return {**action, "domain": [("wallet_id", "=", self.id)], "context": {}}

    def action_view_cards(self):
        """Return the action that lists the cards of the wallet."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("campus_card.campus_card_action")
        return {**action, "domain": [("wallet_id", "=", self.id)], "context": {}}

    def action_request_correction(self):
        """Return the form in which a correction of this wallet is asked for."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("campus_card.campus_correction_action")
        return {
            **action,
            "views": [(False, "form")],
            "context": {"default_wallet_id": self.id, "default_company_id": self.company_id.id},
        }

    def action_write_off(self):
        """Ask a second person to give up what the holder owes."""
        action = self.action_request_correction()
        context = {"default_direction": "write_off", "default_amount": self.debt}
        return {**action, "context": {**action["context"], **context}}
