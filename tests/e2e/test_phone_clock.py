"""A phone whose clock is wrong, and right a moment later: the code is that of the server's time."""

import itertools

import pytest

from support import portal
from support.holder_phone import HolderPhone

# A phone's clock, set by hand: the page believes it as it believes a real one.
SKEW = """
const real = Date.now.bind(Date);
Date.now = () => real() + Number(localStorage.getItem("skew") || 0);
"""
NUMBERS = itertools.count(1)
LEARNED = "#code[data-clock=learned]"
READY = "#code[data-shown=ready] svg path[d^=M]"
KEPT = """async () => {
    await navigator.serviceWorker.ready;
    return Boolean(await caches.match('/my/card', { cacheName: 'campus-own' }));
}"""


@pytest.fixture
def phone(server, visit):
    """A holder's phone whose clock a test sets."""
    server.run("answer = True")
    [holder] = portal.new_holders(server, "en_US", 1, label=f"k{next(NUMBERS)}")
    phone = HolderPhone(visit("en_US"), holder)
    phone.page.add_init_script(SKEW)
    phone.page.reload()
    return phone


def phone_clock(page, seconds):
    page.evaluate("(ms) => localStorage.setItem('skew', ms)", seconds * 1000)


def refusal(server, phone):
    return portal.verify(server, phone.code())["refusal"]


def test_a_phone_whose_clock_is_set_right_shows_the_code_of_now(server, phone):
    page = phone.page
    phone_clock(page, -600)
    phone.enrol()
    page.wait_for_selector(LEARNED)
    assert refusal(server, phone) is None
    # set right, and opened again with a network
    phone_clock(page, 0)
    page.reload()
    page.wait_for_selector(LEARNED)
    assert refusal(server, phone) in (None, "code_replayed")
    # what was learned last holds without a network
    while not page.evaluate(KEPT):
        page.reload()
        page.wait_for_selector(LEARNED)
    phone.visitor.context.set_offline(True)
    page.goto("/my/card")
    page.wait_for_selector(READY)
    assert refusal(server, phone) in (None, "code_replayed")
    phone.visitor.context.set_offline(False)


def test_a_clock_that_is_set_while_the_code_is_on_the_screen_is_noticed(server, phone):
    page = phone.page
    phone.enrol()
    page.wait_for_selector(LEARNED)
    page.evaluate("() => delete document.getElementById('code').dataset.clock")
    phone_clock(page, 900)
    page.wait_for_selector(LEARNED)
    assert refusal(server, phone) is None
