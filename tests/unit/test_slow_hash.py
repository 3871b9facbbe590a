"""Short secrets as they are stored: with a pepper a stolen table alone opens nothing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campus_core.credentials import slow_hash

SALT = bytes(range(16))
QUICK = 10
OLD, NEW = b"o" * 16, b"n" * 32


@given(st.text(min_size=1, max_size=8), st.text(min_size=1, max_size=8))
def test_only_the_secret_and_its_pepper_open_what_was_sealed(one, other):
    stored = slow_hash.seal(one, SALT, [OLD], QUICK)
    assert slow_hash.matches(one, stored, [OLD])
    assert slow_hash.matches(one, stored, [NEW, OLD])
    assert slow_hash.matches(other, stored, [OLD]) == (one == other)
    assert not slow_hash.matches(one, stored)
    assert not slow_hash.matches(one, stored, [NEW])


def test_what_was_sealed_before_there_was_a_pepper_is_opened_and_known():
    stored = slow_hash.seal("2580", SALT, (), QUICK)
    assert slow_hash.matches("2580", stored, [NEW])
    assert slow_hash.pepper_of(stored) == "-" == slow_hash.newest(()) != slow_hash.newest([NEW])
    again = slow_hash.seal("2580", SALT, [NEW, OLD], QUICK)
    assert slow_hash.pepper_of(again) == slow_hash.newest([NEW, OLD])
    assert NEW.hex() not in again and again != stored


@pytest.mark.parametrize("place", [10, 25, 70, -1])
def test_a_changed_text_opens_nothing(place):
    stored = slow_hash.seal("2580", SALT, [OLD], QUICK)
    letter = "0" if stored[place] != "0" else "1"
    changed = stored[:place] + letter + stored[place:][1:]
    assert not slow_hash.matches("2580", changed, [OLD])


def test_a_file_of_peppers_is_read_the_newest_first():
    text = f"# made in 2027\n{NEW.hex()}\n\n{OLD.hex()}  # of before\n"
    assert slow_hash.read_peppers(text) == (NEW, OLD)
    assert slow_hash.read_peppers("# none\n") == ()
    with pytest.raises(ValueError, match="line 2 is not in hexadecimal"):
        slow_hash.read_peppers(f"{NEW.hex()}\nsecret\n")
    with pytest.raises(ValueError, match="line 1 is too short"):
        slow_hash.read_peppers("00ff\n")
    with pytest.raises(ValueError, match="16 bytes"):
        slow_hash.seal("2580", b"")
