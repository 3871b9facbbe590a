"""Odoo shell: load one business day with transfers and close it; prints ``RUN {...}``.

Environment: CAMPUS_CLOSE = {"round": n, "rounds": n, "transfers": n, "holders": n}.
"""

import datetime as dt
import json
import os
import statistics
import time
from unittest.mock import patch

wanted = json.loads(os.environ["CAMPUS_CLOSE"])

MERCHANTS = 40
WARM_TRANSFERS = 500
# The least that PostgreSQL must do to sum the day: each account's debits and credits.
SUM_BY_ACCOUNTS = """SELECT debit_account_id, credit_account_id, count(*), sum(amount_minor)
                       FROM campus_transfer WHERE company_id = %s AND booking_date = %s GROUP BY 1, 2"""
SUM_ALL = (
    "SELECT count(*), sum(amount_minor) FROM campus_transfer WHERE company_id = %s AND booking_date = %s"
)

# Of ten transfers seven are sales from cash, two are sales from subsidies, one is a top-up.
LOAD = """
INSERT INTO campus_transfer (uuid, line, kind, company_id, wallet_id, debit_account_id, credit_account_id,
                             amount_minor, booking_date, occurred_at, posted_at)
SELECT gen_random_uuid(), 1, CASE WHEN n %% 10 = 0 THEN 'topup' ELSE 'purchase' END, %(company)s,
       pocket.wallet_id, CASE WHEN n %% 10 = 0 THEN %(desk)s ELSE pocket.id END,
       CASE WHEN n %% 10 = 0 THEN pocket.id ELSE (%(merchants)s)[1 + (hashint4(n) & 2147483647) %% %(merchant_count)s] END,
       100 + n %% 2400, %(day)s, now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC'
  FROM generate_series(1, %(transfers)s) AS n
  JOIN (SELECT account.id, account.wallet_id, plan.code,
               row_number() OVER (PARTITION BY plan.code ORDER BY account.id) - 1 AS number
          FROM campus_account account JOIN campus_pocket_plan plan ON plan.id = account.plan_id
         WHERE account.company_id = %(company)s AND account.kind = 'pocket') AS pocket
    ON pocket.number = (hashint4(n + 1000000) & 2147483647) %% %(holders)s
   AND pocket.code = CASE WHEN n %% 10 IN (3, 6) THEN 'subsidy' ELSE 'cash' END
"""


def setup(env, company):
    """Holders with a full cash and subsidy pocket, and merchants."""
    company._campus_setup()
    sales = company._campus_ref("campus_sales")
    env["campus.account"].create(
        [
            {"name": f"Line {n}", "code": f"bench-{n}", "kind": "merchant", "gl_account_id": sales.id}
            for n in range(MERCHANTS)
        ]
    )
    partners = env["res.partner"].create([{"name": f"Holder {n}"} for n in range(wanted["holders"])])
    wallets = env["campus.wallet"]._for_holder(partners, company)
    wallets._ensure_pockets({(wallet.id, "subsidy", None) for wallet in wallets})
    system = env["campus.account"]._system
    load_day = first_day(env, company) - dt.timedelta(days=1)
    for plan, kind, code in (("cash", "topup", "cash_desk"), ("subsidy", "subsidy", "subsidy_fund")):
        env.cr.execute(
            """INSERT INTO campus_transfer (uuid, line, kind, company_id, wallet_id, debit_account_id,
                   credit_account_id, amount_minor, booking_date, occurred_at, posted_at)
               SELECT gen_random_uuid(), 1, %s, account.company_id, wallet_id, %s, account.id, 10000000, %s,
                      now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC'
                 FROM campus_account account JOIN campus_pocket_plan plan ON plan.id = account.plan_id
                WHERE account.kind = 'pocket' AND plan.code = %s AND account.company_id = %s""",
            [kind, system(code, company).id, load_day, plan, company.id],
        )
    env.cr.commit()
    env["campus.closing"]._close_day(company, load_day)


def first_day(env, company):
    return env["campus.closing"]._business_today(company) - dt.timedelta(days=2 * wanted["rounds"])


def load(env, company, day, transfers):
    merchants = env["campus.account"].search([("code", "=like", "bench-%")]).ids
    env.cr.execute(
        LOAD,
        {
            "company": company.id,
            "desk": env["campus.account"]._system("cash_desk", company).id,
            "merchants": merchants,
            "merchant_count": len(merchants),
            "day": day,
            "transfers": transfers,
            "holders": wanted["holders"],
        },
    )
    env.cr.commit()
    # The state in which autovacuum leaves a table that is older.
    with env.registry.cursor() as cr:
        cr._cnx.autocommit = True
        cr.execute("VACUUM ANALYZE campus_transfer")
        cr.execute("VACUUM ANALYZE campus_account")
        cr._cnx.autocommit = False


def query_ms(env, query, company, day, times=7):
    """Median of a few runs in a transaction, without the first one."""
    taken = []
    for _ in range(times + 1):
        began = time.perf_counter()
        env.cr.execute(query, [company.id, day])
        env.cr.fetchall()
        taken.append((time.perf_counter() - began) * 1000)
    return statistics.median(taken[1:])


def close(env, company, day):
    """``(ms of the whole close, ms of making and posting the journal entries)``"""
    Closing = env.registry["campus.closing"]
    post_entries, posting = Closing._post_entries, []

    def timed(self, entries):
        began = time.perf_counter()
        post_entries(self, entries)
        self.env.flush_all()
        posting.append((time.perf_counter() - began) * 1000)

    with patch.object(Closing, "_post_entries", timed):
        began = time.perf_counter()
        env["campus.closing"]._close_day(company, day)
        return (time.perf_counter() - began) * 1000, sum(posting)


def bridge(env, company):
    """``(ms of the sums, ms of the rows)`` of one check over all transfers so far."""
    Bridge = env["campus.bridge"].sudo()
    began = time.perf_counter()
    lines = Bridge._measure(company)
    summed = time.perf_counter()
    Bridge._find_rows(company, lines)
    return (summed - began) * 1000, (time.perf_counter() - summed) * 1000


def main(env):
    company = env.ref("base.main_company")
    env = env(context={"allowed_company_ids": [company.id], "tracking_disable": True})
    company = company.with_env(env)
    if not company.chart_template:
        env["account.chart.template"].try_loading("generic_coa", company, install_demo=False)
        company = env["res.company"].browse(company.id)
    if wanted["round"] == 0:
        setup(env, company)
    day = first_day(env, company) + dt.timedelta(days=2 * wanted["round"])
    # The server has closed a day before, because Odoo's first entry in a process takes a second.
    load(env, company, day, WARM_TRANSFERS)
    close(env, company, day)
    day += dt.timedelta(days=1)
    load(env, company, day, wanted["transfers"])
    sum_ms = query_ms(env, SUM_BY_ACCOUNTS, company, day)
    plain_ms = query_ms(env, SUM_ALL, company, day)
    env.cr.rollback()
    close_ms, posting_ms = close(env, company, day)
    bridge_ms, rows_ms = bridge(env, company)
    run = {
        "transfers": wanted["transfers"],
        "sum_ms": round(sum_ms, 1),
        "plain_sum_ms": round(plain_ms, 1),
        "close_ms": round(close_ms, 1),
        "posting_ms": round(posting_ms, 1),
        "bridge_ms": round(bridge_ms, 1),
        "rows_ms": round(rows_ms, 1),
        "summing_ms": round(close_ms - posting_ms, 1),
        "ratio": round((close_ms - posting_ms) / sum_ms, 3),
    }
    print("RUN", json.dumps(run))


main(env)
