"""Holders with a portal login, and what a browser test needs to look at their card."""

import hashlib
import json
import subprocess

from campus_core.credentials import qr_code
from support import npm

HOLDERS = """
import uuid
from datetime import date
company = env.company
company._campus_setup()
env = env(context=dict(env.context, no_reset_password=True, tracking_disable=True))
ledger, accounts = env["campus.ledger"], env["campus.account"]
shop = accounts.search([("code", "=", "e2e-line"), ("company_id", "=", company.id)]) or accounts.create(
    {"name": shop_name, "code": "e2e-line", "kind": "merchant",
     "gl_account_id": company.campus_clearing_account_id.id})
answer = []
for login, number, uid in people:
    partner = env["res.partner"].create(
        {"name": name, "campus_number": number, "campus_role": "student", "company_id": company.id})
    env["res.users"].create(
        {"login": login, "password": login, "name": name, "partner_id": partner.id, "lang": lang,
         "tz": "Asia/Shanghai", "group_ids": [(6, 0, env.ref("base.group_portal").ids)]})
    card = env["campus.card"].create({"partner_id": partner.id, "uid": uid})
    card._hand_over()
    def move(kind, account, minor, **more):
        ledger._post([{"uuid": str(uuid.uuid4()), "kind": kind, "wallet_id": card.wallet_id.id,
                       "account_id": account.id, "amount_minor": minor, **more}])
    move("topup", accounts._system("cash_desk"), 10000)
    move("subsidy", accounts._system("subsidy_fund"), 2000, plan="subsidy", expires_on=date(2099, 12, 31))
    move("purchase", shop, 3360)
    move("purchase", shop, 90000)
    answer.append({"partner": partner.id, "card": card.id, "login": login, "number": number})
env.cr.commit()
"""


def _uid(text):
    """A chip's number (7 bytes, NXP) of its own for every text."""
    return f"04{hashlib.sha256(text.encode()).hexdigest()[:12]}".upper()


def new_holders(server, language, count, label=""):
    """Holders (``label`` tells them from others of the language) with 100.00 in cash, 20.00 of subsidy, a purchase of 33.60 and a refusal."""
    chinese = language == "zh_CN"
    short = language[:2]
    people = [
        (f"e2e_portal_{short}{label}_{i}", f"P{short}{label}{i:04d}", _uid(f"{short}{label}{i}"))
        for i in range(count)
    ]
    return server.run(
        HOLDERS,
        people=people,
        lang=language,
        name="林晓雨" if chinese else "Alice Lin",
        shop_name="第一食堂 · 3 号窗口" if chinese else "Canteen 1",
    )


VERIFY = """
card, refusal = env["campus.card"]._resolve_credential(text, payment)
answer = {"partner": card.partner_id.id, "kind": card.kind, "refusal": refusal}
env.cr.commit()
"""


def verify(server, text, payment=None):
    """``{partner, kind, refusal}`` of a credential, as a till would hear it."""
    return server.run(VERIFY, text=text, payment=payment)


def read_codes(picture):
    """Texts of the QR codes in a picture, read by zbar as a scanner would."""
    command = ["zbarimg", "-q", "--raw", "-Sdisable", "-Sqrcode.enable", str(picture)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.stdout.split()


# Resolves with the drawing of the code as soon as it is another one than `before`.
OTHER_DRAWING = """
before => new Promise(resolve => {
    const code = document.querySelector("#code");
    const drawing = () => code.querySelector("svg path")?.getAttribute("d") || before;
    const look = () => drawing() !== before && (watch.disconnect(), resolve(drawing()));
    const watch = new MutationObserver(look);
    watch.observe(code, {attributes: true, childList: true, subtree: true});
    look();
})
"""
DRAWING = """() => document.querySelector("#code svg path")?.getAttribute("d") || ''"""


def code_step(text):
    """The step of a phone's code. Codes of one step have different texts and are used up together."""
    return qr_code.parse(text).step


def code_of_later_step(page, used, read):
    """Wait until the page draws a code of a later step than ``used``, as ``read()`` sees it."""
    while True:
        drawing = page.evaluate(DRAWING)
        if code_step(text := read()) > code_step(used):
            return text
        page.evaluate(OTHER_DRAWING, drawing)


def axe_source():
    """The script of axe-core, installed from npm."""
    return (npm.installed("axe-core", "4.10.3") / "axe.min.js").read_text(encoding="utf-8")


def axe_violations(page, source):
    """``[[rule, impact, first element], ...]`` that axe-core finds on the page."""
    page.evaluate(source)
    found = page.evaluate("() => axe.run(document, {resultTypes: ['violations']}).then(r => r.violations)")
    return [[rule["id"], rule["impact"], json.dumps(rule["nodes"][0]["target"])] for rule in found]
