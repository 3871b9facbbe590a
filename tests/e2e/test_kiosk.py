"""The kiosk in the lobby: a reader that types, fingers, a phone that pays, and nothing left behind."""

import re

import pytest
from playwright.sync_api import expect

from support.kiosk import Lobby, School
from support.portal import axe_source, axe_violations, read_codes

PORTRAIT, LANDSCAPE = (1080, 1920), (1280, 800)
LOOKS = [
    ("zh_CN", PORTRAIT, "light"),
    ("zh_CN", LANDSCAPE, "dark"),
    ("en_US", PORTRAIT, "dark"),
    ("en_US", LANDSCAPE, "light"),
]
STORED = """async () => [
    localStorage.length, sessionStorage.length, (await caches.keys()).length,
    (await indexedDB.databases()).length, document.cookie, document.querySelectorAll("iframe").length]"""
ON_PAPER = """(selector) => [...document.querySelectorAll(selector)].filter((element) => element.checkVisibility()).length"""
MONEY = """
wallet = env["campus.wallet"].browse(wallet)
answer = {"balance": wallet.balance_minor, "has_pin": wallet.has_pin, "state": wallet.state}
"""


@pytest.fixture(scope="module")
def schools(server):
    """A school for each language, made when it is first asked for."""
    made = {}

    def school(language):
        if language not in made:
            made[language] = School(server, language)
        return made[language]

    return school


@pytest.fixture
def stand(visit, schools):
    """``stand(language, size, scheme)``: in front of a kiosk that a manager has opened."""

    def start(language="en_US", size=LANDSCAPE, scheme="light", clock=False):
        visitor = visit(language)
        if clock:
            visitor.page.clock.install()
        return Lobby(visitor, schools(language), size, scheme)

    return start


def looks_right(lobby, name):
    """A picture, and what a machine can say about it."""
    lobby.shot(name)
    page = lobby.page
    assert lobby.small_targets() == [], name
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), name
    assert page.evaluate("document.documentElement.scrollHeight <= window.innerHeight + 1"), name
    assert axe_violations(page, axe_source()) == [], name


def nothing_is_left(lobby, *secrets):
    """Neither on the screen nor behind Back, nor in anything that a browser keeps."""
    page = lobby.page
    lobby.sees(".screen-start")
    for move in (page.go_back, page.go_forward):
        move()
        assert not [secret for secret in secrets if secret in page.content() + page.url]
    lobby.sees(".screen-start")
    assert page.evaluate(STORED) == [0, 0, 0, 0, "", 0]


def pay(page):
    """Odoo's payment form: the demo provider asks what should happen, success first."""
    page.locator("input[name=o_payment_radio]").first.check()
    page.locator("#customer_input").first.fill("4111")
    # Odoo's Chinese translates not only what this option says but also what it sends
    success = page.locator("#simulated_payment_state option").first
    success.evaluate("(option) => (option.value = 'done')")
    page.locator("#simulated_payment_state").first.select_option("done")
    page.locator("button[name=o_payment_submit_button]").first.click()
    page.wait_for_url(re.compile("/done/"))


def pays_with_the_phone(lobby, visit, secrets):
    """Scan the code off the screen with a phone of one's own and pay there."""
    lobby.go("topup")
    lobby.sees(".kiosk-amounts")
    looks_right(lobby, "amounts")
    lobby.page.locator(".kiosk-amounts button").first.click()
    lobby.sees(".kiosk-qr")
    looks_right(lobby, "scan")
    [url] = read_codes(lobby.shot("scan"))
    code = lobby.page.locator(".kiosk-code").inner_text()
    phone = visit(lobby.visitor.language)
    phone.page.set_viewport_size({"width": 390, "height": 844})
    phone.page.goto(url)
    expect(phone.page.get_by_text(code)).to_be_visible()
    assert not [secret for secret in secrets if secret in url + phone.page.content()]
    lobby.sees(".kiosk-waits")
    looks_right(lobby, "opened")
    phone.shot("kiosk phone pays")
    pay(phone.page)
    lobby.sees(".kiosk-balance")
    expect(lobby.page.locator(".kiosk-balance")).to_contain_text("113.70")
    looks_right(lobby, "paid")
    assert not [secret for secret in secrets if secret in phone.page.content()]
    assert phone.page.goto(url).status == 410
    # the browser says aloud what it was told: the link is over
    assert [error for error in phone.errors if "410" not in error] == []


def chooses_a_pin(lobby, holder):
    lobby.go("home")
    lobby.go("pin")
    lobby.sees("[data-proof]")
    looks_right(lobby, "prove")
    lobby.press(holder["code"])
    expect(lobby.page.locator("input[name=new]")).to_be_visible()
    looks_right(lobby, "pin")
    lobby.press("2580")
    expect(lobby.page.locator("input[name=again]")).to_be_visible()
    lobby.press("2580")
    lobby.sees(".kiosk-sign.good")
    looks_right(lobby, "pin-stored")


def prints_a_statement(lobby, holder):
    page = lobby.page
    lobby.go("home")
    lobby.go("statement")
    lobby.sees(".paper")
    looks_right(lobby, "statement")
    page.locator("[data-print]").click()
    assert page.evaluate("window.printed") == 1
    page.emulate_media(media="print")
    assert page.evaluate(ON_PAPER, ".kiosk-top, .kiosk-row, .kiosk-months, dialog, button") == 0
    assert page.evaluate(ON_PAPER, ".paper td") > 10
    assert holder["number"] in page.locator(".paper").inner_text()
    assert page.pdf(format="A4").startswith(b"%PDF-")
    lobby.shot("paper")
    page.emulate_media(media="screen", color_scheme=lobby.scheme)


@pytest.mark.parametrize(("language", "size", "scheme"), LOOKS)
def test_a_person_does_everything_at_the_kiosk_and_leaves_nothing(
    server, visit, schools, stand, language, size, scheme
):
    holder = schools(language).holder()
    lobby = stand(language, size, scheme)
    looks_right(lobby, "start")
    lobby.hold(holder["uid"])
    expect(lobby.page.locator(".balance output")).to_contain_text("63.70")
    looks_right(lobby, "home")
    secrets = (holder["name"], holder["number"], holder["uid"], "63.70")
    pays_with_the_phone(lobby, visit, (*secrets, "113.70"))
    chooses_a_pin(lobby, holder)
    prints_a_statement(lobby, holder)
    lobby.page.locator("[data-end]:visible").first.click()
    nothing_is_left(lobby, *secrets, "113.70")
    lobby.hold(holder["uid"])
    lobby.sees(".kiosk-private")
    lobby.go("statement")
    expect(lobby.page.locator("input[name=pin]")).to_be_visible()
    looks_right(lobby, "pin-ask")
    lobby.press("1357")
    lobby.sees(".note-bad")
    looks_right(lobby, "pin-wrong")
    wanted = {"balance": 11370, "has_pin": True, "state": "open"}
    assert server.run(MONEY, wallet=holder["wallet"]) == wanted
    assert lobby.visitor.errors == []


def test_the_screen_asks_then_wipes_itself(schools, stand):
    holder = schools("en_US").holder()
    lobby = stand("en_US", LANDSCAPE, clock=True)
    page = lobby.page
    lobby.hold(holder["uid"])
    expect(page.locator(".balance output")).to_contain_text("63.70")
    page.clock.fast_forward(30_000)
    expect(page.locator("#kiosk-clock b")).to_have_text("15")
    page.clock.fast_forward(7_000)
    expect(page.locator("dialog")).to_be_visible()
    expect(page.locator("dialog .figures")).to_have_text(re.compile(r"^[78]$"))
    looks_right(lobby, "still")
    page.locator("[data-stay]").click()
    page.clock.fast_forward(1_000)
    expect(page.locator("dialog")).to_be_hidden()
    expect(page.locator(".balance output")).to_contain_text("63.70")
    page.clock.fast_forward(46_000)
    nothing_is_left(lobby, holder["name"], "63.70")
    assert lobby.visitor.errors == []


def test_the_next_card_takes_the_screen_and_a_wrong_one_clears_it(schools, stand):
    first, second = schools("en_US").holder(), schools("en_US").holder()
    lobby = stand()
    lobby.hold(first["uid"])
    lobby.go("statement")
    expect(lobby.page.locator(".paper")).to_contain_text(first["number"])
    lobby.hold(second["uid"])
    lobby.sees(".screen-home")
    lobby.go("statement")
    expect(lobby.page.locator(".paper")).to_contain_text(second["number"])
    lobby.hold("04FF00FF00")
    lobby.sees(".note-bad")
    looks_right(lobby, "unknown")
    assert second["number"] not in lobby.page.content()
    assert lobby.visitor.errors == []


@pytest.mark.parametrize(("language", "size"), [("zh_CN", PORTRAIT), ("en_US", LANDSCAPE)])
def test_who_has_lost_the_card_freezes_everything_with_fingers(server, schools, stand, language, size):
    holder = schools(language).holder()
    lobby = stand(language, size)
    lobby.go("lost")
    expect(lobby.page.locator("input[name=number]")).to_be_visible()
    looks_right(lobby, "lost-number")
    lobby.press(holder["number"])
    expect(lobby.page.locator("input[name=code]")).to_be_visible()
    looks_right(lobby, "lost-code")
    lobby.press(holder["code"])
    lobby.sees(".kiosk-sign.good")
    looks_right(lobby, "frozen")
    assert server.run(MONEY, wallet=holder["wallet"])["state"] == "frozen"
    lobby.page.locator("[data-end]:visible").click()
    lobby.hold(holder["uid"])
    lobby.sees(".note-bad")
    assert holder["name"] not in lobby.page.content()
    assert lobby.visitor.errors == []


def test_a_phone_beside_the_card_proves_who_sets_the_first_pin(server, visit, schools, stand):
    holder = schools("en_US").holder()
    phone = visit("en_US")
    phone.page.set_viewport_size({"width": 360, "height": 780})
    phone.login(holder["login"], page="/my/card")
    phone.page.get_by_role("button", name="Use this phone as my card").click()
    lobby = stand()
    lobby.hold(holder["uid"])
    lobby.go("pin")
    lobby.sees("[data-proof]")
    # the same card once more is no proof
    lobby.hold(holder["uid"])
    lobby.sees(".note-bad")
    phone.page.wait_for_selector("#code[data-shown=ready] svg path[d^=M]")
    [code] = read_codes(phone.shot("kiosk phone proves"))
    lobby.hold(code)
    expect(lobby.page.locator("input[name=new]")).to_be_visible()
    lobby.press("2580")
    lobby.press("2580")
    lobby.sees(".kiosk-sign.good")
    assert server.run(MONEY, wallet=holder["wallet"])["has_pin"]


def test_a_language_is_chosen_for_one_visit(schools, stand):
    schools("en_US")
    lobby = stand()
    lobby.page.locator("[data-language=zh_CN]").click()
    expect(lobby.page.locator("html")).to_have_attribute("lang", "zh-CN")
    lobby.go("lost")
    lobby.page.locator("[data-end]:visible").click()
    expect(lobby.page.locator("html")).to_have_attribute("lang", "en-US")


def test_a_browser_that_is_no_kiosk_is_told_so(visit):
    visitor = visit("en_US")
    visitor.page.goto("/campus/kiosk#1.guess")
    expect(visitor.page.get_by_text("This machine is not set up")).to_be_visible()
    assert visitor.page.url.endswith("/campus/kiosk")
    assert axe_violations(visitor.page, axe_source()) == []
