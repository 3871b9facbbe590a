"""The short way for taps answers like Odoo's own, and what its workers remember is never out of date."""

import json
import time
import urllib.error
import urllib.request
import uuid
from concurrent import futures

import pytest

from support.edge import Edge
from support.tap_journal import PATH, Journal

# Enough for both workers to have had some.
TIMES = 12
SETUP = """
env.company._campus_setup()
holder = env["res.partner"].create({"name": "Sun Li", "campus_number": "E2E-SHORT-1"})
card = env["campus.card"].create({"partner_id": holder.id, "uid": "04E25A01"})
card._hand_over()
desk = env["campus.account"]._system("cash_desk", env.company)
env["campus.ledger"]._post([{
    "uuid": "e2e00000-0000-4000-8000-00000005a001", "kind": "topup", "wallet_id": card.wallet_id.id,
    "account_id": desk.id, "amount_minor": 100000,
}])
merchant = env["campus.account"].create({"name": "Line", "code": "e2e-short", "kind": "merchant"})
edge = env["campus.edge"].create({"name": "Short way"})
env["campus.terminal"].create({
    "name": "Line", "code": "SW01", "edge_id": edge.id, "merchant_id": merchant.id, "amount_minor": 350,
    "shows_names": True,
})
code = edge._new_pairing_code()
env.cr.commit()
answer = {"code": code, "card": card.id, "wallet": card.wallet_id.id}
"""
VERB = """
getattr(env[model].browse(id), verb)(*arguments)
env.cr.commit()
answer = None
"""
HOLD = """
held = env.registry.cursor()
held.execute("SELECT 1 FROM campus_account WHERE wallet_id = %s FOR UPDATE", [wallet])
env.registry.e2e_held = held
answer = None
"""
LET_GO = "env.registry.e2e_held.close(); answer = None"
SWITCH = """
env["ir.config_parameter"].set_param("campus_terminal.short_way", value)
env.cr.commit()
answer = None
"""
WAITING = (
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
)
MOVE = """
old = env["campus.card"].browse(card)
uid = old.uid
old.uid = "04E25AFF"
env.flush_all()
other = env["res.partner"].create({"name": "Zhou Wen", "campus_number": "E2E-SHORT-2"})
new = env["campus.card"].create({"partner_id": other.id, "uid": uid})
new._hand_over()
env.cr.commit()
answer = new.wallet_id.id
"""
CONDITIONS = """
from odoo.addons.campus_terminal import edge_app
from odoo.http import Application
from odoo.tools import config
def is_short(**environ):
    return edge_app._registry({"REQUEST_METHOD": "POST", "PATH_INFO": edge_app.TAPS_PATH, **environ}) is not None
names = config["db_name"]
config["db_name"] = [env.cr.dbname]
answer = [Application.__call__.campus_short_way, is_short(), is_short(REQUEST_METHOD="GET"),
          is_short(HTTP_X_ODOO_DATABASE=env.cr.dbname)]
config["db_name"] = [env.cr.dbname, "another"]
answer.append(is_short())
config["db_name"] = names
"""


@pytest.fixture(scope="module")
def made(server):
    return server.run(SETUP)


@pytest.fixture(scope="module")
def edge(server, made):
    """An edge that was paired over HTTP."""
    edge = Edge(server.url)
    edge.pair(made["code"])
    yield edge
    server.query("DELETE FROM campus_edge_failure")


@pytest.fixture
def journal(server, edge):
    return Journal(edge, server.database)


def test_it_is_taken_where_odoo_has_nothing_to_choose(server):
    assert server.run(CONDITIONS) == [True, True, False, False, False]


def test_a_batch_is_booked_once_whichever_way_it_comes(server, made, journal):
    before = transfers(server, made)
    body = journal.batch(20)
    first, second, third = journal.send(body), journal.send(body, long_way=True), journal.send(body)
    assert [status for status, _answer in (first, second, third)] == [200, 200, 200]
    assert {answer["outcome"] for answer in first[1]["answers"]} == {"granted"}
    for _status, again in (second, third):
        assert [(a["uuid"], a["outcome"], a["balance_minor"]) for a in again["answers"]] == [
            (a["uuid"], a["outcome"], a["balance_minor"]) for a in first[1]["answers"]
        ]
        assert set(again) == set(first[1])
    assert transfers(server, made) == before + 20


@pytest.mark.parametrize(
    ("case", "expected"),
    [
        ({"body": []}, (400, "malformed")),
        ({"body": {"journal": 1}}, (400, "malformed")),
        ({"changes": {"credential": "x" * 1025}}, (400, "malformed")),
        ({"size": 501}, (400, "batch_too_large")),
        ({"changes": {"rule": "r" * (1 << 20)}}, (413, "body_too_large")),
        ({"headers": {"Campus-Signature": "A" * 86}}, (401, "signature_invalid")),
        ({"headers": {"Campus-Edge": str(uuid.UUID(int=7))}}, (401, "edge_unknown")),
        ({"headers": {"Campus-Nonce": "x"}}, (400, "malformed")),
        ({"headers": {"Campus-Time": "1"}}, (401, "signature_invalid")),
    ],
)  # fmt: skip
def test_a_refusal_is_the_same_both_ways(journal, case, expected):
    def refused(**way):
        body = case.get("body", journal.batch(case.get("size", 1), **case.get("changes", {})))
        status, answer = journal.send(body, **case.get("headers", {}), **way)
        assert isinstance(answer["server_time_ms"], int)
        return status, answer["code"]

    assert refused() == refused(long_way=True) == expected


def test_a_nonce_is_good_once(journal):
    body = journal.batch()
    headers = journal.edge.headers("POST", PATH, json.dumps(body).encode())
    sent = [journal.send(body, **headers) for _ in range(2)]
    assert sent[0][0] == 200
    assert (sent[1][0], sent[1][1]["code"]) == (401, "nonce_replayed")


FREEZES = [("campus.card", "card", "card_frozen"), ("campus.wallet", "wallet", "wallet_frozen")]


@pytest.mark.parametrize(("model", "name", "code"), FREEZES)
def test_what_is_frozen_is_refused_with_its_next_tap_at_every_worker(
    server, made, journal, model, name, code
):
    frozen = {"model": model, "id": made[name], "arguments": []}
    assert {journal.tap()["code"] for _ in range(TIMES)} == {"ok"}
    server.run(VERB, verb="action_freeze", **frozen)
    assert {journal.tap()["code"] for _ in range(TIMES)} == {code}
    server.run(VERB, verb="action_unfreeze", **frozen)
    assert {journal.tap()["code"] for _ in range(TIMES)} == {"ok"}


@pytest.mark.parametrize(("model", "name", "code"), FREEZES)
def test_what_is_frozen_while_its_tap_waits_for_the_pocket_is_refused(
    server, made, journal, model, name, code
):
    frozen = {"model": model, "id": made[name], "arguments": []}
    assert journal.tap()["code"] == "ok"
    before = transfers(server, made)
    server.run(HOLD, wallet=made["wallet"])
    with futures.ThreadPoolExecutor() as pool:
        tap = pool.submit(journal.tap)
        until(lambda: server.query(WAITING) == [["1"]])
        server.run(VERB, verb="action_freeze", **frozen)
        server.run(LET_GO)
        assert tap.result()["code"] == code
    server.run(VERB, verb="action_unfreeze", **frozen)
    assert transfers(server, made) == before
    assert journal.tap()["code"] == "ok"


@pytest.mark.parametrize("limit", ["limit_purchase_minor", "limit_day_minor", "own_limit_purchase_minor"])
def test_a_limit_holds_from_the_next_tap_at_every_worker(server, made, journal, limit):
    wallet = {"model": "campus.wallet", "id": made["wallet"], "verb": "write"}
    assert {journal.tap()["code"] for _ in range(TIMES)} == {"ok"}
    server.run(VERB, arguments=[{limit: 300}], **wallet)
    assert {journal.tap()["code"] for _ in range(TIMES)} == {
        limit.removeprefix("own_").removesuffix("_minor")
    }
    server.run(VERB, arguments=[{limit: 0}], **wallet)
    assert {journal.tap()["code"] for _ in range(TIMES)} == {"ok"}


def test_an_edge_is_told_of_news_and_of_nothing_else(server, made, journal):
    def news():
        status, answer = journal.send(journal.batch())
        assert status == 200
        return answer["snapshot"]

    def version():
        return int(server.query("SELECT campus_snapshot_version()")[0][0])

    limits = {"model": "campus.wallet", "id": made["wallet"], "verb": "write"}
    # only money moves
    first = news()
    assert {news() for _ in range(3)} == {first}
    # what a transaction that began earlier still hides is news later on
    until(lambda: version() >= first)
    # a mark of another edge is no news, this edge's own and everybody's is
    for edge_id, is_news in (("0", False), ("(SELECT id FROM campus_edge WHERE name = 'Short way')", True),
                             ("NULL", True)):  # fmt: skip
        known = version()
        server.query(
            "INSERT INTO campus_snapshot_mark (company_id, edge_id, changed_version)"
            f" SELECT min(id), {edge_id}, campus_snapshot_now() FROM res_company"
        )
        assert (news() > known) is is_news
    known = version()
    server.run(VERB, arguments=[{"limit_purchase_minor": 99_900}], **limits)
    assert news() > known
    server.run(VERB, arguments=[{"limit_purchase_minor": 0}], **limits)


@pytest.fixture
def switched_off(server, journal):
    """The short way is off at every worker, and on again afterwards."""
    # the same batch each time: it is booked once, however often a slow machine asks
    body = journal.batch()

    def all_take(way):
        return {way_of(journal, body) for _ in range(TIMES)} == {way}

    server.run(SWITCH, value="False")
    until(lambda: all_take("Odoo's"), seconds=60)
    yield
    server.run(SWITCH, value=False)
    until(lambda: all_take("short"), seconds=60)


def test_switched_off_taps_take_odoos_route_and_get_the_same_answers(server, made, journal, switched_off):
    before = transfers(server, made)
    body = journal.batch(20)
    first, again, long = journal.send(body), journal.send(body), journal.send(body, long_way=True)
    assert [answer[0] for answer in (first, again, long)] == [200, 200, 200]
    assert {answer["outcome"] for answer in first[1]["answers"]} == {"granted"}
    assert set(first[1]) == set(again[1]) == set(long[1])
    assert again[1]["answers"] == long[1]["answers"]
    assert transfers(server, made) == before + 20
    status, refused = journal.send(journal.batch(), **{"Campus-Nonce": "x"})
    assert (status, refused["code"]) == (400, "malformed")


def way_of(journal, body):
    """Which way ``body`` goes now: Odoo's adds the headers of pages to the answer."""
    raw = json.dumps(body).encode()
    while True:
        signed = journal.edge.headers("POST", PATH, raw)
        request = urllib.request.Request(journal.edge.url + PATH, raw, signed, method="POST")
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return "Odoo's" if "Referrer-Policy" in answer.headers else "short"
        except urllib.error.HTTPError as error:
            assert error.code == 429
            time.sleep(0.2)


def until(holds, seconds=20):
    """Wait until ``holds()``."""
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def transfers(server, made):
    """Purchases of the wallet."""
    sql = f"SELECT count(*) FROM campus_transfer WHERE wallet_id = {made['wallet']} AND kind = 'purchase'"
    return int(server.query(sql)[0][0])


def test_a_chip_that_became_another_card_is_charged_there(server, made, journal):
    assert {journal.tap()["code"] for _ in range(TIMES)} == {"ok"}
    before = transfers(server, made)
    server.run(MOVE, card=made["card"])
    answers = [journal.tap() for _ in range(TIMES)]
    assert {(answer["code"], answer["name"]) for answer in answers} == {("insufficient", "Zhou W.")}
    assert transfers(server, made) == before
