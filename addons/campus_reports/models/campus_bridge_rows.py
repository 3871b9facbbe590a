from odoo import api, fields, models
from odoo.tools import SQL

from ..row_checks import ROW_CHECKS, SINCE

# Number of rows to show of each kind. The total is shown beside them.
MOST_FINDINGS = 50


class CampusBridgeRows(models.Model):
    """Checks each pocket, transfer, answer, tap and closed day by itself.

    If money is moved between two pockets of one plan, the sums still agree but the rows do not.
    """

    _inherit = "campus.bridge"

    finding_ids = fields.One2many("campus.bridge.finding", "bridge_id", readonly=True)
    finding_count = fields.Integer(string="Rows That Do Not Fit", readonly=True)

    @api.model
    def _prepare_result_vals(self, company, lines):
        vals = super()._prepare_result_vals(company, lines)
        findings, count = self._find_rows(company, lines)
        vals["is_balanced"] = vals["is_balanced"] and not count
        vals["finding_count"] = count
        vals["finding_ids"] = [fields.Command.create(values) for values in findings]
        return vals

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
