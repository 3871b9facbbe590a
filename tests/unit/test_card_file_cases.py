"""Sheets and cells as spreadsheets and old programs really leave them: see data/cases/README.md."""

from datetime import date, datetime
from pathlib import Path

import pytest
from card_files import ROW, SECOND, SHEET_ROW, csv_of, only_fatal, only_problem, read, sheet_row
from case_files import CASES, OTHER, book, case, named, read_book
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from vendor_profiles import VENDOR_A, VENDOR_B

from campus_core import errors


def test_every_case_is_in_the_tests():
    files = Path(__file__).parent.glob("test_card_file*.py")
    tests = "".join(path.read_text(encoding="utf-8") for path in files)
    assert not [path.name for path in CASES.iterdir() if path.suffix != ".md" and path.name not in tests]


# -- sheets ---------------------------------------------------------------------


def test_holders_on_a_further_sheet_refuse_the_file():
    reading = case("two_sheets.xlsx", VENDOR_B)
    problem = only_fatal(reading)
    assert (problem.code, problem.value, problem.numbers) == (
        errors.FILE_SHEETS,
        "教职工",
        {"sheet": "教职工"},
    )


def test_a_further_sheet_with_something_else_is_named():
    def add_notes(made):
        made.create_sheet("说明").append(["由财务处导出"])
        made.create_sheet("空白")

    reading = read_book(SHEET_ROW, change=add_notes)
    assert not reading.fatal
    assert [(w.code, w.value) for w in reading.warnings] == [(errors.SHEET_NOT_READ, "说明")]


def test_a_hidden_sheet_before_the_visible_one_is_not_taken_for_it():
    def hide_the_first(made):
        lists = made.create_sheet("lists", 0)
        lists.append(["本科生"])
        lists.sheet_state = "hidden"

    reading = read_book(SHEET_ROW, change=hide_the_first)
    assert [record.name for record in reading.records] == ["戴鸿军"]
    assert [(w.code, w.value) for w in reading.warnings] == [(errors.SHEET_NOT_READ, "lists")]


def test_holders_on_a_hidden_sheet_refuse_the_file_too():
    def hide_a_copy(made):
        made.copy_worksheet(made.active).sheet_state = "hidden"

    assert only_fatal(read_book(SHEET_ROW, change=hide_a_copy)).code == errors.FILE_SHEETS


def test_hidden_rows_and_columns_are_pointed_out():
    def hide(made):
        made.active.row_dimensions[3].hidden = True
        made.active.column_dimensions["G"].hidden = True

    reading = read_book(SHEET_ROW, OTHER, change=hide)
    assert len(reading.records) == 2
    assert [(w.row, w.column, w.value, w.code) for w in reading.warnings] == [
        (3, "", "3", errors.ROWS_HIDDEN),
        (1, "Balance(分)", "Balance(分)", errors.COLUMN_HIDDEN),
    ]
    assert reading.warnings[0].numbers == {"count": 1}


def test_merged_cells_are_refused_where_they_are_empty():
    def merge(made):
        made.active.merge_cells("D2:D3")

    reading = read_book(SHEET_ROW, OTHER, change=merge)
    assert named(reading.problems) == [(3, "Dept", errors.CELL_MERGED)]


def test_a_title_over_merged_cells_is_none_of_the_rows():
    def title(made):
        made.active.insert_rows(1)
        made.active["A1"] = "某大学 卡户资料导出"
        made.active.merge_cells("A1:L1")

    reading = read_book(SHEET_ROW, change=title)
    assert not reading.problems
    assert [record.row for record in reading.records] == [3]


# -- cells ----------------------------------------------------------------------


def test_a_formula_without_a_value_is_named_whatever_the_column_is():
    reading = case("formula_status_uncached.xlsx", VENDOR_B)
    assert not reading.records
    assert named(reading.problems) == [
        (2, "Lost", errors.FORMULA_EMPTY),
        (3, "ExpDate", errors.FORMULA_EMPTY),
        (4, "Remark", errors.FORMULA_EMPTY),
    ]
    assert reading.problems[0].value == "=IF(1,1,0)"


def test_a_formula_in_a_column_that_is_not_imported_hurts_nobody():
    made = book(SHEET_ROW, change=lambda made: made.active.__setitem__("M1", "Age"))
    assert read(made, VENDOR_B).records
    with_formula = book(
        SHEET_ROW,
        change=lambda made: (made.active.__setitem__("M1", "Age"), made.active.__setitem__("M2", "=1+1")),
    )
    assert read(with_formula, VENDOR_B).records


@pytest.mark.parametrize(
    ("name", "profile", "found"),
    [
        (
            "error_cells.xlsx",
            VENDOR_B,
            [(2, "Name", errors.MACHINE_WORD), (3, "Dept", errors.MACHINE_WORD)],
        ),
        (
            "excel_errors.csv",
            VENDOR_A,
            [
                (2, "姓名", errors.MACHINE_WORD),
                (3, "部门", errors.MACHINE_WORD),
                (4, "姓名", errors.MACHINE_WORD),
                (4, "部门", errors.MACHINE_WORD),
                (5, "姓名", errors.MACHINE_WORD),
                (5, "部门", errors.MACHINE_WORD),
                (6, "卡余额", errors.MACHINE_WORD),
                (7, "学工号", errors.MACHINE_WORD),
            ],
        ),
    ],
)
def test_a_machines_word_is_no_persons(name, profile, found):
    reading = case(name, profile)
    assert not reading.records
    assert named(reading.problems) == found


@pytest.mark.parametrize(
    "word", ["#N/A", "#n/a", "#VALUE!", "########", "NULL", "(null)", "nan", "NaN", "<NA>", r"\N"]
)
def test_the_words_of_machines_are_known(word):
    assert only_problem(read(csv_of({**ROW, "姓名": word}))).code == errors.MACHINE_WORD


@pytest.mark.parametrize("name", ["Null Nan", "Nancy", "Nulla", "南", "#1 王"])
def test_names_that_look_like_them_are_names(name):
    assert read(csv_of({**ROW, "姓名": name})).records[0].name == name


def test_a_remark_of_nothing_is_none_and_one_of_an_error_is_refused():
    assert read_book(sheet_row(remark="NULL")).records[0].remark == ""
    assert only_problem(read_book(sheet_row(remark="#REF!"))).code == errors.MACHINE_WORD


def test_a_whole_number_with_a_decimal_point_is_read_and_pointed_out():
    reading = case("float_ids.csv")
    first = reading.records[0]
    assert (first.account, first.number) == ("100001", "20230300001")
    assert named(reading.warnings) == [
        (2, "账号", errors.NUMBER_FRACTION),
        (2, "学工号", errors.NUMBER_FRACTION),
    ]
    assert not case("float_ids.csv").problems


def test_dates_flags_and_uids_with_a_decimal_point_are_understood():
    record = read(csv_of({**ROW, "有效期": "20270731.0", "物理卡号": "2316734416.0"})).records[0]
    assert (record.valid_until, record.uid) == (date(2027, 7, 31), "D08F168A")
    assert read_book(sheet_row(lost="1.0")).records[0].status == "lost"


@pytest.mark.parametrize(
    ("number_format", "value", "shown"),
    [
        ("00000000", 42, "00000042"),
        ('"J"00000', 87, "J00087"),
        (r"\K000", 7.0, "K007"),
        ("0", 42, "42"),
        ("0.00", 42, "42"),
        ("#,##0", 42000, "42000"),
    ],
)
def test_zeros_that_a_format_shows_belong_to_the_number(number_format, value, shown):
    def form(made):
        made.active["B2"].number_format = number_format

    assert read_book(sheet_row(number=value), change=form).records[0].number == shown


def test_invisible_characters_make_no_other_person():
    reading = case("zero_width.csv")
    assert not reading.problems
    assert [(r.number, r.name) for r in reading.records] == [(f"2023030000{n}", "王小明") for n in (1, 2, 3)]


def test_invisible_characters_in_any_column_change_nothing():
    spoiled = {name: f"\u200b{text[:1]}\u202c{text[1:]}\ufeff" for name, text in ROW.items()}
    [plain], [record] = read(csv_of(ROW)).records, read(csv_of(spoiled)).records
    plain.uid_text = record.uid_text = ""
    assert record == plain


def test_one_number_in_three_writings_is_one_person():
    rows = [
        {**ROW, "学工号": "QB1"},
        {**SECOND, "学工号": "qb1"},
        {**SECOND, "账号": "100002", "物理卡号": "2014070211", "学工号": "ＱＢ１"},
    ]
    reading = read(csv_of(*rows))
    assert [record.number for record in reading.records] == ["QB1"]
    assert named(reading.problems) == [
        (3, "学工号", errors.DUPLICATE_NUMBER),
        (4, "学工号", errors.DUPLICATE_NUMBER),
    ]


@pytest.mark.parametrize("mark", ["`{}", "'{}", '="{}"', "‘{}"])
def test_marks_against_spreadsheets_are_no_part_of_a_number(mark):
    marked = {
        name: mark.format(ROW[name]).replace('"', '""')
        for name in ("账号", "学工号", "物理卡号", "卡余额", "有效期")
    }
    reading = read(csv_of({**ROW, **{name: f'"{text}"' for name, text in marked.items()}}))
    [plain] = read(csv_of(ROW)).records
    [record] = reading.records
    plain.uid_text = record.uid_text = ""
    assert record == plain


@pytest.mark.parametrize("epoch", [None, CALENDAR_MAC_1904])
def test_days_are_counted_from_the_year_that_the_workbook_says(epoch):
    def count_from(made):
        if epoch:
            made.epoch = epoch

    day = date(2029, 7, 31)
    serial = (day - (date(1904, 1, 1) if epoch else date(1899, 12, 30))).days
    for cell in (serial, datetime(2029, 7, 31)):
        assert read_book(sheet_row(until=cell), change=count_from).records[0].valid_until == day
