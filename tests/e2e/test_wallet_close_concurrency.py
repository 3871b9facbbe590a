"""Wallets closed and joined at the moment when money comes in, with real connections and commits."""

import json

import pytest

from support.odoo import odoo_database

CASES = [f"{pocket}, {length}" for pocket in ("cash", "new pocket") for length in ("short", "long")]


@pytest.fixture(scope="module")
def result():
    """What ``close_wallet_while_posting.py`` saw in a database of its own."""
    with odoo_database("wallets") as (ws, database):
        output = ws.odoo(database).script("close_wallet_while_posting.py", "close-wallet-while-posting")
    line = next(line for line in output.splitlines() if line.startswith("WALLETS "))
    return json.loads(line.removeprefix("WALLETS "))


@pytest.mark.parametrize("case", CASES)
def test_money_on_its_way_is_waited_for_and_keeps_the_wallet_open(result, case):
    waited, paid, closed, state, minor = result[f"money first, {case}"]
    assert (waited, paid, state, minor) == (True, "ok", "open", 100)
    assert "still holds money" in closed


@pytest.mark.parametrize("case", CASES)
def test_money_that_has_seen_the_wallet_open_comes_too_late(result, case):
    assert result[f"close first, {case}"] == [True, "wallet_closed", "closed", "closed", 0]


def test_money_that_comes_in_while_wallets_are_joined_is_moved_with_the_rest(result):
    assert result["join"] == [True, "ok", "joined", "closed", 0, "open", 100]
