import re
from uuid import uuid4

from odoo.addons.campus_portal.tests.common import PortalCase


class TopupCase(PortalCase):
    """Lin and Wang with portal logins, and Odoo's demo provider, which really runs the whole way."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.provider = cls.env["payment.provider"].search(
            [("code", "=", "demo"), ("company_id", "=", cls.company.id)], limit=1
        )
        if not cls.provider:
            cls.provider = cls.env.ref("payment.payment_provider_demo").copy({"company_id": cls.company.id})
        cls.provider.write({"state": "test", "is_published": True, "allow_tokenization": True})
        if not cls.provider.journal_id:
            cls.provider.journal_id = cls.env["account.journal"].search(
                [("type", "=", "bank"), ("company_id", "=", cls.company.id)], limit=1
            )
        cls.demo_method = cls.env.ref("payment_demo.payment_method_demo")
        cls.demo_method.active = True
        cls.provider.payment_method_ids = [(4, cls.demo_method.id)]
        cls.wallet = cls.lin.campus_wallet_id
        cls.other_wallet = cls.wang.campus_wallet_id
        cls.env["res.company"].browse(cls.company.id).write(
            {"campus_topup_month_cap_minor": 0, "campus_auto_topup_per_day": 2}
        )

    # -- money ---------------------------------------------------------------------

    def balance(self, wallet=None):
        wallet = wallet or self.wallet
        wallet.invalidate_recordset()
        wallet.pocket_ids.invalidate_recordset()
        return sum(wallet.pocket_ids.mapped("balance_minor"))

    def spend(self, amount_minor):
        """Pay with the card of the holder."""
        merchant = self.env["campus.account"].create(
            {"name": "Line", "code": f"t-{uuid4().hex[:8]}", "kind": "merchant"}
        )
        request = {
            "uuid": str(uuid4()),
            "kind": "purchase",
            "wallet_id": self.wallet.id,
            "account_id": merchant.id,
            "amount_minor": amount_minor,
        }
        self.assertTrue(self.env["campus.ledger"]._post([request])[0]["ok"])

    def transaction(self, amount=50.0, wallet=None, **values):
        """A transaction of the holder as the page makes it."""
        wallet = wallet or self.wallet
        return self.env["payment.transaction"].create(
            {
                "provider_id": self.provider.id,
                "payment_method_id": self.demo_method.id,
                "reference": self.env["payment.transaction"]._compute_reference("demo", prefix="T"),
                "amount": amount,
                "currency_id": wallet.currency_id.id,
                "partner_id": wallet.partner_id.id,
                "operation": "online_direct",
                "campus_wallet_id": wallet.id,
                "campus_topup_state": "waiting",
                **values,
            }
        )

    def report(self, tx, state):
        """What a webhook does: the provider reports a state, then Odoo post-processes."""
        tx._process("demo", {"reference": tx.reference, "simulated_state": state, "payment_details": "1234"})
        tx._post_process()

    def token_of(self, partner, state="done"):
        return self.env["payment.token"].create(
            {
                "provider_id": self.provider.id,
                "payment_method_id": self.demo_method.id,
                "partner_id": partner.id,
                "provider_ref": "demo",
                "payment_details": "1234",
                "demo_simulated_state": state,
            }
        )

    # -- the browser's part -----------------------------------------------------------

    def form(self, page):
        """Values that Odoo's payment form hands to its script."""
        values = dict(re.findall(r'data-([a-z-]+)="([^"]*)"', page))
        return {
            name: values[name] for name in ("transaction-route", "access-token", "landing-route", "amount")
        }

    def start(self, form, amount=None, **values):
        """Ask for a transaction as the form does; the processing values."""
        return self.make_jsonrpc_request(
            form["transaction-route"],
            {
                "provider_id": self.provider.id,
                "payment_method_id": self.demo_method.id,
                "token_id": None,
                "amount": float(form["amount"]) if amount is None else amount,
                "flow": "direct",
                "tokenization_requested": False,
                "landing_route": form["landing-route"],
                "access_token": form["access-token"],
                **values,
            },
        )

    def pay(self, processing, state="done"):
        """The provider's answer, and the status page that waits for it."""
        self.make_jsonrpc_request(
            "/payment/demo/simulate_payment",
            {"reference": processing["reference"], "simulated_state": state, "payment_details": "1234"},
        )
        return self.make_jsonrpc_request("/payment/status/poll", {"csrf_token": "x"})
