from datetime import timedelta

from odoo.tests import freeze_time, new_test_user, tagged

from .common import NOW, AlertCase


@tagged("post_install", "-at_install")
class TestAlertRuleStart(AlertCase):
    """A rule that somebody writes watches from the moment it is switched on, and watches spending."""

    def test_a_dry_run_of_a_new_rule_does_not_switch_it_on(self):
        manager = new_test_user(self.env, "alert_starter", "campus_card.group_campus_card_manager")
        with freeze_time(NOW):
            self.top_up(200000)
            rule = (
                self.env["campus.alert.rule"]
                .with_user(manager)
                .create({"name": "New", "threshold_minor": 100})
            )
            self.assertFalse(rule.active)
            rule.action_try()
            self.assertFalse(rule.active)
            self.buy(5000)
            self.clock()
            self.assertFalse(self.alerts(rule))
            rule.action_switch_on()
            self.buy(6000)
            self.clock()
            self.assertEqual(len(self.alerts(rule)), 1)
            rule.action_switch_off()
            self.assertFalse(rule.active)

    def test_an_empty_filter_watches_purchases_and_no_top_ups(self):
        for day, domain in enumerate(("[]", '[["amount_minor", ">", 5]]')):
            with self.subTest(domain), freeze_time(NOW + timedelta(days=day)):
                rule = self.rule(domain=domain)
                self.top_up(200000)
                self.clock()
                self.assertFalse(self.alerts(rule))
                self.buy(50001)
                self.clock()
                self.assertEqual(len(self.alerts(rule)), 1)
                rule.active = False

    def test_a_filter_that_names_kinds_watches_these(self):
        with freeze_time(NOW):
            rule = self.rule(domain='[["kind", "=", "topup"]]')
            self.top_up(200000)
            self.clock()
            self.assertEqual(len(self.alerts(rule)), 1)
