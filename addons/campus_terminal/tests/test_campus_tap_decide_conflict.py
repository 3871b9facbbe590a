from odoo.addons.campus_card.campus_core.taps import told
from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, tagged

from .tap_common import TapCase


@tagged("post_install", "-at_install")
class TestCampusTapDecideConflict(TapCase):
    """A sale that was told under the id of another tap: it may have been one after all."""

    roles = ("manager",)

    def conflict(self, first=None, **second):
        """A refused tap, then a sale under its id; the review."""
        values = {"terminal": "T-KEY", "amount_minor": 5000} if first is None else first
        self.uuid = self.journal.add(**values)
        self.send()
        self.journal.start()
        self.journal.told(
            **{"uuid": self.uuid, "terminal": "T-KEY", "amount_minor": 320, "card": self.card.id} | second
        )
        self.assertAnswer(self.send()[0], "refused", "conflict")
        return self.env["campus.tap.review"].search([("reason", "=", "conflict")], limit=1)

    def dialog(self, review, **values):
        review = self.as_user(review, "manager")
        action = review.action_decide()
        form = Form(
            self.env[action["res_model"]].with_user(review.env.user).with_context(**action["context"])
        )
        for name, value in values.items():
            setattr(form, name, value)
        return form.save()

    def booked(self):
        uuids = [self.uuid, told.later_uuid(told.CHARGES, self.uuid)]
        return self.env["campus.transfer"].search([("uuid", "in", uuids)])

    def test_it_is_charged_under_an_id_of_its_own(self):
        review = self.conflict()
        self.assertTrue(review.can_decide)
        self.assertIn("id of another tap", review.held_text)
        wizard = self.dialog(review, charge="charge", note="The cook remembers the meal.")
        self.assertEqual(
            (wizard.tap_amount, wizard.card_id, wizard.merchant_id), (3.2, self.card, self.merchant)
        )
        self.assertIn("3.20", wizard.evidence_text)
        wizard.action_apply()
        self.env.invalidate_all()
        self.assertEqual(self.wallet.available_minor, 680)
        self.assertRecordValues(
            review, [{"state": "settled", "decision": "charge", "charged_minor": 320, "can_decide": False}]
        )
        self.assertEqual(self.booked().uuid, told.later_uuid(told.CHARGES, self.uuid))
        self.assertIn(
            self.booked(), self.env["campus.transfer"].search(review.tap_id.action_view_transfers()["domain"])
        )

    def test_a_part_is_charged_and_another_card_may_pay(self):
        review = self.conflict()
        self.top_up(self.other_card.wallet_id, 1000)
        with self.assertRaises(ValidationError):
            self.dialog(review, charge="part", amount=3.2, note="All").action_apply()
        self.dialog(review, charge="part", amount=2, card_id=self.other_card, note="Wang ate.").action_apply()
        self.env.invalidate_all()
        self.assertEqual(
            (self.wallet.available_minor, self.other_card.wallet_id.available_minor), (1000, 800)
        )

    def test_where_something_was_charged_already_nothing_is(self):
        review = self.conflict(first={"terminal": "T-KEY", "amount_minor": 100})
        self.assertFalse(review.can_decide)
        with self.assertRaisesRegex(UserError, "nothing to charge"):
            self.as_user(review, "manager")._decide("charge", "Both", 0, self.card, self.merchant)
        self.env["campus.ledger"]._reverse(
            [{"uuid": told.later_uuid(told.TAKE_BACK, self.uuid), "reverses_uuid": self.uuid}]
        )
        self.env.invalidate_all()
        self.assertTrue(review.can_decide, "what was given back was not paid")

    def test_of_two_other_contents_one_is_charged(self):
        first = self.conflict()
        self.journal.told(uuid=self.uuid, terminal="T-KEY", amount_minor=410, card=self.card.id)
        self.send()
        second = self.env["campus.tap.review"].search([("reason", "=", "conflict")]) - first
        waiting = self.dialog(second, charge="charge", note="The second")
        self.dialog(first, charge="charge", note="The first").action_apply()
        with self.assertRaisesRegex(UserError, "nothing to charge"):
            waiting.action_apply()
        self.env.invalidate_all()
        self.assertEqual((self.wallet.available_minor, second.state), (680, "open"))
        second = self.as_user(second, "manager")
        second.note = "Once was right."
        second.action_settle()
        self.assertEqual(second.state, "settled")

    def test_a_sale_that_waits_and_another_content_of_it_are_one_charge(self):
        self.company.campus_offline_tap_minor = 300
        self.uuid = self.journal.told(terminal="T-KEY", amount_minor=400, card=self.card.id)
        self.send()
        held = self.env["campus.tap.review"].search([("is_held", "=", True)])
        self.journal.told(uuid=self.uuid, terminal="T-KEY", amount_minor=320, card=self.card.id)
        self.send()
        conflict = self.env["campus.tap.review"].search([("reason", "=", "conflict")])
        self.dialog(conflict, charge="charge", note="This one").action_apply()
        with self.assertRaisesRegex(UserError, "already"), self.env.cr.savepoint():
            self.dialog(held, charge="charge", note="And this one").action_apply()
        self.dialog(held, charge="drop", note="The other was right").action_apply()
        self.env.invalidate_all()
        self.assertEqual(self.wallet.available_minor, 680)

    def test_what_tells_of_no_sale_has_nothing_to_charge(self):
        for second in (
            {"outcome": "refused", "code": "abandoned"},
            {"purpose": "door"},
            {"mode": "ask", "outcome": None},
        ):
            with self.subTest(second=second):
                if second.get("mode") == "ask":
                    second["code"] = None
                review = self.conflict(**second)
                self.assertFalse(review.can_decide)
                self.assertFalse(review.held_text)
