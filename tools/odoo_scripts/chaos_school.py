"""Odoo shell: cards with money and edges to pair, for the faults of tests/chaos.

Environment: CAMPUS_CHAOS = {"uids", "edges"}. Prints CODES and the pairing codes as JSON.
"""

import json
import os
import uuid

wanted = json.loads(os.environ["CAMPUS_CHAOS"])
env = env(context={"lang": "en_US", "tracking_disable": True})
company = env.ref("base.main_company")
company._campus_setup()
company.write(
    {
        "campus_offline_tap_minor": 5_000,
        "campus_offline_card_minor": 1_000_000,
        "campus_offline_edge_minor": 100_000_000,
        "campus_uid_hour_minor": 0,
    }
)
holders = env["res.partner"].create(
    [
        {
            "name": f"Chaos {n}",
            "campus_number": f"C{n:05}",
            "campus_role": "student",
            "is_campus_holder": True,
        }
        for n in range(len(wanted["uids"]))
    ]
)
cards = env["campus.card"].create(
    [{"partner_id": holder.id, "uid": uid} for holder, uid in zip(holders, wanted["uids"], strict=True)]
)
cards._hand_over()
desk = env["campus.account"]._system("cash_desk", company)
env["campus.ledger"]._post(
    [
        {
            "uuid": str(uuid.uuid4()),
            "kind": "topup",
            "wallet_id": card.wallet_id.id,
            "account_id": desk.id,
            "amount_minor": 5_000_000,
        }
        for card in cards
    ]
)
merchant = env["campus.account"].create({"name": "Breakfast", "code": "chaos-line", "kind": "merchant"})
codes = []
for number in range(wanted["edges"]):
    edge = env["campus.edge"].create({"name": f"Chaos edge {number}"})
    env["campus.terminal"].create(
        {
            "name": f"Line {number}",
            "code": f"CHAOS{number}",
            "edge_id": edge.id,
            "merchant_id": merchant.id,
            "amount_minor": 350,
        }
    )
    codes.append(edge._new_pairing_code())
env.cr.commit()
print("CODES " + json.dumps(codes))
