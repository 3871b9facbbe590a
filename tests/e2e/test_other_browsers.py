"""The card in the phone in Firefox and WebKit: every page, the code, a payment, a loss."""

import base64
import io
import time

import pytest
from PIL import Image, ImageDraw
from playwright.sync_api import expect

from support.portal import code_step, new_holders, read_codes, verify
from support.webdriver import BROWSERS, opened

SIZES = {360: 780, 768: 1024, 1280: 900}
PAGES = (
    "topup", "history", "history/charts", "history/refused", "limits", "auto", "links", "privacy",
    "lost", "emergency", "alerts", "settings", "help",
)  # fmt: skip
CODE_READY = "document.querySelector('#code[data-shown=ready] svg path[d^=M]')"
SETUP = """
people = env["res.partner"].browse(partners)
people.image_1920 = photo
company = people.company_id
provider = env.ref("payment.payment_provider_demo")
if provider.company_id != company:
    provider = env["payment.provider"].search(
        [("code", "=", "demo"), ("company_id", "=", company.id)], limit=1) or provider.copy(
        {"company_id": company.id})
method = env.ref("payment_demo.payment_method_demo")
journal = env["account.journal"].search([("type", "=", "bank"), ("company_id", "=", company.id)], limit=1)
provider.write({"state": "test", "is_published": True, "payment_method_ids": [(4, method.id)],
                "journal_id": journal.id})
method.active = True
env.cr.commit()
"""
PHONES = 'answer = env["campus.card"].search_count([("partner_id", "=", partner), ("kind", "=", "phone")])'
# Browsers that store nothing, and ones that do not know how to store a key.
WITHOUT_KEYS = {
    "stores nothing": "indexedDB.open = () => { throw new DOMException('no', 'SecurityError'); };",
    "stores no keys": """
        const put = IDBObjectStore.prototype.put;
        IDBObjectStore.prototype.put = function (value, ...more) {
            if (value.keys) {
                throw new DOMException("no", "DataCloneError");
            }
            return put.call(this, value, ...more);
        };""",
}
BALANCE = 'answer = env["res.partner"].browse(partner).campus_wallet_id.balance_minor'


def portrait():
    """A picture of somebody, base64."""
    image = Image.new("RGB", (320, 400), "#bcd3ee")
    draw = ImageDraw.Draw(image)
    draw.ellipse((90, 60, 230, 230), fill="#7a5236")
    draw.ellipse((30, 250, 290, 560), fill="#2f6f57")
    content = io.BytesIO()
    image.save(content, "PNG")
    return base64.b64encode(content.getvalue()).decode()


@pytest.fixture(params=BROWSERS)
def engine(request):
    return request.param


@pytest.fixture(scope="module")
def pool(server):
    """A holder for each test, with a photo, and a provider that takes their money."""
    made = new_holders(server, "en_US", 2 * len(BROWSERS) + len(WITHOUT_KEYS), label="b")
    server.run(SETUP, partners=[holder["partner"] for holder in made], photo=portrait())
    return made


@pytest.fixture
def holder(pool):
    return pool.pop()


def look(page, label):
    """At every size: nothing sticks out, and a picture for people."""
    page.run("scrollTo(0, 0)")
    for width, height in SIZES.items():
        page.resize(width, height)
        assert page.run("[innerWidth, document.documentElement.scrollWidth <= innerWidth]") == [
            width,
            True,
        ], label
        page.shot(f"{label} {width} {page.scheme}")


def looks_at_every_page(server, page):
    look(page, "home")
    for path in PAGES:
        page.go(f"{server.url}/my/card/{path}")
        assert page.run("location.pathname") == f"/my/card/{path}"
        look(page, path)


def sees_the_first_page(page):
    page.resize(360, SIZES[360])
    assert "86.40" in page.see("output")
    page.wait("(document.querySelector('.portrait img')?.naturalWidth)")
    assert page.run("document.querySelectorAll('.recent li').length") >= 4
    dark = page.run("matchMedia('(prefers-color-scheme: dark)').matches")
    assert dark is (page.scheme == "dark")


def shown_code(page, label):
    """What a scanner reads off the screen; it looks again while a code is being drawn."""
    page.run("document.querySelector('#code').scrollIntoView({block: 'center'})")
    deadline = time.monotonic() + 10
    while not (codes := read_codes(page.shot(label))):
        assert time.monotonic() < deadline, f"{page.name} shows no code that can be read"
    return codes[0]


def becomes_a_card(server, page, holder):
    page.press("[data-do=enrol]")
    page.wait(CODE_READY)
    text = shown_code(page, "code")
    assert verify(server, text) == {"partner": holder["partner"], "kind": "phone", "refusal": None}
    assert verify(server, text)["refusal"] == "code_replayed"


def keeps_its_key(server, page, holder):
    """After a reload the key is still there, and signs the code of a later step.

    Each signature has another text: codes of one step are used up together.
    """
    used = code_step(shown_code(page, "code-before"))
    page.go(f"{server.url}/my/card")
    page.wait(CODE_READY)
    deadline = time.monotonic() + 30
    # each look is a picture, which takes its time
    while code_step(text := shown_code(page, "code-again")) <= used:
        assert time.monotonic() < deadline
    assert verify(server, text) == {"partner": holder["partner"], "kind": "phone", "refusal": None}
    page.press("button.qr")
    page.wait("document.querySelector('dialog.qr-large').open")
    assert shown_code(page, "code-large").startswith("CC1.")
    page.press("dialog.qr-large .button")


def tops_up(server, page, holder):
    before = server.run(BALANCE, partner=holder["partner"])
    page.go(f"{server.url}/my/card/topup")
    page.press(".presets button")
    page.press(".o_payment_option_label")
    page.fill("#customer_input", "4111")
    page.press("button[name=o_payment_submit_button]:not(:disabled)")
    page.see(".result.good")
    page.shot("topup-done")
    assert server.run(BALANCE, partner=holder["partner"]) > before


def loses_the_card(server, page, holder):
    text = shown_code(page, "code-before-loss")
    page.go(f"{server.url}/my/card/lost")
    page.press("main form .button-danger")
    page.see("time.clock")
    page.shot("lost-reported")
    assert verify(server, text)["refusal"] in ("card_lost", "code_stale", "code_replayed")
    page.go(f"{server.url}/my/card")
    page.wait("document.querySelector('#code[data-shown=blocked]')")


def test_a_holder_lives_with_the_card_in_another_browser(server, engine, holder):
    with opened(engine) as page:
        page.login(server.url, holder["login"], "/my/card")
        sees_the_first_page(page)
        becomes_a_card(server, page, holder)
        looks_at_every_page(server, page)
        page.resize(360, SIZES[360])
        page.go(f"{server.url}/my/card")
        page.wait(CODE_READY)
        keeps_its_key(server, page, holder)
        tops_up(server, page, holder)
        page.go(f"{server.url}/my/card")
        page.wait(CODE_READY)
        loses_the_card(server, page, holder)
        assert page.errors() == []


def test_every_page_is_fit_to_be_seen_in_the_dark_in_another_browser(server, engine, holder):
    with opened(engine, "dark") as page:
        page.login(server.url, holder["login"], "/my/card")
        sees_the_first_page(page)
        looks_at_every_page(server, page)
        assert page.errors() == []


@pytest.mark.parametrize("lack", WITHOUT_KEYS)
def test_a_browser_that_cannot_keep_a_key_says_so_and_takes_no_card(server, visit, holder, lack):
    phone = visit("en_US").login(holder["login"], page="/my/card")
    phone.page.add_init_script(WITHOUT_KEYS[lack])
    phone.page.reload()
    if lack == "stores no keys":
        phone.page.get_by_role("button", name="Use this phone as my card").click()
    expect(phone.page.get_by_text("No code in this browser")).to_be_visible()
    phone.shot(f"other-browser-{lack}")
    assert server.run(PHONES, partner=holder["partner"]) == 0
    assert phone.errors == []
