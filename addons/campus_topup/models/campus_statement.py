import datetime as dt

from odoo import api, models
from odoo.tools import SQL

from ..statement_xlsx import write_statement

OPENING = """
SELECT COALESCE(sum(CASE WHEN account.id = t.credit_account_id THEN t.amount_minor ELSE -t.amount_minor END), 0)::bigint
  FROM campus_transfer t
  JOIN campus_account account ON account.id IN (t.debit_account_id, t.credit_account_id)
 WHERE t.wallet_id = %(wallet)s AND account.wallet_id = t.wallet_id AND account.kind = 'pocket'
   AND t.booking_date < %(start)s
"""
LINES = """
SELECT min(t.id), min(t.occurred_at), min(t.booking_date), min(t.kind), bool_or(t.reverses_id IS NOT NULL),
       min(CASE WHEN account.id = t.credit_account_id THEN t.debit_account_id ELSE t.credit_account_id END),
       sum(CASE WHEN account.id = t.credit_account_id THEN t.amount_minor ELSE -t.amount_minor END)::bigint
  FROM campus_transfer t
  JOIN campus_account account ON account.id IN (t.debit_account_id, t.credit_account_id)
 WHERE t.wallet_id = %(wallet)s AND account.wallet_id = t.wallet_id AND account.kind = 'pocket'
   AND t.booking_date BETWEEN %(start)s AND %(end)s
 GROUP BY t.uuid ORDER BY min(t.occurred_at), min(t.id)
"""
# The longest period of a statement: two years.
DAYS_MAX = 731


class CampusStatement(models.AbstractModel):
    """A statement of a wallet: opening balance, movements, closing balance. Its figures add up to the cent."""

    _name = "campus.statement"
    _description = "Statement of a Wallet"

    @api.model
    def _period(self, wallet, start, end):
        """A valid period: the present month if none was given, and two years at most."""
        today = self.env["campus.history"]._today(wallet)
        end = min(end or today, today)
        start = min(start or end.replace(day=1), end)
        return max(start, end - dt.timedelta(days=DAYS_MAX)), end

    @api.model
    def _values(self, wallet, start, end):
        """``{start, end, opening_minor, closing_minor, lines: [{..., balance_minor}]}``."""
        where = {"wallet": wallet.id, "start": start, "end": end}
        [[opening]] = self.env.execute_query(SQL(OPENING, **where))
        rows = self.env.execute_query(SQL(LINES, **where))
        history = self.env["campus.history"]
        kinds = dict(self.env["campus.transfer"]._fields["kind"]._description_selection(self.env))
        names = history._account_names({row[5] for row in rows})
        company, balance, lines = wallet.company_id, opening, []
        for transfer_id, occurred_at, booking_date, kind, is_reversal, counter_account_id, minor in rows:
            balance += minor
            name = kinds.get(kind, "")
            lines.append(
                {
                    "id": transfer_id,
                    "occurred_at": occurred_at,
                    "local_at": company._campus_local(occurred_at),
                    "when": company._campus_when(occurred_at, self.env),
                    "booking_date": booking_date,
                    "name": self.env._("Refund: %s", name) if is_reversal else name,
                    "where": names.get(counter_account_id, ""),
                    "amount_minor": minor,
                    "balance_minor": balance,
                }
            )
        return {
            "start": start,
            "end": end,
            "opening_minor": opening,
            "closing_minor": balance,
            "lines": lines,
        }

    @api.model
    def _xlsx(self, wallet, start, end):
        """Bytes of the statement as a workbook."""
        values = self._values(wallet, start, end)
        titles = [
            self.env._("Date"),
            self.env._("Movement"),
            self.env._("Where"),
            self.env._("Amount"),
            self.env._("Balance"),
        ]
        note = self.env._(
            "%(holder)s, %(start)s to %(end)s",
            holder=wallet.partner_id.name,
            start=values["start"],
            end=values["end"],
        )
        ends = (self.env._("Opening balance"), self.env._("Closing balance"))
        return write_statement(note, titles, ends, values)

    @api.model
    def _pdf(self, wallet, start, end):
        """``(bytes, type)``: a PDF, or HTML where the machine has no wkhtmltopdf."""
        # sudo: the report is for the holder; the caller has checked that the wallet is the holder's
        report = self.env["ir.actions.report"].sudo()
        data = {"start": str(start), "end": str(end)}
        return report._render_qweb_pdf("campus_topup.campus_statement_report", wallet.ids, data=data)


class ReportStatement(models.AbstractModel):
    """Values of the printed statement."""

    _name = "report.campus_topup.report_campus_statement"
    _description = "Printed Statement"

    @api.model
    def _get_report_values(self, docids, data=None):
        wallets = self.env["campus.wallet"].browse(docids)
        start, end = (dt.date.fromisoformat(data[key]) for key in ("start", "end"))
        statement = self.env["campus.statement"]
        return {
            "docs": wallets,
            "statement_of": lambda wallet: statement._values(wallet, start, end),
            "money": lambda minor, wallet: self.env["campus.amount"]._to_text(minor, wallet.currency_id),
        }
