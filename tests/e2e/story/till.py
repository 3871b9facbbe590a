"""The cashier at the till of the canteen."""

import re

from playwright.sync_api import expect

from campus_cli import paths

from .person import Person
from .words import yuan

TILLS_PAGE = "/odoo/action-point_of_sale.action_pos_config_kanban"
CONSTANTS = paths.ADDONS / "campus_pos" / "static" / "src" / "app" / "card" / "const.js"
# What is paid shows for two seconds; a screenshot on a busy machine may take longer.
LINGER = """
const start = window.setTimeout;
window.setTimeout = (callback, delay, ...rest) => start(callback, delay === %s ? 60000 : delay, ...rest);
"""


class Cashier(Person):
    """Sells, is refused, pays back, closes."""

    addon = "campus_pos"

    def __init__(self, visitor, words, school):
        super().__init__(visitor, words)
        self.school = school
        shown_ms = re.search(r"PAID_SHOWN_MS = (\d+)", CONSTANTS.read_text(encoding="utf-8"))[1]
        visitor.context.add_init_script(LINGER % shown_ms)

    # -- opening and closing ---------------------------------------------------------

    def open(self):
        """Open the till from the backend, with an empty drawer."""
        self.find("button[name=open_ui]:visible").click()
        self.see(".opening-cash-section")
        self.find(".modal-footer .btn-primary").click()
        self.gone(".modal")
        self.see(".product-list", *(product["name"] for product in self.school["products"]))
        self.shot("09 till open")

    def close(self, card_minor, cash_minor):
        """Count the drawer and close the session; nobody counts cards."""
        self.find(".pos-rightheader button:has(.fa-bars)").click()
        self.find(".pos-burger-menu-items .dropdown-item").last.click()
        popup = self.see(".close-pos-popup")
        sums = popup.locator(".payment-methods-overview > div")
        expect(sums.filter(has_text=self.school["till"]["cash"])).to_contain_text(yuan(cash_minor))
        expect(sums.filter(has_text=self.say("Campus Card"))).to_contain_text(yuan(card_minor))
        popup.locator(".cash-input input").fill(f"{cash_minor / 100:.2f}")
        expect(popup.locator(".cash-difference")).to_have_text(yuan(0))
        self.shot("16 till closing")
        popup.locator(".modal-footer .btn-primary").click()
        self.see(".login-overlay")

    # -- selling -----------------------------------------------------------------------

    def order(self, *products):
        """Ring up products, one of each."""
        for product in products:
            self.find("article.product", has_text=product["name"]).click()
            expect(self._line(".product-screen", product)).to_have_count(1)

    def sell_by_scan(self, holder, spent, before_minor):
        """The card is tapped while the order is open: that pays, and the next order opens.

        :param spent: ``{plan: cents}`` that each pocket pays
        """
        due = sum(spent.values())
        self.shot("10 till order")
        self.scan(holder.uid)
        paid = self.see(
            ".campus-paid", holder.name, holder.department, self.say("Paid"), self.say("Next, please")
        )
        photo = paid.locator(".campus-photo img")
        expect(photo).to_have_js_property("complete", True)
        assert photo.evaluate("image => image.naturalWidth") > 0
        self._expect_money(paid, "Amount", due, spent, (before_minor, before_minor - due))
        self.see(".product-screen")
        expect(self.find(".product-screen .orderline")).to_have_count(0)
        self.gone(".o_blockUI")
        self.shot("11 paid, next order open")

    def refused_for_money(self, holder, due_minor):
        """At the payment screen the card has too little: the popup says how much is missing."""
        self.find(".pay-order-button").click()
        self._choose_card()
        self.see(".campus-pop", self.say("Tap the card or show the code"), yuan(due_minor))
        self.shot("12 waiting for the card")
        self.scan(holder.uid)
        sentence = self.say("Not enough money: %(available)s left, %(missing)s missing.", "campus_card")
        numbers = {
            "available": f"{holder.balance_minor / 100:.2f}",
            "missing": f"{(due_minor - holder.balance_minor) / 100:.2f}",
        }
        popup = self.see(".campus-refused", holder.name, sentence % numbers)
        self._expect_row(popup, "To pay", due_minor)
        self._expect_row(popup, "Available", holder.balance_minor)
        self.shot("12 refused, not enough")

    def refused_as_frozen(self, holder):
        """The frozen card is tapped for an open order."""
        self.scan(holder.uid)
        sentence = self.say(
            "This card is frozen. Its holder can unfreeze it at the card office.", "campus_card"
        )
        self.see(".campus-refused", holder.name, sentence)
        self.shot("15 refused, frozen")

    def pay_cash_instead(self):
        """Cancel the card, take the money, go on to the next customer."""
        self.find(".campus-cancel").click()
        self.gone(".campus-pop")
        self.gone(".paymentline")
        self.find(".paymentmethod", has_text=self.school["till"]["cash"]).click()
        expect(self.find(".paymentline")).to_have_count(1)
        self.find(".validation-button.next").click()
        self._next_customer()

    # -- refunds -----------------------------------------------------------------------

    def refund(self, holder, total_minor, product, returned, before_minor):
        """Take one product of a paid order back: the money returns to its pockets."""
        amount = sum(returned.values())
        self.find(".more-btn").click()
        self.find(".control-buttons-modal button:has(.fa-undo)").click()
        self.find(".ticket-screen .order-row", has_text=yuan(total_minor)).click()
        self._line(".ticket-screen", product).click()
        self.find(".ticket-screen .numpad-button[value='1']").click()
        self.see(".to-refund-highlight")
        self.find(".ticket-screen .pay-order-button").click()
        self._cash_is_refused(amount)
        self._choose_card()
        self.find(".send_refund_request").click()
        popup = self.see(".campus-refund", holder.name, self.say("Refund to the card"))
        self._expect_money(popup, "Back to the card", amount, returned, (before_minor, before_minor + amount))
        self.shot("13 refund")
        popup.locator(".campus-confirm").click()
        self.gone(".campus-refund")
        self._next_customer()

    def _cash_is_refused(self, amount_minor):
        """What the card has paid does not come out of the drawer."""
        self.find(".payment-screen .paymentmethod", has_text=self.school["till"]["cash"]).click()
        expect(self.find(".paymentline")).to_have_count(1)
        self.find(".validation-button.next").click()
        before, _amount, after = self.say(
            "%s of it was paid by card and goes back to the card: choose Campus Card. Only a manager gives it "
            "back in another way."
        ).partition("%s")
        self.see(".modal", before, yuan(amount_minor), after)
        self.shot("13a refund in cash refused")
        self.find(".modal .modal-footer .btn-primary").click()
        self.gone(".modal")
        self.find(".paymentline .delete-button").click()
        self.gone(".paymentline")

    # -- helpers -----------------------------------------------------------------------

    def _line(self, screen, product):
        return self.find(f"{screen} .orderline", has_text=product["name"])

    def _choose_card(self):
        self.find(".payment-screen .paymentmethod", has_text=self.say("Campus Card")).click()

    def _next_customer(self):
        self.see(".receipt-screen")
        self.find("button[name=done]").click()
        self.see(".product-screen")
        expect(self.find(".product-screen .orderline")).to_have_count(0)

    def _expect_money(self, sheet, label, amount_minor, pockets, balance):
        self._expect_row(sheet, label, amount_minor)
        for plan, minor in pockets.items():
            row = sheet.locator("dt.campus-pocket", has_text=self.say(plan, "campus_card"))
            expect(row.locator("+ dd")).to_have_text(yuan(minor))
        before, after = sheet.locator(".campus-balance span"), sheet.locator(".campus-balance strong")
        expect(before).to_have_text(yuan(balance[0]))
        expect(after).to_have_text(yuan(balance[1]))

    def _expect_row(self, sheet, label, minor):
        row = sheet.locator("dt", has_text=self.say(label))
        expect(row.locator("+ dd")).to_have_text(yuan(minor))
