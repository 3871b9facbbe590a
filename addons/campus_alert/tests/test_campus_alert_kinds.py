from datetime import timedelta

from odoo.exceptions import UserError, ValidationError
from odoo.tests import freeze_time, tagged

from .common import NOW, AlertCase


@tagged("post_install", "-at_install")
class TestAlertKinds(AlertCase):
    """The shipped rules on the ledger's own transfers, and what a rule may say."""

    def test_a_low_balance_is_announced_once_per_top_up(self):
        with freeze_time(NOW):
            rule = self.shipped("low_balance")
            self.top_up(12 * 1500 + 1900)
            self.noons(12)
            self.buy(500)
            self.clock()
            alert = self.alerts(rule)
            self.assertEqual(len(alert), 1)
            self.assertEqual(alert.facts, {"balance": 1400, "average": 1424, "taps": 13})
            self.buy(100)
            self.clock()
            self.assertEqual(len(self.alerts(rule)), 1)
            self.top_up(2000)
            self.buy(2500)
            self.clock()
            self.assertEqual(len(self.alerts(rule)), 2)

    def test_nine_purchases_announce_nothing(self):
        with freeze_time(NOW):
            rule = self.shipped("low_balance")
            self.top_up(9 * 1500)
            self.noons(8)
            self.buy(1500)
            self.clock()
            self.assertFalse(self.alerts(rule))

    def test_a_purchase_from_two_pockets_is_one_use(self):
        with freeze_time(NOW):
            rule = self.rule(measure="count", threshold_count=1)
            self.grant(500)
            self.top_up(5000)
            self.buy(1500)
            self.clock()
            self.assertFalse(self.alerts(rule))
            self.buy(100)
            self.clock()
            self.assertEqual(self.alerts(rule).facts["total"], 2)

    def test_the_first_use_in_the_night_is_found(self):
        with freeze_time(NOW):
            self.top_up(90000)
            self.noons(25)
        night = NOW.replace(hour=19)
        with freeze_time(night):
            rule = self.shipped("odd_hour")
            self.buy(300)
            self.clock()
            alert = self.alerts(rule)
            self.assertEqual((alert.facts["hour"], alert.facts["uses"]), (3, 25))
            self.assertIn("first use around 3:00 after 25 uses", alert.explanation)
            self.assertIn("Line 1", alert.message)
        with freeze_time(night + timedelta(days=1)):
            self.buy(300)
            self.clock()
            self.assertEqual(len(self.alerts(rule)), 1)

    def test_two_places_too_far_apart_are_found(self):
        with freeze_time(NOW):
            rule = self.shipped("distance")
            self.top_up(9000)
            self.buy(100)
            self.clock()
        with freeze_time(NOW + timedelta(minutes=2)):
            self.buy_at(NOW + timedelta(minutes=2), 100, self.far_merchant)
            self.clock()
            alert = self.alerts(rule)
            self.assertEqual((alert.facts["metres"], alert.facts["seconds"]), (5560, 120))
            self.assertIn("Line 1, then Far line: 5560 m in 2 minutes", alert.explanation)

    def test_twenty_minutes_are_enough_for_the_way(self):
        with freeze_time(NOW):
            rule = self.shipped("distance")
            self.top_up(9000)
            self.buy(100)
        with freeze_time(NOW + timedelta(minutes=20)):
            self.buy_at(NOW + timedelta(minutes=20), 100, self.far_merchant)
            self.clock()
            self.assertFalse(self.alerts(rule))

    def test_a_dry_run_lists_what_would_have_been_found_and_does_nothing(self):
        with freeze_time(NOW):
            self.top_up(900000)
            rule = self.rule(freeze="wallet", notify_holder=True)
            for day, spent in ((1, 60000), (2, 49000), (20, 51000), (40, 90000)):
                self.buy_at(NOW - timedelta(days=day), spent)
            rule.write({"trial_from": "2026-02-01", "trial_to": "2026-03-01"})
            rule.action_try()
            found = rule.trial_line_ids.sorted("happened_at")
            self.assertEqual([line.facts["total"] for line in found], [51000, 60000])
            self.assertEqual((rule.trial_hit_count, rule.trial_holder_count), (2, 1))
            self.assertIn("510.00", found[0].explanation)
            self.assertFalse(self.alerts(rule))
            self.assertEqual(self.wallet.state, "open")
            rule.action_try()
            self.assertEqual(len(rule.trial_line_ids), 2, "a second run replaces the first")

    def test_a_dry_run_of_last_month_knows_the_balances_of_last_month(self):
        with freeze_time(NOW):
            rule = self.shipped("low_balance")
            self.top_up(12 * 1500 + 1000)
            self.noons(12)
            self.top_up(500000)
            rule.write({"trial_from": "2026-02-01", "trial_to": "2026-03-01"})
            rule.action_try()
            # Everything was posted today, the top-ups in the order of their posting.
            self.assertEqual([line.facts["balance"] for line in rule.trial_line_ids], [1000])

    def test_what_the_clock_finds_is_what_a_dry_run_finds(self):
        with freeze_time(NOW):
            rule = self.rule(threshold_minor=3000)
            self.top_up(200000)
        for hour in range(0, 60, 4):
            with freeze_time(NOW + timedelta(hours=hour)):
                self.buy(700)
                self.clock()
        with freeze_time(NOW + timedelta(days=3)):
            alerts = self.alerts(rule)
            self.assertGreater(len(alerts), 1)
            rule.write({"trial_from": "2026-03-02", "trial_to": "2026-03-05"})
            rule.action_try()
            self.assertEqual(
                sorted(rule.trial_line_ids.mapped("happened_at")), sorted(alerts.mapped("happened_at"))
            )

    def test_a_message_is_filled_in_and_an_unknown_word_refused(self):
        rule = self.rule(message="{holder}: {total} of {threshold}")
        text = rule._message_for({"total": 52340, "threshold": 50000}, "Lin")
        self.assertRegex(text, r"^Lin: .*523\.40.* of .*500\.00")
        with self.assertRaisesRegex(ValidationError, "nonsense"):
            rule.message = "{nonsense}"
        rule.message = "{holder.__class__}"
        self.assertEqual(rule._message_for({}, "Lin"), "{holder.__class__}")

    def test_a_filter_that_does_not_work_is_refused_with_a_sentence_and_no_text_of_the_program(self):
        rule = self.rule()
        for domain in ("[('no_such_field', '=', 1)]", "[('kind', 'is', 1)]", "[('kind'", "print(1)", "[1/0]"):
            with self.subTest(domain=domain), self.assertRaises(UserError) as refused:
                rule.domain = domain
            self.assertRegex(str(refused.exception), r"^The filter of “.*” does not work: .*\.$")
            self.assertNotRegex(str(refused.exception), "Invalid|Error|division|EOF|no_such_field|print")

    def test_conditions_that_make_no_sense_are_refused(self):
        for vals in (
            {"source": "edge", "measure": "sum", "domain": "[]"},
            {"source": "card", "measure": "forecast", "domain": "[]"},
            {"source": "edge", "measure": "match", "unit": "hours", "domain": "[]"},
            {"domain": "[('nothing', '=', 1)]"},
            {"domain": "import os"},
            {"domain": "__import__('os').getcwd()"},
        ):
            with self.subTest(vals=vals), self.assertRaises(ValidationError):
                self.rule(**vals)

    def test_every_company_gets_the_shipped_rules_once(self):
        other = self.env["res.company"].create({"name": "Other school"})
        other._campus_setup_alert_rules()
        other._campus_setup_alert_rules()
        rules = self.env["campus.alert.rule"].with_context(active_test=False)
        self.assertEqual(rules.search_count([("company_id", "=", other.id)]), 4)
