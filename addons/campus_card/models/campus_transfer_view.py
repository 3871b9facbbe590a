from odoo import api, fields, models
from odoo.tools import SQL

from ..campus_core import money


class CampusTransfer(models.Model):
    """Transfers as lists, pivots and receipts show them."""

    _inherit = "campus.transfer"

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
