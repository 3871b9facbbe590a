"""One payment reported from all sides at once: webhook, poll, return page and Odoo's own cron."""

import threading

import pytest

from support.till import ServerError, at_once
from support.topup import Payer, new_school

ROUNDS = 6
AMOUNT_MINOR = 2000
CRON = """
env["payment.transaction"]._cron_post_process()
answer = True
"""
#: The server's own cron, woken beside what the test does.
WAKE = """
env.ref("payment.cron_post_process_payment_tx")._trigger()
env.cr.commit()
answer = True
"""
FOUND = """
tx = env["payment.transaction"].search([("reference", "=", reference)])
env.cr.execute(
    "SELECT count(*), coalesce(sum(amount_minor), 0) FROM campus_transfer WHERE uuid = %s", [tx._campus_uuid()]
)
transfers, minor = env.cr.fetchone()
answer = {
    "state": tx.state, "topup": tx.campus_topup_state, "processed": tx.is_post_processed,
    "id": tx.id, "payments": len(env["account.payment"].search([("payment_transaction_id", "=", tx.id)])),
    "transfers": transfers, "minor": int(minor),
}
env.cr.commit()
"""
BOOKS = """
company = env["res.company"].browse(company)
env.user.company_ids += company
lines = env(context={**env.context, "allowed_company_ids": company.ids})["campus.bridge"]._measure(company)
answer = [line["difference_minor"] for line in lines] + [line["drift_minor"] for line in lines]
env.cr.rollback()
"""


@pytest.fixture(scope="module")
def school(server):
    return new_school(server, "Race University", "topup-race")


@pytest.fixture(scope="module")
def payer(server, school):
    return Payer(server.url).login(server.database, "topup-race")


@pytest.fixture
def cron(server):
    """What Odoo's cron does, on a connection of its own. The shell answers one question at a time."""
    lock = threading.Lock()

    def run():
        with lock:
            return server.run(CRON)

    return run


def settle(server, payer, cron, reference):
    """The last of them comes late: the payment as everybody has left it."""
    for _try in range(20):
        cron()
        found = server.run(FOUND, reference=reference)
        if found["processed"] and found["state"] in ("done", "cancel"):
            return found
    raise AssertionError(f"the payment is not finished: {found}")


def storm(payer, cron, found, *reports):
    """All sides at once; their answers, or the errors that a browser would see and ask again after."""
    landing = f"/my/card/topup/done/{found['id']}"
    return at_once(
        [
            *[lambda state=state: payer.twin().report(found["reference"], state) for state in reports],
            lambda: payer.twin().poll(),
            lambda: payer.twin().poll(),
            lambda: payer.twin().get(landing),
            cron,
        ]
    )


def new_payment(server, payer):
    reference = payer.start(AMOUNT_MINOR // 100)
    return {**server.run(FOUND, reference=reference), "reference": reference}


def test_a_payment_reported_from_all_sides_at_once_is_one_topup(server, school, payer, cron):
    for number in range(ROUNDS):
        found = new_payment(server, payer)
        assert (found["state"], found["transfers"]) == ("draft", 0)
        if number % 2:
            # it is done already: only those who put it on the card race
            payer.report(found["reference"], "done")
        server.run(WAKE)
        answers = storm(payer, cron, found, "done", "done", "done")
        # whoever lost was told to ask again, and nothing else
        lost = [answer for answer in answers if isinstance(answer, ServerError)]
        assert {str(error) for error in lost} <= {"retry"}, lost
        after = settle(server, payer, cron, found["reference"])
        assert after == {
            "id": found["id"],
            "state": "done",
            "topup": "booked",
            "processed": True,
            "payments": 1,
            "transfers": 1,
            "minor": AMOUNT_MINOR,
        }
        storm(payer, cron, found, "done")
        assert server.run(FOUND, reference=found["reference"]) == after


def test_a_payment_cancelled_and_done_at_once_is_one_of_the_two(server, school, payer, cron):
    booked_before = booked_minor(server, school)
    ends = []
    for number in range(ROUNDS):
        found = new_payment(server, payer)
        reports = ("cancel", "done") if number % 2 else ("done", "cancel")
        storm(payer, cron, found, *reports)
        after = settle(server, payer, cron, found["reference"])
        booked = after["state"] == "done"
        assert (after["transfers"], after["payments"]) == ((1, 1) if booked else (0, 0)), after
        assert after["topup"] == ("booked" if booked else "waiting"), after
        ends.append(after["state"])
        # who comes too late with the other word changes nothing
        storm(payer, cron, found, "cancel", "done")
        assert server.run(FOUND, reference=found["reference"])["transfers"] == after["transfers"], after
        assert after["state"] in ("done", "cancel"), after
    assert booked_minor(server, school) - booked_before == ends.count("done") * AMOUNT_MINOR


def test_the_books_agree_with_the_cards_after_a_payment(server, school, payer, cron):
    before = booked_minor(server, school)
    found = new_payment(server, payer)
    storm(payer, cron, found, "done")
    assert settle(server, payer, cron, found["reference"])["state"] == "done"
    assert booked_minor(server, school) - before == AMOUNT_MINOR
    assert set(server.run(BOOKS, company=school["company"])) == {0}
    (topups,) = server.query(
        f"""SELECT count(*) FROM payment_transaction
             WHERE campus_wallet_id = {school["wallet"]} AND state = 'done'"""
    )[0]
    assert booked_minor(server, school) == int(topups) * AMOUNT_MINOR


def booked_minor(server, school):
    """Cents in the wallet."""
    (balance,) = server.query(
        f"SELECT sum(balance_minor) FROM campus_account WHERE wallet_id = {school['wallet']}"
    )[0]
    return int(balance or 0)
