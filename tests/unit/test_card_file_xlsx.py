"""Card files as spreadsheets: typed cells, flags, and what a spreadsheet spoils."""

import io
import zipfile
from datetime import date

import pytest
from card_files import only_fatal, only_problem, read, sheet_row, workbook
from vendor_profiles import DATA, VENDOR_B

from campus_core import errors


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.999])
def test_half_a_spreadsheet_is_refused(share):
    content = (DATA / "vendor_b_cards.xlsx").read_bytes()
    problem = only_fatal(read(content[: int(len(content) * share)], VENDOR_B))
    # and what the program said of it is nobody's value
    assert (problem.code, problem.value) == (errors.FILE_TRUNCATED, "")


@pytest.mark.parametrize(
    ("part", "text"), [("xl/workbook.xml", b"<x/>"), ("xl/styles.xml", b"<styleSheet><fonts>")]
)
def test_a_spreadsheet_with_a_broken_part_is_refused_without_the_words_of_a_program(part, text):
    broken = io.BytesIO()
    with zipfile.ZipFile(DATA / "vendor_b_cards.xlsx") as old, zipfile.ZipFile(broken, "w") as new:
        for name in old.namelist():
            new.writestr(name, text if name == part else old.read(name))
    problem = only_fatal(read(broken.getvalue(), VENDOR_B))
    assert (problem.code in (errors.FILE_UNREADABLE, errors.FILE_EMPTY), problem.value) == (True, "")


def test_a_spreadsheet_row_is_understood():
    reading = read(workbook(sheet_row()), VENDOR_B)
    record = reading.records[0]
    assert reading.header_row == 2
    assert (record.row, record.uid) == (3, "1AFDAFB2")
    assert record.openings == {"cash": 22305, "subsidy": 27482}
    assert record.valid_until == date(2029, 7, 31)


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({}, "active"),
        ({"lost": 1}, "lost"),
        ({"frozen": 1}, "frozen"),
        ({"frozen": 1, "lost": 1}, "lost"),
        ({"lost": 1, "remark": "2025年已销户"}, "closed"),
        ({"remark": "补办"}, "active"),
        ({"lost": "是"}, "lost"),
    ],
)
def test_flags_and_remarks_make_the_status(changes, status):
    assert read(workbook(sheet_row(**changes)), VENDOR_B).records[0].status == status


@pytest.mark.parametrize(
    ("changes", "column", "code"),
    [
        ({"uid": 2300000000.0}, "UID(HEX)", errors.UID_SPREADSHEET_DAMAGE),
        ({"uid": "2.3E+09"}, "UID(HEX)", errors.UID_SPREADSHEET_DAMAGE),
        ({"uid": date(2026, 1, 1)}, "UID(HEX)", errors.UID_SPREADSHEET_DAMAGE),
        ({"number": 20250503000123456.0}, "StuEmpNo", errors.NUMBER_DAMAGED),
        ({"number": 1.5}, "StuEmpNo", errors.NUMBER_DAMAGED),
        ({"cash": 12.5}, "Balance(分)", errors.MONEY_TOO_PRECISE),
        ({"cash": -1}, "Balance(分)", errors.MONEY_NEGATIVE),
        ({"cash": date(2026, 1, 1)}, "Balance(分)", errors.MONEY_MALFORMED),
        ({"lost": 2}, "Lost", errors.FLAG_UNKNOWN),
        ({"lost": None}, "Lost", errors.VALUE_MISSING),
        ({"until": "2029/13/31"}, "ExpDate", errors.DATE_INVALID),
        ({"name": "#N/A\ufffd"}, "Name", errors.TEXT_GARBLED),
    ],
)
def test_a_wrong_spreadsheet_cell_is_named(changes, column, code):
    problem = only_problem(read(workbook(sheet_row(**changes)), VENDOR_B))
    assert (problem.row, problem.column, problem.code) == (3, column, code)


def test_numbers_of_a_spreadsheet_are_understood():
    changes = {"account": 883000, "number": 20250503000.0, "cash": 22305.0, "until": 47330}
    record = read(workbook(sheet_row(**changes)), VENDOR_B).records[0]
    assert (record.account, record.number) == ("883000", "20250503000")
    assert record.openings["cash"] == 22305
    assert record.valid_until == date(2029, 7, 31)
