"""Amounts: every text is read to the cent or refused with its reason."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campus_core import errors, money

AMOUNTS = st.integers(-money.MAX_MINOR, money.MAX_MINOR)
FULL_WIDTH = str.maketrans("0123456789,.-()", "０１２３４５６７８９，．－（）")


def code_of(call, *args, **kwargs):
    with pytest.raises(errors.MoneyError) as caught:
        call(*args, **kwargs)
    return caught.value.code


@pytest.mark.parametrize(
    ("text", "minor"),
    [
        ("0", 0),
        ("12", 1200),
        ("12.", 1200),
        ("12.3", 1230),
        (" 12.30 ", 1230),
        ("12.3000", 1230),
        (".5", 50),
        ("1,234.56", 123456),
        ("1,234,567.89", 123456789),
        ("1，234．56", 123456),
        ("1 234.56", 123456),
        ("1\u00a0234.56", 123456),
        ("1'234.56", 123456),
        ("１２３．４５", 12345),
        ("￥１２．３０", 1230),
        ("¥12.30", 1230),
        ("12.30元", 1230),
        ("12.30 元", 1230),
        ("RMB 12.30", 1230),
        ("CNY12.30", 1230),
        ("+12.30", 1230),
        ("\ufeff12.30", 1230),
        ("12.300000000000001", 1230),
        ("12.299999999999999", 1230),
        ("0012.30", 1230),
    ],
)
def test_yuan_are_read_to_the_cent(text, minor):
    assert money.parse(text) == minor


@pytest.mark.parametrize(
    ("text", "minor"),
    [("1230", 1230), ("1,230", 1230), ("1230.00", 1230), ("1230分", 1230), ("１２３０", 1230)],
)
def test_fen_are_read_to_the_cent(text, minor):
    assert money.parse(text, money.FEN) == minor


@pytest.mark.parametrize(
    ("value", "minor"),
    [(12, 1200), (12.3, 1230), (12.300000001, 1230), (0.1 + 0.2, 30), (Decimal("12.30"), 1230)],
)
def test_numbers_of_a_spreadsheet_lose_only_their_binary_noise(value, minor):
    assert money.parse(value) == minor


@pytest.mark.parametrize("text", ["-12.30", "(12.30)", "（12.30）", "12.30-", "−12.30", "¥-12.30", "-¥12.30"])
def test_negative_amounts_are_recognised_in_every_writing(text):
    assert money.parse(text, signed=True) == -1230
    with pytest.raises(errors.MoneyError) as caught:
        money.parse(text)
    assert caught.value.code == errors.MONEY_NEGATIVE
    assert caught.value.numbers["amount_minor"] == -1230


def test_minus_nothing_is_nothing():
    assert money.parse("-0.00") == 0


@pytest.mark.parametrize(
    ("value", "unit", "code"),
    [
        ("", "yuan", errors.MONEY_EMPTY),
        (" \u3000", "yuan", errors.MONEY_EMPTY),
        ("12.345", "yuan", errors.MONEY_TOO_PRECISE),
        ("0.001", "yuan", errors.MONEY_TOO_PRECISE),
        (12.345, "yuan", errors.MONEY_TOO_PRECISE),
        (Decimal("0.001"), "yuan", errors.MONEY_TOO_PRECISE),
        ("1230.5", "fen", errors.MONEY_TOO_PRECISE),
        (1230.5, "fen", errors.MONEY_TOO_PRECISE),
        ("1.23E+5", "yuan", errors.MONEY_SCIENTIFIC),
        ("2e3", "yuan", errors.MONEY_SCIENTIFIC),
        ("abc", "yuan", errors.MONEY_MALFORMED),
        ("12,5", "yuan", errors.MONEY_MALFORMED),
        ("1,23.00", "yuan", errors.MONEY_MALFORMED),
        ("1,234 567.00", "yuan", errors.MONEY_MALFORMED),
        ("1234,567.00", "yuan", errors.MONEY_MALFORMED),
        ("1.2.3", "yuan", errors.MONEY_MALFORMED),
        ("--1", "yuan", errors.MONEY_MALFORMED),
        ("(-1)", "yuan", errors.MONEY_MALFORMED),
        ("-", "yuan", errors.MONEY_MALFORMED),
        (".", "yuan", errors.MONEY_MALFORMED),
        ("12元", "fen", errors.MONEY_MALFORMED),
        ("12分", "yuan", errors.MONEY_MALFORMED),
        ("1" * 60, "yuan", errors.MONEY_MALFORMED),
        (True, "yuan", errors.MONEY_MALFORMED),
        (float("nan"), "yuan", errors.MONEY_MALFORMED),
        (float("inf"), "fen", errors.MONEY_MALFORMED),
        ("21474836.48", "yuan", errors.MONEY_OUT_OF_RANGE),
        ("-2147483648", "fen", errors.MONEY_OUT_OF_RANGE),
        (10**40, "fen", errors.MONEY_OUT_OF_RANGE),
    ],
)
def test_what_is_not_an_amount_is_refused_with_its_reason(value, unit, code):
    assert code_of(money.parse, value, unit, signed=True) == code


def test_the_largest_amount_fits():
    assert money.parse("21,474,836.47") == money.MAX_MINOR
    assert money.parse(str(money.MAX_MINOR), money.FEN) == money.MAX_MINOR


def test_an_unknown_unit_is_a_programming_error():
    with pytest.raises(ValueError, match="unknown unit"):
        money.parse("1", "dollar")


@given(AMOUNTS, st.booleans(), st.sampled_from(["", "¥", "￥"]), st.booleans())
def test_a_formatted_amount_reads_back(minor, grouping, symbol, wide):
    text = money.format_minor(minor, symbol=symbol, grouping=grouping)
    assert money.parse(text.translate(FULL_WIDTH) if wide else text, signed=True) == minor


@given(AMOUNTS)
def test_a_double_reads_back_whatever_its_noise(minor):
    assert money.parse(minor / 100, signed=True) == minor
    assert money.parse(float(minor), money.FEN, signed=True) == minor


@given(st.text(max_size=60) | st.floats() | st.integers())
def test_any_value_gives_an_amount_in_range_or_a_money_error(value):
    try:
        minor = money.parse(value, signed=True)
    except errors.MoneyError as error:
        assert error.code in errors.CODES
    else:
        assert type(minor) is int
        assert abs(minor) <= money.MAX_MINOR


def test_format_groups_thousands():
    assert money.format_minor(123456789) == "1,234,567.89"
    assert money.format_minor(-5) == "-0.05"
    assert money.format_minor(-123456, symbol="¥", grouping=False) == "-¥1234.56"


@given(st.integers(0, money.MAX_MINOR), st.lists(st.integers(0, 10**6), min_size=1, max_size=50))
def test_a_split_is_exact_and_fair(amount, weights):
    if not sum(weights):
        assert code_of(money.split, amount, weights) == errors.AMOUNT_INVALID
        return
    parts = money.split(amount, weights)
    assert sum(parts) == amount
    total = sum(weights)
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part * total - amount * weight) < total
        assert weight or not part


def test_a_split_gives_the_odd_cent_to_the_first():
    assert money.split(100, [1, 1, 1]) == [34, 33, 33]
    assert money.split(1, [1, 3]) == [0, 1]


@pytest.mark.parametrize(("amount", "weights"), [(-1, [1]), (1, []), (1, [0]), (1, [2, -1])])
def test_a_split_without_sense_is_refused(amount, weights):
    assert code_of(money.split, amount, weights) == errors.AMOUNT_INVALID


def test_the_ledger_books_whole_positive_cents_only():
    assert money.checked(1) == 1
    assert money.checked(money.MAX_MINOR) == money.MAX_MINOR
    assert money.checked(0, least=0) == 0
    for wrong in (0, -1, money.MAX_MINOR + 1, 1.0, True, "1"):
        assert code_of(money.checked, wrong) == errors.AMOUNT_INVALID
