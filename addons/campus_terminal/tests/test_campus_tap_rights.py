from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger
from psycopg2.errors import RestrictViolation

from .tap_common import TapCase


@tagged("post_install", "-at_install")
class TestCampusTapRights(TapCase):
    def setUp(self):
        super().setUp()
        self.journal.told(terminal="T-KEY", amount_minor=1600)
        self.send()
        self.record = self.env["campus.tap"].search([("edge_id", "=", self.edge.id)])
        self.review = self.env["campus.tap.review"].search([("edge_id", "=", self.edge.id)])

    def test_nobody_writes_taps(self):
        taps = self.env["campus.tap"]
        for call in (lambda: taps.create({}), lambda: self.record.write({"code": "x"}), self.record.unlink):
            with self.assertRaises(UserError):
                call()

    @mute_logger("odoo.sql_db")
    def test_the_database_refuses_changes_of_taps(self):
        for statement in ("UPDATE campus_tap SET code = 'x'", "DELETE FROM campus_tap"):
            with self.assertRaises(RestrictViolation), self.env.cr.savepoint():
                self.env.cr.execute(statement)

    def test_an_employee_sees_neither_taps_nor_reviews(self):
        for record in (self.record, self.review):
            with self.assertRaises(AccessError):
                self.as_user(record, "employee").read(["code"] if record == self.record else ["reason"])

    def test_clerks_and_auditors_read_and_settle_nothing(self):
        for role in ("clerk", "auditor"):
            review = self.as_user(self.review, role)
            self.assertEqual(review.reason, "short")
            with self.assertRaises(AccessError):
                review.action_settle()

    def test_a_clerk_sees_the_taps_of_their_departments(self):
        self.lin.campus_department_id = self.physics
        seen = self.env["campus.tap"].with_user(self.users["arts_clerk"]).search([])
        self.assertNotIn(self.record, seen)

    def test_a_review_is_settled_with_a_note_and_once(self):
        review = self.as_user(self.review, "manager")
        with self.assertRaisesRegex(UserError, "Write down what was found"):
            review.action_settle()
        review.note = "The holder paid at the counter."
        review.action_settle()
        self.assertRecordValues(
            self.review, [{"state": "settled", "settled_by_id": self.users["manager"].id}]
        )
        with self.assertRaises(UserError):
            review.write({"state": "open"})

    def test_a_tap_says_where_and_why(self):
        self.company.partner_id.tz, self.env.user.tz = "Asia/Shanghai", "America/New_York"
        when = self.company._campus_when(self.record.occurred_at, self.env)
        self.assertEqual(self.record.display_name, f"{self.keyed.display_name}, {when}")
        self.journal.told(terminal="T-KEY", outcome="refused", code="amount_invalid", amount_minor=None)
        self.send()
        (refused,) = self.env["campus.tap"].search([("edge_id", "=", self.edge.id)]) - self.record
        self.assertEqual(refused.reason, "No amount was keyed or sent, or none that can be paid.")

    def test_a_sentence_has_its_numbers_or_does_without(self):
        explain = self.env["campus.ledger"]._explain
        for code in ("amount_invalid", "limit_uid", "offline_cap_tap"):
            self.assertNotIn("–", explain({"code": code, "numbers": {}}))
        numbers = {"limit_minor": 5000}
        self.assertIn("50.00", explain({"code": "offline_cap_tap", "numbers": numbers}))

    def test_reviews_are_not_made_by_hand(self):
        with self.assertRaises(UserError):
            self.env["campus.tap.review"].with_user(self.users["manager"]).create({"reason": "short"})
