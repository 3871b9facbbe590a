from odoo import api, fields, models
from odoo.tools import SQL

WEEKDAYS = [
    ("1", "Monday"),
    ("2", "Tuesday"),
    ("3", "Wednesday"),
    ("4", "Thursday"),
    ("5", "Friday"),
    ("6", "Saturday"),
    ("7", "Sunday"),
]

# Hours and weekdays are in the company's time zone, not in the reader's.
REPORT = """
SELECT transfer.id, transfer.company_id, transfer.booking_date, transfer.occurred_at,
       to_char(clock.at, 'HH24:00') AS hour, to_char(clock.at, 'ID') AS weekday,
       transfer.kind, transfer.reverses_id IS NOT NULL AS is_refund,
       transfer.wallet_id, wallet.partner_id, transfer.card_id, transfer.memo, transfer.origin,
       holder.campus_department_id AS department_id, holder.campus_role AS role,
       CASE WHEN debit.wallet_id IS NULL THEN debit.id
            WHEN credit.wallet_id IS NULL THEN credit.id END AS counter_account_id,
       COALESCE(debit.plan_id, credit.plan_id) AS plan_id,
       'debt' IN (debit.kind, credit.kind) AS is_debt,
       own.sign * transfer.amount_minor / 100.0 AS amount,
       CASE WHEN transfer.kind = 'purchase' THEN -own.sign ELSE 0 END
           * transfer.amount_minor / 100.0 AS spent,
       CASE WHEN transfer.kind = 'topup' THEN own.sign ELSE 0 END
           * transfer.amount_minor / 100.0 AS loaded
  FROM campus_transfer transfer
  JOIN campus_account debit ON debit.id = transfer.debit_account_id
  JOIN campus_account credit ON credit.id = transfer.credit_account_id
  JOIN campus_wallet wallet ON wallet.id = transfer.wallet_id
  JOIN res_partner holder ON holder.id = wallet.partner_id
  JOIN res_company company ON company.id = transfer.company_id
  JOIN res_partner home ON home.id = company.partner_id
 CROSS JOIN LATERAL (SELECT transfer.occurred_at AT TIME ZONE 'UTC'
                            AT TIME ZONE COALESCE(home.tz, 'UTC') AS at) AS clock
 CROSS JOIN LATERAL (SELECT CASE WHEN debit.wallet_id = transfer.wallet_id
                                 THEN -1 ELSE 1 END AS sign) AS own
"""


class CampusTransferReport(models.Model):
    """The analysis of transfers: by merchant, hour, day, kind, plan, department, role."""

    _name = "campus.transfer.report"
    _description = "Card Movements"
    _auto = False
    _order = "id desc"
    _rec_name = "kind"
    _depends = {
        "campus.account": ["kind", "plan_id", "wallet_id"],
        "campus.wallet": ["partner_id"],
        "res.company": ["partner_id"],
        "res.partner": ["campus_department_id", "campus_role", "tz"],
    }

    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    booking_date = fields.Date(string="Business Day", readonly=True)
    occurred_at = fields.Datetime(string="Time", readonly=True)
    hour = fields.Char(readonly=True)
    weekday = fields.Selection(WEEKDAYS, readonly=True)
    kind = fields.Selection(
        lambda self: self.env["campus.transfer"]._fields["kind"]._description_selection(self.env),
        readonly=True,
    )
    is_refund = fields.Boolean(string="Refund", readonly=True)
    wallet_id = fields.Many2one("campus.wallet", readonly=True)
    partner_id = fields.Many2one("res.partner", string="Holder", readonly=True)
    card_id = fields.Many2one("campus.card", readonly=True)
    department_id = fields.Many2one("campus.department", readonly=True)
    role = fields.Selection(
        lambda self: self.env["res.partner"]._fields["campus_role"]._description_selection(self.env),
        readonly=True,
    )
    counter_account_id = fields.Many2one("campus.account", string="Where", readonly=True)
    plan_id = fields.Many2one("campus.pocket.plan", string="Plan", readonly=True)
    is_debt = fields.Boolean(string="Debt", readonly=True)
    origin = fields.Char(readonly=True)
    memo = fields.Char(readonly=True)
    amount = fields.Monetary(readonly=True, help="As the holder sees it: spent is negative.")
    spent = fields.Monetary(readonly=True, help="Purchases less refunds.")
    loaded = fields.Monetary(string="Topped Up", readonly=True, help="Top-ups less reversals.")

    @property
    def _table_query(self):
        return SQL(REPORT)

    @api.depends("kind", "is_refund")
    def _compute_display_name(self):
        names = dict(self._fields["kind"]._description_selection(self.env))
        for row in self:
            name = names.get(row.kind, "")
            row.display_name = self.env._("Refund: %s", name) if row.is_refund else name

    def action_open_transfer(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "campus.transfer",
            "res_id": self.id,
            "view_mode": "form",
        }
