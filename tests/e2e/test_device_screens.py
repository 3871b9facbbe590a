"""A device manager pairs an edge with the code on the screen and sees how it is, in both languages."""

import pytest
from playwright.sync_api import expect

from support.edge import Edge

SETUP = """
env.company._campus_setup()
code = language[:2].upper()
env["res.users"].create({
    "name": "Ma Jun", "login": f"device-{language}", "password": f"device-{language}", "lang": language,
    "group_ids": [(4, env.ref("campus_card.group_campus_card_device_manager").id)],
})
merchant = env["campus.account"].create({"name": "Line 1", "code": f"e2e-{code}", "kind": "merchant"})
edge = env["campus.edge"].create({"name": f"North canteen {code}", "place": "Cabinet behind line 3"})
other = env["campus.edge"].create({"name": f"Library {code}", "place": "Ground floor"})
env["campus.terminal"].create([
    {"name": "Breakfast line", "code": f"{code}1", "edge_id": edge.id, "merchant_id": merchant.id, "amount_minor": 350},
    {"name": "Shower", "code": f"{code}2", "edge_id": edge.id, "merchant_id": merchant.id, "amount_mode": "sent"},
    {"name": "Side door", "code": f"{code}3", "edge_id": edge.id, "purpose": "door"},
])
env.cr.commit()
answer = {"edge": edge.id, "code": code}
"""
WORDS = {
    "en_US": {"pair": "Pair", "well": "Well", "sick": "Sick", "done": "Done"},
    "zh_CN": {"pair": "配对", "well": "正常", "sick": "故障", "done": "完成"},
}


@pytest.mark.parametrize("language", ["en_US", "zh_CN"])
def test_an_edge_is_paired_by_the_code_on_the_screen_and_shows_how_it_is(server, visit, language):
    made, words = server.run(SETUP, language=language), WORDS[language]
    manager = visit(language).login(f"device-{language}", page=f"/odoo/campus-edges/{made['edge']}")
    page = manager.page
    page.get_by_role("button", name=words["pair"], exact=True).click()
    code = page.locator(".modal [name=code]").inner_text()
    expect(page.locator(".modal [name=qr] img")).to_be_visible()
    manager.shot("edge pairing")
    edge = Edge(server.url)
    edge.pair(code)
    page.locator(".modal").get_by_role("button", name=words["done"]).click()
    beat = {
        "version": "1.0",
        "uptime_s": 7200,
        "snapshot": edge.get("/campus/v1/snapshot")[1]["version"],
        "readers": [
            {"terminal": f"{made['code']}1", "state": "ready"},
            {"terminal": f"{made['code']}2", "state": "ready"},
        ],
    }
    assert edge.post("/campus/v1/heartbeat", beat)[0] == 200
    page.reload()
    expect(page.locator(".oe_title [name=health]")).to_have_text(words["well"])
    manager.shot("edge well")
    lost = [{"terminal": f"{made['code']}3", "state": "lost", "detail": "no answer on /dev/ttyUSB1"}]
    edge.post("/campus/v1/heartbeat", {**beat, "tamper": True, "readers": lost})
    page.reload()
    expect(page.locator(".oe_title [name=health]")).to_have_text(words["sick"])
    manager.shot("edge sick")
    page.goto("/odoo/campus-edges")
    expect(page.locator(".o_kanban_record .border-danger")).not_to_have_count(0)
    manager.shot("edges")
    page.goto("/odoo/campus-terminals")
    page.locator(".o_kanban_record").first.wait_for()
    manager.shot("terminals")
    page.goto("/odoo/campus-keys")
    page.locator(".o_data_row").first.wait_for()
    manager.shot("keys")
    assert manager.errors == []
