"""A frozen card reaches a connected edge at once: real server, real websocket, real commits."""

import time

import pytest

from support.edge import Edge, heard

FREEZE_WITHIN_S = 2.0
CONFIRM_WITHIN_S = 120.0

SETUP = """
company = env.company
company._campus_setup()
holder = env["res.partner"].create({"name": "Zhao Min", "campus_number": "E2E-EDGE-1"})
card = env["campus.card"].create({"partner_id": holder.id, "uid": "04E2E201"})
card._hand_over()
edge = env["campus.edge"].create({"name": "Canteen edge"})
code = edge._new_pairing_code()
env.cr.commit()
answer = {"card": card.id, "code": code}
"""
VERB = """
getattr(env["campus.card"].browse(card), verb)()
env.cr.commit()
"""


@pytest.fixture(scope="module")
def paired(server):
    """``(server, edge, card id)``: an edge that was paired over HTTP."""
    made = server.run(SETUP)
    edge = Edge(server.url)
    edge.pair(made["code"])
    return server, edge, made["card"]


def test_a_frozen_card_reaches_a_connected_edge_within_two_seconds(paired, visit):
    _server, edge, card = paired
    status, snapshot = edge.get("/campus/v1/snapshot")
    assert status == 200
    assert card in [row[0] for row in snapshot["cards"]]
    socket = edge.listen(snapshot["bus"]["channel"])
    page = visit("en_US").login("admin", page=f"/odoo/campus.card/{card}").page
    # the chatter comes last: the page has nothing left to ask for
    page.locator(".o-mail-Chatter .o-mail-Message").first.wait_for()
    started = time.monotonic()
    page.get_by_role("button", name="Freeze").click()
    payload = heard(socket, "campus_snapshot")
    took_s = time.monotonic() - started
    assert payload["cards"] == [[card, "frozen"]]
    assert took_s < FREEZE_WITHIN_S, f"{took_s:.2f} s"
    status, delta = edge.get(f"/campus/v1/snapshot?since={snapshot['version']}")
    assert (status, [row[2] for row in delta["cards"] if row[0] == card]) == (200, ["frozen"])
    socket.close()


def test_the_card_names_the_edges_that_have_not_confirmed(paired):
    server, edge, card = paired
    edges = "env['campus.card'].browse(card).unaware_edge_ids"  # other tests have edges of their own
    unaware = f"answer = {edges}.filtered(lambda edge: edge.name == 'Canteen edge').mapped('name')"
    _status, snapshot = edge.get("/campus/v1/snapshot")
    server.run(VERB, card=card, verb="action_report_lost")
    assert server.run(unaware, card=card) == ["Canteen edge"]
    assert edge.post("/campus/v1/heartbeat", {"snapshot": snapshot["version"]})[0] == 200
    assert server.run(unaware, card=card) == ["Canteen edge"]
    # A version ends before the oldest transaction under way, in whatever database of the server:
    # tests that run beside this one hold it back for a while.
    deadline = time.monotonic() + CONFIRM_WITHIN_S
    while server.run(unaware, card=card):
        assert time.monotonic() < deadline, "the edge has confirmed again and again"
        _status, delta = edge.get(f"/campus/v1/snapshot?since={snapshot['version']}")
        assert edge.post("/campus/v1/heartbeat", {"snapshot": delta["version"]})[0] == 200
        time.sleep(0.5)
