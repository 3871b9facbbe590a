"""Cells of old card files: dates, words, numbers and flags in the writings that occur."""

from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campus_core import errors
from campus_core.card_file import values

DAY = date(2026, 7, 3)
DATES = st.dates(date(1954, 10, 3), date(2099, 12, 30))


def code_of(call, *args):
    with pytest.raises(errors.CampusError) as caught:
        call(*args)
    return caught.value.code


@pytest.mark.parametrize(
    "cell",
    [
        "20260703",
        20260703,
        20260703.0,
        "20260703120000",
        "2026-07-03",
        "2026-7-3",
        "2026/07/03",
        "2026.7.3",
        "2026年7月3日",
        "２０２６－０７－０３",
        "2026-07-03 12:30:00",
        "2026-07-03T12:30:00Z",
        "2026/7/3 9:05",
        datetime(2026, 7, 3, 12, 30),
        date(2026, 7, 3),
        46206,
        "46206",
    ],
)
def test_a_date_is_understood(cell):
    assert values.read_date(cell) == DAY


def test_day_and_month_first_need_to_be_said():
    assert values.read_date("03/07/2026", "dmy") == DAY
    assert values.read_date("07/03/2026", "mdy") == DAY
    assert code_of(values.read_date, "03/07/2026") == errors.DATE_INVALID


@pytest.mark.parametrize("cell", [None, "", "0", "00000000", "长期", "-"])
def test_no_date_is_none(cell):
    assert values.read_date(cell) is None


@pytest.mark.parametrize("cell", ["20991231", "2099-12-31", "9999-12-31", datetime(2099, 12, 31)])
def test_the_date_of_no_end_is_none(cell):
    assert values.read_date(cell, "ymd", date(2099, 12, 31)) is None
    assert values.read_date(cell) is not None


@pytest.mark.parametrize(
    "cell",
    [
        "20260231",
        "26-07-03",
        "2026-13-01",
        "202607",
        "x",
        "7/3",
        "1/2/26",
        "12345678901",
        1.5,
        True,
        "18991231",
        "22000101",
        datetime(1899, 1, 1),
    ],
)
def test_a_broken_date_is_refused(cell):
    assert code_of(values.read_date, cell, "dmy") == errors.DATE_INVALID


@given(DATES)
def test_any_date_reads_back_in_every_writing(day):
    serial = (day - date(1899, 12, 30)).days
    for cell in (
        day.isoformat(),
        f"{day:%Y%m%d}",
        day,
        serial,
        f"{day.year}年{day.month}月{day.day}日",
    ):
        assert values.read_date(cell) == day
    assert values.read_date(f"{day:%d.%m.%Y}", "dmy") == day
    assert values.read_date(f"{day:%m/%d/%Y}", "mdy") == day


@given(st.text() | st.floats() | st.integers() | st.booleans())
def test_no_cell_raises_anything_but_a_campus_error(cell):
    for reader in (values.read_date, values.read_name, values.read_number, values.read_flag):
        try:
            reader(cell)
        except errors.CampusError as error:
            assert error.code in errors.CODES


def test_texts_are_tidied():
    assert values.read_name("  阿卜杜拉·买买提 \u3000 ") == "阿卜杜拉·买买提"
    assert values.read_name("A\t B") == "A B"
    assert values.read_name(None) == ""
    assert values.read_name("?") == "?"
    assert code_of(values.read_name, "张\ufffd") == errors.TEXT_GARBLED
    assert code_of(values.read_name, "？？？") == errors.TEXT_GARBLED
    assert code_of(values.read_name, "a\x07") == errors.TEXT_GARBLED


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        ("20230300000", "20230300000"),
        ("２０２３０３", "202303"),
        (20230300000.0, "20230300000"),
        (20230300000, "20230300000"),
        ("'007", "007"),
        ('="007"', "007"),
        ("S202500003", "S202500003"),
    ],
)
def test_numbers_keep_their_digits(cell, number):
    assert values.read_number(cell) == number


@pytest.mark.parametrize("cell", ["2.02E+10", "2E+10", "2E5", 1234567890123456, 1e20, 12.5])
def test_rounded_numbers_are_refused(cell):
    assert code_of(values.read_number, cell) == errors.NUMBER_DAMAGED


def test_words_do_not_mind_width_case_and_spaces():
    words = {values.key("Active"): "active", values.key("正常"): "active"}
    for cell in ("ACTIVE", " active", "ａｃｔｉｖｅ", "正 常"):
        assert values.read_word(cell, words, errors.STATUS_UNKNOWN) == "active"
    assert code_of(values.read_word, "odd", words, errors.STATUS_UNKNOWN) == "status_unknown"


@pytest.mark.parametrize(
    ("cell", "flag"),
    [
        (1, True),
        ("1", True),
        (True, True),
        ("是", True),
        ("Y", True),
        (1.0, True),
        (0, False),
        ("", False),
        (None, False),
        ("否", False),
        (False, False),
        ("no", False),
    ],
)
def test_flags_are_yes_or_no(cell, flag):
    assert values.read_flag(cell) is flag


def test_cells_are_shown_as_people_read_them():
    assert values.text_of(3283263748.0) == "3283263748"
    assert values.text_of(1.5) == "1.5"
    assert values.text_of(datetime(2026, 7, 3)) == "2026-07-03"
    assert values.text_of(datetime(2026, 7, 3, 8, 30)) == "2026-07-03 08:30:00"
    assert values.text_of(None) == ""
    assert values.text_of(True) == "1"
