from odoo.addons.campus_card.campus_core.taps import wire

from .tap_common import TapCase


class TestCampusEdgeGaps(TapCase):
    """What the server lacks of a journal: named to the edge, and settled when it has come."""

    def take(self, batch=None):
        answer = self.Taps._take(self.edge, batch or self.journal.batch())
        self.env.invalidate_all()
        return answer

    def missing(self, count):
        """Entries that the server does not have; the batch that holds them."""
        for _number in range(count):
            self.journal.add(terminal="T-KEY", amount_minor=1)
        return self.journal.batch()

    def cut(self, batch, first, last):
        """A part of a batch, by number."""
        prev = batch["prev"]
        for entry in batch["entries"]:
            if entry[0] < first:
                prev = wire.chain_hash(prev, wire.TapEntry(*entry))
        entries = [entry for entry in batch["entries"] if first <= entry[0] <= last]
        return {**batch, "prev": prev, "entries": entries}

    def gap(self):
        return self.env["campus.tap.review"].search([("reason", "=", "gap"), ("edge_id", "=", self.edge.id)])

    def named(self, first, last):
        return {"journal": self.journal.id, "first_seq": first, "last_seq": last}

    def test_an_answer_names_the_gap_before_its_batch(self):
        self.assertNotIn("gaps", self.tap_whole())
        self.missing(3)
        self.assertEqual(self.tap_whole()["gaps"], [self.named(2, 4)])
        self.assertNotIn("gaps", self.tap_whole())

    def tap_whole(self):
        self.journal.add(terminal="T-KEY", amount_minor=1)
        return self.take()

    def test_a_heartbeats_answer_names_head_and_open_gaps(self):
        state = self.edge_record._journal_state()
        self.assertEqual(state, {"journal": None, "head_seq": 0, "gaps": []})
        missing = self.missing(2)
        self.tap_whole()
        state = self.edge_record._journal_state()
        wanted = {"journal": self.journal.id, "head_seq": 3, "gaps": [self.named(1, 2)]}
        self.assertEqual(state, wanted)
        self.take(missing)
        self.assertEqual(self.edge_record._journal_state(), {**wanted, "gaps": []})

    def test_a_gap_that_is_filled_is_settled_and_cannot_be_filled_twice(self):
        missing = self.missing(3)
        self.tap_whole()
        self.take(missing)
        self.assertEqual((self.gap().state, self.gap().filled), ("settled", True))
        self.assertTrue(self.gap().note)
        self.assertEqual(self.wallet.available_minor, 996)
        # the same again is answered as before
        self.take(missing)
        self.assertEqual(self.wallet.available_minor, 996)

    def test_a_gap_shrinks_to_what_is_still_missing(self):
        missing = self.missing(5)
        self.tap_whole()
        self.take(self.cut(missing, 1, 2))
        self.assertEqual((self.gap().first_seq, self.gap().last_seq, self.gap().state), (3, 5, "open"))

    def test_a_gap_that_is_filled_in_its_middle_is_two(self):
        missing = self.missing(7)
        self.tap_whole()
        self.take(self.cut(missing, 3, 4))
        self.assertEqual(
            sorted((gap.first_seq, gap.last_seq, gap.state, gap.booking_date) for gap in self.gap()),
            [(1, 2, "open", self.gap()[0].booking_date), (5, 7, "open", self.gap()[0].booking_date)],
        )
        named = [self.named(5, 7), self.named(1, 2)]
        self.assertEqual(self.edge_record._journal_state()["gaps"], named)
        self.take(self.cut(missing, 6, 6))
        self.assertEqual(sorted(self.gap().mapped("last_seq")), [2, 5, 7])
        self.take(missing)
        self.assertEqual(
            (set(self.gap().mapped("state")), self.edge_record._journal_state()["gaps"]), ({"settled"}, [])
        )
        self.assertEqual(self.wallet.available_minor, 992)

    def test_a_settled_gap_that_is_filled_in_its_middle_stays_settled(self):
        missing = self.missing(5)
        self.tap_whole()
        self.gap().note = "The disk is lost."
        self.gap().action_settle()
        self.take(self.cut(missing, 3, 3))
        self.assertEqual(
            sorted(self.gap().mapped(lambda gap: (gap.first_seq, gap.state, gap.note))),
            [(1, "settled", "The disk is lost."), (4, "settled", "The disk is lost.")],
        )

    def test_a_heartbeat_that_tells_an_old_gap_again_opens_nothing(self):
        missing = self.missing(7)
        self.tap_whole()
        told = [(self.journal.id, 1, 7)]
        self.edge_record._note_lost(told)
        self.assertEqual(len(self.gap()), 1)
        self.take(self.cut(missing, 3, 4))
        self.take(self.cut(missing, 7, 7))
        gaps = self.gap()
        self.assertEqual(sorted((gap.first_seq, gap.last_seq) for gap in gaps), [(1, 2), (5, 6)])
        for _beat in range(2):
            self.edge_record._note_lost(told)
            self.assertEqual(self.gap(), gaps)
        self.take(missing)
        self.edge_record._note_lost(told)
        self.assertEqual((self.gap(), set(gaps.mapped("state"))), (gaps, {"settled"}))

    def test_of_what_a_damaged_journal_has_lost_only_what_the_server_lacks_is_a_gap(self):
        for _tap in range(4):
            self.tap_whole()
        self.edge_record._note_lost([(self.journal.id, 2, 6)])
        self.assertEqual([(gap.first_seq, gap.last_seq) for gap in self.gap()], [(5, 6)])
        old = self.journal.id
        self.journal.start()
        self.tap_whole()
        self.edge_record._note_lost([(old, 1, 8)])
        self.assertEqual(sorted((gap.first_seq, gap.last_seq) for gap in self.gap()), [(5, 6), (7, 8)])

    def test_a_new_journal_asks_for_what_the_old_one_had_beyond(self):
        self.tap_whole()
        old = self.journal.id
        self.journal.start()
        [gap] = self.tap_whole()["gaps"]
        self.assertEqual((gap["journal"], gap["first_seq"]), (old, 2))
        self.assertNotIn("gaps", self.tap_whole())

    def test_a_restored_database_gets_back_what_it_had_acknowledged(self):
        self.tap_whole()
        self.env.flush_all()
        with self.env.cr.savepoint() as savepoint:
            lost = [self.missing(2), self.missing(1)]
            answers = [self.take(batch)["answers"] for batch in lost]
            self.assertEqual(self.wallet.available_minor, 996)
            savepoint.rollback()
        self.env.invalidate_all()
        self.assertEqual(self.wallet.available_minor, 999)
        self.assertEqual(self.tap_whole()["gaps"], [self.named(2, 4)])
        again = [self.take(batch)["answers"] for batch in lost]
        self.assertEqual(
            [[answer["code"] for answer in batch] for batch in again],
            [[answer["code"] for answer in batch] for batch in answers],
        )
        self.assertEqual(self.wallet.available_minor, 995)
        self.assertEqual(self.gap().state, "settled")
