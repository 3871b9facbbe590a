"""Every address of ours, asked by a stranger, a holder and staff: headers on all answers, no secret in the log."""

import re
import time

import pytest
import requests

from support.topup import Payer, new_school

#: Addresses with what stands in them; whatever they answer, they answer with headers.
ROUTES = """
found = {}
for rule in env["ir.http"].routing_map().iter_rules():
    endpoint = rule.endpoint
    while hasattr(endpoint, "func"):
        endpoint = endpoint.func
    module = getattr(endpoint, "__module__", "")
    if module.startswith("odoo.addons.campus_"):
        found[rule.rule] = [sorted((rule.methods or {"GET", "POST"}) - {"HEAD", "OPTIONS"}), rule.endpoint.routing["type"]]
answer = found
"""
# The hardware proxy has no pages; Odoo's own files of contacts are not ours to dress.
WITHOUT_PAGES = re.compile(r"^/(hw_proxy|web|web_enterprise)/")
NEEDED = {
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "frame-ancestors 'none'",
}
#: Readers get JSON, which no browser shows.
FOR_MACHINES = ("X-Content-Type-Options",)


@pytest.fixture(scope="module")
def school(server):
    return new_school(server, "Header University", "topup-headers")


def fill(rule, link):
    """The rule's address with values in it."""
    rule = rule.replace("<string:token>", link).replace("<any(pdf,xlsx):form>", "xlsx")
    rule = re.sub(r"<int:[^>]*>", "1", rule)
    return re.sub(r"<[^>]*>", "x", rule)


def ask(server, cookie, method, address, kind):
    headers = {"Cookie": cookie} if cookie else {}
    body = {"json": {"jsonrpc": "2.0", "params": {}}} if kind == "jsonrpc" else {}
    return requests.request(
        method, server.url + address, headers=headers, allow_redirects=False, timeout=60, **body
    )


def test_every_answer_at_an_address_of_ours_has_its_headers(server, school):
    routes = {rule: about for rule, about in server.run(ROUTES).items() if not WITHOUT_PAGES.match(rule)}
    # nobody has moved the pages away from where they are looked for
    assert {"/my/card", "/my/card/topup", "/campus/kiosk", "/campus/v1/taps"} <= routes.keys()
    visitors = [
        "",
        *[Payer(server.url).login(server.database, who).cookie for who in ("topup-headers", "admin")],
    ]
    without = []
    for rule, (methods, kind) in sorted(routes.items()):
        address = fill(rule, school["link"])
        asked = [(method, address) for method in methods]
        asked += [("GET", f"/my/card/topup?amount={amount}") for amount in (5, "x")] * (
            rule == "/my/card/topup"
        )
        asked += [("GET", f"{address}?amount=5")] * (rule == "/card/topup/<string:token>")
        for cookie in visitors:
            for method, where in asked:
                answer = ask(server, cookie, method, where, kind)
                needed = FOR_MACHINES if rule.startswith("/campus/v1/") else NEEDED
                missing = [name for name in needed if NEEDED[name] not in answer.headers.get(name, "")]
                if missing:
                    without.append((method, where, answer.status_code, missing))
    assert without == []


def test_an_address_that_is_none_of_ours_any_more_has_them_too(server):
    for address in ("/my/card/nothing-here", "/card/topup/short", "/campus/v1/nothing", "/zh_CN/my/card/no"):
        answer = ask(server, "", "GET", address, "http")
        assert "frame-ancestors 'none'" in answer.headers.get("Content-Security-Policy", ""), address


def test_a_payment_page_loads_the_providers_scripts_and_stands_in_no_frame(server, school, visit):
    visitor = visit("en_US").login("topup-headers", page="/my/card/topup?amount=5")
    visitor.page.wait_for_selector("form.o_payment_form, #o_payment_form")
    visitor.page.wait_for_selector("button[name='o_payment_submit_button']:not([disabled])")
    refused = [error for error in visitor.errors if "Content Security" in error or "Refused" in error]
    assert refused == []


def test_the_token_of_a_link_is_not_in_the_log(server, school):
    assert requests.get(f"{server.url}/card/topup/{school['link']}?amount=5", timeout=60).status_code == 200
    deadline = time.monotonic() + 30
    while "/card/topup/[hidden]" not in (text := server.log.read_text(encoding="utf-8")):
        assert time.monotonic() < deadline, "the request is not in the log"
        time.sleep(0.1)
    assert school["link"] not in text
    assert "access_token=" not in text.replace("access_token=[hidden]", "")
