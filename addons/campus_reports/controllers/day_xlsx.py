from odoo import fields, http
from odoo.http import content_disposition, request

from ..day_xlsx import write_day

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


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
        env["campus.closing"]._check_may_read(company)
        try:
            date = fields.Date.to_date(day)
        except ValueError:
            raise request.not_found() from None
        content = write_day(env["campus.closing"]._day_tables(company, date))
        headers = [
            ("Content-Type", XLSX),
            ("Content-Disposition", content_disposition(f"campus-card-{date}.xlsx")),
        ]
        return request.make_response(content, headers)
