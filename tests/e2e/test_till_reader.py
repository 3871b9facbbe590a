"""A till in the browser whose card reader hangs on the edge: taps come over the LAN."""

import json
import time

import pytest
from playwright.sync_api import expect

from support.card_reader import LanEdge
from support.odoo import school

BALANCE_MINOR = 50_00
SET_UP = """
tills = env["pos.config"].browse(configs)
for till, address in zip(tills, addresses):
    till.write({"is_posbox": True, "proxy_ip": address, "iface_scan_via_proxy": True})
for card, uid in zip(env["campus.card"].search([("uid", "in", list(uids))]), uids.values()):
    card.uid = uid
env.cr.commit()
"""
TERMINALS = ("T01", "T02")


@pytest.fixture(scope="module")
def edge(server):
    with LanEdge([server.url], TERMINALS) as running:
        yield running


@pytest.fixture(scope="module")
def campus(server, edge):
    made = school(server.odoo, tills=2, holders=3, balance_minor=BALANCE_MINOR)
    made["uids"] = {"10000000": "04A1B2C3", "10000001": "5E3300F1", "10000002": "10203040"}
    addresses = [f"{edge.address}/{terminal}" for terminal in TERMINALS]
    configs = [till["config"] for till in made["tills"]]
    server.run(SET_UP, configs=configs, addresses=addresses, uids=made["uids"])
    return made


def test_freeze(server, visit, campus, edge):
    visitor = visit("en_US").login(campus["login"], page=f"/pos/ui/{campus['tills'][0]['config']}")
    page = visitor.page
    page.get_by_role("button", name="Open Register").click()
    expect(page.locator("article.product")).to_be_visible()
    page.wait_for_timeout(1000)
    print("listening", edge.listening("T01"))
    edge.switch_off()
    for n in range(6):
        t = time.time()
        try:
            print(n, page.evaluate("1+1"), time.time() - t)
            print(page.evaluate("posmodel.hardwareProxy.connectionInfo.status"))
        except Exception as e:
            print(n, "frozen", e)
        page.wait_for_timeout(2000)
