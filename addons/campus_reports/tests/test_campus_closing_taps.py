import uuid

from odoo.addons.campus_terminal.edge_auth import Edge
from odoo.addons.campus_terminal.tests.tap_common import Journal
from odoo.tests import tagged

from .common import ClosingCase


@tagged("post_install", "-at_install")
class TestCampusClosingTaps(ClosingCase):
    """A day does not close while a tap waits for eyes."""

    def test_a_tap_that_came_again_as_another_keeps_the_day_open_until_it_is_settled(self):
        edge = self.env["campus.edge"].create(
            {"name": "Canteen", "uuid": str(uuid.uuid4()), "state": "active"}
        )
        sender = Edge(edge.id, self.company.id, edge.uuid, "active")
        journal = Journal()
        tap = journal.add()
        for amount_minor in (None, 200):
            if amount_minor:
                journal.add(uuid=tap, amount_minor=amount_minor, at_ms=1)
            self.env["campus.taps"].sudo()._take(sender, journal.batch())
        review = self.env["campus.tap.review"].search([("edge_id", "=", edge.id)])
        self.assertEqual((review.reason, review.tap_id.uuid), ("conflict", tap))
        closing = self.Closing.new({"company_id": self.company.id, "date": review.booking_date})
        [blocker] = closing._close_blockers()
        self.assertIn("1 taps wait for review", blocker)
        review.with_user(self.finance).note = "One sale, the reader was repaired."
        review.with_user(self.finance).action_settle()
        self.assertEqual(closing._close_blockers(), [])

    def test_money_that_waits_keeps_the_day_open_until_it_is_decided(self):
        edge = self.env["campus.edge"].create(
            {"name": "Canteen", "uuid": str(uuid.uuid4()), "state": "active"}
        )
        journal = Journal()
        journal.told(terminal="T-GONE", amount_minor=350)
        sender = Edge(edge.id, self.company.id, edge.uuid, "active")
        self.env["campus.taps"].sudo()._take(sender, journal.batch())
        review = self.env["campus.tap.review"].search([("edge_id", "=", edge.id)])
        self.assertTrue(review.is_held)
        closing = self.Closing.new({"company_id": self.company.id, "date": review.booking_date})
        self.assertTrue(closing._close_blockers())
        review.with_user(self.finance)._decide("drop", "A machine that was tried out.")
        self.assertEqual(closing._close_blockers(), [])
