import json
from datetime import timedelta
from unittest.mock import patch

from odoo.tests import freeze_time, tagged

from .common import NOW, AlertCase
from .push_service import PushService, UserAgent, check_vapid


@tagged("post_install", "-at_install")
class TestAlertPush(AlertCase):
    """Messages on the wire: a real HTTP endpoint gets them, and a browser's keys open them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["ir.config_parameter"].set_param("campus_alert.push_local_endpoints", "1")
        cls.service = cls.enterClassContext(PushService())
        cls.phone = UserAgent()

    def setUp(self):
        super().setUp()
        self.service.received.clear()
        self.service.status = 201
        with freeze_time(NOW):
            self.spend = self.rule(
                name="Day's spend",
                threshold_minor=1000,
                notify_holder=True,
                hold_night=False,
                channel_mail=False,
                channel_inbox=False,
                message="You have paid {total} today.",
            )
            self.top_up(100000)

    def register(self, path="/phone", agent=None, partner=None):
        subscription = (agent or self.phone).subscription(self.service.url + path)
        key = self.env["mail.push.device"].get_web_push_vapid_public_key()
        self.env["mail.push.device"].create(
            {
                "partner_id": (partner or self.partner).id,
                "endpoint": subscription["endpoint"],
                "keys": json.dumps(subscription["keys"]),
            }
        )
        return key

    def raise_alert(self):
        with freeze_time(NOW):
            self.buy(2000)
            self.clock()
        return self.alerts(self.spend)

    def deliver(self, at=NOW):
        with freeze_time(at), self.enter_registry_test_mode():
            self.env.ref("campus_alert.ir_cron_deliver").method_direct_trigger()
        self.env.invalidate_all()

    def test_the_phone_can_read_what_the_server_sent(self):
        key = self.register()
        alert = self.raise_alert()
        self.deliver()
        ((path, headers, body),) = self.service.received
        message = json.loads(self.phone.decrypt(body))
        self.assertEqual(path, "/phone")
        self.assertEqual(message["title"], "Day's spend")
        self.assertIn("20.00", message["options"]["body"])
        self.assertEqual(message["options"]["data"]["url"], f"/my/card/alerts?alert={alert.id}")
        self.assertEqual(headers["Content-Encoding"], "aes128gcm")
        self.assertEqual(headers["TTL"], "86400", "a phone without a network gets it later")
        self.assertIn(f"k={key}", headers["Authorization"])
        check_vapid(headers["Authorization"], self.service.url)
        self.assertEqual(alert.delivery_ids.state, "sent")

    def test_nobody_else_can_read_it(self):
        self.register()
        self.raise_alert()
        self.deliver()
        body = self.service.received[0][2]
        self.assertNotIn(b"20.00", body)
        with self.assertRaises(Exception):  # noqa: B017 - whatever the decryption raises
            UserAgent().decrypt(body)

    def test_every_device_of_the_holder_gets_it_once(self):
        tablet = UserAgent()
        self.register()
        self.register("/tablet", tablet)
        self.register("/stranger", partner=self.env["res.partner"].create({"name": "Stranger"}))
        self.raise_alert()
        self.deliver()
        self.deliver(NOW + timedelta(hours=1))
        self.assertEqual(sorted(path for path, *_rest in self.service.received), ["/phone", "/tablet"])

    def test_a_service_that_is_down_is_asked_again_and_the_error_shown(self):
        self.register()
        self.service.status = 503
        alert = self.raise_alert()
        with self.assertLogs("odoo.addons.mail.tools.web_push", "WARNING"):
            self.deliver()
        self.assertEqual((alert.delivery_ids.state, alert.delivery_ids.error), ("failed", "HTTP 503"))
        self.service.status = 201
        self.deliver(NOW + timedelta(minutes=2))
        self.assertEqual(len(self.service.received), 1)
        self.deliver(NOW + timedelta(minutes=6))
        self.assertEqual((alert.delivery_ids.state, alert.delivery_ids.error), ("sent", False))
        self.assertEqual(len(self.service.received), 2)

    def test_what_left_the_house_is_known_whatever_happens_then(self):
        self.register()
        alert = self.raise_alert()
        push = type(alert.delivery_ids)._push

        def left_and_died(delivery, *args):
            push(delivery, *args)
            raise SystemExit("the worker is killed before it has stored what became of it")

        with patch.object(type(alert.delivery_ids), "_push", left_and_died):
            # Odoo's ``assertRaises`` would roll back what the clock has stored
            try:
                self.deliver()
            except SystemExit:
                self.env.invalidate_all()
            else:
                self.fail("the worker lives")
        self.assertEqual((alert.delivery_ids.state, alert.delivery_ids.attempts), ("sending", 1))
        self.deliver(NOW + timedelta(minutes=5))
        self.assertEqual(len(self.service.received), 1)
        # the same message, which replaces the one that the phone has
        self.deliver(NOW + timedelta(minutes=16))
        tags = [
            json.loads(self.phone.decrypt(body))["options"]["tag"]
            for _path, _headers, body in self.service.received
        ]
        self.assertEqual((tags, alert.delivery_ids.state), ([f"campus-alert-{alert.id}"] * 2, "sent"))

    def test_odoos_own_push_messages_wait_for_the_end_of_the_transaction(self):
        self.register()
        device = self.env["mail.push.device"].search([("partner_id", "=", self.partner.id)])
        self.partner._web_push_send_notification(device, "key", "key", payload={"title": "Paused"})
        self.assertEqual(self.service.received, [])
        queued = self.env["mail.push"].search([("mail_push_device_id", "=", device.id)])
        self.assertEqual(queued.mapped("payload"), ['{"title": "Paused"}'])

    def test_a_device_that_is_gone_is_forgotten(self):
        self.register()
        self.service.status = 410
        alert = self.raise_alert()
        with self.assertLogs("odoo.addons.mail.tools.web_push", "WARNING"):
            self.deliver()
        self.assertFalse(self.env["mail.push.device"].search([("partner_id", "=", self.partner.id)]))
        self.assertEqual(alert.delivery_ids.error, "device gone")
        self.deliver(NOW + timedelta(hours=1))
        self.assertEqual(alert.delivery_ids.state, "skipped", "there is no device any more")

    def test_an_endpoint_that_does_not_answer_stops_nothing(self):
        self.register()
        self.env["mail.push.device"].create(
            {
                "partner_id": self.partner.id,
                "endpoint": "http://127.0.0.1:9/closed",
                "keys": json.dumps(self.phone.subscription("x")["keys"]),
            }
        )
        alert = self.raise_alert()
        self.deliver()
        self.assertEqual(alert.delivery_ids.state, "sent")
        self.assertEqual(len(self.service.received), 1)

    def test_this_server_calls_push_services_only(self):
        self.env["ir.config_parameter"].set_param("campus_alert.push_local_endpoints", False)
        allowed = self.env["campus.alert.delivery"]._is_push_endpoint
        for endpoint in (
            "https://fcm.googleapis.com/fcm/send/abc",
            "https://updates.push.services.mozilla.com/wpush/v2/abc",
            "https://web.push.apple.com/abc",
        ):
            self.assertTrue(allowed(endpoint), endpoint)
        for endpoint in (
            "http://fcm.googleapis.com/fcm/send/abc",
            "https://127.0.0.1/x",
            "https://[::1]/x",
            "https://localhost/x",
            "https://10.0.0.1/",
            "https://database/",
            "https://odoo.internal/x",
            "https://fcm.googleapis.com:8069/x",
            "https://user@2130706433/",
            "file:///etc/passwd",
            "https://[",
            "",
        ):
            self.assertFalse(allowed(endpoint), endpoint)
        self.register()
        alert = self.raise_alert()
        self.deliver()
        self.assertFalse(self.service.received)
        self.assertEqual(alert.delivery_ids.error, "endpoint not allowed")

    def test_the_message_is_in_the_holders_language(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        self.partner.lang = "zh_CN"
        self.spend.with_context(lang="zh_CN").write({"name": "一天的消费", "message": "今天已支付 {total}。"})
        self.register()
        self.raise_alert()
        self.deliver()
        message = json.loads(self.phone.decrypt(self.service.received[0][2]))
        self.assertEqual((message["title"], message["options"]["lang"]), ("一天的消费", "zh-CN"))
        self.assertIn("今天已支付", message["options"]["body"])
