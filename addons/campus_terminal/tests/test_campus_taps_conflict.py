import uuid

from odoo.tests import tagged

from ..edge_auth import Edge
from .tap_common import TapCase


@tagged("post_install", "-at_install")
class TestCampusTapsConflict(TapCase):
    """A tap that comes again with other content, and one that comes again as it was."""

    roles = ("manager",)

    def conflicts(self):
        return self.env["campus.tap.review"].search([("reason", "=", "conflict")])

    def again(self, uuid, **values):
        """The tap in a new journal, as after a fork; its answer."""
        self.journal.start()
        return self.tap(uuid=uuid, **values)

    def test_a_conflict_is_a_review_on_the_stored_tap_with_the_other_content(self):
        uuid = self.journal.add()
        self.send()
        answer = self.tap(uuid=uuid, amount_minor=120, terminal="T-KEY", credential="uid:04FFEEDD")
        self.assertAnswer(answer, "refused", "conflict")
        review = self.conflicts()
        self.assertRecordValues(
            review,
            [{"state": "open", "edge_id": self.edge.id, "journal": self.journal.id, "first_seq": 2,
              "booking_date": self.env["campus.ledger"]._business_day(self.company)}],
        )  # fmt: skip
        self.assertEqual((review.tap_id.uuid, review.tap_id.amount_minor), (uuid, 350))
        self.assertEqual(review.evidence["amount_minor"], 120)
        for part in ("T-KEY", "1.20", "uid:****EEDD", ":"):
            self.assertIn(part, review.evidence_text)
        self.assertNotIn("04FFEEDD", str(review.evidence))
        self.assertEqual(self.wallet.available_minor, 650)

    def test_each_other_content_is_one_review_however_often_it_comes(self):
        uuid = self.journal.add()
        self.send()
        for amount_minor in (100, 100, 200, 100):
            answer = self.again(uuid, amount_minor=amount_minor, terminal="T-KEY")
            self.assertAnswer(answer, "refused", "conflict")
        self.assertEqual(sorted(r.evidence["amount_minor"] for r in self.conflicts()), [100, 200])

    def test_a_settled_conflict_does_not_come_back(self):
        uuid = self.journal.add()
        self.send()
        self.again(uuid, at_ms=1)
        review = self.as_user(self.conflicts(), "manager")
        review.note = "The reader's disk was restored."
        review.action_settle()
        self.again(uuid, at_ms=1)
        self.assertEqual(self.conflicts(), review)

    def test_whatever_differs_is_a_conflict(self):
        uuid = self.journal.add(terminal="T-KEY", amount_minor=100)
        self.send()
        same = {"terminal": "T-KEY", "amount_minor": 100}
        for other in (
            {"terminal": "T-BREAK"},
            {"amount_minor": 101},
            {"at_ms": 5},
            {"purpose": "balance"},
            {"credential": "uid:04A1B2C4"},
            {"card": self.card.id + 1},
            {"mode": "told", "outcome": "granted", "code": "ok"},
        ):
            with self.subTest(other=other):
                self.assertAnswer(self.again(uuid, **same | other), "refused", "conflict")
        self.assertEqual(len(self.conflicts()), 7)
        self.assertEqual(self.wallet.available_minor, 900)

    def test_the_same_tap_in_a_new_journal_is_none(self):
        taps = [
            {},
            {"terminal": "T-KEY", "amount_minor": 100},
            {"terminal": "T-NONE", "amount_minor": 100},
            {"terminal": "T-KEY", "amount_minor": 100, "credential": "uid:DEADBEEF"},
            {"terminal": "T-KEY", "amount_minor": 100, "card": self.card.id},
            {"amount_minor": 351},
        ]
        for values in taps:
            values["uuid"] = self.journal.add(**values)
        first = [answer["code"] for answer in self.send()]
        self.journal.start()
        for values in taps:
            self.journal.add(**values)
        self.assertEqual([answer["code"] for answer in self.send()], first)
        self.assertFalse(self.conflicts())

    def test_twice_in_one_batch_is_the_same_answer_or_a_conflict(self):
        uuid = self.journal.add()
        self.journal.add(uuid=uuid)
        self.journal.add(uuid=uuid, terminal="T-KEY", amount_minor=1)
        answers = self.send()
        self.assertEqual([(a["seq"], a["code"]) for a in answers], [(1, "ok"), (2, "ok"), (3, "conflict")])
        self.assertEqual(self.conflicts().tap_id.uuid, uuid)
        self.assertEqual(self.wallet.available_minor, 650)

    def test_a_tap_of_another_company_is_not_shown(self):
        tap = self.journal.add()
        self.send()
        company = self.env["res.company"].create({"name": "Other Campus"})
        edge = self.env["campus.edge"].create(
            {"name": "Other", "uuid": str(uuid.uuid4()), "state": "active", "company_id": company.id}
        )
        self.journal.start()
        self.journal.add(uuid=tap)
        other = Edge(edge.id, company.id, edge.uuid, "active")
        [answer] = self.Taps._take(other, self.journal.batch())["answers"]
        self.assertEqual((answer["code"], answer["amount_minor"]), ("conflict", None))
        self.assertEqual((self.conflicts().company_id, self.conflicts().tap_id.id), (company, False))

    def test_many_missing_numbers_are_filled_with_one_look_at_the_gaps(self):
        for _number in range(5):
            self.journal.add(terminal="T-KEY", amount_minor=1)
        missing = self.journal.batch()
        self.tap(terminal="T-KEY", amount_minor=1)
        self.env.flush_all()
        statements = []
        cursor = type(self.env.cr)
        execute = cursor.execute

        def listen(cr, query, *args, **kwargs):
            statements.append(str(query))
            return execute(cr, query, *args, **kwargs)

        self.patch(cursor, "execute", listen)
        self.assertEqual([answer["code"] for answer in self.send(missing)], ["ok"] * 5)
        self.assertEqual(sum("reason = 'gap'" in text for text in statements), 1)
        self.assertEqual(self.wallet.available_minor, 994)
