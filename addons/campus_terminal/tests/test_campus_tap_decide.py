from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger
from psycopg2.errors import CheckViolation

from .tap_common import TapCase


@tagged("post_install", "-at_install")
class TestCampusTapDecide(TapCase):
    """A person decides what becomes of money that an edge was not believed about."""

    roles = ("clerk", "manager", "finance", "auditor", "employee")

    def setUp(self):
        super().setUp()
        self.company.write({"campus_offline_tap_minor": 500, "campus_debt_limit_minor": 300})
        self.journal.told(terminal="T-KEY", amount_minor=800, card=self.card.id)
        self.assertAnswer(self.send()[0], "granted", "held")
        self.review = self.env["campus.tap.review"].search([("edge_id", "=", self.edge.id)])

    def form(self, role="manager", review=None, **values):
        review = self.as_user(review or self.review, role)
        action = review.action_decide()
        dialog = Form(
            self.env[action["res_model"]].with_user(self.users[role]).with_context(**action["context"])
        )
        for name, value in values.items():
            setattr(dialog, name, value)
        return dialog.save()

    def purchase(self, tap=None):
        tap = tap or self.review.tap_id
        return self.env["campus.transfer"].search(tap.action_view_transfers()["domain"])

    def test_all_of_it_is_charged_once_and_the_review_says_by_whom(self):
        self.assertIn("8.00", self.review.held_text)
        wizard = self.form(charge="charge", note="The cook remembers it.")
        wizard.action_apply()
        self.env.invalidate_all()
        self.assertEqual(self.wallet.available_minor, 200)
        self.assertRecordValues(
            self.review,
            [{"state": "settled", "decision": "charge", "charged_minor": 800, "note": "The cook remembers it.",
              "settled_by_id": self.users["manager"].id}],
        )  # fmt: skip
        self.assertRecordValues(
            self.purchase(),
            [{"amount_minor": 800, "kind": "purchase", "credit_account_id": self.merchant.id,
              "card_id": self.card.id, "origin": f"campus.tap.review,{self.review.id}"}],
        )  # fmt: skip

    def test_who_clicks_twice_or_second_changes_nothing(self):
        wizard = self.form(charge="charge", note="Yes")
        second = self.form("finance", charge="drop", note="No")
        wizard.action_apply()
        for again in (wizard, second):
            with self.assertRaisesRegex(UserError, "decided already"):
                again.action_apply()
        self.env.invalidate_all()
        self.assertEqual((self.wallet.available_minor, self.review.decision), (200, "charge"))
        # even where the state were lost, the id of the charge is the tap's own
        self.env.cr.execute("UPDATE campus_tap_review SET state = 'open', decision = NULL, charged_minor = 0")
        self.env.invalidate_all()
        self.form(charge="charge", note="Yes").action_apply()
        self.env.invalidate_all()
        self.assertEqual(self.wallet.available_minor, 200)

    def test_a_part_is_charged(self):
        for wrong in (0, 8, 9, -1):
            with self.subTest(wrong=wrong), self.assertRaises(ValidationError):
                self.form(charge="part", amount=wrong, note="Part").action_apply()
        self.form(charge="part", amount=2.5, note="He had only tea.").action_apply()
        self.env.invalidate_all()
        self.assertEqual((self.wallet.available_minor, self.review.charged), (750, 2.5))

    def test_nothing_is_charged(self):
        self.form("finance", charge="drop", note="The edge was stolen.").action_apply()
        self.env.invalidate_all()
        self.assertEqual((self.wallet.available_minor, self.review.decision), (1000, "drop"))
        self.assertFalse(self.purchase())

    def test_the_ceiling_of_debt_holds_for_reviewers(self):
        self.journal.told(terminal="T-KEY", amount_minor=2000, card=self.card.id)
        self.send()
        review = self.env["campus.tap.review"].search([("edge_id", "=", self.edge.id)], limit=1)
        with self.assertRaisesRegex(UserError, "At most 13.00"), self.env.cr.savepoint():
            self.form(review=review, charge="charge", note="Yes").action_apply()
        self.env.invalidate_all()
        self.assertEqual(review.state, "open")
        self.form(review=review, charge="part", amount=13, note="Yes").action_apply()
        self.env.invalidate_all()
        self.assertEqual((self.wallet.available_minor, self.wallet.debt_minor), (0, 300))

    def test_a_note_does_not_settle_it_and_a_reason_is_needed(self):
        review = self.as_user(self.review, "manager")
        review.note = "Looked at it."
        with self.assertRaisesRegex(UserError, "Decide"):
            review.action_settle()
        for note in ("", "  "):
            with self.assertRaisesRegex(UserError, "why"):
                review._decide("drop", note)
        with self.assertRaisesRegex(UserError, "Choose"):
            self.form(note="Hm").action_apply()
        with self.assertRaises(UserError):
            review._decide("take_back", "There is nothing to take back.")

    def test_who_may_decide(self):
        for role in ("clerk", "auditor"):
            with self.subTest(role=role), self.assertRaises(AccessError):
                self.as_user(self.review, role)._decide("drop", "Mine")
        for role in ("clerk", "auditor", "employee"):
            with self.subTest(role=role), self.assertRaises(AccessError):
                self.env["campus.tap.decide"].with_user(self.users[role]).create(
                    {"review_id": self.review.id, "charge": "drop", "note": "Mine"}
                )
        for values in ({"decision": "drop"}, {"charged_minor": 5}, {"is_held": False}, {"state": "settled"}):
            with self.subTest(values=values), self.assertRaises(UserError):
                self.as_user(self.review, "manager").write(values)

    @mute_logger("odoo.sql_db")
    def test_the_database_settles_no_money_without_a_decision(self):
        self.env.flush_all()
        for values in ("state = 'settled'", "decision = 'charge', charged_minor = 0"):
            with self.assertRaises(CheckViolation), self.env.cr.savepoint():
                self.env.cr.execute(f"UPDATE campus_tap_review SET {values}")

    def test_a_sale_to_an_unknown_card_is_charged_to_the_card_that_was_found_out(self):
        self.journal.told(terminal="T-KEY", amount_minor=300, credential="uid:DEADBEEF")
        self.send()
        review = self.env["campus.tap.review"].search([("reason", "=", "unknown_card")])
        with self.assertRaisesRegex(ValidationError, "whose card"):
            self.form(review=review, charge="charge", note="Lin paid").action_apply()
        self.form(review=review, charge="charge", card_id=self.card, note="Lin paid").action_apply()
        self.env.invalidate_all()
        self.assertEqual(self.wallet.available_minor, 700)

    def test_a_sale_without_a_merchant_is_charged_for_the_one_that_is_named(self):
        self.journal.told(terminal="T-GONE", amount_minor=300)
        self.send()
        review = self.env["campus.tap.review"].search([("reason", "=", "no_merchant")])
        with self.assertRaisesRegex(ValidationError, "which merchant"):
            self.form(review=review, charge="charge", note="Breakfast").action_apply()
        self.form(review=review, charge="charge", merchant_id=self.merchant, note="Breakfast").action_apply()
        self.env.invalidate_all()
        self.assertEqual(self.wallet.available_minor, 700)

    def test_the_card_that_the_tap_shows_is_no_choice(self):
        wizard = self.form(charge="charge", note="Yes")
        wizard.card_id = self.other_card
        wizard.action_apply()
        self.assertEqual(self.purchase().card_id, self.card)
