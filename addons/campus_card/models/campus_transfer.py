from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..campus_core import money
from ..db.columns import BigLedgerLink, LedgerLink, Uuid, make_ids_big

KINDS = [
    ("purchase", "Purchase"),
    ("topup", "Top-up"),
    ("payout", "Pay-out"),
    ("fee", "Fee"),
    ("subsidy", "Subsidy"),
    ("gift", "Gift"),
    ("opening", "Opening balance"),
    ("expiry", "Expired"),
    ("correction_in", "Correction (credit)"),
    ("correction_out", "Correction (charge)"),
    ("debt_return", "Debt returned"),
    ("debt_payment", "Debt paid"),
    ("debt_settle", "Debt paid from the card"),
    ("write_off", "Debt written off"),
    ("join_out", "Moved to another account"),
    ("join_in", "Moved from another account"),
]


class CampusTransfer(models.Model):
    """One movement of money, debit account -> credit account, whole cents; written once.

    Rows are made by ``campus.ledger`` alone. The ORM refuses create, write and unlink, and
    so do triggers in the database (``data/ledger_schema.sql``) for update and delete.
    """

    _name = "campus.transfer"
    _inherit = "campus.origin"
    _description = "Transfer"
    _order = "id desc"
    _log_access = False

    uuid = Uuid(required=True, readonly=True)
    line = fields.Integer(required=True, readonly=True)
    kind = fields.Selection(KINDS, required=True, readonly=True)
    company_id = LedgerLink("res.company", required=True, readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    wallet_id = LedgerLink("campus.wallet", required=True, readonly=True, index=True)
    partner_id = fields.Many2one(related="wallet_id.partner_id", string="Holder")
    card_id = LedgerLink("campus.card", readonly=True)
    debit_account_id = LedgerLink("campus.account", required=True, readonly=True)
    credit_account_id = LedgerLink("campus.account", required=True, readonly=True)
    amount_minor = fields.Integer(string="Amount (cents)", required=True, readonly=True)
    amount = fields.Monetary(compute="_compute_amount", help="Signed as the holder sees it.")
    booking_date = fields.Date(string="Business Day", required=True, readonly=True)
    occurred_at = fields.Datetime(required=True, readonly=True)
    posted_at = fields.Datetime(required=True, readonly=True)
    user_id = LedgerLink("res.users", readonly=True)
    reverses_id = BigLedgerLink("campus.transfer", readonly=True, index="btree_not_null")
    memo = fields.Char(readonly=True)

    _uuid_line_unique = models.Constraint("UNIQUE(uuid, line)", "This request is already booked.")
    _amount_check = models.Constraint("CHECK (amount_minor > 0)", "The amount must be above zero.")
    _sides_check = models.Constraint(
        "CHECK (debit_account_id <> credit_account_id)",
        "A transfer moves money between two different accounts.",
    )
    _booking_date_idx = models.Index("(booking_date, company_id)")
    _posted_at_idx = models.Index("USING BRIN (posted_at)")

    def _auto_init(self):
        result = super()._auto_init()
        make_ids_big(self.env.cr, self._table)
        return result

    @api.depends("amount_minor", "debit_account_id")
    def _compute_amount(self):
        for transfer in self:
            # sudo: a clerk need not read the account on the other side
            own = transfer.debit_account_id.sudo().wallet_id == transfer.wallet_id
            sign = -1 if own else 1
            transfer.amount = transfer.currency_id.round(sign * transfer.amount_minor / 100)

    @api.depends("kind", "reverses_id")
    def _compute_display_name(self):
        names = dict(self._fields["kind"]._description_selection(self.env))
        for transfer in self:
            name = names.get(transfer.kind, "")
            if transfer.reverses_id:
                name = self.env._("Refund: %s", name)
            transfer.display_name = f"{name} #{transfer.id}"

    @api.model_create_multi
    def create(self, vals_list):
        raise UserError(self.env._("Money moves only through the ledger's verbs."))

    def write(self, vals):
        raise UserError(self.env._("A transfer is never changed. Correct it with a new one."))

    def unlink(self):
        raise UserError(self.env._("A transfer is never deleted. Correct it with a new one."))

    # -- lists, pivots and receipts ----------------------------------------------

    campus_number = fields.Char(related="partner_id.campus_number")
    department_id = fields.Many2one(related="partner_id.campus_department_id", string="Department")
    counter_account_id = fields.Many2one(
        "campus.account",
        "Where",
        compute="_compute_counter_account_id",
        search="_search_counter_account_id",
        help="The side of the transfer that is not the holder's: a canteen, the card office, a fund.",
    )
    plan_id = fields.Many2one("campus.pocket.plan", "Pocket", compute="_compute_counter_account_id")

    @api.depends("debit_account_id", "credit_account_id", "wallet_id")
    def _compute_counter_account_id(self):
        for transfer in self:
            sides = transfer.debit_account_id | transfer.credit_account_id
            own = sides.filtered(lambda account, wallet=transfer.wallet_id: account.wallet_id == wallet)
            transfer.counter_account_id = (sides - own)[:1]
            transfer.plan_id = own.plan_id[:1]

    def _search_counter_account_id(self, operator, value):
        if operator in ("not in", "not ilike", "!="):
            return NotImplemented
        return ["|", ("debit_account_id", operator, value), ("credit_account_id", operator, value)]

    def _field_to_sql(self, alias, field_expr, query=None):
        """Let pivots and groups sum what the holder sees, in the unit that people read."""
        if field_expr != "amount" or query is None:
            return super()._field_to_sql(alias, field_expr, query)
        debit = query.left_join(alias, "debit_account_id", "campus_account", "id", "debit_account_id")
        return SQL(
            "(CASE WHEN %(debit)s = %(wallet)s THEN -%(minor)s ELSE %(minor)s END / %(unit)s::numeric)",
            debit=SQL.identifier(debit, "wallet_id"),
            wallet=SQL.identifier(alias, "wallet_id"),
            minor=SQL.identifier(alias, "amount_minor"),
            unit=money.MINOR_PER_MAJOR,
        )

    def action_print_receipt(self):
        """Return the action that prints a receipt."""
        return self.env.ref("campus_card.campus_receipt_report").report_action(self, config=False)

    def _receipt_values(self):
        """Return the numbers of the receipt: every line of the request and the balance it left."""
        self.ensure_one()
        # sudo: the balance counts transfers that a clerk of another department made
        siblings = self.sudo().search([("uuid", "=", self.uuid)], order="line")
        after_minor = sum(self.sudo()._own_sums(siblings[-1:].id).values())
        total = sum(siblings.mapped("amount"))
        after = after_minor / money.MINOR_PER_MAJOR
        return {
            "lines": siblings,
            "total": abs(total),
            "before": after - total,
            "after": after,
            "number": f"{self.company_id.id}-{siblings[:1].id:08d}",
        }

    def _own_sums(self, last_id):
        """Cents on each pocket of the wallet after the transfer ``last_id``: ``{account id: cents}``."""
        rows = self.env.execute_query(
            SQL(
                """SELECT account.id,
                          SUM(CASE WHEN transfer.credit_account_id = account.id THEN transfer.amount_minor
                                   ELSE -transfer.amount_minor END)::bigint
                     FROM campus_transfer transfer
                     JOIN campus_account account
                       ON account.id IN (transfer.debit_account_id, transfer.credit_account_id)
                    WHERE transfer.wallet_id = %s AND transfer.id <= %s
                      AND account.wallet_id = transfer.wallet_id AND account.kind = 'pocket'
                    GROUP BY account.id""",
                self.wallet_id.id,
                last_id,
            )
        )
        return dict(rows)
