"""Closing a business day of 100,000 transfers.

``sum_ms`` is what PostgreSQL needs to sum the day by account, ``close_ms`` the whole close
as finance's button does it (lock, checks, sums, journal entries, commit), ``posting_ms``
the part that makes and posts the journal entries, ``summing_ms`` the rest, and ``ratio``
that rest over ``sum_ms``; wanted are at most 3. ``bridge_ms`` are the bridge's sums over all
transfers so far, ``rows_ms`` its checks of every row. ``plain_sum_ms`` adds the day up without
any grouping.
"""

import json

import common

from support.odoo import odoo_database

TRANSFERS = 100_000
HOLDERS = 20_000


def measure(odoo, number, rounds):
    """Load and close one day."""
    wanted = {"round": number, "rounds": rounds, "transfers": TRANSFERS, "holders": HOLDERS}
    output = odoo.script("bench_close.py", "bench-close", {"CAMPUS_CLOSE": json.dumps(wanted)})
    line = next(line for line in output.splitlines() if line.startswith("RUN "))
    return {**json.loads(line.removeprefix("RUN ")), "errors": 0}


def main():
    """Run the benchmark and print its result."""
    args = common.arguments(__doc__).parse_args()
    with odoo_database("bench_close") as (ws, database):
        odoo = ws.odoo(database)
        pgbench = common.Pgbench(ws.server)
        rounds, tps = [], []
        try:
            for number in range(args.rounds):
                tps.append(pgbench.tps(args.seconds))
                rounds.append([measure(odoo, number, args.rounds)])
        finally:
            pgbench.drop()
    common.report("close", tps, common.medians(rounds), args.json)


if __name__ == "__main__":
    main()
