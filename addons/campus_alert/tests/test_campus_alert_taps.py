from datetime import datetime, timedelta, timezone

from odoo.addons.campus_terminal.tests.tap_common import TapCase
from odoo.tests import freeze_time, tagged

NOW = datetime(2026, 3, 2, 1)


@tagged("post_install", "-at_install")
class TestAlertTaps(TapCase):
    """Rules that watch readers."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.partner_id.tz = "Asia/Shanghai"
        cls.env["campus.alert.rule"].search([]).active = False

    def rule(self, **values):
        return self.env["campus.alert.rule"].create(
            {"name": "Taps", "source": "tap", "domain": "[]", **values}
        )

    def at(self, moment, **values):
        """A tap that the edge has answered, received now."""
        at_ms = int(moment.replace(tzinfo=timezone.utc).timestamp() * 1000)
        self.journal.told(at_ms=at_ms, **{"terminal": "T-DOOR", "purpose": "door", **values})
        return self.send()[0]

    def clock(self):
        with self.enter_registry_test_mode():
            self.env.ref("campus_alert.ir_cron_run").method_direct_trigger()
        self.env.invalidate_all()

    def test_too_many_refused_taps_in_an_hour_are_found(self):
        with freeze_time(NOW):
            rule = self.rule(
                measure="count",
                unit="hours",
                hours=1,
                threshold_count=3,
                domain="[('outcome', '=', 'refused')]",
            )
            for minute in range(4):
                self.at(NOW - timedelta(minutes=minute), outcome="refused")
                self.at(NOW - timedelta(minutes=minute))
                self.clock()
            alert = rule.alert_ids
            self.assertEqual((alert.partner_id, alert.facts["total"]), (self.lin, 4))

    def test_a_door_far_from_the_breakfast_line_is_noticed(self):
        plaza, far = self.env["campus.alert.place"].create(
            [
                {"name": "Plaza", "latitude": 31.31, "longitude": 120.6},
                {"name": "Far campus", "latitude": 31.26, "longitude": 120.6},
            ]
        )
        self.breakfast.alert_place_id, self.door.alert_place_id = plaza, far
        with freeze_time(NOW):
            rule = self.rule(measure="distance")
            self.at(NOW - timedelta(minutes=3), terminal="T-BREAK", purpose="pay")
            self.at(NOW)
            self.clock()
            self.assertIn("Breakfast, then Door: 5560 m in 3 minutes", rule.alert_ids.explanation)

    def test_a_tap_that_waited_in_its_edge_is_read_when_it_comes(self):
        with freeze_time(NOW):
            rule = self.rule(measure="count", unit="day", threshold_count=0)
            self.clock()
        with freeze_time(NOW + timedelta(hours=5)):
            self.at(NOW - timedelta(hours=2))
            self.clock()
            self.assertEqual(rule.alert_ids.happened_at, NOW - timedelta(hours=2))
            rule.write({"trial_from": "2026-03-01", "trial_to": "2026-03-02"})
            rule.action_try()
            self.assertEqual(rule.trial_hit_count, 1)
