"""Odoo shell: a canteen for the benchmark of a rush: edges with terminals, cards with money.

Environment: CAMPUS_RUSH = {"edges", "terminals", "cards", "price_minor"}; terminals are per edge.
Prints RUSH and JSON: uids, edges (pairing code, terminal codes).
"""

import json
import os
import uuid

wanted = json.loads(os.environ["CAMPUS_RUSH"])
env = env(context={"lang": "en_US", "tracking_disable": True, "mail_create_nolog": True})
company = env.ref("base.main_company")
company._campus_setup()
company.write(
    {
        "campus_offline_tap_minor": 5_000,
        "campus_offline_card_minor": 100_000,
        "campus_offline_edge_minor": 10_000_000,
        "campus_uid_hour_minor": 0,
        "campus_edge_requests_per_s": 1_000,
    }
)
merchant = env["campus.account"].create({"name": "Canteen", "code": "rush", "kind": "merchant"})
edges = []
for number in range(wanted["edges"]):
    edge = env["campus.edge"].create({"name": f"Rush {number}"})
    codes = [f"R{number}-{place}" for place in range(wanted["terminals"])]
    env["campus.terminal"].create(
        [
            {
                "name": code,
                "code": code,
                "edge_id": edge.id,
                "merchant_id": merchant.id,
                "amount_minor": wanted["price_minor"],
            }
            for code in codes
        ]
    )
    edges.append({"code": edge._new_pairing_code(), "terminals": codes})

uids = [f"{0x20000000 + number:08X}" for number in range(wanted["cards"])]
holders = env["res.partner"].create(
    [
        {"name": f"Holder {n}", "campus_number": f"R{n:06}", "is_campus_holder": True}
        for n in range(wanted["cards"])
    ]
)
wallets = env["campus.wallet"]._for_holder(holders, company)
active = env["campus.card.stage"].search([("state", "=", "active")], limit=1)
env["campus.card"].create(
    [
        {"partner_id": holder.id, "uid": uid, "stage_id": active.id, "company_id": company.id}
        for holder, uid in zip(holders, uids, strict=True)
    ]
)
desk = env["campus.account"]._system("cash_desk", company)
env["campus.ledger"]._post(
    [
        {
            "uuid": str(uuid.uuid4()),
            "kind": "topup",
            "wallet_id": wallet.id,
            "account_id": desk.id,
            "amount_minor": 10_000_000,
        }
        for wallet in wallets
    ]
)
env.cr.commit()
print("RUSH " + json.dumps({"uids": uids, "edges": edges}))
