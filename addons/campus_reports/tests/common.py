import datetime as dt
from unittest.mock import patch

from odoo.addons.campus_card.tests.ledger_common import LedgerCase
from odoo.tests import TransactionCase, new_test_user

# Frozen noon: a business day does not change while a test runs.
TODAY = dt.date(2026, 3, 5)
NOW = dt.datetime(2026, 3, 5, 4, 0, 0)


class OwnCompanyCase(TransactionCase):
    """A company of its own, so that what the database holds already does not count."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        company = cls.env["res.company"].create({"name": "Closing Test University"})
        company.partner_id.tz = "Asia/Shanghai"
        cls.env["account.chart.template"].try_loading("generic_coa", company=company, install_demo=False)
        cls.env.user.company_ids += company
        cls.env.user.company_id = company
        cls.env = cls.env(context=dict(cls.env.context, allowed_company_ids=company.ids))


class ClosingCase(LedgerCase, OwnCompanyCase):
    """A small school on a frozen day, with a canteen and a shop that sell without till."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env.company
        cls.Closing = cls.env["campus.closing"]
        cls.Bridge = cls.env["campus.bridge"]
        cls.noodles = cls.env["res.partner"].create({"name": "Noodle House Ltd."})
        cls.merchant.write(
            {
                "gl_account_id": cls.company._campus_ref("campus_sales").id,
                "partner_id": cls.noodles.id,
            }
        )
        cls.shop = cls.merchant.copy({"name": "Shop", "code": "shop", "partner_id": False})
        cls.finance = cls.user("finance", "campus_card.group_campus_card_finance")
        clock = patch("odoo.fields.Datetime.now", lambda: NOW)
        clock.start()
        cls.addClassCleanup(clock.stop)

    @classmethod
    def user(cls, login, groups):
        return new_test_user(
            cls.env, f"closing-{login}", groups, company_id=cls.company.id, name=login.title()
        )

    def post(self, kind, amount_minor, account=None, day=None, **values):
        """Post one request on a business day (today by default); returns the answer."""
        default = self.merchant if kind == "purchase" else self.cash_desk
        request = {
            "uuid": self.uuid(),
            "kind": kind,
            "wallet_id": values.pop("wallet", self.wallet).id,
            "account_id": (account or default).id,
            "amount_minor": amount_minor,
            **values,
        }
        answer = self.ledger._post([request], booking_date=day)[0]
        self.assertTrue(answer["ok"], answer)
        return answer

    def refund(self, answer, amount_minor=None):
        request = {"uuid": self.uuid(), "reverses_uuid": answer["uuid"], "amount_minor": amount_minor}
        reversed_answer = self.ledger._reverse([request])[0]
        self.assertTrue(reversed_answer["ok"], reversed_answer)
        return reversed_answer

    def close(self, day=TODAY):
        return self.Closing.browse(self.Closing._close_day(self.company, day))

    def lock_as_before(self, company, field, date):
        """A database whose books were locked before that was refused."""
        self.env.flush_all()
        self.cr.execute(f"UPDATE res_company SET {field} = %s WHERE id = %s", [date, company.id])
        self.env.invalidate_all()

    def gl(self, key):
        return self.company._campus_ref(key)

    def booked(self, closing):
        """``{(account, partner, side): cents}`` of the entries of a closing"""
        sums = {}
        for line in closing.move_ids.line_ids:
            side = "debit" if line.debit else "credit"
            key = (line.account_id, line.partner_id, side)
            sums[key] = sums.get(key, 0) + round((line.debit or line.credit) * 100)
        return sums

    def assertBooked(self, closing, expected):
        """Compare with ``[(account, side, cents)]`` or ``[(account, side, cents, partner)]``"""
        nobody = self.env["res.partner"]
        wanted = {(row[0], row[3] if len(row) > 3 else nobody, row[1]): row[2] for row in expected}
        self.assertEqual(self.booked(closing), wanted)

    def assertBridge(self, is_balanced=True):
        bridge = self.Bridge._check(self.company)
        self.assertEqual(bridge.is_balanced, is_balanced, bridge.line_ids.read())
        return bridge
