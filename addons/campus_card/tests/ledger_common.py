import uuid

from odoo.tests import TransactionCase


class LedgerCase(TransactionCase):
    """A holder with a wallet, a merchant, and short names for what moves money."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env.company
        cls.company._campus_setup()
        cls.ledger = cls.env["campus.ledger"]
        cls.partner = cls.env["res.partner"].create({"name": "Lin Xiaoyu"})
        cls.wallet = cls.env["campus.wallet"]._for_holder(cls.partner)
        cls.cash_desk = cls.env["campus.account"]._system("cash_desk")
        cls.fund = cls.env["campus.account"]._system("subsidy_fund")
        cls.merchant = cls.env["campus.account"].create(
            {"name": "Line 1", "code": "test-line", "kind": "merchant"}
        )

    @staticmethod
    def uuid():
        return str(uuid.uuid4())

    def top_up(self, amount_minor, wallet=None):
        """Cash in at the counter; returns the answer."""
        return self._in("topup", self.cash_desk, amount_minor, wallet)

    def grant(self, amount_minor, plan="subsidy", expires_on=None, wallet=None):
        """Money from the subsidy fund; returns the answer."""
        return self._in("subsidy", self.fund, amount_minor, wallet, plan=plan, expires_on=expires_on)

    def _in(self, kind, account, amount_minor, wallet=None, **values):
        answer = self.ledger._post(
            [
                {
                    "uuid": self.uuid(),
                    "kind": kind,
                    "wallet_id": (wallet or self.wallet).id,
                    "account_id": account.id,
                    "amount_minor": amount_minor,
                    **values,
                }
            ]
        )[0]
        self.assertTrue(answer["ok"], answer)
        return answer

    def purchase(self, amount_minor, wallet=None):
        """A request for a sale at the merchant."""
        return {
            "uuid": self.uuid(),
            "kind": "purchase",
            "wallet_id": (wallet or self.wallet).id,
            "account_id": self.merchant.id,
            "amount_minor": amount_minor,
        }

    def buy(self, amount_minor, wallet=None):
        """A sale at the merchant; returns the answer, also a refusal."""
        return self.ledger._post([self.purchase(amount_minor, wallet)])[0]
