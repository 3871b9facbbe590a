from odoo import api, fields, models
from odoo.tools import SQL, format_date

from ..row_checks import ROW_CHECKS, SINCE

# Three independent figures: the stored balances of the pockets, the sum of their transfers, and the posted
# journal items. Credits are positive, as the school sees it: money on cards is what it owes. Open items are
# transfers of days that are not closed and, on the clearing account, card payments of till sessions that are
# not closed. The last row compares all transfers with the debits of all day closes, whatever the account.
# ``drifted``: pockets whose balance differs from the sum of their transfers. ``others``: accounts with
# transfers of another wallet.
BRIDGE = """
WITH day AS (
    SELECT COALESCE(max(date), DATE '0001-01-01') AS closed_until
      FROM campus_closing WHERE company_id = %(company_id)s AND state = 'closed'
), side AS (
    SELECT credit_account_id AS account_id, sum(amount_minor) AS minor,
           sum(amount_minor) FILTER (WHERE booking_date > closed_until) AS open_minor,
           min(wallet_id) AS first_wallet_id, max(wallet_id) AS last_wallet_id
      FROM campus_transfer, day WHERE company_id = %(company_id)s GROUP BY 1
     UNION ALL
    SELECT debit_account_id, -sum(amount_minor),
           -sum(amount_minor) FILTER (WHERE booking_date > closed_until), min(wallet_id), max(wallet_id)
      FROM campus_transfer, day WHERE company_id = %(company_id)s GROUP BY 1
), moved AS (
    SELECT account_id, sum(minor) AS minor, sum(COALESCE(open_minor, 0)) AS open_minor,
           min(first_wallet_id) AS first_wallet_id, max(last_wallet_id) AS last_wallet_id
      FROM side GROUP BY 1
), card AS (
    SELECT account.id, account.kind, plan.id AS plan_id, account.balance_minor,
           COALESCE(moved.minor, 0) AS minor, COALESCE(moved.open_minor, 0) AS open_minor,
           account.wallet_id <> moved.first_wallet_id OR account.wallet_id <> moved.last_wallet_id AS is_others,
           CASE account.kind
               WHEN 'pocket' THEN plan.liability_account_id
               WHEN 'debt' THEN COALESCE(account.gl_account_id, %(debt_gl_id)s)
               ELSE account.gl_account_id END AS gl_id
      FROM campus_account account
      LEFT JOIN campus_pocket_plan plan ON plan.id = account.plan_id
      LEFT JOIN moved ON moved.account_id = account.id
     WHERE account.company_id = %(company_id)s
), till AS (
    SELECT COALESCE(sum(round(payment.amount * 100)), 0) AS open_minor
      FROM pos_payment payment
      JOIN pos_payment_method method ON method.id = payment.payment_method_id
      JOIN pos_order sale ON sale.id = payment.pos_order_id
      JOIN pos_session session ON session.id = sale.session_id
     WHERE method.outstanding_account_id = %(clearing_gl_id)s
       AND sale.company_id = %(company_id)s
       AND sale.state IN ('paid', 'done') AND session.state <> 'closed'
), subledger AS (
    SELECT 'plan' AS kind, gl_id, array_agg(DISTINCT plan_id) AS plan_ids,
           sum(balance_minor) AS stored_minor, sum(minor) AS moved_minor,
           sum(open_minor) AS open_minor,
           jsonb_agg(jsonb_build_array(id, minor, balance_minor)) FILTER (WHERE minor <> balance_minor) AS drifted,
           jsonb_agg(id) FILTER (WHERE is_others) AS others
      FROM card WHERE kind = 'pocket' GROUP BY gl_id
     UNION ALL
    SELECT 'debt', gl_id, NULL, sum(minor), sum(minor), sum(open_minor),
           NULL, jsonb_agg(id) FILTER (WHERE is_others)
      FROM card WHERE kind = 'debt' GROUP BY gl_id
     UNION ALL
    SELECT 'clearing', %(clearing_gl_id)s, NULL, 0, 0,
           COALESCE(sum(card.open_minor), 0) - till.open_minor, NULL, NULL
      FROM till LEFT JOIN card ON card.kind = 'merchant' AND card.gl_id = %(clearing_gl_id)s
     GROUP BY till.open_minor
     UNION ALL
    SELECT 'transit', gl_id, NULL, 0, 0, sum(open_minor), NULL, NULL
      FROM card WHERE kind = 'channel' AND gl_id = %(transit_gl_id)s GROUP BY gl_id
     UNION ALL
    SELECT 'days', NULL, NULL, COALESCE(sum(amount_minor), 0), COALESCE(sum(amount_minor), 0),
           sum(amount_minor) FILTER (WHERE booking_date > closed_until), NULL, NULL
      FROM campus_transfer, day WHERE company_id = %(company_id)s
), booked AS (
    SELECT account_id AS gl_id, -sum(balance) * 100 AS minor
      FROM account_move_line
     WHERE company_id = %(company_id)s AND parent_state = 'posted'
       AND account_id IN (SELECT gl_id FROM subledger)
     GROUP BY account_id
     UNION ALL
    SELECT NULL, sum(line.debit) * 100
      FROM account_move move
      JOIN account_move_line line ON line.move_id = move.id
     WHERE move.campus_closing_id IS NOT NULL AND move.state = 'posted'
       AND move.company_id = %(company_id)s
)
SELECT subledger.kind, subledger.gl_id, plan_ids, stored_minor::bigint, moved_minor::bigint,
       COALESCE(subledger.open_minor, 0)::bigint, COALESCE(round(booked.minor), 0)::bigint,
       drifted, others
  FROM subledger LEFT JOIN booked ON booked.gl_id IS NOT DISTINCT FROM subledger.gl_id
 ORDER BY array_position(ARRAY['plan', 'debt', 'clearing', 'transit', 'days'], subledger.kind),
       subledger.gl_id
"""


# Number of rows to show of each kind. The total is shown beside them.
MOST_FINDINGS = 50


class CampusBridge(models.Model):
    """A check that cards and books agree: pockets less open items = general ledger.

    A check only reads. It stores its result as a record; the nightly ones are kept as evidence.
    """

    _name = "campus.bridge"
    _description = "Bridge between Cards and Books"
    _inherit = ["campus.books.mixin"]
    _order = "id desc"

    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    checked_at = fields.Datetime(default=fields.Datetime.now, required=True, readonly=True)
    checked_by_id = fields.Many2one("res.users", readonly=True, ondelete="restrict")
    is_nightly = fields.Boolean(readonly=True)
    closed_until = fields.Date(readonly=True, help="Last closed business day at that moment.")
    line_ids = fields.One2many("campus.bridge.line", "bridge_id", readonly=True)
    is_balanced = fields.Boolean(string="Agrees", readonly=True)
    cards = fields.Monetary(string="On Cards", compute="_compute_totals")
    open_items = fields.Monetary(compute="_compute_totals")
    books = fields.Monetary(string="In the Books", compute="_compute_totals")
    difference = fields.Monetary(readonly=True, help="All differences added up without their signs.")

    @api.depends("line_ids")
    def _compute_totals(self):
        for bridge in self:
            plans = bridge.line_ids.filtered(lambda line: line.kind == "plan")
            bridge.cards = sum(plans.mapped("stored"))
            bridge.open_items = sum(plans.mapped("open_items"))
            bridge.books = sum(plans.mapped("books"))

    @api.depends("checked_at", "company_id")
    def _compute_display_name(self):
        for bridge in self:
            day = fields.Datetime.context_timestamp(bridge, bridge.checked_at).date()
            bridge.display_name = self.env._("Bridge of %s", format_date(self.env, day))

    # -- Actions ---------------------------------------------------------------

    def action_check_now(self):
        """Compare cards and books now, for the company of this check or for the present one, and show the
        result.
        """
        bridge = self._check(self[:1].company_id or self.env.company)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Bridge"),
            "res_model": "campus.bridge",
            "res_id": bridge.id,
            "view_mode": "form",
            "views": [(False, "form")],
            "target": "current",
        }

    # -- Checking --------------------------------------------------------------

    @api.model
    def _check(self, company, nightly=False):
        """Measure, store and return the check of one company."""
        self._check_may_read(company)
        # sudo: an auditor may run a check but not write; the record only stores the result
        Bridge = self.sudo()
        lines = Bridge._measure(company)
        vals = {
            "company_id": company.id,
            "checked_by_id": self.env.uid,
            "is_nightly": nightly,
            # sudo: a date that the result shows to everybody who may run a check
            "closed_until": self.env["campus.closing"].sudo()._closed_until(company),
            **Bridge._prepare_result_vals(company, lines),
        }
        return Bridge.create(vals).with_env(self.env)

    @api.model
    def _prepare_result_vals(self, company, lines):
        """The result, computed from the lines of :meth:`_measure`."""
        off_minor = sum(abs(line["difference_minor"]) + abs(line["drift_minor"]) for line in lines)
        findings, count = self._find_rows(company, lines)
        return {
            "is_balanced": not off_minor and not count,
            "difference": off_minor / 100,
            "line_ids": [fields.Command.create(self.line_ids._prepare_vals(line)) for line in lines],
            "finding_count": count,
            "finding_ids": [fields.Command.create(values) for values in findings],
        }

    @api.model
    def _measure(self, company):
        """Compare each general ledger account of the cards in one statement.

        :return: list of dicts in whole cents, credits positive: ``kind`` (plan, debt,
            clearing, transit, days), ``gl_id``, ``plan_ids``, ``stored_minor`` (balances in the pockets),
            ``moved_minor`` (sum of their transfers), ``open_minor`` (not in the books yet),
            ``books_minor``, ``drifted`` (pockets ``[id, moved, stored]`` that differ, or None),
            ``others`` (ids of accounts with transfers of other wallets, or None),
            ``difference_minor`` (stored - open - books) and ``drift_minor`` (stored - moved).
            Cards and books agree if the last two are zero and ``drifted`` and ``others`` are None.
        """
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                BRIDGE,
                company_id=company.id,
                debt_gl_id=company.campus_debt_account_id.id or None,
                transit_gl_id=company.campus_transit_account_id.id or None,
                clearing_gl_id=company.campus_clearing_account_id.id or None,
            )
        )
        amounts = ("stored_minor", "moved_minor", "open_minor", "books_minor")
        keys = ("kind", "gl_id", "plan_ids", *amounts, "drifted", "others")
        lines = [dict(zip(keys, row, strict=True)) for row in rows]
        for line in lines:
            line["difference_minor"] = line["stored_minor"] - line["open_minor"] - line["books_minor"]
            line["drift_minor"] = line["stored_minor"] - line["moved_minor"]
        return lines

    @api.model
    def _cron_check(self):
        """Every night: check all companies that use the card, and tell finance about differences."""
        domain = [("campus_journal_id", "!=", False)]
        for company in self.env["res.company"].search(domain):
            # A job has no language; its texts are written in the company's.
            bridge = self.with_context(lang=company.partner_id.lang)._check(company, nightly=True)
            if bridge.is_balanced:
                continue
            bridge._remind_finance(
                "campus_reports.mail_activity_type_bridge",
                bridge.env._("Cards and books differ. Open the bridge to see where."),
                siblings=self.search([("company_id", "=", company.id)]),
            )

    @api.autovacuum
    def _gc_checks(self):
        """Delete old checks that somebody ran by hand, after a month. Nightly ones are kept."""
        limit = fields.Datetime.subtract(fields.Datetime.now(), days=30)
        domain = [("is_nightly", "=", False), ("is_balanced", "=", True)]
        self.search([*domain, ("checked_at", "<", limit)]).unlink()

    # -- till sessions -----------------------------------------------------------

    till_note = fields.Text(
        "Tills Left Open",
        readonly=True,
        help="Sessions with sales of an earlier month. The books show a session's sales on the day on which "
        "it is closed, so these come into a later month.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        self.check_access("create")
        for vals in vals_list:
            company = self.env["res.company"].browse(vals["company_id"])
            vals["till_note"] = self._late_sessions(company)
        return super().create(vals_list)

    @api.model
    def _late_sessions(self, company):
        # sudo: an auditor may read the check but not the tills; only their names and dates are shown
        sessions = (
            self.env["pos.session"]
            .sudo()
            .search([("company_id", "=", company.id), ("state", "!=", "closed")], order="config_id, id")
        )
        notes = [(session.config_id.name, session._campus_late_text()) for session in sessions]
        return "\n".join(f"{name}: {text}" for name, text in notes if text) or False

    # -- row by row --------------------------------------------------------------

    finding_ids = fields.One2many("campus.bridge.finding", "bridge_id", readonly=True)
    finding_count = fields.Integer(string="Rows That Do Not Fit", readonly=True)

    @api.model
    def _find_rows(self, company, lines):
        """Find the rows that do not agree with what other rows say about them.

        :param lines: the result of :meth:`_measure`, which has added up every pocket
        :return: (values of ``campus.bridge.finding``, some of each kind; the total number of rows)
        """
        drifted = [row for line in lines for row in line["drifted"] or ()]
        others = [(account_id, None, None) for line in lines for account_id in line["others"] or ()]
        findings = []
        for kind, rows in (("pocket", drifted), ("owner", others)):
            findings += [
                self.finding_ids._prepare_vals(kind, "campus.account", row[0], None, *row[1:])
                for row in rows[:MOST_FINDINGS]
            ]
        count = len(drifted) + len(others)
        [[since]] = self.env.execute_query(SQL(SINCE, company_id=company.id))
        for check in ROW_CHECKS:
            rows = self.env.execute_query(
                SQL(check.query, company_id=company.id, since=since, most=MOST_FINDINGS)
            )
            findings += [
                self.finding_ids._prepare_vals(check.kind, check.model, *row) for *row, _total in rows
            ]
            count += rows[0][-1] if rows else 0
        return findings, count
