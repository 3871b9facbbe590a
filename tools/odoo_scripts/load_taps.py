"""Odoo shell: cards, edges and a history of transfers for the benchmarks of taps.

Environment: CAMPUS_SCHOOL = {"cards", "edges", "price_minor", "history"}. Run again with a longer
history it adds what is missing. Prints SCHOOL and JSON: uids, edges (uuid, seed, terminal).
"""

import json
import os
import uuid

wanted = json.loads(os.environ["CAMPUS_SCHOOL"])
env = env(context={"lang": "en_US", "tracking_disable": True, "mail_create_nolog": True})
company = env.ref("base.main_company")
company._campus_setup()
# more is charged in an hour than any canteen sells
company.campus_uid_hour_minor = 0
cr = env.cr

if not env["campus.terminal"].search_count([("code", "=like", "B-%")]):
    from odoo.addons.campus_card.campus_core.credentials import signing

    merchant = env["campus.account"].create({"name": "Breakfast", "code": "bench-line", "kind": "merchant"})
    for number in range(wanted["edges"]):
        key = signing.SigningKey(bytes([number + 1]) * 32)
        edge = env["campus.edge"].create(
            {
                "name": f"Edge {number}",
                "uuid": str(uuid.UUID(int=number + 1)),
                "state": "active",
                "public_key": signing.b64url_encode(key.public),
            }
        )
        env["campus.terminal"].create(
            {
                "name": f"Line {number}",
                "code": f"B-{number}",
                "edge_id": edge.id,
                "merchant_id": merchant.id,
                "amount_minor": wanted["price_minor"],
            }
        )
    company.campus_edge_requests_per_s = 1_000_000
    holders = env["res.partner"].create(
        [
            {
                "name": f"Holder {n}",
                "campus_number": f"L{n:06}",
                "campus_role": "student",
                "is_campus_holder": True,
            }
            for n in range(wanted["cards"])
        ]
    )
    wallets = env["campus.wallet"]._for_holder(holders, company)
    active = env["campus.card.stage"].search([("state", "=", "active")], limit=1)
    env["campus.card"].create(
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
    desk = env["campus.account"]._system("cash_desk", company)
    env["campus.ledger"]._post(
        [
            {
                "uuid": str(uuid.uuid4()),
                "kind": "topup",
                "wallet_id": wallet.id,
                "account_id": desk.id,
                "amount_minor": 1_500_000_000,
            }
            for wallet in wallets
        ]
    )
    env.cr.commit()

cr.execute("SELECT count(*) FROM campus_transfer")
missing = wanted["history"] - cr.fetchone()[0]
while missing > 0:
    # Earlier purchases, spread over all cards and a year. The triggers treat them like any others.
    part = min(missing, 250_000)
    cr.execute(
        """INSERT INTO campus_transfer (uuid, line, kind, company_id, wallet_id, card_id, debit_account_id,
                   credit_account_id, amount_minor, booking_date, occurred_at, posted_at, user_id, origin)
           SELECT lpad(to_hex(n), 12, '0')::text || '70008000' || substr(md5(n::text), 1, 12), 1, 'purchase',
                  card.company_id, card.wallet_id, card.id, pocket.id, merchant.id, 1,
                  current_date, now() - interval '1 hour', now() - interval '1 hour', 1, 'campus.terminal,1'
             FROM generate_series(%(missing)s - %(part)s + 1, %(missing)s) AS n
             JOIN (SELECT id, company_id, wallet_id, row_number() OVER (ORDER BY id) - 1 AS place
                     FROM campus_card) AS card ON card.place = n %% %(cards)s
             JOIN campus_account pocket ON pocket.wallet_id = card.wallet_id AND pocket.kind = 'pocket'
             JOIN campus_account merchant ON merchant.code = 'bench-line'""".replace(
            "SELECT lpad", "SELECT (lpad"
        ).replace("1, 12), 1, 'purchase'", "1, 12))::uuid, 1, 'purchase'"),
        {"missing": missing, "part": part, "cards": wanted["cards"]},
    )
    cr.commit()
    missing -= part
cr.commit()
cr._cnx.autocommit = True
cr.execute("VACUUM ANALYZE")
# write the loaded data to disk now, so that it is not written while taps are measured
cr.execute("CHECKPOINT")

edges = env["campus.edge"].search([("name", "=like", "Edge %")], order="id")
print(
    "SCHOOL "
    + json.dumps(
        {
            "uids": [f"{0x10000000 + n:08X}" for n in range(wanted["cards"])],
            "edges": [
                {"uuid": edge.uuid, "id": edge.id, "seed": (bytes([n + 1]) * 32).hex(), "terminal": f"B-{n}"}
                for n, edge in enumerate(edges)
            ],
        }
    )
)
