from odoo.tests import tagged

from ..const import KIOSK_STATEMENT_TRIES, KIOSK_STATEMENT_WINDOW_S
from .kiosk_common import KioskMoneyCase


@tagged("post_install", "-at_install")
class TestKioskStatement(KioskMoneyCase):
    """A month on paper, for its holder only."""

    def set_pin(self):
        self.wallet._store_pin(self.wallet._seal_pin("7391"))

    def test_a_statement_has_the_movements_of_its_holder_to_the_cent(self):
        self.report(self.transaction(12.34), "done")
        page = self.ask("statement").text
        for text in ("Lin Xiaoyu", "T0001", "86.40", "12.34", "98.74", "Closing balance"):
            self.assertIn(text, page)
        for text in ("Wang", "123.45"):
            self.assertNotIn(text, page)

    def test_an_earlier_month_ends_where_the_next_begins(self):
        page = self.ask("statement", back="1").text
        self.assertIn("Opening balance", page)
        self.assertNotIn("86.40", page)

    def test_a_month_that_is_none_is_this_one(self):
        for back in ("-1", "3", "x", "", "1; drop", "99999999999"):
            self.assertIn("86.40", self.ask("statement", back=back).text)

    def test_who_has_a_pin_is_asked_for_it(self):
        self.set_pin()
        page = self.ask("statement").text
        self.assertIn("Your PIN, please", page)
        self.assertNotIn("86.40", page)
        self.assertIn("The PIN is wrong", self.ask("statement", pin="0000").text)
        self.assertIn("86.40", self.ask("statement", pin="7391").text)
        # and not again in this session, but in the next
        self.assertIn("86.40", self.ask("statement", back="0").text)
        self.hold(self.card.uid)
        self.assertIn("Your PIN, please", self.ask("statement").text)

    def test_movements_are_behind_the_pin_and_the_balance_is_not(self):
        self.report(self.transaction(12.34), "done")
        self.assertIn("+12.34", self.ask("home").text)
        self.set_pin()
        page = self.ask("home").text
        self.assertNotIn("+12.34", page)
        self.assertIn("98.74", page)
        self.ask("statement", pin="7391")
        self.assertIn("+12.34", self.ask("home").text)

    def test_five_wrong_pins_lock_the_statement(self):
        self.set_pin()
        for _try in range(5):
            self.ask("statement", pin="0000")
        self.assertNotIn("86.40", self.ask("statement", pin="7391").text)

    def test_no_field_of_a_form_names_another_wallet(self):
        page = self.ask("statement", wallet_id=self.other_wallet.id, partner_id=self.wang.id).text
        self.assertNotIn("123.45", page)

    def test_statements_are_limited(self):
        for _try in range(KIOSK_STATEMENT_TRIES):
            self.env["campus.rate"]._may_try(
                "kiosk statement", self.wallet.id, KIOSK_STATEMENT_TRIES, KIOSK_STATEMENT_WINDOW_S
            )
        self.assertIn("Too many tries", self.ask("statement").text)

    def test_nobody_prints_without_key_and_session(self):
        self.refused_everywhere("statement")
