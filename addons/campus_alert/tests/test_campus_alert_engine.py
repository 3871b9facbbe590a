from datetime import timedelta

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import freeze_time, tagged

from .common import NOW, AlertCase


@tagged("post_install", "-at_install")
class TestAlertEngine(AlertCase):
    def test_a_days_spend_over_500_is_found_once_and_explained(self):
        with freeze_time(NOW):
            rule = self.shipped("day_spend")
            self.top_up(200000)
            self.buy(50000)
            self.clock()
            self.assertFalse(self.alerts(rule))
            self.buy(2340)
            self.clock()
            self.buy(9900)
            self.clock()
            alert = self.alerts(rule)
            self.assertEqual(len(alert), 1)
            self.assertIn("523.40", alert.explanation)
            self.assertRegex(alert.explanation, r"over .*500\.00.* in one day: .*523\.40")
            self.assertEqual(alert.partner_id, self.partner)
            self.assertEqual(alert.period, "2026-03-02")
            self.assertEqual(alert.happened_at, NOW)

    def test_the_day_is_that_of_the_school(self):
        rule = None
        with freeze_time("2026-03-02 15:00:00"):
            rule = self.rule()
            self.top_up(200000)
            self.buy(30000)
            self.clock()
        with freeze_time("2026-03-02 17:00:00"):
            self.buy(30000)
            self.clock()
            self.assertFalse(self.alerts(rule), "one o'clock in Shanghai is the next day")
            self.buy(30000)
            self.clock()
            self.assertEqual(self.alerts(rule).period, "2026-03-03")

    def test_a_refund_is_not_spent(self):
        with freeze_time(NOW):
            rule = self.rule()
            self.top_up(200000)
            bought = self.purchase(45000)
            self.ledger._post([bought])
            self.ledger._reverse(
                [{"uuid": self.uuid(), "reverses_uuid": bought["uuid"], "amount_minor": 45000}]
            )
            self.buy(30000)
            self.clock()
            self.assertFalse(self.alerts(rule))

    def test_a_rule_looks_ahead_and_not_back(self):
        with freeze_time(NOW):
            self.top_up(200000)
            self.buy(60000)
        with freeze_time(NOW + timedelta(hours=20)):
            rule = self.rule()
            self.clock()
            self.assertFalse(self.alerts(rule))
            rule.active = False
            self.buy(60000)
        with freeze_time(NOW + timedelta(hours=40)):
            rule.active = True
            self.clock()
            self.assertFalse(self.alerts(rule), "what happened while it was off is over")

    def test_after_a_long_pause_the_past_is_logged_and_only_the_present_is_told(self):
        with freeze_time(NOW):
            rule = self.rule(notify_holder=True, freeze="wallet")
            self.top_up(400000)
        for day in range(5):
            with freeze_time(NOW + timedelta(days=day)):
                self.buy(60000)
        with freeze_time(NOW + timedelta(days=4, hours=1)):
            self.clock()
            alerts = self.alerts(rule)
            self.assertEqual(len(alerts), 5)
            self.assertEqual(alerts.mapped("state"), ["late"] * 4 + ["new"])
            self.assertEqual(alerts.delivery_ids.alert_id, alerts[-1])
            self.assertEqual(self.wallet.state, "frozen")
            self.clock()
            self.assertEqual(len(self.alerts(rule)), 5)

    def test_a_tap_that_arrives_late_counts_on_its_own_day(self):
        with freeze_time(NOW):
            rule = self.rule()
            self.top_up(200000)
            self.buy(40000)
            self.clock()
        with freeze_time(NOW + timedelta(hours=15)):
            self.buy(40000)
            self.clock()
            self.assertFalse(self.alerts(rule), "the next day in Shanghai")
            self.buy_at(NOW + timedelta(minutes=5), 20000)
            self.clock()
            alert = self.alerts(rule)
            self.assertEqual((alert.period, alert.facts["total"]), ("2026-03-02", 60000))

    def test_what_a_transaction_still_hides_is_found_when_it_shows(self):
        with self.registry.cursor() as other:
            other.execute("SELECT now() AT TIME ZONE 'UTC'")
            started = other.fetchone()[0]
            horizon = self.env["campus.alert.rule"]._horizon(fields.Datetime.now() + timedelta(hours=1))
            self.assertLess(horizon, started)
            rule = self.rule()
            self.clock()
            self.assertLessEqual(rule.cursor_at, fields.Datetime.now())

    def test_the_cursor_never_goes_back(self):
        rule = self.rule()
        before = rule.cursor_at
        self.clock()
        self.assertEqual(rule.cursor_at, before)

    def test_more_transfers_do_not_cost_more_queries(self):
        with freeze_time(NOW):
            rule = self.rule(threshold_minor=10_000_000)
            wallets = [self.wallet, *(self.new_holder(f"P{n}", f"A1{n:03}") for n in range(8))]
            for wallet in wallets:
                self.top_up(100000, wallet)
            self.buy(100)
            self.clock()
            self.env.invalidate_all()
            few = self.count_queries(rule)
            for wallet in wallets:
                for _time in range(5):
                    self.buy(100, wallet)
            self.env.flush_all()
            self.env.invalidate_all()
            self.assertLessEqual(self.count_queries(rule), few)

    def count_queries(self, rule):
        before = self.cr.sql_log_count
        rule._run()
        return self.cr.sql_log_count - before

    def test_another_companys_money_is_none_of_a_rules_business(self):
        other = self.env["res.company"].create({"name": "Other school"})
        with freeze_time(NOW):
            rule = self.rule(company_id=other.id)
            self.top_up(200000)
            self.buy(60000)
            self.clock()
            self.assertFalse(self.alerts(rule))

    def test_a_rule_that_fails_says_so_and_disturbs_no_other(self):
        with freeze_time(NOW):
            broken, sound = self.rule(name="Broken"), self.rule(name="Sound")
            self.env.flush_all()
            self.cr.execute(
                'UPDATE campus_alert_rule SET domain = \'[("no_field", "=", 1)]\' WHERE id = %s', [broken.id]
            )
            self.env.invalidate_all()
            self.top_up(200000)
            self.buy(60000)
            with self.assertLogs("odoo.addons.campus_alert", "WARNING"):
                self.clock()
            self.assertIn("save it again", broken.last_error)
            self.assertNotIn("no_field", broken.last_error)
            self.assertTrue(self.alerts(sound))
            self.assertFalse(sound.last_error)

    def test_counting_cards_that_are_reported_lost(self):
        with freeze_time(NOW):
            rule = self.rule(
                source="card",
                measure="count",
                domain="[]",
                card_moment="lost_at",
                unit="month",
                threshold_count=1,
            )
            cards = self.env["campus.card"].create(
                [{"partner_id": self.partner.id, "uid": f"04A1B2C{n}"} for n in range(2)]
            )
            cards[0]._hand_over()
            cards[0].action_report_lost()
            self.clock()
            self.assertFalse(self.alerts(rule))
            cards[1]._hand_over()
            cards[1].action_report_lost()
            self.clock()
            self.assertEqual(self.alerts(rule).facts, {"total": 2, "threshold": 1})
            self.assertIn("over 1 in one month: 2", self.alerts(rule).explanation)

    def test_an_edge_that_matches_is_reported_once_a_day(self):
        with freeze_time(NOW):
            rule = self.rule(
                source="edge", measure="match", domain=str([("state", "=", "new"), ("name", "=", "E-test")])
            )
            edge = self.env["campus.edge"].create({"name": "E-test"})
            self.clock()
            self.clock()
            self.assertEqual(self.alerts(rule).mapped("subject_id"), [edge.id])
            self.assertIn("E-test", self.alerts(rule).display_name)
        with freeze_time(NOW + timedelta(days=1)):
            self.clock()
            self.assertEqual(len(self.alerts(rule)), 2)

    def test_the_same_alert_cannot_be_raised_twice_whatever_the_code_does(self):
        with freeze_time(NOW):
            rule = self.rule()
            self.top_up(200000)
            self.buy(60000)
            self.clock()
            alert = self.alerts(rule)
            with self.assertRaisesRegex(Exception, "once_unique"), self.cr.savepoint():
                alert.sudo().copy({"period": alert.period})
                self.env.flush_all()

    def test_what_was_found_is_not_rewritten(self):
        rule = self.rule()
        alert = self.Alert.create(
            {
                "rule_id": rule.id,
                "company_id": self.company.id,
                "subject_model": "res.partner",
                "subject_id": self.partner.id,
                "partner_id": self.partner.id,
                "period": "p",
                "happened_at": NOW,
                "facts": {"total": 1, "threshold": 0},
            }
        )
        manager = self.env.ref("base.user_admin")
        for vals in ({"period": "q"}, {"facts": {}}, {"partner_id": False}, {"action_error": "x"}):
            with self.subTest(vals=vals), self.assertRaises(UserError):
                alert.with_user(manager).write(vals)
        alert.with_user(manager).write({"state": "done"})
