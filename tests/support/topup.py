"""A university of its own with a provider of payments, and a browser's part of a top-up without one."""

import html
import http.client
import re

from support.till import Client

#: Makes a company with a chart of accounts, Odoo's demo provider and a canteen, and works in it.
UNIVERSITY = """
env = env(context={**env.context, "no_reset_password": True, "tracking_disable": True})
company = env["res.company"].create({"name": name, "currency_id": env.ref("base.CNY").id})
company.partner_id.tz = "Asia/Shanghai"
env["account.chart.template"].try_loading("cn", company, install_demo=False)
env.user.company_ids += company
env = env(context={**env.context, "allowed_company_ids": company.ids})
company = company.with_env(env)
company._campus_setup()
# the server's own job works on the row that switching a provider on locks: no old picture of it here
env.cr.commit()
provider = env.ref("payment.payment_provider_demo")
if provider.company_id != company:
    provider = provider.copy({"company_id": company.id})
provider.write({
    "state": "test", "is_published": True, "allow_tokenization": True,
    "payment_method_ids": [(4, env.ref("payment_demo.payment_method_demo").id)],
    "journal_id": env["account.journal"].search([("type", "=", "bank"), ("company_id", "=", company.id)], limit=1).id,
})
env.ref("payment_demo.payment_method_demo").active = True
canteen = env["campus.account"].create({
    "name": shop_name, "code": "canteen-1", "kind": "merchant",
    "gl_account_id": company._campus_ref("campus_sales").id,
})
"""
HOLDER = """
holder = env["res.partner"].create({
    "name": "Lin Xiaoyu", "campus_number": "TU0001", "campus_role": "student", "company_id": company.id,
})
card = env["campus.card"].create({"partner_id": holder.id, "uid": "04AB0001", "company_id": company.id})
card._hand_over()
wallet = holder.campus_wallet_id
user = env["res.users"].create({
    "name": holder.name, "login": login, "password": login, "lang": language, "partner_id": holder.id,
    "company_id": company.id, "company_ids": [(6, 0, company.ids)],
    "group_ids": [(6, 0, env.ref("base.group_portal").ids)],
})
link = env["campus.topup.link"]._make(wallet, "Xiaoyu")
env.cr.commit()
answer = {"company": company.id, "wallet": wallet.id, "canteen": canteen.id, "link": link.token}
"""


def new_school(server, name, login):
    """``{company, wallet, canteen, link}``: a holder with ``login``, Odoo's demo provider, a canteen."""
    return server.run(UNIVERSITY + HOLDER, name=name, shop_name="Canteen 1", login=login, language="en_US")


def transaction(page):
    """``(route, parameters)`` of what a browser asks for when the form of a top-up's ``page`` is sent."""
    form = {name: html.unescape(value) for name, value in re.findall(r'data-([a-z-]+)="([^"]*)"', page)}
    return form["transaction-route"], {
        "provider_id": int(form["provider-id"]),
        "payment_method_id": int(form["payment-option-id"]),
        "token_id": None,
        "amount": float(form["amount"]),
        "flow": "direct",
        "tokenization_requested": False,
        "landing_route": form["landing-route"],
        "access_token": form["access-token"],
    }


class Payer(Client):
    """A holder's browser without a screen: the form, its transaction, the pages that wait for it."""

    def get(self, path):
        """The page's text, with the session's cookie."""
        connection = http.client.HTTPConnection(self.host, self.port, timeout=self.timeout_s)
        try:
            connection.request("GET", path, headers={"Cookie": self.cookie})
            return connection.getresponse().read().decode()
        finally:
            connection.close()

    def twin(self):
        """Another connection in the same session."""
        twin = Payer(f"http://{self.host}:{self.port}", self.timeout_s)
        twin.cookie = self.cookie
        return twin

    def start(self, amount):
        """Ask for a transaction of ``amount`` (in the currency's unit); its reference."""
        return self.call(*transaction(self.get(f"/my/card/topup?amount={amount}")))["reference"]

    def report(self, reference, state):
        """What the provider's webhook says."""
        return self.call(
            "/payment/demo/simulate_payment",
            {"reference": reference, "simulated_state": state, "payment_details": "1234"},
        )

    def poll(self):
        """What the waiting page asks every few seconds: the state."""
        return self.call("/payment/status/poll", {})["state"]
