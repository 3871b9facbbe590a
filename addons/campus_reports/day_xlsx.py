"""Writes tables to a spreadsheet. Pure: knows neither Odoo nor the ledger."""

import io
from collections import namedtuple

import xlsxwriter

#: ``kind`` is text, integer, amount, date or datetime; ``is_summed`` adds a total below.
Column = namedtuple("Column", "title kind width is_summed", defaults=(False,))
#: ``note`` stands above the table; ``rows`` may be any iterable.
Table = namedtuple("Table", "name note columns rows")

HEADER_ROW = 2
FORMATS = {
    "text": {},
    "integer": {"num_format": "#,##0"},
    "amount": {"num_format": "#,##0.00"},
    "date": {"num_format": "yyyy-mm-dd"},
    "datetime": {"num_format": "yyyy-mm-dd hh:mm:ss"},
}


def write_day(tables):
    """Return the bytes of a workbook with one sheet per :class:`Table`."""
    buffer = io.BytesIO()
    # A day may have 100,000 transfers, so rows are written to disk one by one.
    options = {"constant_memory": True, "default_date_format": FORMATS["datetime"]["num_format"]}
    with xlsxwriter.Workbook(buffer, options) as workbook:
        formats = {kind: workbook.add_format(form) for kind, form in FORMATS.items()}
        totals = {
            kind: workbook.add_format({**form, "bold": True, "top": 1}) for kind, form in FORMATS.items()
        }
        title = workbook.add_format({"bold": True, "font_size": 14})
        header = workbook.add_format({"bold": True, "bottom": 1, "bg_color": "#EEF2F7"})
        for table in tables:
            sheet = workbook.add_worksheet(table.name)
            sheet.write_string(0, 0, table.note, title)
            sheet.freeze_panes(HEADER_ROW + 1, 0)
            for index, column in enumerate(table.columns):
                sheet.set_column(index, index, column.width)
                sheet.write_string(HEADER_ROW, index, column.title, header)
            last = _write_rows(sheet, table, formats)
            _write_totals(sheet, table, last, totals)
            sheet.autofilter(HEADER_ROW, 0, max(last, HEADER_ROW), len(table.columns) - 1)
    return buffer.getvalue()


def _write_rows(sheet, table, formats):
    row_number = HEADER_ROW
    for row_number, row in enumerate(table.rows, HEADER_ROW + 1):
        for index, (column, value) in enumerate(zip(table.columns, row, strict=True)):
            # An account is debited or credited; the other cell stays empty.
            if value in (None, "") or (column.kind == "amount" and not value):
                continue
            if column.kind in ("integer", "amount"):
                sheet.write_number(row_number, index, value, formats[column.kind])
            elif column.kind in ("date", "datetime"):
                sheet.write_datetime(row_number, index, value, formats[column.kind])
            else:
                # A text that begins like a formula stays a text.
                sheet.write_string(row_number, index, str(value))
    return row_number


def _write_totals(sheet, table, last, totals):
    if last == HEADER_ROW:
        return
    for index, column in enumerate(table.columns):
        if column.is_summed:
            cells = (HEADER_ROW + 1, index, last, index)
            area = xlsxwriter.utility.xl_range(*cells)
            sheet.write_formula(last + 1, index, f"=SUM({area})", totals[column.kind])
