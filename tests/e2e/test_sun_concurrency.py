"""One message of a chip at many tills at the same moment: real servers, connections and commits."""

import json
import uuid
from functools import partial

import pytest

from campus_core.credentials import sun
from campus_edge.simulators.ntag424 import sun_query
from support.odoo import odoo_database, odoo_server, school
from support.till import Client, Till, at_once

TILLS = 10
ROUNDS = 10
WORKERS = 6
LUNCH_MINOR = 1250
UID = "04112233445566"
KEYS = sun.SunKeys(
    version=1,
    meta=bytes.fromhex("5ACE7E50AB65D5D51FD5BF5A16B8205B"),
    master=bytes.fromhex("00112233445566778899AABBCCDDEEFF"),
)


@pytest.fixture(scope="module")
def world():
    """``(tills, query)``: ten tills with a connection each, and a card whose chip proves itself."""
    chip = {"uid": UID, "version": 1, "meta": KEYS.meta.hex(), "master": KEYS.master.hex()}
    with odoo_database("sun") as (ws, database):
        made = school(
            ws.odoo(database), tills=TILLS, holders=1, balance_minor=LUNCH_MINOR * 2 * ROUNDS, chip=chip
        )
        with odoo_server(ws, database, "sun", workers=WORKERS) as url:
            client = Client(url).login(database, made["login"])
            tills = [Till(client.copy(), made, number) for number in range(TILLS)]
            yield tills, lambda sql: ws.server.query(sql, database)


def reserved(query):
    return int(
        query("SELECT coalesce(sum(amount_minor), 0) FROM campus_reservation WHERE state = 'open'")[0][0]
    )


def test_one_message_at_ten_tills_at_once_pays_at_one_of_them(world):
    tills, query = world
    for counter in range(1, ROUNDS + 1):
        before = reserved(query)
        message = f"sun:{sun_query(UID, counter, KEYS)}"
        answers = at_once([partial(till.authorise, message, LUNCH_MINOR) for till in tills])
        codes = sorted(answer["code"] for _payment, answer in answers)
        assert codes == ["ok"] + ["sun_replayed"] * (TILLS - 1), f"counter {counter}: {codes}"
        assert reserved(query) == before + LUNCH_MINOR
        assert query("SELECT counter FROM campus_chip") == [[str(counter)]]


def test_one_payment_asked_ten_times_at_once_is_one_use_of_its_message(world):
    tills, query = world
    before, payment = reserved(query), str(uuid.uuid4())
    message = f"sun:{sun_query(UID, ROUNDS + 1, KEYS)}"
    twins = [Till(tills[0].client.copy(), tills[0].school, 0) for _ in range(TILLS)]
    answers = at_once([lambda twin=twin: twin.authorise(message, LUNCH_MINOR, payment)[1] for twin in twins])
    assert len({json.dumps(answer, sort_keys=True) for answer in answers}) == 1, answers
    assert answers[0]["ok"]
    assert reserved(query) == before + LUNCH_MINOR


def test_messages_that_arrive_in_any_order_pay_at_most_once_each_and_the_counter_never_falls(world):
    tills, query = world
    first = ROUNDS + 2
    messages = [f"sun:{sun_query(UID, first + number % 3, KEYS)}" for number in range(TILLS)]
    before = reserved(query)
    answers = at_once(
        [
            lambda till=till, message=message: till.authorise(message, LUNCH_MINOR)[1]
            for till, message in zip(tills, messages, strict=True)
        ]
    )
    # by counter: two messages of one counter differ, because the chip pads them at random
    granted = [number % 3 for number, answer in enumerate(answers) if answer["ok"]]
    assert len(granted) == len(set(granted)) and 2 in granted, answers
    assert {answer["code"] for answer in answers} <= {"ok", "sun_replayed"}
    assert reserved(query) == before + len(granted) * LUNCH_MINOR
    assert query("SELECT counter FROM campus_chip") == [[str(first + 2)]]
