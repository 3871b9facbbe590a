from odoo import fields
from odoo.tests import tagged

from .passage_common import PassageCase


@tagged("post_install", "-at_install")
class TestCampusDoorHealth(PassageCase):
    """What is wrong with each door, who needs somebody first."""

    def beat(self, **values):
        beat = {"version": "1", "uptime_s": 1, "snapshot": 0, "queue": 0, "head_seq": 0, "drift_ms": 0}
        self.edge_record._heartbeat({**beat, **values})

    def found(self):
        self.env.invalidate_all()
        self.env.flush_all()
        return (
            self.env["campus.door.health"]
            .with_user(self.guard)
            .search([("door_id", "=", self.library_door.id)])
        )

    def reader(self, state, detail=""):
        return [{"terminal": code, "state": state, "detail": detail} for code in ("T-DOOR", "T-DOOR-OUT")]

    def test_a_reader_that_does_not_answer_makes_its_door_sick_since_then(self):
        self.beat(readers=self.reader("ready"))
        self.assertNotEqual(self.found().health, "sick")
        self.assertFalse(self.found().silent_since)
        self.beat(readers=self.reader("lost"))
        self.assertEqual(self.found().health, "sick")
        self.assertIn("does not answer", self.found().why)
        since = self.found().silent_since
        self.assertTrue(since)
        # another word of the driver is the same silence
        self.env.cr.execute("UPDATE campus_terminal SET reader_since = reader_since - interval '1 hour'")
        self.beat(readers=self.reader("lost", "no answer"))
        self.assertLess(self.found().silent_since, since)
        self.beat(readers=self.reader("ready"))
        self.assertFalse(self.found().silent_since)

    def test_a_silent_edge_an_open_housing_and_no_power_are_named(self):
        self.beat(readers=self.reader("ready", "power failure"), tamper=True)
        found = self.found()
        self.assertEqual((found.health, found.is_tampered, found.has_no_power), ("sick", True, True))
        self.edge_record.sudo().write({"health": "silent"})
        self.assertIn("edge is silent", self.found().why)
        self.assertEqual(self.found().silent_since, self.edge_record.sudo().last_seen_at)

    def test_the_age_of_the_list_is_shown(self):
        self.beat(readers=self.reader("ready"))
        sudo = self.edge_record.sudo()
        sudo.snapshot_at = fields.Datetime.subtract(fields.Datetime.now(), hours=5)
        sudo.health = "ok"
        found = self.found()
        self.assertEqual((found.health, found.snapshot_age), ("well", "5 h"))
        sudo.snapshot_at = fields.Datetime.subtract(fields.Datetime.now(), days=5)
        found = self.found()
        self.assertEqual((found.health, found.snapshot_age), ("late", "5 days"))

    def test_the_sick_come_first(self):
        self.beat(readers=self.reader("lost"))
        zones = {"outer_zone_id": self.yard.id, "inner_zone_id": self.library.id}
        self.env["campus.door"].create({"name": "A door without a reader", **zones})
        ranks = self.env["campus.door.health"].with_user(self.guard).search([]).mapped("rank")
        self.assertEqual(ranks, sorted(ranks))
        self.assertEqual(self.env["campus.door.health"].search([], limit=1).door_id, self.library_door)
