from odoo import api, models
from odoo.tools import SQL, format_date

from ..day_xlsx import Column, Table

# Amounts as the holder sees them: money that leaves a card is negative. Times are in the company's time zone.
DAY_TRANSFERS = """
SELECT transfer.id, transfer.occurred_at AT TIME ZONE 'UTC' AT TIME ZONE %(zone)s,
       transfer.kind, transfer.reverses_id IS NOT NULL, holder.name, holder.campus_number,
       holder.campus_department_id,
       CASE WHEN debit.wallet_id IS NULL THEN debit.id
            WHEN credit.wallet_id IS NULL THEN credit.id END,
       COALESCE(debit.plan_id, credit.plan_id),
       CASE WHEN debit.wallet_id = transfer.wallet_id THEN -1 ELSE 1 END * transfer.amount_minor,
       transfer.origin, transfer.memo, transfer.uuid::text
  FROM campus_transfer transfer
  JOIN campus_account debit ON debit.id = transfer.debit_account_id
  JOIN campus_account credit ON credit.id = transfer.credit_account_id
  JOIN campus_wallet wallet ON wallet.id = transfer.wallet_id
  JOIN res_partner holder ON holder.id = wallet.partner_id
 WHERE transfer.company_id = %(company_id)s AND transfer.booking_date = %(date)s
 ORDER BY transfer.id
"""


class CampusClosingPrint(models.Model):
    """The day as text, for the preview, the printed page and the spreadsheet."""

    _inherit = "campus.closing"

    @api.model
    def _readable_entries(self, company, day_entries):
        """Planned entries for people.

        :param day_entries: ``{journal_id: [EntryLine]}``
        :return: ``[{journal, name, lines: [{code, account, label, debit, credit}], total}]``
        """
        readable = []
        for journal_id, lines in day_entries.items():
            journal = self.env["account.journal"].browse(journal_id or [])
            rows = [self._readable_line(company, line) for line in lines]
            readable.append(
                {
                    "journal": journal.display_name or self.env._("No journal"),
                    "name": "",
                    "lines": rows,
                    "total": sum(row["debit"] for row in rows),
                }
            )
        return readable

    @api.model
    def _readable_line(self, company, line):
        account = self.env["account.account"].with_company(company).browse(line.gl_id or [])
        amount = line.amount_minor / 100
        return {
            "code": account.code or "",
            "account": account.name or self.env._("No account"),
            "label": self._line_label(line),
            "debit": amount if line.is_debit else 0.0,
            "credit": 0.0 if line.is_debit else amount,
        }

    def _readable_moves(self):
        """Posted entries of a closed day, in the same shape as the planned ones."""
        self.ensure_one()
        return [
            {
                "journal": move.journal_id.display_name,
                "name": move.name,
                "lines": [
                    {
                        "code": line.account_id.with_company(self.company_id).code,
                        "account": line.account_id.name,
                        "label": line.name,
                        "debit": line.debit,
                        "credit": line.credit,
                    }
                    for line in move.line_ids
                ],
                "total": move.amount_total_signed,
            }
            for move in self.move_ids
        ]

    # -- the spreadsheet ---------------------------------------------------------

    @api.model
    def _day_tables(self, company, date):
        """:return: summary per account, transfers and journal entries of the day"""
        closing = self.search([("company_id", "=", company.id), ("date", "=", date)])
        is_closed = closing.state == "closed"
        plan = self._quote_close(company, date)
        # sudo: the quote has checked the reader's rights; names of accounts and holders belong to it.
        closing = closing.sudo().with_company(company)
        entries = (
            closing._readable_moves() if is_closed else closing._readable_entries(company, plan["entries"])
        )
        state = self.env._("closed") if is_closed else self.env._("open, not booked yet")
        note = f"{company.name}, {format_date(self.env, date)} ({state})"
        return [
            self._summary_table(company, note, plan["entries"]),
            self._transfer_table(company, note, date),
            self._entry_table(note, entries),
        ]

    @api.model
    def _summary_table(self, company, note, day_entries):
        columns = [
            Column(self.env._("Journal"), "text", 22),
            Column(self.env._("Code"), "text", 10),
            Column(self.env._("Account"), "text", 32),
            Column(self.env._("Label"), "text", 36),
            Column(self.env._("Transfers"), "integer", 11),
            Column(self.env._("Debit"), "amount", 14, True),
            Column(self.env._("Credit"), "amount", 14, True),
        ]
        rows = []
        for journal_id, lines in day_entries.items():
            # sudo: the quote has checked the reader's rights; names belong to it
            journal = self.env["account.journal"].sudo().browse(journal_id or [])
            for line in lines:
                words = self.sudo()._readable_line(company, line)
                texts = (journal.display_name, words["code"], words["account"], words["label"])
                rows.append((*texts, line.transfer_count, words["debit"], words["credit"]))
        return Table(self.env._("Summary"), note, columns, rows)

    @api.model
    def _transfer_table(self, company, note, date):
        columns = [
            Column(self.env._("Number"), "text", 12),
            Column(self.env._("Time"), "datetime", 19),
            Column(self.env._("Movement"), "text", 18),
            Column(self.env._("Holder"), "text", 20),
            Column(self.env._("Campus number"), "text", 16),
            Column(self.env._("Department"), "text", 22),
            Column(self.env._("Where"), "text", 20),
            Column(self.env._("Plan"), "text", 12),
            Column(self.env._("Amount"), "amount", 12, True),
            Column(self.env._("Origin"), "text", 18),
            Column(self.env._("Memo"), "text", 24),
            Column("UUID", "text", 38),
        ]
        return Table(self.env._("Transfers"), note, columns, self._transfer_rows(company, date))

    @api.model
    def _transfer_rows(self, company, date):
        kinds = self.env["campus.closing.line"]._kind_names()
        # sudo: the company's time zone is no secret
        zone = company.partner_id.sudo().tz or "UTC"
        rows = self.env.execute_query(SQL(DAY_TRANSFERS, company_id=company.id, date=date, zone=zone))
        names = {
            position: self._names(model, {row[position] for row in rows if row[position]})
            for position, model in (
                (6, "campus.department"),
                (7, "campus.account"),
                (8, "campus.pocket.plan"),
            )
        }
        for row in rows:
            kind = kinds.get(row[2], row[2])
            yield (
                str(row[0]),
                row[1],
                self.env._("Refund: %s", kind) if row[3] else kind,
                row[4],
                row[5],
                *(names[position].get(row[position]) for position in (6, 7, 8)),
                row[9] / 100,
                *row[10:],
            )

    @api.model
    def _names(self, model, ids):
        # sudo: the quote has checked the reader's rights; names belong to it
        records = self.env[model].sudo().browse(ids)
        return {record.id: record.display_name for record in records}

    @api.model
    def _entry_table(self, note, entries):
        columns = [
            Column(self.env._("Entry"), "text", 20),
            Column(self.env._("Journal"), "text", 22),
            Column(self.env._("Code"), "text", 10),
            Column(self.env._("Account"), "text", 32),
            Column(self.env._("Label"), "text", 36),
            Column(self.env._("Debit"), "amount", 14, True),
            Column(self.env._("Credit"), "amount", 14, True),
        ]
        rows = [
            (
                entry["name"] or self.env._("not booked yet"),
                entry["journal"],
                *(line[key] for key in ("code", "account", "label", "debit", "credit")),
            )
            for entry in entries
            for line in entry["lines"]
        ]
        return Table(self.env._("Journal Entries"), note, columns, rows)
