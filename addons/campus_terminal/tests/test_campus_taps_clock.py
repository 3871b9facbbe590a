from odoo.addons.campus_card.campus_core.taps import wire

from .tap_common import TapCase


class TestCampusTapsClock(TapCase):
    """What an edge decided without knowing the time waits for eyes, as one review."""

    def doubtful(self, outcome="granted", **values):
        return self.journal.told(outcome, rule=f"{wire.DOUBTFUL_CLOCK}offline caps", **values)

    def open_review(self):
        reviews = self.env["campus.tap.review"].search(
            [("edge_id", "=", self.edge.id), ("state", "=", "open")]
        )
        return [(review.reason, review.first_seq, review.last_seq) for review in reviews]

    def test_doubtful_taps_are_charged_and_make_one_review(self):
        for _number in range(2):
            self.doubtful(amount_minor=350)
        self.doubtful(terminal="T-ATTEND", purpose="attend")
        self.journal.told(terminal="T-ATTEND", purpose="attend")
        self.send()
        self.assertEqual(self.wallet.available_minor, 300)
        self.assertEqual(self.open_review(), [("clock_doubt", 1, 3)])
        # what comes later is added to it
        self.doubtful(terminal="T-ATTEND", purpose="attend")
        self.send()
        self.assertEqual(self.open_review(), [("clock_doubt", 1, 5)])

    def test_a_settled_review_is_not_opened_again(self):
        self.doubtful(terminal="T-ATTEND", purpose="attend")
        self.send()
        review = self.env["campus.tap.review"].search([("edge_id", "=", self.edge.id)])
        review.note = "The machine has no battery."
        review.action_settle()
        self.doubtful(terminal="T-ATTEND", purpose="attend")
        self.send()
        self.assertEqual(self.open_review(), [("clock_doubt", 2, 2)])

    def test_refusals_are_reviewed_where_the_time_was_the_reason(self):
        self.doubtful("refused", code="offline_cap_tap")
        self.send()
        self.assertEqual(self.open_review(), [])
        self.doubtful("refused", code="card_expired")
        self.send()
        self.assertEqual(self.open_review(), [("clock_doubt", 2, 2)])

    def test_other_reasons_stand_beside_it(self):
        self.doubtful(credential="uid:DEADBEEF", amount_minor=350)
        self.send()
        self.assertEqual(sorted(self.reviews()), ["clock_doubt", "unknown_card"])
