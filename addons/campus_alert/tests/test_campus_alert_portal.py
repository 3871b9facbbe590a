from odoo.http import Request
from odoo.tests import HttpCase, new_test_user, tagged

from .push_service import UserAgent

ENDPOINT = "https://push.example.org/send/%s"


@tagged("post_install", "-at_install")
class TestAlertPortal(HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, "no_reset_password": True, "tracking_disable": True})
        cls.env.company._campus_setup()
        cls.lin, cls.wang = (
            new_test_user(cls.env, login, groups="base.group_portal", name=name)
            for login, name in (("lin", "Lin Xiaoyu"), ("wang", "Wang Haoran"))
        )
        for user in (cls.lin, cls.wang):
            cls.env["campus.wallet"]._for_holder(user.partner_id)
        cls.rule = cls.env["campus.alert.rule"].create(
            {"name": "Spend rule", "notify_holder": True, "message": "Paid {total}", "channel_sms": True}
        )
        cls.fixed = cls.env["campus.alert.rule"].create(
            {"name": "Safety rule", "notify_holder": True, "holder_may_mute": False}
        )
        cls.silent = cls.env["campus.alert.rule"].create({"name": "For staff only"})
        cls.alert = cls.new_alert(cls.rule, cls.lin)
        cls.new_alert(cls.silent, cls.lin)
        cls.new_alert(cls.rule, cls.wang, total=77700)
        cls.new_alert(cls.rule, cls.lin, total=66600, period="old", state="late")
        cls.agent = UserAgent()

    @classmethod
    def new_alert(cls, rule, user, total=52340, **values):
        return cls.env["campus.alert"].create(
            {
                "rule_id": rule.id,
                "company_id": rule.company_id.id,
                "subject_model": "res.partner",
                "subject_id": user.partner_id.id,
                "partner_id": user.partner_id.id,
                "period": "2026-03-02",
                "happened_at": "2026-03-02 04:00:00",
                "facts": {"total": total, "threshold": 50000},
                **values,
            }
        )

    def get(self, login="lin"):
        self.authenticate(login, login)
        return self.url_open("/my/card/alerts")

    def post(self, **form):
        self.authenticate("lin", "lin")
        return self.url_open("/my/card/alerts", data={"csrf_token": Request.csrf_token(self), **form})

    def call(self, url, **params):
        return self.make_jsonrpc_request(url, params)

    def test_a_holder_reads_their_own_alerts_and_nobody_elses(self):
        page = self.get().text
        self.assertIn("523.40", page)
        self.assertIn("Spend rule", page)
        self.assertNotIn("For staff only", page)
        self.assertNotIn("777.00", page)
        self.assertNotIn("666.00", page)
        self.assertTrue(self.alert.seen_at)

    def test_a_visitor_has_to_log_in(self):
        self.authenticate(None, None)
        answer = self.url_open("/my/card/alerts", allow_redirects=False)
        self.assertIn("/web/login", answer.headers["Location"])

    def test_choices_and_quiet_hours_are_kept(self):
        self.post(channel=[f"{self.rule.id}:push"], quiet_start="22:30", quiet_end="06:45")
        partner = self.lin.partner_id
        self.assertEqual((partner.campus_quiet_start_min, partner.campus_quiet_end_min), (1350, 405))
        channels = self.env["campus.alert.preference"]._channels(self.rule, partner)
        # The inbox and SMS are not offered without a desk or a number: the rule's choice stays.
        self.assertEqual(channels & {"mail", "push"}, {"push"})
        page = self.get().text
        self.assertIn('value="22:30"', page)

    def test_what_protects_the_money_cannot_be_switched_off(self):
        self.post(channel=[], quiet_start="00:00", quiet_end="00:00")
        channels = self.env["campus.alert.preference"]._channels(self.fixed, self.lin.partner_id)
        self.assertEqual(channels, {"mail", "inbox", "push"})

    def test_a_form_cannot_choose_for_somebody_else(self):
        self.post(channel=[f"{self.rule.id}:mail"], partner_id=self.wang.partner_id.id, quiet_start="01:00")
        self.assertFalse(self.wang.partner_id.campus_quiet_start_min)
        self.assertFalse(
            self.env["campus.alert.preference"].search([("partner_id", "=", self.wang.partner_id.id)])
        )

    def test_a_time_that_is_none_is_refused_and_nothing_kept(self):
        for wrong in ("25:00", "7", "abc", "-1:00", "12:60"):
            with self.subTest(time=wrong):
                page = self.post(quiet_start=wrong, quiet_end="07:00", channel=[])
                self.assertIn("not a valid time", page.text)
        self.assertFalse(self.lin.partner_id.campus_quiet_end_min)
        self.assertFalse(self.env["campus.alert.preference"].search_count([]))

    def test_a_form_without_its_token_is_refused(self):
        self.authenticate("lin", "lin")
        with self.assertLogs("odoo.http", "WARNING"):
            answer = self.url_open("/my/card/alerts", data={"quiet_start": "01:00"})
        self.assertEqual(answer.status_code, 400)

    def test_a_device_is_registered_for_the_user_of_the_session(self):
        self.authenticate("lin", "lin")
        subscription = self.agent.subscription(ENDPOINT % "one")
        self.assertEqual(self.call("/my/card/alerts/push", subscription=subscription), {"ok": True})
        device = self.env["mail.push.device"].search([("endpoint", "=", ENDPOINT % "one")])
        self.assertEqual(device.partner_id, self.lin.partner_id)
        self.assertEqual(self.call("/my/card/alerts/push/stop", endpoint=ENDPOINT % "one"), {"ok": True})
        self.assertFalse(device.exists())

    def test_nobody_stops_somebody_elses_device(self):
        self.authenticate("lin", "lin")
        self.call("/my/card/alerts/push", subscription=self.agent.subscription(ENDPOINT % "lin"))
        self.authenticate("wang", "wang")
        self.call("/my/card/alerts/push/stop", endpoint=ENDPOINT % "lin")
        self.assertTrue(self.env["mail.push.device"].search([("endpoint", "=", ENDPOINT % "lin")]))

    def test_what_is_no_subscription_is_refused(self):
        self.authenticate("lin", "lin")
        good = self.agent.subscription(ENDPOINT % "x")
        for wrong in (
            None,
            "text",
            {},
            {**good, "endpoint": "http://127.0.0.1:8069/"},
            {**good, "endpoint": ENDPOINT % ("x" * 2000)},
            {**good, "keys": {"auth": "x"}},
            {**good, "keys": {"auth": 1, "p256dh": []}},
        ):
            with self.subTest(subscription=wrong):
                self.assertFalse(self.call("/my/card/alerts/push", subscription=wrong)["ok"])
        self.assertFalse(self.env["mail.push.device"].search_count([]))

    def test_a_person_has_ten_devices_at_most(self):
        self.authenticate("lin", "lin")
        for number in range(12):
            self.call("/my/card/alerts/push", subscription=self.agent.subscription(ENDPOINT % number))
        endpoints = self.env["mail.push.device"].search([], order="id").mapped("endpoint")
        self.assertEqual(endpoints, [ENDPOINT % number for number in range(2, 12)])

    def test_the_worker_may_only_work_below_the_alerts(self):
        answer = self.url_open("/my/card/alerts/worker.js")
        self.assertEqual(answer.headers["Service-Worker-Allowed"], "/my/card/alerts")
        self.assertIn("javascript", answer.headers["Content-Type"])
        script = self.url_open("/campus_alert/static/src/portal/push_events.js")
        self.assertIn("showNotification", script.text)

    def test_the_card_in_the_phone_shows_what_is_new_and_leads_to_the_alerts(self):
        self.lin.partner_id.write({"campus_number": "A0009", "company_id": self.env.company.id})
        self.authenticate("lin", "lin")
        self.assertIn("523.40", self.url_open("/my/card").text)
        self.assertIn("/my/card/alerts", self.url_open("/my/card/settings").text)
        self.url_open("/my/card/alerts")
        self.assertNotIn("523.40", self.url_open("/my/card").text)
