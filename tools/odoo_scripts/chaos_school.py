"""Odoo shell: cards with money, edges to pair, and a hall with a door at each edge, for the faults of tests/chaos.

Environment: CAMPUS_CHAOS = {"uids", "edges", "walkers"}. Prints CODES and JSON: {"codes", "zone"}.
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
# Who walks through doors: every other one is on the staff list.
walkers = env["res.partner"].create(
    [
        {
            "name": f"Walker {n}",
            "campus_number": f"W{n:05}",
            "campus_role": ("teacher", "student")[n % 2],
            "is_campus_holder": True,
        }
        for n in range(len(wanted["walkers"]))
    ]
)
passes = env["campus.card"].create(
    [{"partner_id": one.id, "uid": uid} for one, uid in zip(walkers, wanted["walkers"], strict=True)]
)
passes._hand_over()
outside = env["campus.zone"].create({"name": "Outside", "kind": "outside"})
hall = env["campus.zone"].create(
    {"name": "Hall", "parent_id": outside.id, "passback_mode": "soft", "alone": "let_in"}
)
for role, is_staff in (("teacher", True), ("student", False)):
    env["campus.access.right"].create(
        {
            "name": role,
            "domain": f"[('campus_role', '=', '{role}')]",
            "zone_ids": [(6, 0, hall.ids)],
            "is_staff": is_staff,
        }
    )
for login in ("chaos_guard1", "chaos_guard2"):
    groups = env.ref("base.group_user") + env.ref("campus_access.group_campus_access_guard")
    env["res.users"].create(
        {"name": login, "login": login, "password": login, "group_ids": [(6, 0, groups.ids)]}
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
    # in at the first edge, out at the others
    reader = env["campus.terminal"].create(
        {"name": f"Door {number}", "code": f"DOOR{number}", "edge_id": edge.id, "purpose": "door"}
    )
    env["campus.door"].create(
        {
            "name": f"Door {number}",
            "outer_zone_id": outside.id,
            "inner_zone_id": hall.id,
            ("out" if number else "in") + "_terminal_id": reader.id,
        }
    )
    codes.append(edge._new_pairing_code())
env.cr.commit()
print("CODES " + json.dumps({"codes": codes, "zone": hall.id}))
