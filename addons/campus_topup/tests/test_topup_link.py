from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..const import LINK_TRIES, LINK_WINDOW_S
from .common import TopupCase


@tagged("post_install", "-at_install")
class TestTopupLink(TopupCase):
    """A link brings money and tells nothing."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.link = cls.env["campus.topup.link"]._make(cls.wallet, "  Xiao   Lin ")
        cls.path = f"/card/topup/{cls.link.token}"

    def test_a_guest_pays_and_learns_only_the_chosen_name(self):
        before = self.balance()
        page = self.url_open(self.path).text
        self.assertIn("Xiao Lin", page)
        pay = self.url_open(f"{self.path}?amount=30").text
        processing = self.start(self.form(pay))
        status = self.pay(processing)
        done = self.url_open(status["landing_route"]).text
        self.assertEqual(self.balance(), before + 3000)
        for text in (page, pay, done, str(processing)):
            for secret in (self.lin.name, "T0001", f"{before / 100:.2f}", f"{(before + 3000) / 100:.2f}"):
                self.assertNotIn(secret, text)
        self.link.invalidate_recordset()
        self.assertEqual(self.link.uses, 1)
        tx = self.env["payment.transaction"].search([("campus_link_id", "=", self.link.id)])
        self.assertNotEqual(tx.partner_id, self.lin)

    def test_guests_save_no_way_of_payment(self):
        form = self.form(self.url_open(f"{self.path}?amount=30").text)
        for values in (
            {"tokenization_requested": True},
            {"flow": "token", "token_id": self.token_of(self.lin).id},
        ):
            with mute_logger("odoo.http"), self.assertRaises(Exception):  # noqa: B017 a JSON-RPC error
                self.start(form, **values)

    def test_how_a_payment_ended_is_for_the_payer_only(self):
        tx = self.transaction(30.0, campus_link_id=self.link.id)
        self.assertEqual(self.url_open(f"{self.path}/done/{tx.id}").status_code, 404)
        self.assertEqual(self.url_open(f"{self.path}/done/{tx.id}?access_token=abc").status_code, 404)
        mine = self.transaction(30.0)
        self.assertEqual(self.url_open(f"{self.path}/done/{mine.id}?access_token=abc").status_code, 404)

    def test_an_ended_link_and_a_guess_are_the_same_404(self):
        self.link._revoke()
        for path in (self.path, "/card/topup/x", f"/card/topup/{'A' * 32}", f"/card/topup/{'A' * 2000}"):
            answer = self.url_open(path)
            self.assertEqual(answer.status_code, 404)
            self.assertIn("Ask the person who sent it", answer.text)

    def test_guessing_is_slowed_down(self):
        # A refused request is rolled back with the test's counter; on a server it has its own transaction.
        for _try in range(LINK_TRIES):
            self.env["campus.rate"]._may_try("topup.link", "127.0.0.1", LINK_TRIES, LINK_WINDOW_S)
        answer = self.url_open(self.path)
        self.assertEqual(answer.status_code, 400)
        self.assertIn("wait a few minutes", answer.text)

    def test_a_guest_is_not_told_what_came_in_this_month(self):
        self.company.campus_topup_month_cap_minor = 10_000
        self.report(self.transaction(90.0), "done")
        page = self.url_open(f"{self.path}?amount=20").text
        self.assertIn("cannot take that much", page)
        self.assertNotIn("10.00", page)

    def test_a_name_is_short_and_links_are_few(self):
        links = self.env["campus.topup.link"]
        for name in ("", "   ", "x" * 41):
            with self.assertRaises(ValidationError):
                links._make(self.wallet, name)
        for number in range(4):
            links._make(self.wallet, f"L{number}")
        with self.assertRaises(ValidationError):
            links._make(self.wallet, "one more")

    def test_a_token_is_long_and_read_by_no_staff(self):
        self.assertGreaterEqual(len(self.link.token), 32)
        finance = self.new_user("finance")
        with self.assertRaises(AccessError):
            self.link.with_user(finance).read(["token"])
        with self.assertRaises(AccessError):
            self.link.with_user(finance).write({"shown_name": "x"})

    def test_the_holder_makes_and_ends_links(self):
        self.login(self.lin_user)
        self.post("/my/card/links/new", shown_name="Mum's link")
        page = self.url_open("/my/card/links").text
        self.assertIn(self.link.token, page)
        self.assertIn("Mum", page)
        self.post("/my/card/links/revoke", link=str(self.link.id))
        self.assertTrue(self.link.revoked_at)
        self.assertNotIn(self.link.token, self.url_open("/my/card/links").text)

    def test_nobody_ends_the_link_of_another(self):
        self.login(self.wang_user)
        self.assertEqual(self.post("/my/card/links/revoke", link=str(self.link.id)).status_code, 404)
        self.assertFalse(self.link.revoked_at)
        self.assertNotIn(self.link.token, self.url_open("/my/card/links").text)
