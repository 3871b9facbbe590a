"""A till in the browser whose card reader hangs on the edge: taps come over the LAN."""

import re
import time

import pytest
from playwright.sync_api import expect
from till_at_edge import LUNCH_MINOR, UIDS, Cashier, campus_of, second_address

from campus_cli import system
from campus_cli.headless import BROWSER_FLAGS
from support.card_reader import LanEdge

TERMINALS = ("T01", "T02")
LETTERS, OTHER, DIGITS = UIDS
HANDSHAKE = """
address => fetch(address, {
    method: "POST", headers: {"Content-Type": "application/json"}, body: '{"id": 1}',
}).then(answer => answer.json()).then(answer => answer.result, error => String(error))
"""
SERVER_AWAY = re.compile("server (cannot be reached|does not answer)")


@pytest.fixture(scope="module")
def line(server):
    """The server under an address whose line can be cut."""
    with second_address(server) as line:
        yield line


@pytest.fixture(scope="module")
def edge(server, line):
    with LanEdge([server.url, line[0]], TERMINALS) as running:
        yield running


@pytest.fixture(scope="module")
def campus(server, edge):
    made = campus_of(server)
    for number, terminal in enumerate(TERMINALS):
        made.point(number, f"{edge.address}/{terminal}")
    return made


@pytest.fixture
def cashier(visit, campus):
    """``cashier(till)``: somebody logged in, in a browser of their own."""

    def come(till=0):
        visitor = visit("en_US").login(campus.login)
        return Cashier(visitor, campus, till)

    return come


def wait_until_listening(edge, terminal="T01", count=1):
    deadline = time.monotonic() + 60
    while edge.listening(terminal) != count:
        assert time.monotonic() < deadline, f"{edge.listening(terminal)} tills ask for {terminal}"
        time.sleep(0.1)


def test_a_tap_on_the_edge_s_reader_pays_the_order(cashier, campus, edge):
    zhang = cashier().open()
    wait_until_listening(edge)
    zhang.sees_connected()
    for uid, name in ((LETTERS, "Holder 0"), (DIGITS, "Holder 2")):
        before = campus.spent(uid)
        zhang.order()
        edge.readers["T01"].tap(uid)
        zhang.sees_paid(name)
        assert campus.spent(uid) - before == LUNCH_MINOR
    assert zhang.visitor.errors == []


def test_each_of_two_tabs_gets_the_taps_of_its_own_terminal(cashier, campus, edge):
    first = cashier(0).open()
    second = Cashier(first.visitor, campus, 1, first.visitor.context.new_page()).open()
    wait_until_listening(edge, "T02")
    first.page.bring_to_front()
    wait_until_listening(edge, "T01")
    first.order()
    second.order()
    before = campus.spent(OTHER)
    edge.readers["T01"].tap(OTHER)
    first.sees_paid("Holder 1")
    expect(second.find(".product-screen .orderline")).to_have_count(1)
    assert campus.spent(OTHER) - before == LUNCH_MINOR


def test_a_tab_that_is_not_looked_at_leaves_the_taps_to_the_one_in_front(cashier, edge):
    zhang = cashier().open()
    wait_until_listening(edge)
    zhang.page.evaluate(
        """() => {
            Object.defineProperty(document, "hidden", { get: () => window.isHidden, configurable: true });
            window.isHidden = true;
            document.dispatchEvent(new Event("visibilitychange"));
        }"""
    )
    wait_until_listening(edge, count=0)
    zhang.page.evaluate(
        """() => { window.isHidden = false; document.dispatchEvent(new Event("visibilitychange")); }"""
    )
    wait_until_listening(edge)


def test_without_the_server_the_tap_still_comes_to_the_till(cashier, campus, edge, line):
    address, cut, mend = line
    zhang = cashier()
    zhang.visitor.page.goto(f"{address}/web/login")
    zhang.visitor.page.wait_for_load_state()
    zhang.open(address)
    wait_until_listening(edge)
    zhang.order()
    before = campus.spent(LETTERS)
    cut()
    try:
        edge.readers["T01"].tap(LETTERS)
        sheet = zhang.find(".campus-pop")
        expect(sheet).to_contain_text(SERVER_AWAY)
        zhang.shot("server away")
    finally:
        mend()
    zhang.find(".campus-cancel").click()
    expect(sheet).to_have_count(0)
    # what may have been set aside is given back once the server answers
    deadline = time.monotonic() + 60
    while campus.spent(LETTERS) != before:
        assert time.monotonic() < deadline
        time.sleep(0.5)


def test_a_till_outlives_its_edge_and_goes_on_with_it(cashier, campus, edge):
    zhang = cashier().open()
    wait_until_listening(edge)
    edge.switch_off()
    zhang.sees_disconnected()
    # a page that is stuck does not add a line
    zhang.order()
    edge.switch_on()
    wait_until_listening(edge)
    edge.readers["T01"].tap(OTHER)
    zhang.sees_paid("Holder 1")


def test_a_till_that_is_opened_before_its_edge_finds_it_later(cashier, edge):
    edge.switch_off()
    zhang = cashier().open()
    zhang.order()
    edge.switch_on()
    wait_until_listening(edge)
    edge.readers["T01"].tap(LETTERS)
    zhang.sees_paid("Holder 0")


def test_a_page_from_another_address_gets_no_scan(visit, server, edge):
    visitor = visit("en_US")
    visitor.page.goto(f"{server.url}/web/login")
    assert shake_hands(visitor.page, edge) is True
    visitor.page.goto(f"{server.url.replace('127.0.0.1', 'localhost')}/web/login")
    assert shake_hands(visitor.page, edge) == "TypeError: Failed to fetch"
    assert all("CORS" in error or "ERR_FAILED" in error for error in visitor.errors)


def test_a_page_from_the_internet_needs_the_browser_s_permission(browser, server, edge):
    # what 127.0.0.1 serves at this port counts as the internet; the edge is still this machine
    port = server.url.rpartition(":")[2]
    flags = [*BROWSER_FLAGS, f"--ip-address-space-overrides=127.0.0.1:{port}=public"]
    chromium = browser.browser_type.launch(executable_path=system.browser(), args=flags)
    try:
        page = chromium.new_context().new_page()
        page.goto(f"{server.url}/web/login")
        assert shake_hands(page, edge) == "TypeError: Failed to fetch"
        context = page.context.new_cdp_session(page).send("Target.getTargetInfo")["targetInfo"]
        chromium.new_browser_cdp_session().send(
            "Browser.setPermission",
            {
                "permission": {"name": "loopback-network"},
                "setting": "granted",
                "origin": server.url,
                "browserContextId": context["browserContextId"],
            },
        )
        assert shake_hands(page, edge) is True
    finally:
        chromium.close()


def shake_hands(page, edge):
    """What a script of the page gets from the edge: the result, or the browser's error."""
    return page.evaluate(HANDSHAKE, f"{edge.address}/T01/hw_proxy/handshake")
