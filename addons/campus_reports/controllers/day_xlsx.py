from odoo import fields, http
from odoo.exceptions import AccessError
from odoo.http import content_disposition, request

from ..day_xlsx import write_day

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
READERS = "campus_card.group_campus_card_finance,campus_card.group_campus_card_auditor"


class DayXlsx(http.Controller):
    @http.route(
        "/campus/reports/day/<int:company_id>/<string:day>.xlsx",
        type="http",
        auth="user",
        methods=["GET"],
        readonly=True,
    )
    def day_xlsx(self, company_id, day):
        """One business day as a spreadsheet, closed or still open."""
        env = request.env
        company = env["res.company"].browse(company_id)
        if not env.user.has_groups(READERS) or company not in env.user.company_ids:
            raise AccessError(env._("Spreadsheets of a day are for card finance and auditors."))
        try:
            date = fields.Date.to_date(day)
        except ValueError:
            raise request.not_found() from None
        content = write_day(env["campus.closing"]._day_tables(company, date))
        headers = [
            ("Content-Type", XLSX),
            ("Content-Disposition", content_disposition(f"{env._('card-day')}-{date}.xlsx")),
        ]
        return request.make_response(content, headers)
