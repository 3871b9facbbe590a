import datetime as dt
import re

from odoo.tests import tagged
from odoo.tools import mute_logger

from ..const import KIOSK_LINK_S, KIOSK_LINK_TRIES, KIOSK_LINK_WINDOW_S
from .kiosk_common import KioskMoneyCase


@tagged("post_install", "-at_install")
class TestKioskTopup(KioskMoneyCase):
    """The sum is chosen at the kiosk and paid on a phone, once."""

    def begin(self, amount="50.00"):
        """Choose a sum; where the phone gets to by the code on the screen."""
        self.page = self.ask("topup/begin", amount=amount).text
        return f"/card/topup/{self.link().token}"

    def link(self):
        link = self.kiosk_session().topup_link_id
        link.invalidate_recordset()
        return link

    def state(self, seen):
        return self.ask("topup/state", seen=seen)

    def refused(self, form, **values):
        with mute_logger("odoo.http"), self.assertRaises(Exception):  # noqa: B017 a JSON-RPC error
            self.start(form, **values)

    def test_the_kiosk_says_paid_with_the_new_balance_once_the_phone_has_paid(self):
        before = self.balance()
        self.assertIn('value="50.00"', self.ask("topup").text)
        path = self.begin()
        self.assertRegex(self.page, r'<path d="M4 4h1v1h-1z')
        self.assertEqual(self.state("waiting").status_code, 204)
        form = self.form(self.url_open(path).text)
        self.assertIn("on your phone", self.state("waiting").text)
        self.assertEqual(self.state("opened").status_code, 204)
        processing = self.start(form)
        self.assertEqual(self.balance(), before)
        self.pay(processing)
        self.assertEqual(self.balance(), before + 5000)
        page = self.state("opened").text
        self.assertIn("Paid:", page)
        self.assertIn(f"{(before + 5000) / 100:.2f}", page)

    def test_the_phone_learns_nothing_about_the_holder(self):
        before = self.balance()
        path = self.begin()
        page = self.url_open(path).text
        processing = self.start(self.form(page))
        done = self.url_open(self.pay(processing)["landing_route"]).text
        code = re.search(r'class="kiosk-code">(\w+)<', self.page).group(1)
        self.assertIn(code, page)
        for text in (path, page, str(processing), done):
            for secret in (self.lin.name, "T0001", self.card.uid, f"{before / 100:.2f}", self.secret):
                self.assertNotIn(secret, text)
            self.assertNotIn(f"{(before + 5000) / 100:.2f}", text)

    def test_a_link_pays_once(self):
        before = self.balance()
        path = self.begin()
        form = self.form(self.url_open(path).text)
        processing = self.start(form)
        for _time in range(3):
            self.pay(processing)
        self.assertEqual(self.balance(), before + 5000)
        self.assertEqual(self.url_open(path).status_code, 410)
        self.refused(form)

    def test_two_phones_do_not_begin_one_payment_twice(self):
        path = self.begin()
        form = self.form(self.url_open(path).text)
        self.start(form)
        self.refused(form)
        self.assertEqual(len(self.link().transaction_ids), 1)

    def test_a_payment_that_failed_may_be_tried_again(self):
        before = self.balance()
        path = self.begin()
        self.pay(self.start(self.form(self.url_open(path).text)), "error")
        self.assertIn("did not go through", self.state("opened").text)
        self.pay(self.start(self.form(self.url_open(path).text)))
        self.assertEqual(self.balance(), before + 5000)

    def test_a_payment_that_is_not_confirmed_yet_is_on_its_way(self):
        self.pay(self.start(self.form(self.url_open(self.begin()).text)), "pending")
        self.assertIn("on its way", self.state("opened").text)

    def test_the_amount_is_that_of_the_kiosk(self):
        path = self.begin()
        form = self.form(self.url_open(f"{path}?amount=500").text)
        self.assertEqual(float(form["amount"]), 50.0)
        lasting = self.env["campus.topup.link"]._make(self.wallet, "Lin")
        bought = self.form(self.url_open(f"/card/topup/{lasting.token}?amount=70").text)
        self.refused({**form, "access-token": bought["access-token"], "amount": "70.0"})

    def test_a_link_is_over_after_its_time(self):
        path = self.begin()
        form = self.form(self.url_open(path).text)
        self.link().expires_at -= dt.timedelta(seconds=KIOSK_LINK_S + 1)
        self.env.flush_all()
        self.assertEqual(self.url_open(path).status_code, 410)
        self.refused(form)
        self.assertIn("This code has expired", self.state("opened").text)

    def test_who_goes_before_the_phone_came_leaves_no_link(self):
        path = self.begin()
        self.ask("end")
        self.assertEqual(self.url_open(path).status_code, 404)

    def test_who_goes_while_the_phone_pays_is_paid_all_the_same(self):
        before = self.balance()
        form = self.form(self.url_open(self.begin()).text)
        self.ask("end")
        self.pay(self.start(form))
        self.assertEqual(self.balance(), before + 5000)

    def test_another_amount_makes_another_link(self):
        first = self.begin()
        second = self.begin("100.00")
        self.assertEqual(self.url_open(first).status_code, 404)
        self.assertEqual(float(self.form(self.url_open(second).text)["amount"]), 100.0)

    def test_the_months_sum_counts_at_the_kiosk_too(self):
        self.company.campus_topup_month_cap_minor = 10_000
        self.report(self.transaction(60.0), "done")
        page = self.ask("topup").text
        self.assertNotIn('value="50.00"', page)
        self.assertIn("no more this month", page)
        self.assertIn("month", self.ask("topup/begin", amount="50.00").text)
        self.assertFalse(self.link())

    def test_the_months_sum_counts_again_when_the_phone_pays(self):
        self.company.campus_topup_month_cap_minor = 10_000
        form = self.form(self.url_open(self.begin()).text)
        self.report(self.transaction(60.0), "done")
        self.refused(form)

    def test_what_is_no_amount_begins_nothing(self):
        for amount in ("", "0", "-50", "x", "0.001", "99999999", "50.00" * 9):
            self.begin_page = self.ask("topup/begin", amount=amount)
            self.assertEqual(self.begin_page.status_code, 200)
            self.assertFalse(self.link(), amount)

    def test_a_session_pays_onto_its_own_card_whatever_it_sends(self):
        self.ask("topup/begin", amount="50.00", wallet_id=self.other_wallet.id, partner_id=self.wang.id)
        self.assertEqual(self.link().wallet_id, self.wallet)
        other = self.env["campus.topup.link"]._make_once(self.other_wallet, 5000, "x", 300)
        page = self.ask("topup/state", seen="x", link=other.id, topup_link_id=other.id).text
        self.assertIn("50.00", page)
        self.assertEqual(self.link().wallet_id, self.wallet)

    def test_links_of_a_kiosk_do_not_use_up_those_of_the_holder(self):
        for _time in range(6):
            self.begin()
        self.assertEqual(len(self.env["campus.topup.link"]._lasting(self.wallet)), 0)
        self.login(self.lin_user)
        self.assertNotIn(self.link().token, self.url_open("/my/card/links").text)

    def test_links_are_limited(self):
        for _try in range(KIOSK_LINK_TRIES):
            self.env["campus.rate"]._may_try(
                "kiosk link", self.wallet.id, KIOSK_LINK_TRIES, KIOSK_LINK_WINDOW_S
            )
        self.assertIn("Too many tries", self.ask("topup/begin", amount="50.00").text)
        self.assertFalse(self.link())

    def test_links_that_nobody_used_are_forgotten(self):
        self.begin()
        link = self.link()
        link.expires_at -= dt.timedelta(days=2)
        self.env["campus.topup.link"]._gc_once()
        self.assertFalse(link.exists())

    def test_nobody_tops_up_without_key_and_session(self):
        self.refused_everywhere("topup", "topup/begin", "topup/state")
