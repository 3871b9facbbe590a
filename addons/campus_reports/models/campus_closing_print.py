from odoo import api, models


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
