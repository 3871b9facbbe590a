from datetime import timedelta

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import freeze_time, new_test_user, tagged

from .common import NOW, AlertCase

NIGHT = NOW.replace(hour=15)  # 23:00 in Shanghai


@tagged("post_install", "-at_install")
class TestAlertChannels(AlertCase):
    """What happens to an alert after it was raised."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Preference = cls.env["campus.alert.preference"]
        with freeze_time(NOW):
            cls.spend_rule = cls.env["campus.alert.rule"].create(
                {
                    "name": "Day's spend",
                    "domain": "[('kind', '=', 'purchase')]",
                    "threshold_minor": 1000,
                    "notify_holder": True,
                    "hold_night": False,
                    "channel_inbox": False,
                    "channel_push": False,
                }
            )
            cls._in(cls, "topup", cls.cash_desk, 500000)

    def raise_alert(self, at=NOW, **rule_values):
        if rule_values:
            self.spend_rule.write(rule_values)
        with freeze_time(at):
            self.buy(2000)
            self.clock()
        return self.alerts(self.spend_rule)[-1]

    def deliver(self, at):
        with freeze_time(at), self.enter_registry_test_mode():
            self.env.ref("campus_alert.ir_cron_deliver").method_direct_trigger()
        self.env.invalidate_all()

    def mails_to(self, partner):
        return self.env["mail.mail"].search([("recipient_ids", "in", partner.ids)])

    def test_an_email_goes_to_the_holder_once(self):
        alert = self.raise_alert()
        self.deliver(NOW)
        self.deliver(NOW + timedelta(hours=1))
        mail = self.mails_to(self.partner)
        self.assertEqual(len(mail), 1)
        self.assertIn("Day's spend", mail.subject)
        self.assertIn("20.00", mail.body_html)
        self.assertEqual(alert.delivery_ids.mapped("channel"), ["mail"])
        self.assertEqual(alert.delivery_ids.state, "queued")

    def test_what_odoo_sent_is_shown_as_sent(self):
        alert = self.raise_alert()
        self.deliver(NOW)
        alert.delivery_ids.notification_id.notification_status = "sent"
        self.deliver(NOW + timedelta(minutes=5))
        self.assertEqual(alert.delivery_ids.state, "sent")
        self.assertTrue(alert.delivery_ids.sent_at)

    def test_an_email_that_failed_is_tried_again_and_shown(self):
        alert = self.raise_alert()
        self.deliver(NOW)
        delivery, mail = alert.delivery_ids, self.mails_to(self.partner)
        mail.state = "exception"
        delivery.notification_id.write({"notification_status": "exception", "failure_reason": "no route"})
        self.deliver(NOW + timedelta(minutes=1))
        self.assertEqual((delivery.state, delivery.error), ("failed", "no route"))
        self.assertEqual(alert.failed_count, 1)
        self.deliver(NOW + timedelta(minutes=2))
        self.assertEqual(mail.state, "exception", "not before its time")
        self.deliver(NOW + timedelta(minutes=7))
        self.assertEqual((mail.state, delivery.state), ("outgoing", "queued"))
        self.assertEqual(len(self.mails_to(self.partner)), 1)

    def test_it_is_given_up_after_five_attempts_and_a_clerk_can_try_again(self):
        alert = self.raise_alert()
        delivery = alert.delivery_ids
        at = NOW
        for _run in range(12):
            self.deliver(at)
            self.mails_to(self.partner).state = "exception"
            delivery.notification_id.notification_status = "exception"
            at += timedelta(hours=13)
        self.deliver(at)
        self.assertEqual((delivery.attempts, delivery.state), (5, "failed"))
        clerk = new_test_user(self.env, "alert_clerk", groups="campus_card.group_campus_card_clerk")
        with freeze_time(at):
            alert.with_user(clerk).action_retry()
        self.deliver(at)
        self.assertEqual(delivery.state, "queued")

    def test_the_letter_is_in_the_holders_language(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        self.partner.lang = "zh_CN"
        rule = self.shipped("day_spend")
        rule.write({"threshold_minor": 1000, "channel_inbox": False, "channel_push": False})
        self.spend_rule.active = False
        with freeze_time(NOW):
            rule.cursor_at = NOW
            self.buy(2000)
            self.clock()
        self.deliver(NOW)
        mail = self.mails_to(self.partner)
        self.assertIn("一天消费超过 500", mail.subject)
        self.assertIn("今天已支付", mail.body_html)
        self.assertIn("一天内超过", mail.body_html)

    def test_quiet_hours_delay_and_lose_nothing(self):
        self.partner.write({"campus_quiet_start": 21.5, "campus_quiet_end": 8.5})
        alert = self.raise_alert(at=NIGHT)
        self.assertEqual(alert.delivery_ids.due_at, NIGHT.replace(hour=0, minute=30) + timedelta(days=1))
        self.deliver(NIGHT + timedelta(hours=9))
        self.assertFalse(self.mails_to(self.partner))
        self.deliver(NIGHT.replace(hour=0, minute=30) + timedelta(days=1))
        self.assertTrue(self.mails_to(self.partner))

    def test_a_rule_that_holds_the_night_waits_for_seven(self):
        alert = self.raise_alert(at=NIGHT, hold_night=True)
        self.assertEqual(alert.delivery_ids.due_at, NIGHT.replace(hour=23))

    def test_the_holders_choice_counts_where_the_rule_lets_them_choose(self):
        self.spend_rule.write({"channel_push": True, "channel_sms": True})
        rule, nothing = self.spend_rule, self.env["campus.alert.rule"]
        self.assertEqual(self.Preference._channels(rule, self.partner), {"mail", "push", "sms"})
        self.Preference._choose(self.partner, nothing, {"mail"})
        self.assertEqual(self.Preference._channels(rule, self.partner), {"mail"})
        self.Preference._choose(self.partner, rule, set())
        self.assertEqual(self.Preference._channels(rule, self.partner), set())
        alert = self.raise_alert()
        self.assertFalse(alert.delivery_ids)
        rule.holder_may_mute = False
        self.assertEqual(self.Preference._channels(rule, self.partner), {"mail", "push", "sms"})

    def test_a_holder_without_an_address_is_told_on_the_other_channels(self):
        self.partner.email = False
        alert = self.raise_alert(channel_push=True)
        self.deliver(NOW)
        self.assertEqual(set(alert.delivery_ids.mapped("state")), {"skipped"})

    def test_staff_are_told_in_the_inbox_who_and_why(self):
        guard = new_test_user(
            self.env, "guard", groups="base.group_user", notification_type="email", email="g@school.example"
        )
        alert = self.raise_alert(channel_inbox=True, channel_mail=False, staff_ids=[(6, 0, guard.ids)])
        self.deliver(NOW)
        told = alert.delivery_ids.filtered(lambda one: one.partner_id == guard.partner_id)
        self.assertEqual((told.channel, told.state), ("inbox", "sent"))
        self.assertEqual(told.notification_id.notification_type, "inbox")
        self.assertIn("Lin Xiaoyu", told.notification_id.mail_message_id.body)
        self.assertIn("20.00", told.notification_id.mail_message_id.body)
        self.assertFalse(self.mails_to(guard.partner_id))

    def test_an_sms_goes_into_odoos_queue(self):
        self.partner.phone = "+86 138 0013 8000"
        alert = self.raise_alert(channel_sms=True, channel_mail=False)
        self.deliver(NOW)
        sms = self.env["sms.sms"].search([("partner_id", "=", self.partner.id)])
        self.assertEqual((len(sms), sms.state), (1, "outgoing"))
        self.assertIn("20.00", sms.body)
        self.assertEqual(alert.delivery_ids.state, "queued")

    def test_a_low_balance_is_not_announced_after_a_top_up_in_the_night(self):
        self.spend_rule.active = False
        rule = self.shipped("low_balance")
        with freeze_time(NIGHT):
            rule.cursor_at = NIGHT
            self.noons(12, last=NIGHT)
            balance = self.wallet.balance_minor
            self.buy(balance - 100)
            self.clock()
        alert = self.alerts(rule)
        self.assertTrue(alert.delivery_ids)
        self.top_up(900000)
        self.deliver(NIGHT + timedelta(hours=10))
        self.assertEqual(set(alert.delivery_ids.mapped("state")), {"dropped"})
        self.assertFalse(self.mails_to(self.partner))

    def test_a_false_alarm_is_not_sent_any_more(self):
        alert = self.raise_alert(at=NIGHT, hold_night=True)
        alert.action_false_alarm()
        self.deliver(NIGHT + timedelta(hours=12))
        self.assertEqual(alert.delivery_ids.state, "dropped")

    def test_freezing_the_cards_of_the_holder(self):
        card = self.env["campus.card"].create({"partner_id": self.partner.id, "uid": "04A1B2C3"})
        card._hand_over()
        self.raise_alert(freeze="card")
        self.assertEqual((card.state, card.state_reason), ("frozen", "Day's spend"))
        self.assertEqual(self.wallet.state, "open")

    def test_an_activity_waits_for_the_person_that_the_rule_names(self):
        guard = new_test_user(self.env, "guard", groups="campus_card.group_campus_card_clerk")
        alert = self.raise_alert(activity_user_id=guard.id)
        self.assertEqual(alert.activity_ids.user_id, guard)
        alert.with_user(guard).action_done()
        self.assertFalse(alert.activity_ids)

    def test_a_server_action_runs_on_the_alert(self):
        action = self.env["ir.actions.server"].create(
            {
                "name": "Mark",
                "model_id": self.env["ir.model"]._get_id("campus.alert"),
                "state": "code",
                "code": "record.write({'note': 'seen by %s' % env.context['active_id']})",
            }
        )
        alert = self.raise_alert(server_action_id=action.id)
        self.assertEqual(alert.note, f"seen by {alert.id}")

    def test_an_action_that_is_refused_is_noted_and_the_rest_is_done(self):
        action = self.env["ir.actions.server"].create(
            {
                "name": "Refuse",
                "model_id": self.env["ir.model"]._get_id("campus.alert"),
                "state": "code",
                "code": "raise UserError('the gate does not answer')",
            }
        )
        with self.assertLogs("odoo.addons.campus_alert", "WARNING"):
            alert = self.raise_alert(server_action_id=action.id, freeze="wallet")
        self.assertIn("the gate does not answer", alert.action_error)
        self.assertEqual(self.wallet.state, "frozen")
        self.assertTrue(alert.delivery_ids)

    def test_odoos_automation_rules_see_an_alert(self):
        self.env["base.automation"].create(
            {
                "name": "Escalate",
                "model_id": self.env["ir.model"]._get_id("campus.alert"),
                "trigger": "on_create",
                "filter_domain": "[('severity', '=', 'warning')]",
                "action_server_ids": [
                    (
                        0,
                        0,
                        {
                            "name": "Note",
                            "model_id": self.env["ir.model"]._get_id("campus.alert"),
                            "state": "code",
                            "code": "record.write({'note': 'escalated'})",
                        },
                    )
                ],
            }
        )
        self.assertEqual(self.raise_alert().note, "escalated")

    def test_the_states_of_an_alert_say_who_handles_it(self):
        alert = self.raise_alert()
        clerk = new_test_user(self.env, "alert_clerk", groups="campus_card.group_campus_card_clerk")
        alert.with_user(clerk).action_open()
        self.assertEqual((alert.state, alert.user_id), ("open", clerk))
        alert.with_user(clerk).action_done()
        self.assertEqual(alert.state, "done")
        self.assertIsInstance(alert.happened_at, type(fields.Datetime.now()))
        with self.assertRaises(UserError):
            alert.with_user(clerk).write({"happened_at": NOW})
