import json
from datetime import datetime, timedelta

from odoo.addons.campus_card.tests.ledger_common import LedgerCase

#: A Monday, nine o'clock in Shanghai.
NOW = datetime(2026, 3, 2, 1)


class AlertCase(LedgerCase):
    """A holder who can buy at any time, and one rule at a time."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, "tracking_disable": True, "no_reset_password": True})
        cls.company.partner_id.tz = "Asia/Shanghai"
        cls.partner.write({"campus_number": "A0001", "email": "lin@school.example", "lang": "en_US"})
        cls.env["campus.alert.rule"].search([]).active = False
        cls.Alert = cls.env["campus.alert"]
        cls.plaza, cls.far_campus = cls.env["campus.alert.place"].create(
            [
                {"name": "Plaza", "latitude": 31.31, "longitude": 120.6},
                {"name": "Far campus", "latitude": 31.26, "longitude": 120.6},
            ]
        )
        cls.merchant.alert_place_id = cls.plaza
        cls.far_merchant = cls.env["campus.account"].create(
            {"name": "Far line", "code": "test-far", "kind": "merchant", "alert_place_id": cls.far_campus.id}
        )

    def rule(self, **values):
        """A rule that looks at everything known from an hour ago on."""
        values = {
            "name": "Test rule",
            "domain": json.dumps([["kind", "=", "purchase"]]),
            "threshold_minor": 50000,
            **values,
        }
        return self.env["campus.alert.rule"].create(values)

    def shipped(self, name):
        rule = self.env.ref(f"campus_alert.campus_alert_rule_{name}")
        rule.active = True
        return rule

    def buy_at(self, occurred_at, amount_minor, merchant=None, wallet=None):
        """A purchase that happened at a time (UTC) and is posted now."""
        request = {**self.purchase(amount_minor, wallet), "occurred_at": occurred_at}
        if merchant:
            request["account_id"] = merchant.id
        answer = self.ledger._post([request])[0]
        self.assertTrue(answer["ok"], answer)
        return answer

    def noons(self, count, amount_minor=1500, last=NOW, wallet=None):
        """A lunch on each of the ``count`` days before ``last``."""
        for day in range(count, 0, -1):
            noon = (last - timedelta(days=day)).replace(hour=4)
            self.buy_at(noon, amount_minor, wallet=wallet)

    def clock(self):
        """What the clock does: read all that is new, for every rule."""
        with self.enter_registry_test_mode():
            self.env.ref("campus_alert.ir_cron_run").method_direct_trigger()
        self.env.invalidate_all()

    def alerts(self, rule):
        return self.Alert.search([("rule_id", "=", rule.id)], order="id")

    def new_holder(self, name, number):
        partner = self.env["res.partner"].create({"name": name, "campus_number": number})
        return self.env["campus.wallet"]._for_holder(partner)
