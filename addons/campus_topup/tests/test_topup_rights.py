from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .common import TopupCase


@tagged("post_install", "-at_install")
class TestTopupRights(TopupCase):
    """Who sees the payments behind top-ups."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.users = {
            role: new_test_user(
                cls.env,
                login=f"topups-{role}",
                groups=f"campus_card.group_campus_card_{role}",
                company_id=cls.company.id,
                company_ids=[(6, 0, cls.company.ids)],
            )
            for role in ("clerk", "finance", "auditor")
        }

    def payments_of(self, role):
        return self.env["payment.transaction"].with_user(self.users[role])

    def test_finance_and_auditors_see_topups_and_no_other_payment(self):
        topup = self.transaction()
        other = self.transaction(campus_wallet_id=False, campus_topup_state=False)
        for role in ("finance", "auditor"):
            seen = self.payments_of(role).search([("id", "in", (topup + other).ids)])
            self.assertEqual(seen.ids, topup.ids, role)
            with self.assertRaises(AccessError):
                self.payments_of(role).browse(other.id).read(["reference"])

    def test_a_clerk_sees_no_payment(self):
        topup = self.transaction()
        with self.assertRaises(AccessError):
            self.payments_of("clerk").browse(topup.id).read(["reference"])

    def test_nobody_of_the_office_writes_a_payment(self):
        topup = self.transaction()
        self.assertTrue(self.users)
        for role in self.users:
            with self.assertRaises(AccessError):
                self.payments_of(role).browse(topup.id).write({"campus_topup_state": "booked"})

    def test_whoever_keeps_the_accounts_still_sees_every_payment(self):
        other = self.transaction(campus_wallet_id=False, campus_topup_state=False)
        self.users["finance"].group_ids += self.env.ref("account.group_account_invoice")
        self.assertTrue(self.payments_of("finance").search([("id", "=", other.id)]))

    def test_a_payment_says_how_it_came(self):
        link = self.env["campus.topup.link"]._make(self.wallet, "Lin")
        self.assertEqual(self.transaction().campus_way, "holder")
        self.assertEqual(self.transaction(campus_link_id=link.id).campus_way, "link")
        self.assertFalse(self.transaction(campus_wallet_id=False).campus_way)
