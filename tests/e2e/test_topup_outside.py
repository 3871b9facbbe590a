"""A provider is asked once: purchases, other payments and errors meanwhile undo no answer and repeat none."""

import pytest

from support.till import ServerError, at_once
from support.topup import Payer, new_school

AMOUNT_MINOR, LUNCH_MINOR = 5000, 1200
#: Two cards that fill themselves, and a provider that keeps books of its own: what it took stays taken.
WORLD = """
from contextlib import contextmanager
from unittest.mock import patch
import uuid
company = env["res.company"].browse(company)
env = env(user=env.ref("base.user_admin").id, context={**env.context, "allowed_company_ids": company.ids})
env = env(su=True)
Tx = type(env["payment.transaction"])
wallet = env["campus.wallet"].browse(wallet)
provider = env["payment.provider"].search([("code", "=", "demo"), ("company_id", "=", company.id)], limit=1)
took = []

def lunch():
    # a till: another connection, committed while the provider is asked
    with env.registry.cursor() as cr:
        cr.execute("SET LOCAL lock_timeout TO 3000")
        [answer] = env(cr=cr)["campus.ledger"]._post([{
            "uuid": str(uuid.uuid4()), "kind": "purchase", "wallet_id": wallet.id, "account_id": canteen,
            "amount_minor": lunch_minor,
        }])
        assert answer["ok"], answer

@contextmanager
def asked_while(name, meanwhile):
    send = getattr(Tx, name)
    def provider_answers(tx):
        took.append(tx.reference)
        meanwhile(tx)
        return send(tx)
    with patch.object(Tx, name, provider_answers):
        yield

def token_of(partner):
    return env["payment.token"].create({
        "provider_id": provider.id, "payment_method_id": env.ref("payment_demo.payment_method_demo").id,
        "partner_id": partner.id, "provider_ref": "demo", "payment_details": "1", "demo_simulated_state": "done",
    })

def balance():
    env.invalidate_all()
    return sum(wallet.pocket_ids.mapped("balance_minor"))
"""
FILL = """
tx = env["payment.transaction"].create({
    "provider_id": provider.id, "payment_method_id": env.ref("payment_demo.payment_method_demo").id,
    "reference": "FILL-%s" % uuid.uuid4(), "amount": 50, "currency_id": wallet.currency_id.id,
    "partner_id": wallet.partner_id.id, "operation": "online_direct",
    **env["payment.transaction"]._campus_topup_vals(wallet),
})
tx._process("demo", {"reference": tx.reference, "simulated_state": "done", "payment_details": "1"})
env.cr.commit()
# the server's own job may be faster
tx._campus_settle_apart()
env.cr.commit()
"""
CHARGE = """
mandates = env["campus.topup.mandate"]
mandate = mandates._of_wallet(wallet) or mandates._agree(wallet, token_of(wallet.partner_id), 10_000_000, amount)
# one that was made later is asked first, and its provider's module is broken
holder = env["res.partner"].create({
    "name": "Zhao", "campus_number": "TU%s" % uuid.uuid4().hex[:6], "campus_role": "student", "company_id": company.id,
})
card = env["campus.card"].create({"partner_id": holder.id, "uid": uuid.uuid4().hex[:8].upper(), "company_id": company.id})
card._hand_over()
broken = mandates._agree(holder.campus_wallet_id, token_of(holder), 10_000_000, amount)
env.cr.commit()
before = balance()

def meanwhile(tx):
    if tx.campus_mandate_id == broken:
        raise RuntimeError("the provider's module is broken")
    lunch()

with asked_while("_send_payment_request", meanwhile):
    for _time in range(3):
        mandates._cron_charge()
        env.cr.commit()
answer = {
    "took": took, "stored": sorted((mandate | broken).transaction_ids.mapped("reference")),
    "states": [mandate.transaction_ids.state, broken.transaction_ids.state], "gained": balance() - before,
}
"""
REFUND = """
before = balance()
with asked_while("_send_refund_request", lambda _tx: lunch()):
    tx.action_refund(20.0)
    env.cr.commit()
refund = tx.child_transaction_ids
refund._campus_settle_apart()
env.cr.commit()
answer = {"took": len(took), "refunds": refund.mapped("amount"), "state": refund.state, "gained": balance() - before}
"""
CAP = """
env["res.company"].browse(company).campus_topup_month_cap_minor = cap
env.cr.commit()
answer = True
"""
MONTH = """
wallet = env["campus.wallet"].browse(wallet)
answer = env["payment.transaction"]._campus_month_minor(wallet)
env.cr.rollback()
"""


@pytest.fixture(scope="module")
def school(server):
    return new_school(server, "Outside University", "topup-outside")


@pytest.fixture
def world(server, school):
    names = {"company": school["company"], "wallet": school["wallet"], "canteen": school["canteen"]}

    def run(code):
        return server.run(WORLD + code, lunch_minor=LUNCH_MINOR, amount=AMOUNT_MINOR, **names)

    return run


def test_a_lunch_during_the_call_neither_loses_the_charge_nor_repeats_it(world):
    found = world(FILL + CHARGE)
    assert len(found["took"]) == len(set(found["took"])) == 2, found
    # what the provider took is stored here, and on the card; one that failed stopped nobody
    assert sorted(found["took"]) == found["stored"]
    assert found["states"] == ["done", "draft"]
    assert found["gained"] == AMOUNT_MINOR - LUNCH_MINOR


def test_a_lunch_during_a_refund_neither_repeats_nor_loses_it(world):
    found = world(FILL + REFUND)
    assert found == {"took": 1, "refunds": [-20.0], "state": "done", "gained": -2000 - LUNCH_MINOR}


def test_payments_that_begin_at_once_share_what_the_month_leaves(server, school):
    used = server.run(MONTH, wallet=school["wallet"])
    server.run(CAP, company=school["company"], cap=used + 20_000)
    payer = Payer(server.url).login(server.database, "topup-outside")
    answers = at_once([lambda: payer.twin().start(150) for _time in range(4)])
    begun = [answer for answer in answers if isinstance(answer, str)]
    refused = [answer for answer in answers if isinstance(answer, ServerError)]
    assert (len(begun), len(refused)) == (1, 3), answers
    assert all("month" in str(error) for error in refused), refused
    assert server.run(MONTH, wallet=school["wallet"]) == used + 15_000


def test_holders_who_pay_at_the_same_moment_hinder_nobody(server, school):
    server.run(CAP, company=school["company"], cap=0)
    payer = Payer(server.url).login(server.database, "topup-outside")
    answers = at_once([lambda: payer.twin().start(10) for _time in range(6)])
    assert len({answer for answer in answers if isinstance(answer, str)}) == 6, answers
