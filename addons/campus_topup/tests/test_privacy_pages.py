import io
import json
import zipfile

from odoo.tests import tagged

from .common import TopupCase


@tagged("post_install", "-at_install")
class TestPrivacyPages(TopupCase):
    """Own data to take along, and the request to erase it."""

    def setUp(self):
        super().setUp()
        self.login(self.lin_user)

    def test_the_export_holds_what_is_mine_and_nothing_else(self):
        self.wallet._choose_pin("2580", "2580")
        link = self.env["campus.topup.link"]._make(self.wallet, "Xiao Lin")
        self.report(self.transaction(50.0), "done")
        answer = self.post("/my/card/privacy/export")
        self.assertEqual(answer.headers["Content-Type"], "application/zip")
        with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
            parts = {name: json.loads(archive.read(name)) for name in archive.namelist()}
        self.assertEqual(parts["holder.json"]["campus_number"], "T0001")
        self.assertEqual(sum(p["balance_minor"] for p in parts["wallet.json"]["pockets"]), self.balance())
        self.assertEqual(
            len(parts["transfers.json"]),
            self.env["campus.transfer"].search_count([("wallet_id", "=", self.wallet.id)]),
        )
        self.assertEqual(parts["links.json"][0]["shown_name"], "Xiao Lin")
        everything = json.dumps(parts)
        self.wallet.invalidate_recordset()
        for secret in (link.token, "v1$", self.wang.name, "T0002", "04A1B2C3"):
            self.assertNotIn(secret, everything)

    def test_erasure_is_asked_for_once(self):
        manager = self.users["manager"]
        for _tap in range(2):
            self.post("/my/card/privacy/erase")
        activities = self.env["campus.privacy"]._erasure_asked(self.lin)
        self.assertTrue(activities)
        mine = self.lin.activity_ids.filtered(lambda activity: activity.user_id == manager)
        self.assertEqual(len(mine), 1)
        self.assertIn("accounting law", mine.note)
        self.assertIn("Asked for on", self.url_open("/my/card/privacy").text)
        self.assertFalse(self.env["campus.privacy"]._erasure_asked(self.wang))
