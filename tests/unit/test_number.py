"""One way to write a campus number or card number."""

import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campus_core import numbers


@pytest.mark.parametrize(
    "text",
    [
        "J20087",
        "j20087",
        "Ｊ２００８７",
        "ｊ２００８７",
        " J20087 ",
        "J 20087",
        "J\u00a020087",
        "J\u300020087",
        "\ufeffJ20087",
        "J\u200b20087\u200e",
        "J20087\t\r\n",
    ],
)
def test_all_writings_of_a_number_are_one(text):
    assert numbers.normalise(text) == "J20087"
    assert numbers.is_same(text, "J20087")


@pytest.mark.parametrize("text", ["k-12", "Ｋ－１２", "K\u201312", "K\u221212", "k\u201112"])
def test_a_dash_of_a_word_processor_is_a_hyphen(text):
    assert numbers.normalise(text) == "K-12"


@pytest.mark.parametrize("text", ["", "  ", "\u200b\ufeff", "\u3000"])
def test_nothing_is_no_number(text):
    assert numbers.normalise(text) == ""
    assert not numbers.is_same(text, text)


def test_zeros_in_front_count():
    assert not numbers.is_same("007", "7")


def test_the_form_of_each_character_is_final():
    """Unicode has letters whose upper case is another letter's; none may take two rounds."""
    wrong = []
    for code in range(sys.maxunicode + 1):
        letter = chr(code)
        if unicodedata.category(letter) in ("Cs", "Cn"):
            continue
        once = numbers.normalise(letter)
        if numbers.normalise(once) != once:
            wrong.append(hex(code))
    assert wrong == []


@given(st.text(max_size=40))
def test_a_number_in_its_form_stays_as_it_is(text):
    once = numbers.normalise(text)
    assert numbers.normalise(once) == once


@given(st.text(max_size=20), st.sampled_from(["\u200b", " ", "\u3000", "\ufeff", "\n"]), st.integers(0, 20))
def test_unseen_characters_do_not_count(text, unseen, at):
    assert numbers.normalise(text[:at] + unseen + text[at:]) == numbers.normalise(text)


@given(st.text(alphabet=st.characters(min_codepoint=0x21, max_codepoint=0x7E), max_size=20))
def test_full_width_is_the_same_number(text):
    wide = "".join(chr(ord(letter) + 0xFEE0) for letter in text)
    assert numbers.normalise(wide) == numbers.normalise(text)
