from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from .edge_common import EdgeHttpCase

PATH = "/campus/v1/heartbeat"
DEVICE = "campus_terminal.mail_activity_type_device"


@tagged("post_install", "-at_install")
class TestCampusEdgeHealth(EdgeHttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.gate = cls.env["campus.terminal"].create(
            {"name": "Gate", "code": "G1", "purpose": "gate", "edge_id": cls.edge.id}
        )

    def beat(self, **values):
        answer = self.client.post(
            PATH, {"version": "1.2", "uptime_s": 60, "snapshot": self.version(), "queue": 0, **values}
        )
        self.assertEqual(answer.status_code, 200, answer.text)
        return answer.json()

    def version(self):
        """A version that has everything: as if what this test did were committed long ago."""
        self.env.cr.execute("UPDATE campus_snapshot_card SET changed_version = campus_snapshot_version() - 1")
        self.env.cr.execute("UPDATE campus_snapshot_mark SET changed_version = campus_snapshot_version() - 1")
        return self.env["campus.snapshot"]._version()

    def test_what_an_edge_says_is_kept(self):
        journal = "0190a0a0-0000-7000-8000-000000000001"
        answer = self.beat(queue=3, journal=journal, head_seq=1 << 40, drift_ms=-250)
        self.assertEqual((answer["enabled"], answer["interval_s"]), (True, 30))
        self.assertEqual(
            (
                self.edge.version,
                self.edge.queue_length,
                self.edge.journal,
                self.edge.reported_seq,
                self.edge.drift_ms,
            ),
            ("1.2", 3, journal, 1 << 40, -250),
        )
        self.assertEqual((self.edge.health, self.edge.snapshot_version), ("ok", answer["snapshot"]))
        self.assertTrue(self.edge.snapshot_at)

    def test_a_second_heartbeat_writes_nothing_into_the_chatter(self):
        self.beat()
        messages = self.env["mail.message"].search_count([("model", "=", "campus.edge")])
        self.beat(queue=1)
        self.assertEqual(self.env["mail.message"].search_count([("model", "=", "campus.edge")]), messages)

    def test_reader_states_are_on_their_terminals(self):
        self.beat(readers=[{"terminal": "G1", "state": "lost", "detail": "no answer on ttyUSB0"}])
        self.assertEqual((self.gate.reader_state, self.gate.reader_detail), ("lost", "no answer on ttyUSB0"))
        self.assertEqual((self.edge.health, self.edge.health_reasons), ("sick", "reader"))
        self.beat(readers=[{"terminal": "G1", "state": "ready"}, {"terminal": "unknown", "state": "ready"}])
        self.assertEqual((self.gate.reader_state, self.edge.health), ("ready", "ok"))

    def test_a_reader_s_trouble_is_said_in_words_in_both_languages(self):
        detail = "keypad: SerialException: [Errno 2] could not open port /dev/ttyUSB0"
        self.beat(readers=[{"terminal": "G1", "state": "lost", "detail": detail}])
        self.assertEqual(
            self.gate.reader_advice,
            "Keypad: The reader is not plugged in. Check its cable, and plug it in again.",
        )
        self.in_chinese()
        self.assertEqual(
            self.gate.with_context(lang="zh_CN").reader_advice,
            "小键盘：读卡器未插好。请检查连接线，重新插上。",
        )
        self.beat(readers=[{"terminal": "G1", "state": "ready"}])
        self.assertFalse(self.gate.reader_advice)

    def flush_tracking(self):
        self.env.flush_all()
        self.cr.precommit.run()

    def in_chinese(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        self.env["ir.module.module"].search([("name", "=", "campus_card")])._update_translations(["zh_CN"])

    def test_the_chatter_is_read_in_the_language_of_the_reader(self):
        self.in_chinese()
        self.beat()
        self.flush_tracking()
        tracked = (
            self.env["mail.tracking.value"]
            .sudo()
            .search(
                [("field_id.name", "=", "health"), ("mail_message_id.res_id", "=", self.edge.id)], limit=1
            )
        )
        (english,) = tracked._tracking_value_format()
        (chinese,) = tracked.with_context(lang="zh_CN")._tracking_value_format()
        self.assertEqual((english["oldValue"], english["newValue"]), ("Not in Use", "Well"))
        self.assertEqual((chinese["oldValue"], chinese["newValue"]), ("未使用", "正常"))
        # and a word that was written in Chinese is read in English
        tracked.new_value_char = "正常"
        self.assertEqual(tracked._tracking_value_format()[0]["newValue"], "Well")

    def test_an_open_housing_and_a_wrong_clock_make_it_sick(self):
        self.beat(tamper=True, drift_ms=90_000)
        self.assertEqual((self.edge.health, self.edge.health_reasons), ("sick", "tamper,clock"))
        self.assertIn("housing", self.edge.health_text)

    def test_a_long_queue_is_late(self):
        self.beat(queue=501)
        self.assertEqual((self.edge.health, self.edge.health_reasons), ("late", "queue"))

    def test_an_edge_that_has_just_taken_over_a_snapshot_is_up_to_date(self):
        version = self.version()
        self.env["campus.snapshot"]._mark(self.edge)
        self.client.post(PATH, {"snapshot": version})
        self.assertEqual(self.edge.health, "ok")
        self.edge.snapshot_at = fields.Datetime.now() - timedelta(hours=25)
        self.client.post(PATH, {"snapshot": version})
        self.assertEqual((self.edge.health, self.edge.health_reasons), ("late", "snapshot"))

    def test_an_edge_that_claims_a_version_of_the_future_has_confirmed_nothing(self):
        self.beat(snapshot=self.version() + (1 << 33))
        self.assertEqual(self.edge.snapshot_version, 0)

    def test_malformed_values_name_their_field_and_change_nothing(self):
        for name, value in (
            ("version", 7),
            ("uptime_s", -1),
            ("snapshot", "1"),
            ("snapshot", 1 << 60),
            ("queue", True),
            ("queue", 1.5),
            ("journal", "x"),
            ("head_seq", None),
            ("tamper", 1),
            ("readers", {}),
            ("readers", [{"terminal": "G1", "state": "fine"}]),
            ("lost", [{"journal": "x", "first_seq": 1, "last_seq": 1}]),
        ):
            answer = self.client.post(PATH, {name: value})
            with self.subTest(name=name, value=value):
                self.assert_refused(answer, 400, "malformed")
                self.assertEqual(answer.json()["field"], name)
        self.assertFalse(self.edge.last_seen_at)

    def test_a_silent_edge_is_announced_once_and_the_activity_is_done_when_it_is_back(self):
        user = self.env.ref("base.user_admin")
        self.edge.responsible_id = user
        self.beat()
        self.edge.last_seen_at = fields.Datetime.now() - timedelta(minutes=6)
        for _ in range(2):
            self.env["campus.edge"]._cron_health()
        self.assertEqual(self.edge.health, "silent")
        activity = self.edge.activity_search([DEVICE])
        self.assertEqual((len(activity), activity.user_id), (1, user))
        self.beat(tamper=True)
        self.assertEqual((self.edge.health, self.edge.activity_search([DEVICE])), ("sick", activity))
        self.beat()
        self.assertEqual(self.edge.health, "ok")
        self.assertFalse(self.edge.activity_search([DEVICE]))

    def test_a_fault_of_the_journal_stays_until_somebody_has_looked(self):
        self.beat()
        self.edge._mark_fault("journal_fork")
        self.beat()
        self.assertEqual((self.edge.health, self.edge.health_reasons), ("sick", "fault"))
        self.edge.action_clear_fault()
        self.assertEqual(self.edge.health, "ok")

    def test_a_switched_off_edge_is_told_so_and_is_not_missed(self):
        self.beat()
        self.edge.action_disable()
        self.assertEqual(self.edge.health, "off")
        self.assertFalse(self.beat()["enabled"])
        self.assertEqual(self.edge.health, "off")

    def test_what_is_no_longer_needed_is_forgotten(self):
        self.beat()
        self.env.cr.execute("UPDATE campus_edge_nonce SET seen_ms = seen_ms - 400000")
        self.env["campus.snapshot"]._mark(self.edge)
        self.env["campus.edge"]._cron_forget()
        self.env.cr.execute("SELECT count(*) FROM campus_edge_nonce")
        self.assertEqual(self.env.cr.fetchone()[0], 0)

    def test_what_a_damaged_journal_has_lost_is_a_gap_told_once(self):
        journal = "0190f3e0-0000-7000-8000-0000000000cc"
        lost = [{"journal": journal, "first_seq": 21, "last_seq": 22}]
        for _beat in range(2):
            self.beat(lost=lost)
        reviews = self.env["campus.tap.review"].search([("edge_id", "=", self.edge.id)])
        self.assertRecordValues(
            reviews,
            [{"reason": "gap", "state": "open", "journal": journal, "first_seq": 21, "last_seq": 22}],
        )
        reviews.sudo().state = "settled"
        self.beat(lost=lost)
        self.assertEqual(self.env["campus.tap.review"].search_count([("edge_id", "=", self.edge.id)]), 1)
