"""The edge's program on a real Odoo: a card pays, is frozen, the cable is pulled, nothing is lost."""

import json
import time
from urllib.parse import urlsplit

import pytest
import requests

from support.edge_program import Program
from support.edge_rig import until
from support.relay import Relay

FREEZE_WITHIN_S = 2.0
UIDS = [f"04E2E4{number:02X}" for number in range(7)]

SETUP = """
import uuid as uuids
company = env.company
company._campus_setup()
company.write({"campus_offline_tap_minor": 5000, "campus_offline_card_minor": 10000,
               "campus_offline_edge_minor": 100000})
holders = env["res.partner"].create([
    {"name": f"Zhou {n}", "campus_number": f"E2E-OUT-{n}", "is_campus_holder": True} for n in range(len(uids))])
cards = env["campus.card"].create([{"partner_id": h.id, "uid": uid} for h, uid in zip(holders, uids)])
cards._hand_over()
wallets = env["campus.wallet"]._for_holder(holders, company)
desk = env["campus.account"]._system("cash_desk", company)
env["campus.ledger"]._post([
    {"uuid": str(uuids.uuid4()), "kind": "topup", "wallet_id": wallet.id, "account_id": desk.id,
     "amount_minor": 10000} for wallet in wallets])
merchant = env["campus.account"].create({"name": "Outage", "code": "e2e-outage", "kind": "merchant"})
edge = env["campus.edge"].create({"name": "Breakfast"})
env["campus.terminal"].create({"name": "Line", "code": "OUT1", "edge_id": edge.id,
                               "merchant_id": merchant.id, "amount_minor": 350})
code = edge._new_pairing_code()
env.cr.commit()
answer = {"code": code, "cards": cards.ids, "edge": edge.id}
"""
SPENT = """
SELECT card.uid, count(*), sum(transfer.amount_minor)
  FROM campus_transfer transfer JOIN campus_card card ON card.id = transfer.card_id
 WHERE card.uid LIKE '04E2E4%' AND transfer.kind = 'purchase' GROUP BY 1
"""


@pytest.fixture(scope="module")
def school(server):
    return server.run(SETUP, uids=UIDS)


@pytest.fixture(scope="module")
def cable(server):
    with Relay(urlsplit(server.url).port) as relay:
        yield relay


@pytest.fixture(scope="module")
def program(school, cable, tmp_path_factory):
    with Program(tmp_path_factory.mktemp("edge"), terminal="OUT1", ask_timeout_ms=2000) as made:
        paired = made.call("pair", school["code"], cable.url)
        assert paired.returncode == 0, paired.stderr
        made.run()
        assert made.started(), made.log
        yield made


def spent(server):
    """Cents by UID, each card's number of purchases."""
    return {uid: (int(count), int(total)) for uid, count, total in server.query(SPENT)}


def tap(program, uid):
    """Present a card; return what the log says became of it."""
    taps = program.log.count('"message": "tap"')
    program.put(uid)
    assert until(lambda: program.log.count('"message": "tap"') > taps), program.log
    program.take()
    return [json.loads(line) for line in program.log.splitlines() if '"message": "tap"' in line][-1]


def test_a_card_pays_in_the_ledger(server, program):
    done = tap(program, UIDS[0])
    assert (done["outcome"], done["code"], done["offline"]) == ("granted", "ok", False)
    assert spent(server) == {UIDS[0]: (1, 350)}


def test_a_frozen_card_is_refused_within_two_seconds(server, program, school):
    assert until(lambda: json.loads(program.call("status", "--json").stdout).get("websocket"), 30)
    session = requests.Session()
    login = {"db": server.database, "login": "admin", "password": "admin"}
    session.post(f"{server.url}/web/session/authenticate", json={"params": login}, timeout=60)
    call = {"model": "campus.card", "method": "action_freeze", "args": [[school["cards"][1]]], "kwargs": {}}
    answer = session.post(f"{server.url}/web/dataset/call_kw", json={"params": call}, timeout=60).json()
    frozen = time.monotonic()
    assert "error" not in answer, answer
    assert until(lambda: "cards closed by a push" in program.log)
    assert time.monotonic() - frozen < FREEZE_WITHIN_S
    assert tap(program, UIDS[1])["code"] == "card_frozen"


def test_what_was_sold_with_the_cable_pulled_is_charged_once_when_it_is_back(server, program, cable):
    before = spent(server)
    cable.cut()
    for uid in UIDS[2:5]:
        done = tap(program, uid)
        assert (done["outcome"], done["offline"]) == ("granted", True)
    assert tap(program, UIDS[1])["code"] == "card_frozen"
    program.kill(program.processes[-1])
    program.run()
    assert program.started()
    assert tap(program, UIDS[5])["offline"]
    assert spent(server) == before
    cable.mend()
    wanted = before | dict.fromkeys(UIDS[2:6], (1, 350))
    assert until(lambda: spent(server) == wanted, 60), (spent(server), program.recent)
    # The journal goes out in its order: with this tap all before it has come to its end.
    assert not tap(program, UIDS[6])["offline"]
    assert spent(server) == wanted | {UIDS[6]: (1, 350)}
    assert program.call("journal", "verify").returncode == 0


def test_the_backend_knows_how_the_edge_is(server, program, school):
    known = "edge = env['campus.edge'].browse(edge); answer = [edge.state, edge.snapshot_version > 0]"
    assert until(lambda: server.run(known, edge=school["edge"]) == ["active", True], 60)
