"""Every code that a reader or the status page may show has words in both languages."""

import unicodedata

import pytest

from campus_core import errors
from campus_core.codes_file import FILE_CODES
from campus_edge.lan import page_text
from campus_edge.readers import code_words, texts

#: Codes of the card office, of files of old systems and of top-ups: no reader is answered with them.
AT_NO_READER = (
    "money_", "uid_", "file_", "row_", "rows_", "sheet_", "cell_", "column_", "digits_", "formula_", "machine_",
    "value_", "text_", "number_damaged", "number_fraction", "number_round", "number_taken", "date_", "dates_",
    "status_", "role_", "archive_", "debt_",
    "flag_", "department_", "duplicate_number", "duplicate_account", "duplicate_uid", "account_", "plan_unknown",
    "balance_changed", "closed_with_money", "card_move_", "card_state_", "card_verb_", "not_reversible",
    "reversal_", "reservation_", "capture_", "topup_", "archive_", "debt_",
)  # fmt: skip
AT_READERS = sorted(
    code for code in errors.CODES if code not in FILE_CODES and not code.startswith(AT_NO_READER)
)


def columns(line):
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in line)


def test_the_codes_with_words_are_those_that_a_reader_may_get():
    assert set(code_words.CHINESE) == set(code_words.ENGLISH) == set(AT_READERS)
    assert "sun_needed" in AT_READERS and "emergency_online" in AT_READERS


@pytest.mark.parametrize("code", AT_READERS)
@pytest.mark.parametrize("language", texts.LANGUAGES)
def test_a_display_has_words_for_a_code(code, language):
    lines = texts.text_of(code, language).split("\n")
    assert len(lines) <= 2 and all(0 < columns(line) <= 16 for line in lines), lines
    assert code not in lines


@pytest.mark.parametrize("code", AT_READERS)
def test_the_page_has_words_for_a_code(code):
    chinese, english = page_text.refusal("zh", code), page_text.refusal("en", code)
    assert any(unicodedata.east_asian_width(letter) == "W" for letter in chinese)
    assert english.isascii() and code not in (chinese, english) and "\n" not in chinese + english


def test_a_code_without_words_is_shown_as_it_is():
    assert page_text.refusal("zh", "newer_code") == page_text.refusal("en", "newer_code") == "newer code"
    assert texts.text_of("newer_code", "zh_CN") == "newer_code"
