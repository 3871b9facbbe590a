from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger
from psycopg2.errors import UniqueViolation

from .common import PortalCase, SoftPhone


@tagged("post_install", "-at_install")
class TestCampusLoss(PortalCase):
    roles = ("clerk", "manager", "arts_clerk", "employee", "auditor")

    def setUp(self):
        super().setUp()
        self.login(self.lin_user)
        self.wallet = self.lin.campus_wallet_id

    def report(self):
        self.assertEqual(self.post("/my/card/lost/report").status_code, 303)
        return self.env["campus.loss"].search([("partner_id", "=", self.lin.id)], limit=1)

    def test_one_press_freezes_cards_phone_and_money_together(self):
        phone = SoftPhone()
        self.enrol(phone)
        loss = self.report()
        self.assertEqual(self.wallet.state, "frozen")
        self.assertEqual(set(self.lin.campus_card_ids.mapped("state")), {"lost"})
        self.assertEqual(self.resolve(phone.code())[1], "card_lost")
        self.assertEqual(self.resolve(self.card.uid)[1], "card_lost")
        self.assertTrue(loss.reported_at)
        self.assertIn("Reported lost.", self.url_open("/my/card/lost").text)

    def test_reporting_twice_keeps_the_first_moment(self):
        loss = self.report()
        first = loss.reported_at
        self.assertEqual(self.report(), loss)
        self.assertEqual(loss.reported_at, first)

    def test_a_loss_touches_nobody_else(self):
        self.report()
        self.assertEqual(self.other_card.state, "active")
        self.assertEqual(self.wang.campus_wallet_id.state, "open")

    def test_what_was_found_works_again(self):
        loss = self.report()
        self.assertEqual(self.post("/my/card/lost/found").status_code, 303)
        self.assertEqual((loss.state, self.card.state, self.wallet.state), ("found", "active", "open"))

    def test_finding_lifts_no_freeze_of_the_office(self):
        self.wallet.action_freeze()
        self.card._do("freeze")
        self.report()
        self.post("/my/card/lost/found")
        self.assertEqual((self.card.state, self.wallet.state), ("frozen", "frozen"))

    def test_the_phone_can_be_kept_while_the_card_stays_lost(self):
        phone = SoftPhone()
        self.enrol(phone)
        loss = self.report()
        card = self.lin.campus_card_ids.filtered(lambda card: card.kind == "phone")
        self.post("/my/card/lost/found", card=card.id)
        self.assertIsNone(self.resolve(phone.code())[1])
        self.assertEqual((self.card.state, self.wallet.state, loss.state), ("lost", "open", "open"))

    def test_a_new_card_is_asked_for_and_its_fee_is_taken(self):
        loss = self.report()
        self.assertEqual(self.post("/my/card/lost/replace", card=self.card.id).status_code, 303)
        new = self.card.replaced_by_id
        self.assertEqual((self.card.state, new.state, loss.state), ("replaced", "requested", "replaced"))
        self.assertEqual(self.wallet.balance_minor, 8640 - self.company.campus_replacement_fee_minor)
        self.assertEqual(self.wallet.state, "open")

    def test_without_money_for_the_fee_nothing_is_half_done(self):
        self.company.campus_replacement_fee_minor = 999999
        loss = self.report()
        page = self.post("/my/card/lost/replace", card=self.card.id)
        self.assertEqual(page.status_code, 200)
        self.assertIn("Not enough money", page.text)
        self.assertEqual((self.card.state, self.wallet.state, loss.state), ("lost", "frozen", "open"))

    def test_ids_of_other_peoples_cards_do_nothing(self):
        self.report()
        self.login(self.wang_user)
        self.post("/my/card/lost/report")
        self.login(self.lin_user)
        for url in ("/my/card/lost/found", "/my/card/lost/replace"):
            for card in (self.other_card.id, 0, -1, "x", "1 OR 1=1"):
                with mute_logger("odoo.http"):
                    page = self.post(url, card=card)
                self.assertIn("not a card of yours", page.text)
        self.assertEqual((self.card.state, self.other_card.state), ("lost", "lost"))

    def test_a_press_without_the_pages_token_does_nothing(self):
        with mute_logger("odoo.http"):
            response = self.url_open("/my/card/lost/report", data={"csrf_token": "no"}, allow_redirects=False)
        self.assertEqual(response.status_code, 400)
        self.assertEqual(self.card.state, "active")

    def test_portal_users_may_read_no_report_directly(self):
        loss = self.report()
        for model in (
            "campus.loss",
            "campus.phone",
            "campus.emergency",
            "campus.credential.use",
            "campus.rate",
        ):
            with self.assertRaises(AccessError):
                self.env[model].with_user(self.lin_user).search([])
        with self.assertRaises(AccessError):
            loss.with_user(self.lin_user).read(["state"])

    @mute_logger("odoo.sql_db")
    def test_the_database_holds_one_open_report_of_a_holder(self):
        loss = self.report()
        with self.assertRaises(UniqueViolation), self.cr.savepoint():
            loss.copy()

    def test_the_page_names_the_devices_that_have_not_heard_of_it(self):
        self.env["campus.edge"].create(
            {"name": "Canteen North", "state": "active", "uuid": "0199bbbb-0000-7000-8000-000000000001"}
        )
        self.report()
        self.assertIn("Canteen North", self.url_open("/my/card/lost").text)

    # -- by the office -----------------------------------------------------------------

    def wizard(self, role="clerk", holder=None, channel="hotline", right=2):
        form = Form(self.env["campus.loss.wizard"].with_user(self.users[role]))
        form.partner_id = holder or self.lin
        form.channel = channel
        wizard = form.save()
        wizard.line_ids[:right].is_right = True
        return wizard

    def test_a_caller_who_knows_the_answers_is_believed(self):
        wizard = self.wizard()
        self.assertIn("T0001", wizard.line_ids.mapped("answer"))
        loss = self.env["campus.loss"].browse(wizard.action_report()["res_id"])
        self.assertEqual((loss.channel, loss.user_id), ("hotline", self.users["clerk"]))
        self.assertEqual(self.card.state, "lost")
        self.assertIn("campus number", loss.identity)

    def test_a_caller_with_one_answer_is_not_believed(self):
        with self.assertRaises(UserError):
            self.wizard(right=1).action_report()
        with self.assertRaises(UserError):
            self.wizard(channel="counter", right=0).action_report()
        self.assertEqual(self.card.state, "active")

    def test_a_document_is_enough_at_the_counter(self):
        wizard = self.wizard(channel="counter", right=0)
        wizard.seen_document = True
        wizard.action_report()
        self.assertEqual(self.card.state, "lost")

    def test_a_clerk_reports_for_their_own_departments_only(self):
        wizard = self.env["campus.loss.wizard"].create(
            {"partner_id": self.wang.id, "channel": "counter", "seen_document": True}
        )
        with self.assertRaises(AccessError):
            wizard.with_user(self.users["arts_clerk"]).action_report()
        with self.assertRaises(AccessError):
            self.env["campus.loss.wizard"].with_user(self.users["employee"]).create(
                {"partner_id": self.lin.id}
            )

    def test_the_office_lifts_the_freeze(self):
        loss = self.report()
        with self.assertRaises(AccessError):
            self.as_user(loss, "auditor").action_found()
        self.as_user(loss, "clerk").action_found()
        self.assertEqual((self.card.state, self.wallet.state), ("active", "open"))
