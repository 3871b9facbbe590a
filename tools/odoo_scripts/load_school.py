"""Odoo shell: a school for load and concurrency tests; prints what a client must know as JSON.

Environment: CAMPUS_SCHOOL = {"tills": n, "holders": n, "balance_minor": n}; with
"chip": {"uid", "version", "meta", "master"} the first card has a chip that proves itself.
"""

import json
import os
import uuid

from odoo.fields import Command

wanted = json.loads(os.environ["CAMPUS_SCHOOL"])
company = env.ref("base.main_company")
env = env(
    user=env.ref("base.user_admin"),
    context={"lang": "en_US", "tracking_disable": True, "allowed_company_ids": [company.id]},
)
company = company.with_env(env)
company.sudo().country_id = env.ref("base.cn")
if not company.chart_template:
    env["account.chart.template"].sudo().try_loading("cn", company, install_demo=False)
company.sudo()._campus_setup()
# A canteen updates its stock once a day, not with each sale.
company.sudo().point_of_sale_update_stock_quantities = "closing"
company.sudo().campus_uid_hour_minor = 0  # no limit: the tests sell faster than a canteen
method = company.sudo()._campus_setup_pos()

cashier = (
    env["res.users"]
    .sudo()
    .create(
        {
            "name": "Cashier",
            "login": "till-cashier",
            "password": "till-cashier",
            "group_ids": [
                Command.link(env.ref("base.group_user").id),
                Command.link(env.ref("point_of_sale.group_pos_user").id),
            ],
        }
    )
)
product = (
    env["product.product"]
    .sudo()
    .create({"name": "Lunch", "available_in_pos": True, "list_price": 1, "taxes_id": [Command.clear()]})
)
sessions = []
for number in range(wanted["tills"]):
    journal = (
        env["account.journal"]
        .sudo()
        .create({"name": f"Till {number}", "type": "cash", "code": f"T{number:03}"})
    )
    cash = env["pos.payment.method"].sudo().create({"name": f"Cash {number}", "journal_id": journal.id})
    config = (
        env["pos.config"]
        .sudo()
        .create({"name": f"Till {number}", "payment_method_ids": [Command.set(cash.ids)]})
    )
    config._campus_setup_pos()
    config.with_user(cashier).open_ui()
    session = config.current_session_id
    session.with_user(cashier).set_opening_control(0, "")
    sessions.append(
        {
            "config": config.id,
            "session": session.id,
            "cash_method": cash.id,
            "pricelist": config.pricelist_id.id,
            "merchant": config.sudo().campus_account_id.id,
        }
    )

holders = (
    env["res.partner"]
    .sudo()
    .create(
        [
            {
                "name": f"Holder {n}",
                "campus_number": f"L{n:06}",
                "campus_role": "student",
                "is_campus_holder": True,
            }
            for n in range(wanted["holders"])
        ]
    )
)
wallets = env["campus.wallet"].sudo()._for_holder(holders, company)
by_partner = {w.partner_id.id: w.id for w in wallets}
active = env["campus.card.stage"].sudo().search([("state", "=", "active")], limit=1)
cards = (
    env["campus.card"]
    .sudo()
    .create(
        [
            {
                "partner_id": p.id,
                "uid": f"{0x10000000 + n:08X}",
                "stage_id": active.id,
                "company_id": company.id,
            }
            for n, p in enumerate(holders)
        ]
    )
)
if chip := wanted.get("chip"):
    cards[0].uid = chip["uid"]
    env["campus.chip.key"].sudo().create(
        {"number": chip["version"], "meta_typed": chip["meta"], "master_typed": chip["master"]}
    )
desk = env["campus.account"].sudo()._system("cash_desk", company)
if wanted["balance_minor"]:
    answers = (
        env["campus.ledger"]
        .sudo()
        ._post(
            [
                {
                    "uuid": str(uuid.uuid4()),
                    "kind": "topup",
                    "wallet_id": wallet_id,
                    "account_id": desk.id,
                    "amount_minor": wanted["balance_minor"],
                }
                for wallet_id in by_partner.values()
            ]
        )
    )
    assert all(answer["ok"] for answer in answers)
env.cr.commit()
print(
    "SCHOOL "
    + json.dumps(
        {
            "login": "till-cashier",
            "method": method.id,
            "product": product.id,
            "tills": sessions,
            "uids": [card.uid for card in cards],
            "wallets": [by_partner[card.partner_id.id] for card in cards],
            "states": sorted(set(cards.mapped("state"))),
        }
    )
)
