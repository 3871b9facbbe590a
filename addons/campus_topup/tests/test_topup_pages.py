import json
import logging

from odoo.addons.campus_card import address_log
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import TopupCase


@tagged("post_install", "-at_install")
class TestTopupPages(TopupCase):
    """The holder's way from the amount to the money, over HTTP."""

    def setUp(self):
        super().setUp()
        self.login(self.lin_user)

    def refused(self, form, amount=None, **values):
        with mute_logger("odoo.http"), self.assertRaises(Exception):  # noqa: B017 a JSON-RPC error
            self.start(form, amount, **values)

    def test_from_the_amount_to_the_card(self):
        before = self.balance()
        page = self.url_open("/my/card/topup").text
        self.assertIn('name="amount"', page)
        form = self.form(self.url_open("/my/card/topup?amount=50").text)
        processing = self.start(form)
        self.assertEqual(self.balance(), before)
        status = self.pay(processing)
        self.assertEqual(status["state"], "done")
        self.assertEqual(self.balance(), before + 5000)
        done = self.url_open(status["landing_route"]).text
        self.assertIn("50.00", done)
        self.assertIn("is on the card", done)

    def test_the_poll_that_comes_again_counts_nothing(self):
        before = self.balance()
        processing = self.start(self.form(self.url_open("/my/card/topup?amount=50").text))
        for _time in range(3):
            self.pay(processing)
        self.assertEqual(self.balance(), before + 5000)

    def test_pending_failed_and_cancelled_are_said_in_words(self):
        for state, words in (("pending", "on its way"), ("cancel", "was cancelled"), ("error", "failed")):
            processing = self.start(self.form(self.url_open("/my/card/topup?amount=50").text))
            status = self.pay(processing, state)
            self.assertIn(words, self.url_open(status["landing_route"]).text)

    def test_the_amount_of_the_form_is_bound_to_it(self):
        form = self.form(self.url_open("/my/card/topup?amount=50").text)
        self.refused(form, amount=5.0)
        self.refused(form, amount=5000.0)
        self.refused({**form, "access-token": "x"})
        self.refused(form, campus_wallet_id=self.other_wallet.id)
        self.refused(form, custom_create_values={"campus_wallet_id": self.other_wallet.id})

    def test_a_way_of_payment_of_somebody_else_is_refused(self):
        token = self.token_of(self.wang)
        form = self.form(self.url_open("/my/card/topup?amount=50").text)
        self.refused(form, flow="token", token_id=token.id, payment_method_id=None)
        self.assertFalse(self.env["payment.transaction"].search([("token_id", "=", token.id)]))

    def test_ones_own_saved_way_of_payment_pays_at_once(self):
        token = self.token_of(self.lin)
        before = self.balance()
        form = self.form(self.url_open("/my/card/topup?amount=50").text)
        self.start(form, flow="token", token_id=token.id, payment_method_id=None)
        self.make_jsonrpc_request("/payment/status/poll", {"csrf_token": "x"})
        self.assertEqual(self.balance(), before + 5000)

    def test_amounts_outside_the_rules_are_explained(self):
        self.company.write({"campus_topup_minimum_minor": 1000, "campus_topup_maximum_minor": 20000})
        for amount, words in (
            ("5", "10.00"),
            ("201", "200.00"),
            ("abc", "not an amount"),
            ("-5", "not an amount"),
            ("1.005", "not an amount"),
            ("1e9", "not an amount"),
            ("", "10.00"),
        ):
            page = self.url_open(f"/my/card/topup?amount={amount}").text
            self.assertNotIn("data-access-token", page, amount)
            self.assertIn(words, page, amount)

    def test_another_holders_payment_is_not_found(self):
        tx = self.transaction(50.0, wallet=self.other_wallet)
        for tx_id in (tx.id, tx.id + 10**6, 0):
            self.assertEqual(self.url_open(f"/my/card/topup/done/{tx_id}").status_code, 404)

    def test_too_many_tries_are_stopped(self):
        form = self.form(self.url_open("/my/card/topup?amount=50").text)
        for _try in range(20):
            self.start(form)
        self.refused(form)

    def test_no_page_without_a_login(self):
        self.logout()
        for page in (
            "topup",
            "topup?amount=5",
            "history",
            "limits",
            "auto",
            "links",
            "privacy",
            "statement.xlsx",
        ):
            answer = self.url_open(f"/my/card/{page}", allow_redirects=False)
            self.assertIn(answer.status_code, (302, 303), page)
            self.assertIn("/web/login", answer.headers["Location"], page)

    def test_forms_need_the_pages_token(self):
        for page in (
            "auto/agree",
            "auto/end",
            "links/new",
            "links/revoke",
            "limits/set",
            "pin",
            "privacy/erase",
        ):
            with mute_logger("odoo.http"):
                answer = self.url_open(f"/my/card/{page}", data={"x": "1"}, allow_redirects=False)
            self.assertEqual(answer.status_code, 400, page)

    def test_the_card_offers_to_top_up(self):
        page = self.url_open("/my/card").text
        self.assertIn("/my/card/topup", page)
        self.assertIn("/my/card/history", page)

    def test_no_balance_is_in_an_address_or_a_log(self):
        with self.assertLogs("odoo", "DEBUG") as logs:
            processing = self.start(self.form(self.url_open("/my/card/topup?amount=50").text))
            self.pay(processing)
        self.assertNotIn(f"{self.balance() / 100:.2f}", json.dumps(logs.output))

    def test_the_page_of_a_payment_stands_in_no_frame(self):
        self.login(self.lin_user)
        for path in (
            "/my/card/topup?amount=5",
            "/my/card/topup",
            "/my/card/statement.xlsx",
            "/my/card/topup/done/0",
        ):
            headers = self.url_open(path).headers
            self.assertEqual(headers["X-Frame-Options"], "DENY", path)
            self.assertIn("frame-ancestors 'none'", headers["Content-Security-Policy"], path)

    def test_the_address_of_a_link_is_told_to_nobody_else_and_not_to_the_log(self):
        link = self.env["campus.topup.link"]._make(self.wallet, "Mum")
        answer = self.url_open(f"/card/topup/{link.token}")
        self.assertEqual(answer.headers["Referrer-Policy"], "no-referrer")
        address_log.install()  # as a server does when it starts
        record = logging.LogRecord(
            "werkzeug", logging.INFO, "", 0, '%s - "GET /card/topup/%s HTTP/1.1"', ("::1", link.token), None
        )
        self.assertTrue(logging.getLogger("werkzeug").filter(record))
        self.assertIn("/card/topup/[hidden]", record.getMessage())
        self.assertNotIn(link.token, record.getMessage())
