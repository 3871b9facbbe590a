"""Writes a statement as a spreadsheet. Pure: knows neither Odoo nor the ledger."""

import io

import xlsxwriter

UNIT = 100


def write_statement(note, titles, ends, values):
    """Return the bytes of a workbook.

    :param note: line above the table
    :param titles: five column titles
    :param ends: words for opening and closing balance
    :param values: ``{opening_minor, closing_minor, lines: [{local_at, name, where, amount_minor,
        balance_minor}]}``
    """
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"constant_memory": True}) as workbook:
        bold = workbook.add_format({"bold": True})
        head = workbook.add_format({"bold": True, "bottom": 1, "bg_color": "#EEF2F7"})
        money = workbook.add_format({"num_format": "#,##0.00"})
        total = workbook.add_format({"num_format": "#,##0.00", "bold": True})
        when = workbook.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        sheet = workbook.add_worksheet()
        for index, width in enumerate((18, 18, 30, 14, 14)):
            sheet.set_column(index, index, width)
        # A text that begins like a formula stays a text.
        sheet.write_string(0, 0, note, bold)
        for index, title in enumerate(titles):
            sheet.write_string(2, index, title, head)
        sheet.write_string(3, 1, ends[0], bold)
        sheet.write_number(3, 4, values["opening_minor"] / UNIT, total)
        row = 3
        for row, line in enumerate(values["lines"], 4):
            sheet.write_datetime(row, 0, line["local_at"], when)
            sheet.write_string(row, 1, line["name"])
            sheet.write_string(row, 2, line["where"])
            sheet.write_number(row, 3, line["amount_minor"] / UNIT, money)
            sheet.write_number(row, 4, line["balance_minor"] / UNIT, money)
        sheet.write_string(row + 1, 1, ends[1], bold)
        sheet.write_number(row + 1, 4, values["closing_minor"] / UNIT, total)
        sheet.freeze_panes(3, 0)
    return buffer.getvalue()
