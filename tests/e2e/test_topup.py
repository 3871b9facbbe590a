"""Money from the phone: a holder, a guest, and the books that agree afterwards."""

import re
import time

import pytest
from playwright.sync_api import expect

from support.topup import new_school

BUY = """
import uuid
for minor in amounts:
    env["campus.ledger"]._post([{
        "uuid": str(uuid.uuid4()), "kind": "purchase", "wallet_id": wallet, "account_id": canteen,
        "amount_minor": minor,
    }])
env.cr.commit()
"""
MONEY = """
wallet = env["campus.wallet"].browse(wallet)
answer = {"balance": wallet.balance_minor, "tops": env["payment.transaction"].search_count(
    [("campus_wallet_id", "=", wallet.id), ("campus_topup_state", "=", "booked")])}
"""
LAST = 'answer = env["payment.transaction"].search([("campus_wallet_id", "=", wallet)], limit=1).id'
CLOSE = """
company = env["res.company"].browse(company)
env.user.company_ids += company
env = env(context={**env.context, "allowed_company_ids": company.ids})
bridge = env["campus.bridge"]
before = bridge._measure(company)
closing = env["campus.closing"]
closing._close_until(company, closing._business_today(company))
env.cr.rollback()
env.invalidate_all()
after = bridge._measure(company)
answer = {"before": before, "after": after}
"""
SIZES = {"phone": (360, 740), "tablet": (768, 1024), "desk": (1280, 900)}


@pytest.fixture(scope="module")
def school(server):
    """A university of its own, with a provider, a holder and a link."""
    return new_school(server, "Jiangnan University", "topup-lin")


def pay(page, how="done"):
    """Odoo's payment form: the demo provider asks what should happen."""
    page.locator("input[name=o_payment_radio]").first.check()
    page.locator("#customer_input").first.fill("4111")
    page.locator("#simulated_payment_state").first.select_option(how)
    page.locator("button[name=o_payment_submit_button]").first.click()
    page.wait_for_url(re.compile("/payment/status" if how == "pending" else "/done/"))


def no_sideways(page):
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), page.url


def sees_what_did_not_arrive(server, lin, school):
    page = lin.page
    page.goto("/my/card/topup?amount=20")
    pay(page, "pending")
    # Odoo's own page waits there; whoever leaves it finds the payment on its way.
    page.goto(f"/my/card/topup/done/{server.run(LAST, wallet=school['wallet'])}")
    expect(page.get_by_text("on its way")).to_be_visible()
    lin.shot("topup pending")
    page.goto("/my/card/topup?amount=20")
    pay(page, "error")
    expect(page.get_by_text("The payment failed")).to_be_visible()
    lin.shot("topup failed")


def looks_at_every_page(server, lin, school):
    page = lin.page
    server.run(BUY, wallet=school["wallet"], canteen=school["canteen"], amounts=[1250, 880, 1500, 999_999])
    for name, (width, height) in SIZES.items():
        page.set_viewport_size({"width": width, "height": height})
        for part in ("history", "history/charts", "history/refused", "limits", "auto", "links", "privacy"):
            page.goto(f"/my/card/{part}")
            no_sideways(page)
            lin.shot(f"topup {part} {name}")


def disputes_a_line_and_takes_a_statement(lin):
    page = lin.page
    page.goto("/my/card/history")
    page.locator("li.line a").first.click()
    page.locator("textarea").fill("I was not there.")
    page.get_by_role("button", name="Dispute it").click()
    expect(page.get_by_text("Your dispute: Open")).to_be_visible()
    lin.shot("topup dispute")
    with page.expect_download() as download:
        page.goto("/my/card/history")
        page.locator("summary").click()
        page.get_by_role("button", name="Statement as PDF").click()
    assert download.value.path().read_bytes().startswith(b"%PDF-")


def books_agree(server, school):
    measured = server.run(CLOSE, company=school["company"])
    for moment in ("before", "after"):
        lines = measured[moment]
        assert {line["kind"] for line in lines} >= {"plan", "transit", "days"}
        assert all(line["difference_minor"] == 0 and line["drift_minor"] == 0 for line in lines), lines
    transit = next(line for line in measured["after"] if line["kind"] == "transit")
    assert (transit["open_minor"], transit["books_minor"]) == (0, 0)


def test_a_holder_tops_up_looks_back_and_the_books_agree(server, visit, school):
    lin = visit("en_US").login_by_page("topup-lin", page="/my/card")
    page = lin.page
    for name, (width, height) in SIZES.items():
        page.set_viewport_size({"width": width, "height": height})
        page.goto("/my/card/topup")
        no_sideways(page)
        lin.shot(f"topup amount {name}")
        page.get_by_role("button", name="50.00", exact=False).first.click()
        expect(page.locator("button[name=o_payment_submit_button]")).to_be_visible()
        no_sideways(page)
        lin.shot(f"topup pay {name}")
        pay(page)
        expect(page.get_by_text("is on the card")).to_be_visible()
        lin.shot(f"topup done {name}")
    assert server.run(MONEY, wallet=school["wallet"]) == {"balance": 15000, "tops": 3}

    sees_what_did_not_arrive(server, lin, school)
    looks_at_every_page(server, lin, school)
    disputes_a_line_and_takes_a_statement(lin)
    assert lin.errors == []
    books_agree(server, school)


def test_a_guest_tops_up_by_a_link_and_sees_no_balance(server, visit, school):
    before = server.run(MONEY, wallet=school["wallet"])["balance"]
    guest = visit("en_US")
    page = guest.page
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto(f"/card/topup/{school['link']}")
    expect(page.get_by_text("For Xiaoyu")).to_be_visible()
    no_sideways(page)
    guest.shot("topup link")
    page.get_by_role("button", name="100.00", exact=False).first.click()
    texts = [page.content()]
    pay(page)
    expect(page.get_by_text("is on the card")).to_be_visible()
    guest.shot("topup link done")
    texts.append(page.content())
    assert not any("Lin Xiaoyu" in text or "TU0001" in text for text in texts)
    assert server.run(MONEY, wallet=school["wallet"])["balance"] == before + 10000
    assert guest.errors == []


def test_a_card_fills_itself_after_the_holder_agreed(server, visit, school):
    lin = visit("en_US").login("topup-lin", page="/my/card")
    page = lin.page
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto("/my/card/topup?amount=10")
    page.locator("input[name=o_payment_tokenize_checkbox]").first.check()
    pay(page)
    page.goto("/my/card/auto")
    page.locator("input[name=threshold]").fill("5000")
    page.locator("input[name=agreed]").check()
    lin.shot("topup auto agree")
    page.get_by_role("button", name="Switch on").click()
    expect(page.get_by_text("It is on")).to_be_visible()
    lin.shot("topup auto on")
    before = server.run(MONEY, wallet=school["wallet"])["balance"]
    # the server's own cron may be at it in the same moment: once is once
    server.run('env.ref("campus_topup.campus_topup_mandate_cron_charge")._trigger()\nenv.cr.commit()')
    deadline = time.monotonic() + 90
    while server.run(MONEY, wallet=school["wallet"])["balance"] == before and time.monotonic() < deadline:
        time.sleep(0.5)
    assert server.run(MONEY, wallet=school["wallet"])["balance"] == before + 10000
    page.goto("/my/card/auto")
    page.get_by_role("button", name="End automatic top-up").click()
    expect(page.get_by_text("Switch on")).to_be_visible()
    assert lin.errors == []
