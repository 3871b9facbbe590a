"""Lists of the part ``access`` that an edge keeps: PINs, names, numbers, from full lists and deltas."""

import pytest

from campus_edge.snapshot.access import LISTS, Access, parse


def access(**lists):
    made = Access()
    made.take(parse({"profiles": {}, **lists}), is_full=True)
    return made


def kept(made):
    return {1: made.pin(1), 2: made.pin(2)}, made.names, made.numbers


@pytest.fixture
def full():
    rows = {"pins": [[1, "a"], [2, "b"]], "names": [[1, "Li"], [2, "Wu"]], "numbers": [[1, 11], [2, 12]]}
    return access(**rows)


def test_a_delta_changes_and_takes_away(full):
    delta = {"pins": [[1, "c"], [2, ""]], "names": [[1, ""]], "numbers": [[2, 0], [3, 13]]}
    full.take(parse(delta), is_full=False)
    assert kept(full) == ({1: "c", 2: ""}, {2: "Wu"}, {1: 11, 3: 13})
    assert full.card_of(13) == 3 and full.card_of(12) is None


def test_a_delta_without_a_list_leaves_it(full):
    before = kept(full)
    full.take(parse({}), is_full=False)
    assert kept(full) == before


def test_a_list_that_is_whole_in_a_delta_replaces_what_was_there(full):
    full.take(parse({"pins": [[2, "d"]], "whole": sorted(LISTS)}), is_full=False)
    assert kept(full) == ({1: "", 2: "d"}, {}, {})


def test_a_full_list_replaces_all(full):
    full.take(parse({"names": [[5, "Qian"], [6, ""]]}), is_full=True)
    assert kept(full) == ({1: "", 2: ""}, {5: "Qian"}, {})
