"""Old card files that are in order: both vendors to the cent, every writing understood."""

from collections import Counter
from dataclasses import replace
from datetime import date

import pytest
from card_files import HEADER, ROW, SECOND, csv_of, read
from vendor_profiles import DATA, VENDOR_A, VENDOR_B

from campus_core import errors
from campus_core.card_file import reading as card_file
from campus_core.card_file.decode import decode
from campus_core.card_file.types import Column, Profile


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
    # The made-up UIDs begin with any byte, also with those that no real card has.
    assert {warning.code for warning in reading.warnings} <= {errors.UID_RANDOM, errors.UID_HALF}
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
    profile = replace(VENDOR_A, columns=[replace(column, required=False) for column in VENDOR_A.columns])
    reading = read(csv_of({**ROW, "卡余额": text}), profile)
    assert reading.records[0].openings["cash"] == minor


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


def test_empty_lines_do_not_count():
    content = csv_of(ROW).replace(b"\r\n", b"\r\n,,,,,,,,,,,\r\n\r\n")
    reading = read(content)
    assert (reading.row_count, len(reading.records)) == (1, 1)


def test_headers_match_whatever_their_width_and_spaces():
    header = HEADER.replace("账号", " 账 号 ").replace(",", "，").replace("，", ",")
    assert len(read(csv_of(ROW, header=header)).records) == 1


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
