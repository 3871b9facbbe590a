from odoo.addons.campus_terminal.tests.tap_common import TapCase
from odoo.tests import tagged

from ..models import campus_taps


@tagged("post_install", "-at_install")
class TestCampusEmergencyTaps(TapCase):
    """Emergency codes keyed at the terminals of an edge."""

    roles = ()

    def setUp(self):
        super().setUp()
        self.company.campus_emergency_cap_minor = 800
        self.code = self.env["campus.emergency"].sudo()._renew(self.lin, self.company)
        self.shown = f"emergency:T0001#{self.code}"
        self.wrong = "emergency:T0001#" + ("00000000" if self.code != "00000000" else "11111111")

    def state(self):
        record = self.env["campus.emergency"].sudo().search([("partner_id", "=", self.lin.id)])
        return record.wrong

    def test_a_code_pays_the_amount_of_the_terminal_and_is_named_by_kind_alone(self):
        answer = self.tap(credential=self.shown)
        self.assertAnswer(answer, "granted", "ok", 650)
        self.assertEqual(answer["name"], "", "an edge without a display for names is told none")
        tap = self.env["campus.tap"].search([("uuid", "=", answer["uuid"])])
        self.assertEqual((tap.card_id, tap.credential), (self.card, "emergency:(14)"))
        used = self.env["campus.credential.use"].sudo().search([("payment", "=", answer["uuid"])])
        self.assertEqual(used.kind, "emergency")

    def test_a_code_pays_once_a_day_at_edges_and_tills_together(self):
        self.assertAnswer(self.tap(credential=self.shown), "granted", "ok")
        again = self.tap(credential=self.shown, terminal="T-KEY", amount_minor=100)
        self.assertAnswer(again, "refused", "emergency_used", None)
        self.assertIn("used today", again["text"])
        payment = {"uuid": "0190f3e0-0000-7000-8000-00000000bbbb", "amount_minor": 100}
        cards = self.env["campus.card"].with_company(self.company)
        self.assertEqual(cards._resolve_emergency(self.shown, payment)[1], "emergency_used")
        self.assertEqual(self.wallet.available_minor, 650)

    def test_a_batch_that_comes_again_gets_its_first_answer_and_uses_the_code_once(self):
        self.journal.add(credential=self.shown)
        batch = self.journal.batch()
        for _number in range(2):
            self.assertAnswer(self.send(batch)[0], "granted", "ok", 650)

    def test_a_code_twice_in_one_batch_pays_once_however_it_is_written(self):
        self.journal.add(credential=self.shown)
        self.journal.add(credential=self.shown)
        self.journal.add(credential=f"emergency:T0001#{self.code[:4]} {self.code[4:]}")
        codes = [answer["code"] for answer in self.send()]
        self.assertEqual(codes, ["ok", "emergency_used", "emergency_used"])
        self.assertEqual(self.wallet.available_minor, 650)

    def test_a_payment_that_is_taken_back_has_not_used_the_code_up(self):
        uuid = self.journal.add(credential=self.shown)
        self.send()
        self.journal.told("refused", kind="final", uuid=uuid, credential=self.shown, code="emergency_online")
        self.assertAnswer(self.send()[0], "refused", "emergency_online")
        self.assertEqual(self.wallet.available_minor, 1000)
        self.assertAnswer(self.tap(credential=self.shown), "granted", "ok", 650)

    def test_a_refused_payment_has_not_used_the_code_up(self):
        self.company.campus_emergency_cap_minor = 100_000
        much = self.tap(credential=self.shown, terminal="T-KEY", amount_minor=5000)
        self.assertAnswer(much, "refused", "insufficient")
        self.assertAnswer(self.tap(credential=self.shown), "granted", "ok", 650)

    def test_the_cap_holds(self):
        answer = self.tap(credential=self.shown, terminal="T-KEY", amount_minor=801)
        self.assertAnswer(answer, "refused", "emergency_cap")
        self.assertEqual(self.state(), 0)

    def test_five_wrong_tries_lock_the_code_though_each_tap_is_refused(self):
        for _number in range(5):
            self.assertAnswer(self.tap(credential=self.wrong), "refused", "emergency_wrong")
        self.assertEqual(self.state(), 5)
        self.assertAnswer(self.tap(credential=self.shown), "refused", "emergency_locked")
        self.assertEqual(self.wallet.available_minor, 1000)

    def test_one_edge_cannot_try_a_class_list(self):
        self.patch(campus_taps, "TRIES_MAX", 2)
        for number in range(3):
            self.journal.add(credential=f"emergency:T9{number}#12345678")
        codes = [answer["code"] for answer in self.send()]
        self.assertEqual(codes, ["emergency_wrong", "emergency_wrong", "rate_limited"])

    def test_without_a_payment_no_code_is_tried(self):
        for code, values in (
            ("emergency_online", {"purpose": "balance"}),
            ("terminal_unknown", {"terminal": "T-NONE"}),
            ("amount_invalid", {"terminal": "T-KEY"}),
            ("terminal_unknown", {"terminal": "T-DOOR"}),
            ("emergency_online", {"terminal": "T-DOOR", "purpose": "door"}),
            ("credential_malformed", {"credential": "emergency:T0001#12"}),
        ):
            with self.subTest(values=values):
                self.assertAnswer(self.tap(**{"credential": self.wrong} | values), "refused", code)
        self.journal.told("refused", credential=self.wrong, code="emergency_online")
        self.assertAnswer(self.send()[0], "refused", "emergency_online")
        self.assertEqual(self.state(), 0)

    def test_a_lost_card_stops_the_code(self):
        self.card.action_report_lost()
        self.assertAnswer(self.tap(credential=self.shown), "refused", "card_lost")
