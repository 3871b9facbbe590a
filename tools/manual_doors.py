"""Takes the pictures of docs/access.md from the running demo: python tools/manual_doors.py URL.

They are taken in Chinese, desktop and phone, and written to docs/images/access-*.png with few colours.
"""

import argparse
import datetime as dt
import io
from contextlib import contextmanager
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

from campus_cli.headless import BROWSER_FLAGS

IMAGES = Path(__file__).resolve().parents[1] / "docs" / "images"
DESKTOP, PHONE = {"width": 1200, "height": 720}, {"width": 390, "height": 780}
TOMORROW = (dt.date.today() + dt.timedelta(days=1)).isoformat()
COLOURS = 96
TIMEOUT_MS = 60_000
#: Pictures and animations end within this time; the page is never idle, because it listens to the server.
SETTLE_MS = 2_500


class Pictures:
    """A browser with the session of one person at one size."""

    def __init__(self, browser, url, login, size):
        self.url = url
        self.context = browser.new_context(viewport=size, locale="zh-CN", timezone_id="Asia/Shanghai")
        self.context.set_default_timeout(TIMEOUT_MS)
        self.page = self.context.new_page()
        if login:
            self.open("/web/login")
            self.page.fill("input[name=login]", login)
            self.page.fill("input[name=password]", login)
            self.page.click("form.oe_login_form button[type=submit]")
            self.page.wait_for_url(lambda url: "/web/login" not in url)

    def open(self, path, selector=None):
        self.page.goto(path if path.startswith("http") else self.url + path, wait_until="domcontentloaded")
        if selector:
            self.page.locator(selector).first.wait_for()

    def choose(self, field, text):
        """Choose a record in a field by its name."""
        self.page.locator(f"[name={field}] input").first.fill(text)
        self.page.locator(".o-autocomplete--dropdown-item", has_text=text).first.click()

    def take(self, name, clip=None):
        """Write the picture of what is seen now."""
        self.page.wait_for_timeout(SETTLE_MS)
        shot = Image.open(io.BytesIO(self.page.screenshot(clip=clip, animations="disabled"))).convert("RGB")
        shot.quantize(COLOURS).save(IMAGES / f"access-{name}.png", optimize=True)
        print(f"access-{name}.png", flush=True)


@contextmanager
def seen_by(browser, url, login, size=DESKTOP):
    pictures = Pictures(browser, url, login, size)
    try:
        yield pictures
    finally:
        pictures.context.close()


def rights(browser, url):
    """The right with its dry run, and who can open what."""
    with seen_by(browser, url, "secretary") as see:
        see.open("/odoo/action-campus_access.campus_access_right_action", ".o_list_renderer")
        see.page.locator("tr.o_data_row", has_text="公共教室").first.click()
        see.page.locator(".o_form_view").wait_for()
        see.page.locator(".o_field_widget[name=zone_ids] .o_delete").last.click()
        see.page.locator("div.o_field_widget[name=trial]").scroll_into_view_if_needed()
        see.take("right")
        see.page.locator(".o_form_button_cancel").click()
        see.open("/odoo/action-campus_access.campus_access_why_action", ".o_form_view")
        see.choose("partner_id", "林晓雨")
        see.take("why")


def guards(browser, url):
    """The guard's screen, the floor plan, lockdowns and who is inside."""
    for name, size in (("", DESKTOP), ("-phone", PHONE)):
        with seen_by(browser, url, "guard", size) as see:
            see.open("/odoo/action-campus_access.campus_live_action", ".o_action_manager input")
            see.page.locator(".o_action_manager input").first.fill("白班值守")
            see.page.locator(".o_campus_live_start button", has_text="开始").click()
            see.page.locator(".o_campus_live_rows li").first.wait_for()
            see.take(f"guard{name}")
            see.open("/odoo/action-campus_access.campus_floor_plan_live_action", ".o_action_manager img")
            see.take(f"plan{name}")
    with seen_by(browser, url, "guard") as see:
        see.open("/odoo/action-campus_access.campus_lockdown_action", ".o_list_renderer, .o_kanban_renderer")
        see.page.locator("tr.o_data_row, .o_kanban_record").first.click()
        see.page.locator(".o_form_view").wait_for()
        see.take("lockdown")
        see.open("/odoo/action-campus_access.campus_muster_action", "[name=zone_id]")
        see.choose("zone_id", "书院宿舍")
        see.page.locator("button[name=action_show]").first.click()
        see.page.locator("tr.o_group_header").first.click()
        see.page.locator("tr.o_data_row").first.wait_for()
        see.take("muster")


def holders(browser, url):
    """The portal of a holder, and the visitor's page."""
    with seen_by(browser, url, "student", PHONE) as see:
        for name, path in (("portal", "/my/card/doors"), ("request", "/my/card/doors/requests")):
            see.open(path, "main")
            see.take(name)
        see.open("/my/card/doors/visitors", "main")
        see.page.fill("input[name=visitor]", "周启明")
        see.page.select_option("select[name=zone]", index=1)
        see.page.fill("input[name=start]", "14:00")
        see.page.fill("input[name=end]", "17:30")
        see.page.fill("input[name=day]", TOMORROW)
        see.take("invite")
        see.page.locator("form[action$=new] button").click()
        see.page.locator("main img").first.wait_for()
        see.take("invited")
        address = see.page.locator("main a[href*='/card/visit/']").first.get_attribute("href")
        with seen_by(browser, url, None, PHONE) as visitor:
            visitor.open(f"/card/visit/{address.rpartition('/')[2]}", "#code button")
            visitor.page.locator("#code button").first.click()
            visitor.page.wait_for_selector("#code[data-shown=ready] svg path[d^=M]")
            visitor.take("visitor")
        see.page.locator("form[action$=call-off] button").first.click()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("url")
    parser.add_argument("parts", nargs="*", default=["rights", "guards", "holders"])
    parser.add_argument("--browser", default="/usr/bin/chromium")
    args = parser.parse_args()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=args.browser, args=list(BROWSER_FLAGS))
        for part in args.parts:
            {"rights": rights, "guards": guards, "holders": holders}[part](browser, args.url)
        browser.close()


if __name__ == "__main__":
    main()
