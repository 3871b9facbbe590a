"""Names as a display shows them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campus_core.shown_name import STARS_MAX, shown_name


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("李明", "李*"),
        ("欧阳娜娜", "欧***"),
        ("Lin Xiaoyu", "Lin X."),
        (" Anna Maria  Rossi ", "Anna R."),
        ("Bo", "B*"),
        ("X", "X"),
        ("", ""),
    ],
)
def test_what_is_shown(name, shown):
    assert shown_name(name) == shown


@given(st.lists(st.text("abc李明", min_size=1, max_size=9), min_size=2, max_size=4))
def test_of_several_words_the_first_and_a_letter_of_the_last_are_shown(words):
    assert shown_name(" ".join(words)) == f"{words[0]} {words[-1][0]}."


@given(st.text(st.characters(exclude_characters=" "), min_size=1, max_size=40))
def test_of_one_word_no_more_than_a_letter_is_shown(word):
    assert shown_name(word) == word[0] + "*" * min(len(word) - 1, STARS_MAX)
