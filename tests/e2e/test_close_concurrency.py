"""A day close and posts at the same moment, with real connections and commits."""

import json

import pytest

from support.odoo import odoo_database


@pytest.fixture(scope="module")
def result():
    """What ``close_while_posting.py`` saw in a database of its own."""
    with odoo_database("close") as (ws, database):
        output = ws.odoo(database).script("close_while_posting.py", "close-while-posting")
    line = next(line for line in output.splitlines() if line.startswith("CLOSE "))
    return json.loads(line.removeprefix("CLOSE "))


def test_the_close_waits_for_a_post_under_way_and_books_it(result):
    assert result["post_in_flight"] == {"waited": True, "ledger": 1, "closing": 1, "booked_minor": 1}


def test_a_post_during_the_close_belongs_to_the_next_day(result):
    scene = result["close_in_flight"]
    assert scene == {"waited": True, "post_on_next_day": True, "ledger": 1, "closing": 1, "booked_minor": 1}


def test_in_a_storm_of_posts_the_closed_day_is_exact_and_nothing_is_lost(result):
    scene = result["storm"]
    assert scene["all_ok"]
    assert scene["ledger"] == scene["closing"] == scene["booked_minor"] > 0
    # one transfer of the scene before had moved to this day
    assert scene["ledger"] + scene["later"] == scene["posts"] + 1
    assert scene["later"] > 0


def test_of_two_closes_at_once_one_does_it_and_one_is_told(result):
    scene = result["two_closes"]
    assert scene["closed"] == 1
    assert len(scene["refusals"]) == 1
    assert "final" in scene["refusals"][0]
    assert scene["ledger"] == scene["closing"] == scene["booked_minor"]


def test_afterwards_cards_and_books_agree(result):
    assert result["bridge"]
    assert set(result["bridge"]) == {0}
