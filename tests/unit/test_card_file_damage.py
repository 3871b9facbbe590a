"""Damaged card files: every damage is named with row and column, nothing is guessed."""

from dataclasses import replace

import pytest
from card_files import HEADER, ROW, SECOND, csv_of, only_fatal, only_problem, read
from hypothesis import given, settings
from hypothesis import strategies as st
from vendor_profiles import VENDOR_A

from campus_core import errors


@pytest.mark.parametrize(
    ("column", "text", "code"),
    [
        ("物理卡号", "2.3E+09", errors.UID_SPREADSHEET_DAMAGE),
        ("物理卡号", "abc", errors.UID_MALFORMED),
        ("物理卡号", "", errors.VALUE_MISSING),
        ("物理卡号", "9" * 26, errors.UID_OUT_OF_RANGE),
        ("卡余额", "-5.00", errors.MONEY_NEGATIVE),
        ("卡余额", "(5.00)", errors.MONEY_NEGATIVE),
        ("卡余额", "12.345", errors.MONEY_TOO_PRECISE),
        ("卡余额", "1.2E+03", errors.MONEY_SCIENTIFIC),
        ("卡余额", "twelve", errors.MONEY_MALFORMED),
        ("卡余额", "99999999.00", errors.MONEY_OUT_OF_RANGE),
        ("卡余额", "", errors.VALUE_MISSING),
        ("有效期", "20270231", errors.DATE_INVALID),
        ("有效期", "2027", errors.DATE_INVALID),
        ("有效期", "31/07/2027", errors.DATE_INVALID),
        ("开户日期", "someday", errors.DATE_INVALID),
        ("卡状态", "半冻结", errors.STATUS_UNKNOWN),
        ("身份", "校友", errors.ROLE_UNKNOWN),
        ("学工号", "2.02E+10", errors.NUMBER_DAMAGED),
        ("学工号", "", errors.VALUE_MISSING),
        ("姓名", "", errors.VALUE_MISSING),
        ("姓名", "???", errors.TEXT_GARBLED),
        ("姓名", "张" * 129, errors.VALUE_TOO_LONG),
    ],
)
def test_a_wrong_cell_is_named_and_costs_only_its_row(column, text, code):
    reading = read(csv_of({**ROW, column: text}, SECOND))
    problem = only_problem(reading)
    assert (problem.row, problem.column, problem.code) == (2, column, code)
    assert problem.value == text[:100]
    assert [record.row for record in reading.records] == [3]


def test_every_wrong_cell_of_a_row_is_reported():
    reading = read(csv_of({**ROW, "卡余额": "x", "有效期": "y", "身份": "z"}))
    assert [problem.column for problem in reading.problems] == ["身份", "卡余额", "有效期"]


def test_dates_the_wrong_way_round_are_refused():
    problem = only_problem(read(csv_of({**ROW, "有效期": "20200101"})))
    assert (problem.column, problem.code) == ("有效期", errors.DATES_REVERSED)


@pytest.mark.parametrize(
    ("column", "code"),
    [
        ("账号", errors.DUPLICATE_ACCOUNT),
        ("学工号", errors.DUPLICATE_NUMBER),
        ("物理卡号", errors.DUPLICATE_UID),
    ],
)
def test_a_duplicate_in_the_file_is_refused_at_its_second_row(column, code):
    reading = read(csv_of(ROW, {**SECOND, column: ROW[column]}))
    problem = only_problem(reading)
    assert (problem.row, problem.column, problem.value) == (3, column, ROW[column])
    assert (problem.code, dict(problem.numbers)) == (code, {"first_row": 2})
    assert [record.row for record in reading.records] == [2]


def test_what_a_wrong_row_claims_is_not_free():
    reading = read(csv_of({**ROW, "卡余额": "x"}, {**SECOND, "物理卡号": ROW["物理卡号"]}))
    assert [problem.code for problem in reading.problems] == [
        errors.MONEY_MALFORMED,
        errors.DUPLICATE_UID,
    ]
    assert not reading.records


def test_a_file_in_another_encoding_is_refused():
    traditional = HEADER.replace("账", "帳").replace("号", "號").replace("额", "額")
    content = traditional.encode("big5", errors="replace") + b"\r\n"
    problem = only_fatal(read(content * 3))
    assert problem.code == errors.FILE_ENCODING


def test_utf8_that_was_once_read_as_gbk_is_refused():
    spoiled = csv_of(ROW, encoding="utf-8").decode("gb18030", errors="ignore").encode("utf-8")
    assert only_fatal(read(spoiled)).code == errors.FILE_ENCODING


def test_a_spoiled_byte_is_refused_with_its_row():
    content = csv_of(*[{**ROW, "账号": str(n)} for n in range(20)], encoding="utf-8")
    at = content.index(b"\r\n", len(content) // 2) + 10
    problem = only_fatal(read(content[:at] + b"\xff" + content[at:]))
    assert problem.code == errors.FILE_ENCODING
    assert problem.row == content[:at].count(b"\n") + 1


def test_a_profile_may_insist_on_its_encoding():
    reading = read(csv_of(ROW), replace(VENDOR_A, encoding="utf-8"))
    assert only_fatal(reading).code == errors.FILE_ENCODING


def test_a_half_file_is_refused_wherever_it_is_cut():
    """Cut at any byte of the last two rows: never silently shorter than what is there."""
    content = csv_of(ROW, SECOND)
    whole_rows = len(csv_of(ROW))
    for at in range(len(csv_of()) + 1, len(content) - 1):
        reading = read(content[:at])
        if at in (whole_rows, whole_rows - 1):
            continue  # cut between two rows (or inside CR LF): nothing of a row is missing
        cut = [problem.code for problem in reading.fatal] == [errors.FILE_TRUNCATED]
        pointed_out = [problem.code for problem in reading.warnings] == [errors.FILE_OPEN_END]
        assert cut or pointed_out, content[:at]


def test_a_quotation_mark_that_never_closes_is_a_half_file():
    content = csv_of(ROW, {**SECOND, "姓名": '"卢彤强'}, SECOND)
    problem = only_fatal(read(content))
    assert (problem.row, problem.value, problem.code) == (3, "", errors.FILE_TRUNCATED)


def test_a_file_without_a_last_line_break_is_imported_and_pointed_out():
    reading = read(csv_of(ROW, SECOND, end=""))
    assert len(reading.records) == 2
    assert [(w.row, w.code) for w in reading.warnings] == [(3, errors.FILE_OPEN_END)]


def test_a_row_of_another_width_is_refused():
    short = dict(list(ROW.items())[:-2])
    problem = only_problem(read(csv_of(short, SECOND)))
    assert (problem.row, problem.column, problem.code) == (2, "有效期", errors.ROW_SHORT)
    problem = only_problem(read(csv_of({**ROW, "more": "x"}, SECOND)))
    assert (problem.row, problem.value, problem.code) == (2, "x", errors.ROW_LONG)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", errors.FILE_EMPTY),
        (b" \r\n ", errors.FILE_EMPTY),
        (b"a,b,c\r\n1,2,3\r\n", errors.FILE_HEADER),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 old xls", errors.FILE_TYPE),
        (b"PK\x03\x04 broken", errors.FILE_TRUNCATED),
        (b"%PDF-1.7 \x00\x01\x02\r\n" * 9, errors.FILE_TYPE),
    ],
)
def test_what_is_no_card_file_is_refused(content, code):
    reading = read(content)
    assert only_fatal(reading).code == code
    assert not reading.records


def test_missing_and_doubled_columns_are_named():
    missing = HEADER.replace("物理卡号", "别的")
    problem = only_fatal(read(csv_of(ROW, header=missing)))
    assert (problem.row, problem.column) == (1, "物理卡号")
    assert problem.code == errors.FILE_COLUMN_MISSING
    doubled = HEADER.replace("性别", "姓名")
    problem = only_fatal(read(csv_of(ROW, header=doubled)))
    assert (problem.column, problem.code) == ("姓名", errors.FILE_COLUMN_TWICE)


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=400))
def test_no_bytes_raise(content):
    read(content)
    read(csv_of(ROW) + content)
