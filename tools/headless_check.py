"""Opens the demo in Chromium like a visitor: login, backend, POS, portal.

It takes a screenshot of each page and prints one line per page. It ends with an error if a page does not show
what it should or if the browser reports an error.
"""

import argparse
import sys
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import expect, sync_playwright

from campus_cli.headless import BROWSER_FLAGS

TIMEOUT_MS = 90_000
TILL_CLOSED = ".open-register-btn"
TILL_OPEN = ".product-screen"


class Visit:
    """One visitor with a browser session of its own."""

    def __init__(self, browser, url, artifacts):
        self.url = url
        self.artifacts = artifacts
        self.context = browser.new_context(viewport={"width": 1366, "height": 900}, locale="zh-CN")
        self.context.set_default_timeout(TIMEOUT_MS)
        self.page = self.context.new_page()
        self.errors = []
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("console", self._hear)

    def _hear(self, message):
        if message.type == "error":
            self.errors.append(message.text)

    def open(self, path):
        self.page.goto(self.url + path, wait_until="domcontentloaded")

    def login(self, login):
        self.open("/web/login")
        self.page.fill("input[name=login]", login)
        self.page.fill("input[name=password]", login)
        self.page.click("form.oe_login_form button[type=submit]")
        self.page.wait_for_url(lambda url: "/web/login" not in url)

    def sees(self, name, selector):
        """Take a screenshot, and raise if the page is wrong or the browser has reported an error."""
        try:
            expect(self.page.locator(selector).first).to_be_visible(timeout=TIMEOUT_MS)
            self.page.wait_for_timeout(1000)
        except AssertionError:
            self.errors.insert(0, f"{selector} is not there")
        self.page.screenshot(path=self.artifacts / f"demo-{name}.png")
        if self.errors:
            sys.exit(f"{name}: {'; '.join(self.errors[:3])}")
        print(f"{name}: ok", flush=True)


@contextmanager
def visitor(browser, args, login=None):
    visit = Visit(browser, args.url, args.artifacts)
    try:
        if login:
            visit.login(login)
        yield visit
    finally:
        visit.context.close()


def look(browser, args):
    with visitor(browser, args) as visit:
        visit.open("/web/login")
        visit.sees("login", "form.oe_login_form")
    with visitor(browser, args, "clerk") as visit:
        visit.open("/odoo/action-campus_card.campus_card_action")
        visit.sees("backend", ".o_kanban_renderer, .o_list_renderer")
    with visitor(browser, args, "cashier") as visit:
        visit.open(f"/pos/ui/{args.pos}")
        visit.sees("pos", f"{TILL_CLOSED}, {TILL_OPEN}")
        if visit.page.locator(TILL_CLOSED).is_visible():
            # Stop at the question for the cash in the drawer, because an answer would open a session.
            visit.page.locator(TILL_CLOSED).click()
            visit.sees("pos", f".modal-dialog, {TILL_OPEN}")
    with visitor(browser, args, "student") as visit:
        visit.open("/my/home")
        visit.sees("portal", "#wrap .o_portal_my_home, #wrap .o_portal_docs, #wrap .o_portal")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--url", required=True)
    parser.add_argument("--browser", required=True)
    parser.add_argument("--artifacts", type=Path, required=True)
    parser.add_argument("--pos", type=int, help="id of the till; without one the demo is not whole")
    args = parser.parse_args()
    args.artifacts.mkdir(parents=True, exist_ok=True)
    if not args.pos:
        sys.exit("the demo database has no till")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=args.browser, args=list(BROWSER_FLAGS))
        look(browser, args)
        browser.close()


if __name__ == "__main__":
    main()
