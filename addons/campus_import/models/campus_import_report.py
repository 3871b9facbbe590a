import base64
import io

import xlsxwriter
from markupsafe import Markup
from odoo import api, fields, models
from odoo.addons.campus_card.campus_core import money
from odoo.addons.campus_card.campus_core.card_file import reading
from odoo.addons.campus_card.campus_core.card_file.values import key, text_of
from odoo.exceptions import UserError

PREVIEW_ROWS = 5


class CampusImport(models.Model):
    """The parts of an import that users see: a preview, totals, and a report for download."""

    _inherit = "campus.import"

    preview = fields.Html(compute="_compute_preview", sanitize=False)
    totals = fields.Html(compute="_compute_totals", sanitize=False)
    file_info = fields.Char("Recognised As", compute="_compute_preview")
    unreadable = fields.Boolean(
        compute="_compute_preview", help="The content of the file cannot be read, so no profile fits it."
    )
    report_file = fields.Binary(compute="_compute_report_file")

    @api.depends("file", "profile_id", "profile_id.column_ids")
    def _compute_preview(self):
        for job in self:
            job.preview, job.file_info, job.unreadable = False, False, False
            if not job.file:
                continue
            try:
                table = job._head()
            except UserError:
                continue
            problems = table.problems or ([] if job.profile_id else reading.spoiled_head(table))
            job.unreadable = bool(problems) and (not table.rows or problems != table.problems)
            if table.rows:
                job.preview = job._preview_table(table)
            if problems:
                job.preview = (job.preview or Markup()) + job._preview_problems(problems)
            names = {"csv": "CSV", "xlsx": "XLSX"}
            parts = [
                names.get(table.kind, ""),
                table.encoding.upper() if table.kind == "csv" else table.sheet,
            ]
            job.file_info = ", ".join(filter(None, parts))

    def _preview_table(self, table):
        """The first rows under their headers, with the meaning of each column."""
        core = self.profile_id._to_core() if self.profile_id else None
        at, headers = reading.headers_of(table, core)
        meanings = self._preview_meanings(headers)
        head = Markup().join(
            Markup('<th class="{}"><div>{}</div><div class="small fw-normal">{}</div></th>').format(
                "text-nowrap" if known else "text-nowrap text-muted opacity-50",
                header,
                Markup('<span class="badge text-bg-primary">{}</span>').format(meaning) if known else "–",
            )
            for header, meaning, known in meanings
        )
        body = Markup().join(
            Markup("<tr><td class='text-muted'>{}</td>{}</tr>").format(
                row,
                Markup().join(
                    Markup("<td class='text-nowrap{}'>{}</td>").format(
                        "" if known else " text-muted opacity-50", text_of(cell)
                    )
                    for cell, (_header, _meaning, known) in zip(cells, meanings, strict=False)
                ),
            )
            for row, cells in table.rows[at + 1 : at + 1 + PREVIEW_ROWS]
        )
        return Markup(
            "<div class='table-responsive'><table class='table table-sm mb-0'>"
            "<thead><tr><th class='text-muted'>#</th>{}</tr></thead><tbody>{}</tbody></table></div>"
        ).format(head, body)

    def _preview_meanings(self, headers):
        """``(header, meaning here, whether it is imported)`` of each column of the file."""
        columns = {key(column.header): column for column in self.profile_id.column_ids}
        targets = dict(self.profile_id.column_ids._fields["target"]._description_selection(self.env))
        plans = self._plan_names()
        meanings = []
        for header in headers:
            column = columns.get(key(header))
            known = bool(column) and column.target != "ignore"
            meaning = targets[column.target] if known else ""
            if known and column.target == "amount":
                meaning = f"{meaning}: {plans.get(column.plan_code, column.plan_code)}"
            meanings.append((header, meaning, known))
        return meanings

    def _plan_names(self):
        """The names of the company's pocket plans by code."""
        plans = self.env["campus.pocket.plan"].search([("company_id", "=", self.company_id.id)])
        return {plan.code: plan.name for plan in plans}

    def _preview_problems(self, problems):
        sentences = self._sentences()
        return Markup().join(
            Markup("<div class='alert alert-danger mt-2 mb-0'>{}</div>").format(
                self._sentence(sentences, problem.code, problem.numbers)
            )
            for problem in problems
        )

    @api.depends("summary")
    def _compute_totals(self):
        for job in self:
            names = job._plan_names()
            openings = (job.summary or {}).get("openings", {})
            rows = Markup().join(
                Markup("<tr><td>{}</td><td class='text-end'>{}</td></tr>").format(
                    names.get(plan, plan),
                    money.format_minor(amount_minor, symbol=job.currency_id.symbol or ""),
                )
                for plan, amount_minor in openings.items()
            )
            job.totals = rows and Markup("<table class='table table-sm w-auto mb-0'>{}</table>").format(rows)

    def _compute_report_file(self):
        for job in self:
            job.report_file = base64.b64encode(job._report_xlsx()) if job.line_ids else False

    def _report_name(self):
        name = (self.filename or "import").rsplit(".", 1)[0]
        return f"{name}-report.xlsx"

    def _report_xlsx(self):
        """The report as a workbook: a sheet with a filter, errors first and in red."""
        lines = self.env["campus.import.line"]
        names = ["row", "result", "account", "campus_number", "name", "column", "value", "code", "message"]
        labels = lines.fields_get(names, ["string"])
        results = dict(lines._fields["result"]._description_selection(self.env))
        stream = io.BytesIO()
        with xlsxwriter.Workbook(stream, {"in_memory": True, "constant_memory": False}) as book:
            bold, red = book.add_format({"bold": True}), book.add_format({"font_color": "#b02a37"})
            amber = book.add_format({"font_color": "#997404"})
            sheet = book.add_worksheet(self.env._("Report"))
            sheet.freeze_panes(1, 0)
            for index, (name, width) in enumerate(
                zip(names, (6, 12, 14, 16, 16, 14, 18, 20, 70), strict=True)
            ):
                sheet.write(0, index, labels[name]["string"], bold)
                sheet.set_column(index, index, width)
            rows = self.line_ids.search_read([("import_id", "=", self.id)], [*names, "attention"], load=False)
            for at, row in enumerate(rows, 1):
                style = red if row["result"] == "error" else amber if row["attention"] else None
                row["result"] = results[row["result"]]
                for index, name in enumerate(names):
                    write = sheet.write_number if name == "row" else sheet.write_string
                    write(at, index, row[name] or (0 if name == "row" else ""), style)
            sheet.autofilter(0, 0, max(len(rows), 1), len(names) - 1)
        return stream.getvalue()
