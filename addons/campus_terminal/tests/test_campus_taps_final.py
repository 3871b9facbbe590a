import time
import uuid

from odoo.tests import tagged

from ..edge_auth import Edge
from .tap_common import TapCase

HOUR_MS = 3_600_000


def now_ms():
    return int(time.time() * 1000)


@tagged("post_install", "-at_install")
class TestCampusTapsFinal(TapCase):
    """What became of a tap says who asked about it, soon, and in the same words."""

    roles = ("manager",)

    def reviews_of(self, reason):
        return self.env["campus.tap.review"].search([("reason", "=", reason), ("state", "=", "open")])

    def another_edge(self):
        """The edge of another canteen, with a terminal of its own."""
        record = self.env["campus.edge"].create(
            {"name": "Other", "uuid": str(uuid.uuid4()), "state": "active"}
        )
        self.env["campus.terminal"].create(
            {"name": "Far", "code": "T-FAR", "edge_id": record.id, "merchant_id": self.merchant.id,
             "amount_mode": "keyed"}
        )  # fmt: skip
        return Edge(record.id, self.company.id, record.uuid, "active")

    def send_as(self, edge, *entries):
        """What another edge says, in a journal of its own."""
        mine, self.journal, self.edge = (self.journal, self.edge), type(self.journal)(), edge
        try:
            for kind, values in entries:
                getattr(self.journal, kind)(**values)
            return self.send()
        finally:
            self.journal, self.edge = mine

    def test_another_edge_does_not_say_what_became_of_a_tap(self):
        sale = self.tap(terminal="T-KEY", amount_minor=400)
        refused = self.tap(terminal="T-KEY", amount_minor=5000)
        edge = self.another_edge()
        for tap, outcome, amount_minor in ((sale, "refused", 400), (refused, "granted", 5000)):
            final = {"kind": "final", "uuid": tap["uuid"], "terminal": "T-FAR", "amount_minor": amount_minor,
                     "outcome": outcome, "card": self.card.id}  # fmt: skip
            for _again in range(2):
                [answer] = self.send_as(edge, ("told", final))
                self.assertAnswer(answer, "refused", "conflict")
        self.assertEqual((self.wallet.available_minor, self.wallet.debt_minor), (600, 0))
        reviews = self.env["campus.tap.review"].search(
            [("edge_id", "=", edge.id), ("reason", "=", "conflict")]
        )
        self.assertEqual(set(reviews.mapped("tap_id.uuid")), {sale["uuid"], refused["uuid"]})
        self.assertEqual((len(reviews), set(reviews.mapped("state"))), (2, {"open"}))

    def test_another_terminal_credential_card_amount_or_purpose_is_a_conflict(self):
        sale = self.tap(terminal="T-KEY", amount_minor=400)
        same = {"kind": "final", "uuid": sale["uuid"], "terminal": "T-KEY", "amount_minor": 400}
        for other in (
            {"terminal": "T-BREAK"}, {"terminal": "T-NONE"}, {"credential": "uid:04D4E5F6"},
            {"card": self.other_card.id}, {"amount_minor": 399}, {"purpose": "balance"},
        ):  # fmt: skip
            with self.subTest(other=other):
                self.journal.told("refused", **same | other)
                self.assertAnswer(self.send()[0], "refused", "conflict")
        self.assertEqual(self.wallet.available_minor, 600)
        self.journal.told("refused", **same)
        self.assertAnswer(self.send()[0], "refused", "abandoned")
        self.assertEqual(self.wallet.available_minor, 1000)

    def test_an_end_that_is_told_again_the_other_way_round_is_a_conflict(self):
        for first, second, left in (("refused", "granted", 1000), ("granted", "refused", 600)):
            sale = self.tap(terminal="T-KEY", amount_minor=400)
            same = {"kind": "final", "uuid": sale["uuid"], "terminal": "T-KEY", "amount_minor": 400}
            self.journal.told(first, **same)
            self.assertEqual(self.send()[0]["outcome"], first)
            before = self.env["campus.tap.review"].search_count([("reason", "=", "conflict")])
            for _again in range(2):
                self.journal.told(second, **same)
                self.assertAnswer(self.send()[0], "refused", "conflict")
            self.assertEqual(self.wallet.available_minor, left)
            found = self.env["campus.tap.review"].search_count([("reason", "=", "conflict")])
            self.assertEqual(found, before + 1)

    def test_a_conflict_in_the_batch_of_the_tap_itself(self):
        tap = self.journal.add(terminal="T-KEY", amount_minor=400)
        self.journal.told("refused", kind="final", uuid=tap, terminal="T-KEY", amount_minor=1)
        batch = self.journal.batch()
        for _again in range(2):
            self.assertEqual([answer["code"] for answer in self.send(batch)], ["ok", "conflict"])
        self.assertEqual(self.wallet.available_minor, 600)

    def test_a_tap_that_was_told_has_no_other_end(self):
        tap = self.journal.told(terminal="T-KEY", amount_minor=100)
        self.send()
        self.journal.told("refused", kind="final", uuid=tap, terminal="T-KEY", amount_minor=100)
        self.assertAnswer(self.send()[0], "refused", "conflict")
        self.assertEqual(self.wallet.available_minor, 900)

    def test_another_edge_does_not_learn_the_answer_to_a_tap(self):
        sale = {"terminal": "T-KEY", "amount_minor": 400}
        first = self.tap(**sale)
        [answer] = self.send_as(self.another_edge(), ("add", {**sale, "uuid": first["uuid"]}))
        self.assertAnswer(answer, "refused", "conflict")
        self.assertEqual(answer["balance_minor"], None)

    def test_an_end_that_comes_too_late_moves_nothing_until_somebody_decides(self):
        sale = self.tap(terminal="T-KEY", amount_minor=400, at_ms=now_ms() - HOUR_MS)
        self.journal.told("refused", kind="final", uuid=sale["uuid"], terminal="T-KEY", amount_minor=400)
        self.assertAnswer(self.send()[0], "refused", "held")
        self.assertEqual(self.wallet.available_minor, 600)
        review = self.reviews_of("late_final")
        self.assertTrue(review.is_take_back)
        self.as_user(review, "manager")._decide("take_back", "The cook had switched it off.")
        self.assertEqual(self.wallet.available_minor, 1000)
        refused = self.tap(terminal="T-KEY", amount_minor=1400, at_ms=now_ms() - HOUR_MS)
        self.journal.told(kind="final", uuid=refused["uuid"], terminal="T-KEY", amount_minor=1400)
        self.assertAnswer(self.send()[0], "granted", "held")
        self.assertEqual((self.wallet.available_minor, self.wallet.debt_minor), (1000, 0))

    def test_what_an_edge_takes_back_is_seen_by_somebody(self):
        sale = self.tap(terminal="T-KEY", amount_minor=400)
        self.journal.told("refused", kind="final", uuid=sale["uuid"], terminal="T-KEY", amount_minor=400)
        self.send()
        review = self.env["campus.tap.review"].search([("edge_id", "=", self.edge.id)])
        self.assertEqual((review.reason, review.state), ("taken_back", "notice"))
        self.as_user(review, "manager").action_settle()
        self.assertEqual(review.state, "settled")

    def test_a_tap_that_comes_after_its_end_costs_what_the_end_has_said(self):
        tap = self.journal.add(terminal="T-KEY", amount_minor=400)
        missing = self.journal.batch()
        self.journal.told("refused", kind="final", uuid=tap, terminal="T-KEY", amount_minor=400)
        self.send()
        self.assertAnswer(self.send(missing)[0], "refused", "abandoned")
        self.assertEqual(self.wallet.available_minor, 1000)

    def test_a_tap_behind_its_end_in_one_batch_costs_what_the_end_has_said(self):
        """An edge that writes an earlier journal's entries anew may have the end in front."""
        for outcome, code, left in (("refused", "abandoned", 1000), ("granted", "ok", 600)):
            with self.subTest(outcome=outcome):
                tap = str(uuid.uuid4())
                sale = {"uuid": tap, "terminal": "T-KEY", "amount_minor": 400}
                self.journal.told(outcome, kind="final", **sale)
                self.journal.add(**sale)
                self.assertEqual([answer["code"] for answer in self.send()], [code, code])
                self.assertEqual(self.wallet.available_minor, left)
        self.assertFalse(self.reviews())

    def test_a_tap_in_a_batch_after_its_end_costs_what_the_end_has_said(self):
        """Nothing in that batch shows that the server has anything of it."""
        for outcome, code, left in (("refused", "abandoned", 1000), ("granted", "ok", 600)):
            with self.subTest(outcome=outcome):
                tap = str(uuid.uuid4())
                sale = {"uuid": tap, "terminal": "T-KEY", "amount_minor": 400}
                self.journal.told(outcome, kind="final", **sale)
                self.send()
                self.journal.add(**sale)
                self.journal.add(terminal="T-KEY", amount_minor=1)
                self.assertEqual([answer["code"] for answer in self.send()], [code, "ok"])
                self.assertEqual(self.wallet.available_minor, left - 1)
                self.top_up(self.wallet, 1)
        self.assertFalse(self.reviews())

    def test_a_tap_is_not_ended_by_what_was_said_of_another_one_before(self):
        sale = {"terminal": "T-KEY", "amount_minor": 400}
        for other in ({"terminal": "T-BREAK"}, {"amount_minor": 399}, {"credential": "uid:04D4E5F6"}):
            with self.subTest(other=other):
                tap = str(uuid.uuid4())
                self.journal.told("refused", kind="final", uuid=tap, **sale | other)
                self.journal.add(uuid=tap, **sale)
                self.assertAnswer(self.send()[1], "refused", "conflict")
        tap = str(uuid.uuid4())
        final = {"kind": "final", "uuid": tap, "terminal": "T-FAR", "amount_minor": 400, "outcome": "refused"}
        self.send_as(self.another_edge(), ("told", final))
        self.assertAnswer(self.tap(uuid=tap, **sale), "refused", "conflict")
        self.assertEqual((self.wallet.available_minor, len(self.reviews_of("conflict"))), (1000, 4))
