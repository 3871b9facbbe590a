"""Old card files: both vendors to the cent, and every damage named with row and column."""

import io
from collections import Counter
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook
from vendor_profiles import DATA, VENDOR_A, VENDOR_B

from campus_core import card_file, errors
from campus_core.card_file_decode import decode
from campus_core.card_file_types import Column, Profile

HEADER = "账号,学工号,姓名,性别,部门,身份,物理卡号,卡余额,补助余额,卡状态,有效期,开户日期"
ROW = {
    "账号": "100000",
    "学工号": "20230300000",
    "姓名": "卢彤强",
    "性别": "女",
    "部门": "生命科学学院",
    "身份": "本科生",
    "物理卡号": "2316734416",
    "卡余额": "12.30",
    "补助余额": "0.00",
    "卡状态": "正常",
    "有效期": "20270731",
    "开户日期": "20240801",
}
SECOND = {**ROW, "账号": "100001", "学工号": "20220100001", "物理卡号": "2014070210"}


def csv_of(*rows, end="\r\n", encoding="gb18030", header=HEADER):
    lines = [header, *(",".join(row.values()) for row in rows)]
    return ("\r\n".join(lines) + end).encode(encoding)


def read(content, profile=VENDOR_A):
    return card_file.read_bytes(content, profile)


def only_problem(reading):
    assert not reading.fatal
    assert len(reading.problems) == 1, reading.problems
    return reading.problems[0]


def only_fatal(reading):
    assert len(reading.fatal) == 1, reading.fatal
    return reading.fatal[0]


@pytest.mark.parametrize(
    ("name", "profile", "rows", "statuses", "cash_minor", "subsidy_minor"),
    [
        ("vendor_a_cards.csv", VENDOR_A, 3000, (2789, 92, 56, 63), 71_291_861, 14_277_623),
        ("vendor_b_cards.xlsx", VENDOR_B, 2000, (1856, 71, 37, 36), 45_560_635, 9_500_347),
    ],
)
def test_the_sample_files_give_their_sums_to_the_cent(
    name, profile, rows, statuses, cash_minor, subsidy_minor
):
    reading = read((DATA / name).read_bytes(), profile)
    assert not reading.fatal
    assert not reading.problems
    assert not reading.warnings
    assert reading.row_count == len(reading.records) == rows
    counts = Counter(record.status for record in reading.records)
    assert tuple(counts[status] for status in ("active", "lost", "frozen", "closed")) == statuses
    assert sum(record.openings["cash"] for record in reading.records) == cash_minor
    assert sum(record.openings["subsidy"] for record in reading.records) == subsidy_minor


def test_the_sample_files_are_told_apart():
    for name, profile in (("vendor_a_cards.csv", VENDOR_A), ("vendor_b_cards.xlsx", VENDOR_B)):
        table = decode((DATA / name).read_bytes())
        assert card_file.find_profile(table, (VENDOR_A, VENDOR_B)) is profile
        assert card_file.find_profile(table, (VENDOR_B, VENDOR_A)) is profile
        assert card_file.find_profile(table, ()) is None


def test_no_card_is_in_both_sample_files():
    first = read((DATA / "vendor_a_cards.csv").read_bytes())
    second = read((DATA / "vendor_b_cards.xlsx").read_bytes(), VENDOR_B)
    assert not {r.uid for r in first.records} & {r.uid for r in second.records}


def test_a_row_is_understood():
    reading = read(csv_of(ROW))
    record = reading.records[0]
    assert (record.row, record.account, record.number) == (2, "100000", "20230300000")
    assert (record.name, record.department, record.role) == ("卢彤强", "生命科学学院", "student")
    assert record.uid == "D08F168A"  # 2316734416 is 0x8A168FD0, its bytes reversed
    assert record.openings == {"cash": 1230, "subsidy": 0}
    assert record.valid_until == date(2027, 7, 31)
    assert record.valid_from == date(2024, 8, 1)
    assert record.status == "active"


def test_the_date_of_no_end_is_none():
    assert read(csv_of({**ROW, "有效期": "20991231"})).records[0].valid_until is None


@pytest.mark.parametrize(
    ("text", "minor"),
    [
        ('"1,234.56"', 123456),
        ("１２．３０", 1230),
        ("￥１２．３０", 1230),
        ('"１，２３４．５６"', 123456),
        ("", 0),
    ],
)
def test_amounts_with_separators_and_full_width_digits_are_understood(text, minor):
    profile = replace(
        VENDOR_A, columns=[replace(column, required=False) for column in VENDOR_A.columns]
    )
    reading = read(csv_of({**ROW, "卡余额": text}), profile)
    assert reading.records[0].openings["cash"] == minor


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


def test_the_card_of_a_closed_account_may_be_anothers_now():
    closed = {**ROW, "卡状态": "注销"}
    assert len(read(csv_of(closed, {**SECOND, "物理卡号": ROW["物理卡号"]})).records) == 2


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_any_of_the_encodings_gives_the_same_rows(encoding):
    reading = read(csv_of(ROW, SECOND, encoding=encoding))
    assert [record.name for record in reading.records] == ["卢彤强", "卢彤强"]
    assert reading.table.encoding == encoding.removesuffix("-sig")


@pytest.mark.parametrize("delimiter", ["\t", ";"])
def test_other_delimiters_are_found(delimiter):
    content = csv_of(ROW).decode("gb18030").replace(",", delimiter).encode()
    assert len(read(content).records) == 1


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
    assert (problem.row, problem.code) == (3, errors.FILE_TRUNCATED)


def test_a_file_without_a_last_line_break_is_imported_and_pointed_out():
    reading = read(csv_of(ROW, SECOND, end=""))
    assert len(reading.records) == 2
    assert [(w.row, w.code) for w in reading.warnings] == [(3, errors.FILE_OPEN_END)]


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.999])
def test_half_a_spreadsheet_is_refused(share):
    content = (DATA / "vendor_b_cards.xlsx").read_bytes()
    problem = only_fatal(read(content[: int(len(content) * share)], VENDOR_B))
    assert problem.code == errors.FILE_TRUNCATED


def test_a_row_of_another_width_is_refused():
    short = dict(list(ROW.items())[:-2])
    problem = only_problem(read(csv_of(short, SECOND)))
    assert (problem.row, problem.column, problem.code) == (2, "有效期", errors.ROW_SHORT)
    problem = only_problem(read(csv_of({**ROW, "more": "x"}, SECOND)))
    assert (problem.row, problem.value, problem.code) == (2, "x", errors.ROW_LONG)


def test_empty_lines_do_not_count():
    content = csv_of(ROW).replace(b"\r\n", b"\r\n,,,,,,,,,,,\r\n\r\n")
    reading = read(content)
    assert (reading.row_count, len(reading.records)) == (1, 1)


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


def test_headers_match_whatever_their_width_and_spaces():
    header = HEADER.replace("账号", " 账 号 ").replace(",", "，").replace("，", ",")
    assert len(read(csv_of(ROW, header=header)).records) == 1


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=400))
def test_no_bytes_raise(content):
    read(content)
    read(csv_of(ROW) + content)


def workbook(*rows, header=tuple(column.header for column in VENDOR_B.columns)):
    book = Workbook()
    for row in (("某大学 卡户资料导出",), header, *rows):
        book.active.append(row)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


SHEET_ROW = (
    "883000",
    "20250503000",
    "戴鸿军",
    "经济管理学院",
    "本科生",
    "1AFDAFB2",
    22305,
    27482,
    0,
    0,
    date(2029, 7, 31),
    None,
)


def sheet_row(**changes):
    names = [
        "account",
        "number",
        "name",
        "dept",
        "role",
        "uid",
        "cash",
        "subsidy",
        "lost",
        "frozen",
        "until",
        "remark",
    ]
    return tuple(changes.get(name, cell) for name, cell in zip(names, SHEET_ROW, strict=True))


def test_a_spreadsheet_row_is_understood():
    reading = read(workbook(SHEET_ROW), VENDOR_B)
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


def test_columns_of_one_plan_add_up():
    profile = Profile(
        "sum",
        (
            Column("no", "number", required=True),
            Column("main", "amount", "yuan", "cash"),
            Column("side", "amount", "yuan", "cash"),
        ),
    )
    record = read(b"no,main,side\n1,2.00,3.50\n", profile).records[0]
    assert record.openings == {"cash": 550}
    assert record.account == "1"  # without an account of its own the number identifies it


@pytest.mark.parametrize(
    "wrong",
    [
        {"target": "shoe size"},
        {"target": "uid", "form": "octal"},
        {"target": "amount", "form": "yuan"},
        {"target": "flag", "detail": "eaten"},
    ],
)
def test_a_senseless_column_is_a_programming_error(wrong):
    with pytest.raises(ValueError, match="column"):
        Column("x", **wrong)
