from odoo.tests import tagged

from .rights_common import RightsCase


@tagged("post_install", "-at_install")
class TestCampusVCard(RightsCase):
    """Holders as contact files are an export: a right, a reason, a line in the list."""

    addon = "campus_card"

    def get(self, role, partner):
        self.authenticate(f"rights_{role}", f"rights_{role}_password")
        return self.url_open(f"/web/partner/vcard?partner_ids={partner.id}")

    def test_files_of_holders_need_the_right_and_a_reason(self):
        holder = self.env["res.partner"].create({"name": "Lin Xiaoyu", "campus_number": "VC0001"})
        self.env.flush_all()
        self.assertEqual(self.get("clerk", holder).status_code, 403)
        refused = self.get("manager", holder)
        self.assertNotEqual(refused.status_code, 200)
        self.env["campus.export"].with_user(self.users["manager"]).create({"reason": "For this test"})
        self.env.flush_all()
        answer = self.get("manager", holder)
        self.assertEqual(answer.status_code, 200)
        self.assertIn("Lin Xiaoyu", answer.text)
        line = self.env["campus.export.line"].search([], limit=1)
        self.assertEqual(
            (line.model, line.record_count, line.user_id), ("res.partner", 1, self.users["manager"])
        )

    def test_contacts_who_are_no_holders_are_files_as_in_odoo(self):
        contact = self.env["res.partner"].create({"name": "A supplier"})
        self.env.flush_all()
        self.authenticate("admin", "admin")
        self.assertEqual(self.url_open(f"/web/partner/vcard?partner_ids={contact.id}").status_code, 200)
