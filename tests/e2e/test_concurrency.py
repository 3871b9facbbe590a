"""Money under real concurrency: real servers, connections and commits, no shared test transaction."""

import contextlib
import json
import time
import uuid
from concurrent import futures

import psycopg2
import pytest

from support.odoo import odoo_database, odoo_server, school
from support.till import Client, ServerError, Till, at_once

TILLS = 20
ROUNDS = 50
WORKERS = 8
LUNCH_MINOR = 1250
WAITING = (
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
)


@pytest.fixture(scope="module")
def world():
    """``(url, database, school, query, PostgreSQL)``: a server with eight workers and twenty open tills."""
    with odoo_database("concurrency") as (ws, database):
        made = school(ws.odoo(database), tills=TILLS, holders=4, balance_minor=LUNCH_MINOR)
        with odoo_server(ws, database, "concurrency", workers=WORKERS) as url:
            yield url, database, made, lambda sql: ws.server.query(sql, database), ws.server


@pytest.fixture(scope="module")
def tills(world):
    """One till per thread, each with its own connection to the server."""
    url, database, made = world[:3]
    client = Client(url).login(database, made["login"])
    return [Till(client.copy(), made, number) for number in range(TILLS)]


def available(query, wallet):
    return int(
        query(
            "SELECT sum(balance_minor - reserved_minor) FROM campus_account "
            f"WHERE wallet_id = {wallet} AND kind = 'pocket'"
        )[0][0]
    )


def test_twenty_tills_and_money_for_one_sale(world, tills):
    """In each of fifty rounds exactly one of twenty tills gets the money."""
    made, query = world[2:4]
    uid, wallet = made["uids"][0], made["wallets"][0]
    for number in range(ROUNDS):
        answers = at_once([lambda till=till: till.authorise(uid, LUNCH_MINOR) for till in tills])
        winners = [index for index, (_payment, answer) in enumerate(answers) if answer["ok"]]
        codes = sorted(answer["code"] for _payment, answer in answers)
        assert codes == ["insufficient"] * (TILLS - 1) + ["ok"], f"round {number}: {codes}"
        assert available(query, wallet) == 0
        payment = answers[winners[0]][0]
        if number < ROUNDS - 1:
            assert tills[winners[0]].release(payment) == "released"
            assert available(query, wallet) == LUNCH_MINOR
    tills[winners[0]].sync(tills[winners[0]].order(payment, LUNCH_MINOR))
    assert query(f"SELECT count(*), sum(amount_minor) FROM campus_transfer WHERE uuid = '{payment}'") == [
        ["1", str(LUNCH_MINOR)]
    ]


def test_the_same_payment_ten_times_at_once_is_one_reservation_with_ten_equal_answers(world, tills):
    made, query = world[2:4]
    payment = str(uuid.uuid4())
    till = tills[0]
    twins = [Till(till.client.copy(), made, 0) for _ in range(10)]
    answers = at_once(
        [lambda twin=twin: twin.authorise(made["uids"][1], LUNCH_MINOR, payment)[1] for twin in twins]
    )
    assert len({json.dumps(answer, sort_keys=True) for answer in answers}) == 1, answers
    assert answers[0]["ok"]
    assert query(f"SELECT count(*) FROM campus_reservation WHERE uuid = '{payment}'") == [["1"]]
    order = till.order(payment, LUNCH_MINOR)
    orders = at_once([lambda twin=twin: twin.sync(order)["pos.order"][0]["id"] for twin in twins])
    stored = {result for result in orders if not isinstance(result, ServerError)}
    assert len(stored) == 1, orders
    assert query(f"SELECT count(*) FROM campus_transfer WHERE uuid = '{payment}'") == [["1"]]
    assert query(f"SELECT count(*) FROM pos_order WHERE uuid = '{order['uuid']}'") == [["1"]]


def test_two_refunds_of_one_sale_at_once_and_one_succeeds(world, tills):
    made, query = world[2:4]
    wallet, till = made["wallets"][2], tills[3]
    _payment, synced = till.sell(made["uids"][2], LUNCH_MINOR)
    order = synced["pos.order"][0]["id"]
    line = synced["pos.order.line"][0]["id"]
    twins = [Till(till.client.copy(), made, 3) for _ in range(2)]
    results = at_once(
        [
            lambda twin=twin: twin.sync(twin.order(str(uuid.uuid4()), LUNCH_MINOR, refund_of=(order, line)))
            for twin in twins
        ]
    )
    failed = [result for result in results if isinstance(result, ServerError)]
    assert len(failed) == 1, results
    assert available(query, wallet) == LUNCH_MINOR
    assert query(
        f"SELECT count(*) FROM campus_transfer WHERE wallet_id = {wallet} AND reverses_id IS NOT NULL"
    ) == [["1"]]


@pytest.fixture
def held_pocket(world):
    """``hold(wallet)``: a context in which another connection has the wallet's pockets locked."""
    server, database = world[4], world[1]

    @contextlib.contextmanager
    def hold(wallet):
        access = {"host": server.host, "port": server.port, "user": server.user, "password": server.password}
        connection = psycopg2.connect(dbname=database, **access)
        try:
            with connection.cursor() as cr:
                cr.execute("SELECT 1 FROM campus_account WHERE wallet_id = %s FOR UPDATE", [wallet])
            yield
        finally:
            connection.close()

    return hold


@pytest.mark.parametrize(
    ("verb", "back", "code"),
    [
        ("action_freeze", "action_unfreeze", "card_frozen"),
        ("action_report_lost", "action_found", "card_lost"),
    ],
)
def test_a_card_stopped_while_the_till_waits_for_the_pocket_does_not_pay(
    world, tills, held_pocket, verb, back, code
):
    """The till has read the card, and waits; what counts is the card when its money is at hand."""
    url, database, made, query = world[:4]
    uid, wallet, till = made["uids"][3], made["wallets"][3], tills[5]
    card = int(query(f"SELECT id FROM campus_card WHERE uid = '{uid}'")[0][0])
    office = Client(url).login(database, "admin")
    with futures.ThreadPoolExecutor(1) as pool:
        with held_pocket(wallet):
            sale = pool.submit(till.authorise, uid, LUNCH_MINOR)
            end = time.monotonic() + 60
            while query(WAITING) == [["0"]]:
                assert time.monotonic() < end and not sale.done(), "the till did not wait for the pocket"
            office.rpc("campus.card", verb, [card])
            assert not sale.done()
        payment, answer = sale.result(60)
    assert (answer["ok"], answer["code"], answer["state"]) == (False, code, "none")
    assert available(query, wallet) == LUNCH_MINOR
    assert till.authorise(uid, LUNCH_MINOR, payment, attempt=1)[1]["code"] == code
    office.rpc("campus.card", back, [card])
    assert till.authorise(uid, LUNCH_MINOR, payment, attempt=2)[1]["ok"]
    assert till.release(payment) == "released"


def test_every_cent_is_accounted_for_afterwards(world):
    """The balances are what the transfers say, and all accounts sum to zero."""
    query = world[3]
    assert query(
        """SELECT count(*) FROM campus_account account
            WHERE account.kind = 'pocket' AND account.balance_minor <> COALESCE((
                  SELECT sum(CASE WHEN credit_account_id = account.id THEN amount_minor ELSE -amount_minor END)
                    FROM campus_transfer
                   WHERE account.id IN (credit_account_id, debit_account_id)), 0)"""
    ) == [["0"]]
    assert query("SELECT count(*) FROM campus_account WHERE balance_minor - reserved_minor < 0") == [["0"]]
