"""A customer without a card at the till: the code on a phone, the code on a piece of paper, a camera."""

import time

import pytest
from phone import Phone
from playwright.sync_api import TimeoutError as PlaywrightTimeout
from playwright.sync_api import expect
from till_at_edge import LUNCH_MINOR, Cashier, campus_of

from campus_cli import system
from campus_cli.headless import BROWSER_FLAGS
from campus_core.credentials import signing
from conftest import Visitor
from support.holder_phone import HolderPhone
from support.portal import new_holders

TILL = 1
CAP_MINOR = 2000
BANQUET_MINOR = 3000
#: Six steps of ten seconds: a minute, and one more.
OLD_STEPS = 7
SET_UP = """
env["pos.config"].browse(till).write({"is_posbox": False, "iface_scan_via_proxy": False})
company = env["pos.config"].browse(till).company_id
company.campus_emergency_cap_minor = cap
env["product.product"].create(
    {"name": "Banquet", "available_in_pos": True, "list_price": banquet / 100, "taxes_id": [(5,)]}
)
env.cr.commit()
"""
MONEY = """
wallet = env["campus.card"].browse(card).wallet_id
answer = sum(pocket.balance_minor - pocket.reserved_minor for pocket in wallet.pocket_ids)
env.cr.commit()
"""
REVOKE = """
env["campus.phone"].search([("partner_id", "=", partner)])._revoke("office")
env.cr.commit()
"""
KEY = 'answer = env["campus.signing"]._current_key(env["campus.card"].browse(card).company_id)[0]'


@pytest.fixture(scope="module")
def campus(server):
    made = campus_of(server)
    server.run(SET_UP, till=made.tills[TILL], cap=CAP_MINOR, banquet=BANQUET_MINOR)
    return made


@pytest.fixture(scope="module")
def pool(server, campus):
    """Holders whom no test has used yet."""
    return new_holders(server, "en_US", 6, label="t")


@pytest.fixture
def phone(visit, pool):
    """``phone()``: the phone of another holder, logged in."""
    return lambda: HolderPhone(visit("en_US"), pool.pop())


@pytest.fixture
def till(visit, campus):
    """A till with an open order list, and its cashier."""
    return Cashier(visit("en_US").login(campus.login), campus, TILL).open()


def money(server, holder):
    """Cents that the holder can spend."""
    return server.run(MONEY, card=holder["card"])


def scan(till, text):
    """What a scanner does: it types, fast, and ends with Enter."""
    till.page.keyboard.type(text)
    till.page.keyboard.press("Enter")


def is_refused(till, reason):
    expect(till.find(".campus-refused .campus-bad")).to_contain_text(reason)


def waits_for_a_card(till, product="Lunch"):
    till.find("article.product", has_text=product).click()
    expect(till.find(".product-screen .orderline")).to_have_count(1)
    till.find(".pay-order-button").click()
    till.find(".paymentmethods .paymentmethod", has_text="Campus Card").click()
    expect(till.find(".campus-pop .campus-waiting")).to_be_visible()


def keys_in(till, number, code):
    """The cashier types what the customer says."""
    till.page.keyboard.press("F4")
    form = till.find("form.campus-emergency")
    form.locator("input").nth(0).fill(number)
    form.locator("input").nth(1).fill(code)
    with till.page.expect_response("**/campus_card_authorise"):
        form.get_by_role("button", name="Charge").click()


def wrong(code):
    """Another code of the same form."""
    return f"{(int(code.replace(' ', '')) + 1) % 10**8:08d}"


def forged(server, holder):
    """A code under a certificate that says the campus' key, and was not signed by it."""
    key_id = server.run(KEY, card=holder["card"])
    now_ms = int(time.time() * 1000)
    thief = signing.SigningKey(bytes(range(1, 33)))
    faked = Phone(campus=thief, key_id=key_id, card=holder["card"], not_before_ms=now_ms - 60_000)
    return faked.code(now_ms)


def test_a_phone_s_code_pays_once_and_never_again(server, till, phone):
    alice = phone().enrol()
    before = money(server, alice.holder)
    till.order()
    text = alice.code()
    scan(till, text)
    till.sees_paid("Alice Lin")
    assert before - money(server, alice.holder) == LUNCH_MINOR
    # the same text for the next order: a screenshot, or a hand that was too fast
    waits_for_a_card(till)
    scan(till, text)
    is_refused(till, "used already")
    expect(till.find(".campus-refused")).to_contain_text("Wait for the next code")
    till.shot("phone replayed")
    scan(till, alice.next_code(text))
    till.sees_paid("Alice Lin")
    assert before - money(server, alice.holder) == 2 * LUNCH_MINOR
    alice.page.goto("/my/card/history")
    expect(alice.page.locator("li.line").first).to_contain_text("phone")
    assert till.visitor.errors == []


def test_a_code_that_is_old_forged_or_of_a_lost_phone_is_refused_for_its_own_reason(server, till, phone):
    alice, bob = phone().enrol(), phone().enrol()
    before = money(server, alice.holder), money(server, bob.holder)
    taken = bob.code()
    server.run(REVOKE, partner=bob.holder["partner"])
    till.order()
    scan(till, forged(server, alice.holder))
    is_refused(till, "not genuine")
    till.shot("phone forged")
    scan(till, alice.code_of_step(-OLD_STEPS))
    is_refused(till, "too old")
    scan(till, alice.code_of_step(OLD_STEPS))
    is_refused(till, "clock of the phone")
    scan(till, taken)
    is_refused(till, "no longer carries the card")
    expect(till.find(".campus-refused")).to_contain_text("another card")
    scan(till, "CC1.AAAA")
    is_refused(till, "not a code of a campus card")
    assert (money(server, alice.holder), money(server, bob.holder)) == before
    scan(till, alice.code())
    till.sees_paid("Alice Lin")
    assert before[0] - money(server, alice.holder) == LUNCH_MINOR
    assert till.visitor.errors == []


def test_an_emergency_code_pays_a_capped_sum_once_a_day_and_says_so_in_the_history(server, till, phone):
    alice = phone()
    number, code = alice.holder["number"], alice.new_emergency_code()
    before = money(server, alice.holder)
    waits_for_a_card(till, "Banquet")
    keys_in(till, number, wrong(code))
    is_refused(till, "at most 20.00")
    keys_in(till, number, code)
    is_refused(till, "at most 20.00")
    till.shot("emergency cap")
    # what the code may pay of it, the rest another way
    till.find(".campus-part").click()
    expect(till.find(".campus-paid")).to_contain_text("Alice Lin")
    assert before - money(server, alice.holder) == CAP_MINOR
    till.find(".paymentmethods .paymentmethod", has_text="Cash").click()
    till.find(".payment-screen button.validation-button.next").click()
    till.find(".receipt-screen .button.next[name=done]").click()
    waits_for_a_card(till)
    keys_in(till, number, code)
    is_refused(till, "used today already")
    expect(till.find(".campus-refused")).to_contain_text("tomorrow")
    till.shot("emergency used")
    till.find(".campus-cancel").click()
    assert before - money(server, alice.holder) == CAP_MINOR
    alice.page.goto("/my/card/history")
    expect(alice.page.locator("li.line").first).to_contain_text("emergency code")
    alice.page.locator("li.line a").first.click()
    expect(alice.page.locator("dl.facts")).to_contain_text("emergency code")
    alice.visitor.shot("history emergency")
    assert till.visitor.errors == []


def test_five_wrong_emergency_codes_lock_the_right_one(server, till, phone):
    alice = phone()
    number, code = alice.holder["number"], alice.new_emergency_code()
    before = money(server, alice.holder)
    waits_for_a_card(till)
    for _try in range(5):
        keys_in(till, number, wrong(code))
        is_refused(till, "do not match")
    keys_in(till, number, code)
    is_refused(till, "locked until tomorrow")
    till.shot("emergency locked")
    till.find(".campus-cancel").click()
    assert money(server, alice.holder) == before
    assert till.visitor.errors == []


def shows_code(till, alice, film):
    """Hold the phone before the camera until the till has read it.

    A film shows one code, which is good for a short time; a phone shows the next one. On a busy machine the
    code of the film may be over before the camera runs.
    """
    for _code in range(5):
        alice.film(film)
        till.find(".pos-rightheader button:has(.fa-barcode)").click()
        expect(till.find("video")).to_be_visible()
        till.shot("camera")
        try:
            till.find(".campus-paid").wait_for(timeout=20_000)
        except PlaywrightTimeout:
            till.find("button", has_text="Stop").click()
            expect(till.find("video")).to_have_count(0)
        else:
            return


def test_the_till_s_camera_reads_a_phone_s_code(server, browser, campus, phone, tmp_path):
    film = tmp_path / "phone.y4m"
    flags = ["--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream"]
    chromium = browser.browser_type.launch(
        executable_path=system.browser(),
        args=[*BROWSER_FLAGS, *flags, f"--use-file-for-fake-video-capture={film}"],
    )
    try:
        alice = phone().enrol()
        before = money(server, alice.holder)
        cashier = Visitor(chromium, server, "en_US", "camera", "Asia/Shanghai").login(campus.login)
        till = Cashier(cashier, campus, TILL).open()
        till.order()
        shows_code(till, alice, film)
        till.sees_paid("Alice Lin")
        assert before - money(server, alice.holder) == LUNCH_MINOR
        assert cashier.errors == []
    finally:
        chromium.close()
