"""Text and UIDs of card files: a guess is believed only where it gives names and cards."""

import pytest
from card_files import HEADER, ROW, csv_of, only_fatal, read, sheet_row
from case_files import ENGLISH, case, named, read_book

from campus_core import errors

# -- text -----------------------------------------------------------------------


def english(*rows, encoding):
    lines = ["Account,StudentNo,Name,Dept,UID,Balance", *rows]
    return ("\r\n".join(lines) + "\r\n").encode(encoding)


def english_rows(*names):
    return [f"{n},S{n:03},{name},Dept,04A1B2{n:02X},5.00" for n, name in enumerate(names, 1)]


@pytest.mark.parametrize("name", ["cp1252_names.csv", "big5_names.csv"])
def test_names_in_an_encoding_that_is_not_known_are_refused(name):
    reading = case(name, ENGLISH)
    assert reading.fatal or not reading.records
    codes = {problem.code for problem in [*reading.fatal, *reading.problems]}
    assert codes <= {errors.FILE_ENCODING, errors.TEXT_GARBLED}


@pytest.mark.parametrize(
    ("names", "encoding"),
    [
        (("Hans Müller", "Eva Jäger", "Núria Peña"), "cp1252"),
        (("Иванов Иван", "Пётр Сидоров"), "cp1251"),
        (("김철수", "이영희", "박민수"), "euc-kr"),
        (("陳大文", "李小明", "黃志強"), "big5"),
        (("田中太郎", "鈴木一郎"), "shift_jis"),
        (("田中太郎", "鈴木一郎"), "euc-jp"),
    ],
)
def test_a_guess_that_gives_no_names_is_refused(names, encoding):
    reading = read(english(*english_rows(*names), encoding=encoding), ENGLISH)
    assert reading.fatal or not reading.records, [record.name for record in reading.records]


@pytest.mark.parametrize(
    "names", [("王小明", "诸葛亮", "张喆"), ("王小明", "Hans Mueller"), ("阿依古丽", "王伟")]
)
def test_a_guess_that_gives_names_is_believed(names):
    reading = read(english(*english_rows(*names), encoding="gb18030"), ENGLISH)
    assert not reading.fatal
    assert [record.name for record in reading.records] == list(names)


@pytest.mark.parametrize(
    ("was", "taken_for"),
    [("utf-8", "gb18030"), ("utf-8", "latin-1"), ("gb18030", "cp1252"), ("gb18030", "latin-1")],
)
def test_names_that_were_misread_before_are_refused_though_the_file_is_utf8(was, taken_for):
    names = [
        name.encode(was).decode(taken_for)
        for name in ("张三丰", "王小明丽", "李四海")
        if _decodes(name.encode(was), taken_for)
    ]
    assert names
    reading = read(english(*english_rows(*names), encoding="utf-8"), ENGLISH)
    # Control characters are found cell by cell, all else in the names together.
    assert not reading.records or named(reading.fatal) == [(2, "Name", errors.FILE_ENCODING)]


def _decodes(content, encoding):
    try:
        return bool(content.decode(encoding))
    except UnicodeDecodeError:
        return False


def test_western_names_in_utf8_are_believed():
    names = ["Hans Müller", "Núria Peña", "Françoise Élie", "ÅÄÖ"]
    reading = read(english(*english_rows(*names), encoding="utf-8"), ENGLISH)
    assert [record.name for record in reading.records] == names


@pytest.mark.parametrize("header", [HEADER, HEADER.replace("账号", '"账号"', 1)])
@pytest.mark.parametrize("count", [1, 2, 3])
def test_any_number_of_byte_order_marks_is_read_over(header, count):
    reading = read(b"\xef\xbb\xbf" * count + csv_of(ROW, encoding="utf-8", header=header))
    assert [record.account for record in reading.records] == ["100000"]


@pytest.mark.parametrize(
    "content",
    [
        "<html><body><table><tr><td>账号</td></tr></table></body></html>".encode(),
        b"\xef\xbb\xbf\r\n<!DOCTYPE html>\r\n<table>",
        "<table border=1><tr><td>账号,学工号</td></tr>".encode("gb18030"),
        "<table><tr><td>账号".encode("utf-16"),
        b"<?xml version='1.0'?><Workbook xmlns='urn:schemas-microsoft-com:office:spreadsheet'/>",
    ],
)
def test_a_table_of_a_web_page_is_called_one_whatever_the_files_name_says(content):
    assert only_fatal(read(content)).code == errors.FILE_HTML


@pytest.mark.parametrize("delimiter", [";", "\t", "|", ","])
def test_commas_within_quotes_are_no_delimiters(delimiter):
    row = {
        **ROW,
        "部门": '"生命科学学院, 一系, 二室, 三组, 四班, 五号楼, 六层, 七间, 八座, 九排, 十列, 末"',
        "卡余额": '"1,012.30"',
    }
    lines = [HEADER.replace(",", delimiter), *(delimiter.join(row.values()) for _ in range(1))]
    reading = read(("\r\n".join(lines) + "\r\n").encode())
    assert not reading.fatal
    assert reading.records[0].openings["cash"] == 101230


# -- UIDs -----------------------------------------------------------------------


def test_a_column_of_numbers_that_a_spreadsheet_cut_is_refused():
    problem = only_fatal(case("uid_15_digits.csv"))
    assert (problem.row, problem.column, problem.code) == (2, "物理卡号", errors.DIGITS_CUT)
    assert problem.numbers == {"count": 5}


def test_long_accounts_are_cut_as_well():
    rows = [{**ROW, "账号": f"62012345678901{n}000"} for n in (1, 2)]
    assert only_fatal(read(csv_of(*rows))).column == "账号"


def test_one_round_number_among_whole_ones_is_pointed_out():
    rows = [
        {**ROW, "账号": f"62012345678901{n:04}", "学工号": f"S{n}", "物理卡号": str(2316734416 + (n << 16))}
        for n in range(2997, 3010)
    ]
    reading = read(csv_of(*rows))
    assert not reading.fatal
    assert [(w.code, w.value) for w in reading.warnings] == [(errors.NUMBER_ROUND, "620123456789013000")]


def test_what_stands_for_no_card_is_no_card():
    reading = case("uid_placeholder.csv")
    assert not reading.records
    assert [problem.code for problem in reading.problems] == [errors.UID_PLACEHOLDER] * 3 + [
        errors.VALUE_MISSING
    ]


@pytest.mark.parametrize(
    ("uid_text", "code"), [("08A1B2C3", errors.UID_RANDOM), ("8804A1B2", errors.UID_HALF)]
)
def test_a_uid_that_knows_no_card_is_pointed_out(uid_text, code):
    reading = read_book(sheet_row(uid=uid_text))
    assert reading.records
    assert named(reading.warnings) == [(2, "UID(HEX)", code)]


def test_a_uid_longer_than_all_others_is_pointed_out():
    rows = [{**ROW, "账号": str(n), "学工号": f"S{n}", "物理卡号": str(2316734416 + n)} for n in range(9)]
    rows[4]["物理卡号"] += "1"
    reading = read(csv_of(*rows))
    assert named(reading.warnings) == [(6, "物理卡号", errors.UID_LONGER)]
    half = [*rows[:4], *({**row, "物理卡号": row["物理卡号"] + "1"} for row in rows[5:])]
    assert not read(csv_of(*half)).warnings
