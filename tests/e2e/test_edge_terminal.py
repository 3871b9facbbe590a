"""A terminal of a real edge on a real server: amounts that are keyed, emergency codes, a tap told twice."""

import re

import pytest
from playwright.sync_api import expect

from campus_edge.server import identity
from support.stall import Stall

SETUP = """
import uuid as uuids
company = env.company
company._campus_setup()
holder = env["res.partner"].create({"name": "Sun Li", "campus_number": "20260042"})
card = env["campus.card"].create({"partner_id": holder.id, "uid": "04E2F5AA"})
card._hand_over()
desk = env["campus.account"]._system("cash_desk", company)
env["campus.ledger"]._post([
    {"uuid": str(uuids.uuid4()), "kind": "topup", "wallet_id": card.wallet_id.id, "account_id": desk.id,
     "amount_minor": 5000}])
merchant = env["campus.account"].create({"name": "Fruit stall", "code": "e2e-fruit", "kind": "merchant"})
edge = env["campus.edge"].create({"name": "Fruit stall"})
env["campus.terminal"].create({"name": "Fruit", "code": "K01", "edge_id": edge.id, "merchant_id": merchant.id,
                               "amount_mode": "keyed"})
emergency = env["campus.emergency"]._renew(holder, company)
answer = {"code": edge._new_pairing_code(), "edge": edge.id, "wallet": card.wallet_id.id, "emergency": emergency}
env.cr.commit()
"""
BALANCE = "answer = env['campus.wallet'].browse(wallet).available_minor"
TAPS = """
answer = env["campus.tap"].search([("edge_id", "=", edge)], order="id").mapped(
    lambda tap: (tap.credential, tap.outcome, tap.amount_minor))
"""
# What an edge whose disk was put back would send: a tap of before under its uuid, for another amount.
CONFLICT = """
import uuid as uuids
from odoo.addons.campus_card.campus_core.taps import wire
from odoo.addons.campus_terminal.edge_auth import Edge
tap = env["campus.tap"].search([("edge_id", "=", edge), ("outcome", "=", "granted")], order="id", limit=1)
record = env["campus.edge"].browse(edge)
entry = wire.TapEntry(1, "tap", tap.uuid, "K01", 1_790_000_000_000, "pay", "uid:04E2F5AA", None, 9900, "told",
                      "granted", "ok", "offline caps", 1)
answer = env["campus.taps"]._take(
    Edge(edge, record.company_id.id, record.uuid, record.state),
    {"journal": str(uuids.uuid4()), "prev": wire.ZERO_HASH, "head_seq": 1, "entries": [list(entry)]},
)["answers"][0]["code"]
env.cr.commit()
"""


@pytest.fixture(scope="module")
def made(server):
    return server.run(SETUP)


@pytest.fixture(scope="module")
def stall(server, made, tmp_path_factory):
    folder = tmp_path_factory.mktemp("stall")
    paired = identity.pair(made["code"], server.url, folder, allow_plain_http=True, ca_file=None)
    with Stall(paired, folder, language="zh_CN", encoding="utf-8") as running:
        yield running


def test_a_keyed_amount_and_then_an_emergency_code_pay_at_a_terminal(server, made, stall):
    stall.reader.press("1250#")
    stall.shows("金额 12.50")
    stall.show("04E2F5AA")
    stall.shows("12.50  37.50")
    stall.reader.press("300#")
    stall.shows("请刷卡")
    stall.reader.press(f"20260042*{made['emergency']}#")
    stall.shows("3.00  34.50")
    assert server.run(BALANCE, wallet=made["wallet"]) == 3450
    assert server.run(TAPS, edge=made["edge"]) == [
        ["uid:****F5AA", "granted", 1250],
        ["emergency:(17)", "granted", 300],
    ]


def test_an_emergency_code_is_not_taken_twice_at_a_terminal(server, made, stall):
    # another amount: the same again within a moment would be one tap that was read twice
    stall.reader.press("310#")
    stall.shows("请刷卡")
    stall.reader.press(f"20260042*{made['emergency']}#")
    # the server speaks the language of the company; the display shows 32 letters of it
    stall.shows("The emergency code was used toda")
    assert server.run(BALANCE, wallet=made["wallet"]) == 3450


def test_a_tap_told_twice_is_shown_with_both_contents(server, made, visit):
    assert server.run(CONFLICT, edge=made["edge"]) == "conflict"
    page = visit("en_US").login("admin", page="/odoo/campus-tap-reviews").page
    row = page.locator(".o_data_row", has_text=re.compile("Came twice|重复上传"))
    expect(row).to_have_count(1)
    row.locator(".o_data_cell").nth(1).click()
    evidence = page.locator(".alert [name=evidence_text]")
    expect(evidence).to_contain_text("K01 · ")
    expect(evidence).to_contain_text("99.00 · uid:****F5AA")
