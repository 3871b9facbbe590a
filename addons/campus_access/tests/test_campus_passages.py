import datetime as dt
from unittest.mock import patch

import psycopg2
from odoo.addons.campus_card.campus_core.errors import WireError
from odoo.addons.campus_card.campus_core.taps import wire
from odoo.addons.campus_terminal.taps.wallets import Wallets
from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..models.campus_edge import CLOCK_ACTIVITY
from ..passage_rows import ODD_MONTH, month_of, new_uuid
from .passage_common import DoorJournal, PassageCase

REASONS = ("access_outside_time", "access_passback")


@tagged("post_install", "-at_install")
class TestCampusPassages(PassageCase):
    def test_a_passage_is_kept_apart_from_taps_with_all_that_the_edge_has_told(self):
        uuid = self.journal.passage(self.card, REASONS, rule=7, age_s=12)
        answer = self.send()[0]
        self.assertAnswer(answer, "refused", "access_outside_time")
        self.assertFalse(self.env["campus.tap"].search_count([("uuid", "=", uuid)]))
        row = self.rows()
        self.assertEqual(row.uuid, uuid)
        self.assertEqual((row.door_id, row.side, row.outcome), (self.library_door, "in", "refused"))
        self.assertEqual((row.left_zone_id, row.zone_id), (self.yard, self.library))
        self.assertEqual((row.partner_id, row.card_id), (self.card.partner_id, self.card))
        self.assertEqual((row.reasons, row.right_id, row.list_age_s), (" ".join(REASONS), 7, 12))
        self.assertEqual(row._explain_reasons().count("."), 2, "all reasons in words")

    def test_a_passage_names_its_right_but_no_person_in_it(self):
        rights = self.env["campus.access.right"]
        values = {"door_ids": [(6, 0, self.library_door.ids)], "domain": "[]"}
        standing = rights.create({**values, "name": "Readers"})
        grant = rights._campus_giving("kind").create({**values, "name": "Request of Li", "kind": "grant"})
        names = []
        for number in (standing.id, grant.id, None, max(rights.search([]).ids) + 1000):
            self.journal.passage(self.card, rule=number)
            self.send()
            names.append(self.rows()[-1:].right_name)
        kind = dict(rights._fields["kind"]._description_selection(self.env))["grant"]
        self.assertEqual(names, ["Readers", kind, False, str(max(rights.search([]).ids) + 1000)])

    def test_the_way_out_leads_the_other_way(self):
        self.journal.passage(self.card, terminal="T-DOOR-OUT")
        self.send()
        row = self.rows()
        self.assertEqual((row.side, row.left_zone_id, row.zone_id), ("out", self.library, self.yard))

    def test_money_and_passages_of_one_batch_go_their_ways(self):
        self.journal.add(uuid=new_uuid())
        passage = self.journal.passage(self.card)
        answers = self.send()
        self.assertAnswer(answers[0], "granted", "ok", 650)
        self.assertEqual(answers[1]["uuid"], passage)
        taps = self.env["campus.tap"].search([("edge_id", "=", self.edge.id)])
        self.assertEqual(taps.mapped("purpose"), ["pay"])
        self.assertEqual(self.rows().mapped("uuid"), [passage])

    def test_events_follow_their_passage(self):
        passage = self.journal.passage(self.card)
        self.journal.event("passed", passage, self.card)
        self.journal.event("forced")
        answers = self.send()
        self.assertEqual([answer["code"] for answer in answers], ["ok", "passed", "forced"])
        tap, passed, forced = self.rows()
        self.assertEqual((tap.went, passed.passage_uuid), ("passed", passage))
        self.assertEqual((passed.outcome, passed.partner_id), (False, self.card.partner_id))
        self.assertTrue(forced.is_alarm)
        self.assertEqual(self.rows(is_alarm=True), forced)

    def test_the_same_batch_again_is_the_same_passages(self):
        self.journal.passage(self.card, REASONS)
        self.journal.event("tamper")
        batch = self.journal.batch()
        first, second = self.send(batch), self.send(batch)
        self.assertEqual([answer["code"] for answer in first], [answer["code"] for answer in second])
        self.assertEqual([answer["outcome"] for answer in first], [answer["outcome"] for answer in second])
        self.assertEqual(len(self.rows()), 2)

    def test_a_passage_in_another_journal_is_the_same_once(self):
        uuid = self.journal.passage(self.card)
        self.send()
        self.journal.start()
        self.journal.passage(self.card, uuid=uuid)
        self.assertEqual(self.send()[0]["code"], "ok")
        self.assertEqual(len(self.rows()), 1)

    def test_an_id_told_again_with_another_time_is_a_conflict_and_is_not_kept_twice(self):
        uuid = self.journal.passage(self.card)
        self.send()
        other_month = self.journal.at_ms - 70 * 86_400_000
        self.journal.passage(self.card, uuid=uuid, at_ms=other_month)
        self.assertAnswer(self.send()[0], "refused", "conflict")
        self.assertEqual(len(self.rows()), 1)
        self.assertIn("conflict", self.reviews())

    def test_numbers_that_were_sent_already_with_another_content_are_a_fork(self):
        self.journal.passage(self.card)
        batch = self.journal.batch()
        self.send(batch)
        forged = DoorJournal()
        forged.id = self.journal.id
        forged.passage(self.card, REASONS)
        with mute_logger("odoo.sql_db"), self.assertRaises(WireError) as caught:
            self.send(forged.batch())
        self.assertEqual(caught.exception.code, "journal_fork")

    def test_what_was_erased_in_its_time_may_be_told_again(self):
        self.company.campus_passage_days = 30
        old = self.journal.at_ms - 100 * 86_400_000
        self.journal.passage(self.card, at_ms=old)
        batch = self.journal.batch()
        self.send(batch)
        self.env["campus.passage.erasure"]._cron_erase()
        self.assertFalse(self.rows())
        self.assertAnswer(self.send(batch)[0], "granted", "ok")
        self.assertFalse(self.rows(), "it is not kept anew")

    def test_gaps_of_passages_are_seen_and_filled(self):
        self.journal.passage(self.card)
        lost = self.journal.batch()
        self.journal.passage(self.card)
        self.send()
        self.assertEqual(self.reviews(), ["gap"])
        self.send(lost)
        self.assertEqual(len(self.rows()), 2)
        gap = self.env["campus.tap.review"].search([("edge_id", "=", self.edge.id)])
        self.assertTrue(gap.filled)

    def test_a_month_without_a_part_gets_one_when_its_first_passage_comes(self):
        at_ms = int(dt.datetime(2031, 3, 5, tzinfo=dt.timezone.utc).timestamp() * 1000)
        self.patch(DoorJournal, "at_ms", at_ms)
        self.journal.passage(self.card, at_ms=at_ms)
        self.send()
        self.assertEqual(len(self.rows()), 1)
        self.env.cr.execute("SELECT to_regclass(campus_passage_part(%s, '2031-03-01'))", [self.company.id])
        self.assertTrue(self.env.cr.fetchone()[0])

    def test_an_id_without_a_time_is_kept_once_too(self):
        uuid = "0d5c8a4e-6c1d-4a53-9b1c-2f6f5e1f0a01"
        self.assertEqual(month_of(uuid), ODD_MONTH)
        self.journal.passage(self.card, uuid=uuid)
        self.send()
        self.journal.start()
        self.journal.passage(self.card, uuid=uuid)
        self.send()
        self.assertEqual(len(self.rows()), 1)

    def test_database_and_python_agree_about_months(self):
        for uuid in (
            new_uuid(),
            new_uuid(0),
            new_uuid(1_577_836_800_000),
            "0d5c8a4e-6c1d-4a53-9b1c-2f6f5e1f0a01",
        ):
            self.env.cr.execute("SELECT campus_passage_month(%s)::text", [uuid])
            self.assertEqual(self.env.cr.fetchone()[0], month_of(uuid))

    def test_nothing_changes_or_deletes_a_passage(self):
        self.journal.passage(self.card)
        self.send()
        row = self.rows()
        part = f"campus_passage_{self.company.id}_{month_of(row.uuid)[:7].replace('-', '')}"
        for table in ("campus_passage", part):
            for statement in ("UPDATE {} SET code = 'ok'", "DELETE FROM {}", "TRUNCATE {}"):
                with (
                    self.subTest(table=table, statement=statement),
                    mute_logger("odoo.sql_db"),
                    self.assertRaises(psycopg2.errors.RestrictViolation),
                    self.env.cr.savepoint(),
                ):
                    self.env.cr.execute(statement.format(table))
        for call in (row.unlink, lambda: row.write({"code": "ok"}), lambda: row.create({})):
            with self.assertRaises(UserError):
                call()

    def test_what_passages_point_to_is_not_deleted(self):
        self.journal.passage(self.card)
        self.send()
        for record in (self.library_door, self.door):
            with (
                self.subTest(record=record),
                mute_logger("odoo.sql_db"),
                self.assertRaises(psycopg2.errors.IntegrityError),
                self.env.cr.savepoint(),
            ):
                record.unlink()
                self.env.flush_all()

    def test_a_batch_of_passages_looks_at_no_wallet(self):
        self.journal.passage(self.card)
        with patch.object(Wallets, "_lock", side_effect=AssertionError("a wallet was locked")):
            self.send()
        self.assertEqual(len(self.rows()), 1)

    def test_what_the_server_knew_better_is_noted(self):
        self.card.action_freeze()
        self.journal.passage(self.card)
        self.send()
        self.assertEqual(self.rows().doubt, "hotlisted")
        self.assertFalse(self.reviews(), "a passage keeps no day from closing")

    # -- controller boards ----------------------------------------------------------------

    def test_a_passage_that_a_board_has_read_is_the_persons(self):
        self.journal.passage(self.card, credential="board:423187757:12")
        self.journal.event("rex", credential="board:423187757:13")
        self.journal.passage(self.card, credential="board:423187757:14")
        self.journal.waiting.append(self.journal.waiting.pop()._replace(card=None))
        self.send()
        passage, button, unknown = self.rows()
        self.assertEqual((passage.partner_id, passage.card_id), (self.card.partner_id, self.card))
        self.assertEqual(passage.credential, "board:423187757:12")
        self.assertEqual((button.credential, button.code), ("board:423187757:13", "rex"))
        self.assertFalse(unknown.partner_id)
        self.assertEqual(self.position().zone_id, self.library)

    def test_what_a_board_has_read_asks_for_nothing_and_pays_nothing(self):
        read = {"credential": "board:423187757:12"}
        board = {**read, "card": self.card.id}
        self.assertAnswer(self.tap(**board), "refused", "unknown_card")
        self.assertAnswer(self.tap(**board, terminal="T-DOOR", purpose="door"), "refused", "unknown_card")
        # also where a passage of the same batch names the card
        self.journal.passage(self.card, **read)
        self.journal.told(**board, uuid=new_uuid())
        answers = self.send()
        self.assertAnswer(answers[1], "granted", "held")
        self.assertEqual(self.wallet.available_minor, 1000)

    # -- clocks that are not certain -----------------------------------------------------------

    def doubtful(self, *reasons, **values):
        """A passage of an edge that did not know the time."""
        self.journal.passage(self.card, reasons, **values)
        entry = self.journal.waiting.pop()
        self.journal.waiting.append(entry._replace(rule=f"{wire.DOUBTFUL_CLOCK}{entry.rule}"))

    def test_passages_of_a_doubtful_clock_are_found_and_somebody_is_told_once(self):
        self.journal.passage(self.card)
        self.doubtful()
        self.doubtful("access_no_right")
        self.journal.event("forced", rule=wire.DOUBTFUL_CLOCK)
        self.send()
        self.doubtful()
        self.send()
        found = self.Passage.search([("edge_id", "=", self.edge.id), ("doubt", "like", "clock_doubt")])
        self.assertEqual(len(found), 4)
        self.assertEqual(set(found.mapped("doubt_words")), {"Reader's clock was not certain"})
        self.assertEqual(len(self.edge_record.activity_search([CLOCK_ACTIVITY])), 1)
        self.assertFalse(self.reviews(), "a passage keeps no day from closing")
        self.edge_record.activity_search([CLOCK_ACTIVITY]).action_done()
        self.doubtful()
        self.send()
        self.assertEqual(len(self.edge_record.activity_search([CLOCK_ACTIVITY])), 1)

    def test_a_certain_clock_bothers_nobody(self):
        self.journal.passage(self.card)
        self.send()
        self.assertFalse(self.edge_record.activity_search([CLOCK_ACTIVITY]))

    def test_what_a_conflict_says_of_a_passage_ends_with_the_passages_and_the_fact_stays(self):
        self.company.campus_passage_days = 30
        old = self.journal.at_ms - 100 * 86_400_000
        tap = self.journal.add(uuid=new_uuid())
        for at_ms in (old, self.journal.at_ms):
            uuid = self.journal.passage(self.card, at_ms=at_ms)
            self.send()
            self.journal.passage(self.card, REASONS, uuid=uuid, at_ms=at_ms)
            self.send()
        self.journal.add(uuid=tap, credential="uid:04FFFFFF")
        self.send()
        conflicts = self.env["campus.tap.review"].search([("edge_id", "=", self.edge.id)], order="id")
        self.assertEqual(conflicts.mapped("reason"), ["conflict"] * 3)
        self.assertTrue(all(conflicts.mapped("evidence")))
        self.env["campus.passage.erasure"]._cron_erase()
        self.env.invalidate_all()
        self.assertEqual([bool(one.evidence) for one in conflicts], [False, True, True])
        self.assertTrue(conflicts[0].first_seq and conflicts[0].journal and conflicts[0].content_hash)
        self.assertFalse(conflicts[0].evidence_text)
        conflicts[0].note = "seen"
        conflicts[0].action_settle()
