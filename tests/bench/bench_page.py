"""Pages of the card on Lighthouse's slow phone: scores (0..100) and paints.

Lighthouse's own phone profile: 4x slower processor, 1.6 Mbit/s, 150 ms a round trip, nothing kept from
an earlier visit. Wanted on the first page are ``performance`` >= 90 and ``fcp_ms`` (first contentful
paint) < 1500. Odoo runs with two workers, without a web server that packs pages in front of it.
"""

import contextlib

import common

from campus_cli import system
from support.lighthouse import Lighthouse, scores, timings
from support.odoo import odoo_database, odoo_server
from support.odoo_shell import OdooShell
from support.portal import new_holders

CATEGORIES = ("performance", "accessibility", "best-practices")
PAGES = ("/my/card", "/my/card/topup", "/my/card/history")


def measure(lighthouse, path):
    """One look at a page."""
    report = lighthouse.audit(path, CATEGORIES)
    found = {name.replace("-", "_"): score for name, score in scores(report).items()}
    return {**found, **timings(report), "errors": 0}


def rounds_of(ws, database, args):
    """Runs and pgbench rates of every round."""
    with contextlib.closing(OdooShell(ws.odoo(database, "script"))) as shell:
        [holder] = new_holders(shell, "en_US", 1)
    pgbench = common.Pgbench(ws.server)
    try:
        with odoo_server(ws, database, "bench-page") as url:
            lighthouse = Lighthouse(url, database, holder["login"])
            # The first visitor waits for what the workers load once.
            lighthouse.audit(PAGES[0], CATEGORIES)
            rounds, tps = [], []
            for _round in range(args.rounds):
                tps.append(pgbench.tps(args.seconds))
                rounds.append([measure(lighthouse, path) for path in PAGES])
    finally:
        pgbench.drop()
    return rounds, tps


def main():
    """Run the benchmark and print its result."""
    args = common.arguments(__doc__).parse_args()
    system.require(["chromium", "npm"])
    with odoo_database("bench_page") as (ws, database):
        rounds, tps = rounds_of(ws, database, args)
    runs = [{"url": path, **run} for path, run in zip(PAGES, common.medians(rounds), strict=True)]
    common.report("page", tps, runs, args.json)


if __name__ == "__main__":
    main()
