"""The school, the tills and the cashiers of the tests about readers on the edge."""

import contextlib
import functools

from playwright.sync_api import expect

from campus_cli import ports
from support.front import Front
from support.odoo import school

BALANCE_MINOR = 50_00
LUNCH_MINOR = 1_00
#: UIDs of the holders' cards: with letters, with letters, of digits only.
UIDS = ("04A1B2C3", "5E3300F1", "10203040")
SET_UP = """
cards = env["campus.card"].search([("uid", "in", made)], order="uid")
for card, uid in zip(cards, uids):
    card.uid = uid
env.cr.commit()
"""
POINT = """
env["pos.config"].browse(till).write(
    {"is_posbox": True, "proxy_ip": address, "iface_scan_via_proxy": True}
)
env.cr.commit()
"""


class Campus:
    """A company with two open tills and holders with money; ``spent(uid)`` in cents."""

    def __init__(self, server):
        self.server = server
        made = school(server.shell, tills=2, holders=len(UIDS), balance_minor=BALANCE_MINOR)
        self.login, self.wallets = made["login"], dict(zip(UIDS, made["wallets"], strict=True))
        self.tills = [till["config"] for till in made["tills"]]
        server.run(SET_UP, made=made["uids"], uids=UIDS)

    def point(self, till, address):
        """Have a till ask for scans at ``address``."""
        self.server.run(POINT, till=self.tills[till], address=address)

    def spent(self, uid):
        rows = self.server.query(
            f"SELECT sum(balance_minor - reserved_minor) FROM campus_account WHERE wallet_id = {self.wallets[uid]}"
        )
        return BALANCE_MINOR - int(float(rows[0][0]))


@functools.cache
def campus_of(server):
    """The one school of this kind in a server's database."""
    return Campus(server)


class Cashier:
    """Somebody at a till; ``page`` for another tab of the same browser."""

    def __init__(self, visitor, campus, till, page=None):
        self.visitor, self.campus, self.till = visitor, campus, till
        self.page = page or visitor.page
        self.find = self.page.locator

    def open(self, address=None):
        """Load the page of the till, maybe through another address of the server."""
        self.page.goto(f"{address or self.campus.server.url}/pos/ui/{self.campus.tills[self.till]}")
        self.find(".open-register-btn").click()
        expect(self.find(".product-list")).to_be_visible()
        return self

    def order(self):
        """Ring up one lunch."""
        self.find("article.product", has_text="Lunch").click()
        expect(self.find(".product-screen .orderline")).to_have_count(1)

    def sees_connected(self):
        """The menu shows that the hardware proxy is there, with its reader."""
        self.find(".pos-rightheader button:has(.fa-bars)").click()
        expect(self.find(".js_proxy .js_connected")).to_be_visible()
        self.shot("connected")
        self.page.keyboard.press("Escape")
        expect(self.find(".js_proxy")).to_have_count(0)

    def sees_disconnected(self):
        """The menu shows that the POS has noticed that its proxy is gone."""
        self.find(".pos-rightheader button:has(.fa-bars)").click()
        # it looks every five seconds
        expect(self.find(".js_proxy .js_disconnected")).to_be_visible()
        self.page.keyboard.press("Escape")
        expect(self.find(".js_proxy")).to_have_count(0)

    def sees_paid(self, name):
        """The card has paid; the next order is open."""
        paid = self.find(".campus-paid")
        expect(paid).to_be_visible()
        expect(paid).to_contain_text(name)
        self.shot("paid")
        expect(self.find(".product-screen .orderline")).to_have_count(0)
        expect(paid).to_have_count(0)

    def shot(self, name):
        return self.visitor.shot(f"till reader {name}", self.page)


@contextlib.contextmanager
def second_address(server):
    """Another address of the server, whose line may be cut: ``(url, cut, mend)``."""
    [port], behind = ports.hold(1), int(server.url.rpartition(":")[2])
    fronts = [Front(port, behind, behind).__enter__()]

    def cut():
        fronts.pop().__exit__()

    def mend():
        fronts.append(Front(port, behind, behind).__enter__())

    try:
        yield f"http://127.0.0.1:{port}", cut, mend
    finally:
        while fronts:
            cut()
