"""Card sales at tills: authorise + order with capture, through HTTP, as browsers do it.

Two measurements per number of clients: authorisations alone (what the customer waits for:
``p50_ms``, ``p99_ms``, ``authorise_per_s``) and whole sales, authorisation and the synced
order that captures it (``sales_per_s``, ``sale_p50_ms``, ``sale_p99_ms``). ``ratio`` is
sales per second over pgbench's debits per second in the same round.
"""

import random
import threading
import time

import common

from support.odoo import odoo_database, odoo_server
from support.odoo import school as make_school
from support.till import Client, Till

CLIENTS = (1, 20, 200)
TILLS = 20
HOLDERS = 2_000
BALANCE_MINOR = 100_000_000
LUNCH_MINOR = 1250


def run_clients(count, make_action, seconds):
    """``count`` threads repeat their action for ``seconds``; ``(latencies in s, errors, elapsed s)``."""
    latencies, errors = [], []
    start = threading.Barrier(count + 1)
    deadline = [0.0]

    def work(number):
        action = make_action(number)
        start.wait()
        while time.monotonic() < deadline[0]:
            began = time.perf_counter()
            try:
                action()
            except Exception as error:  # every kind of failure counts, and is shown
                errors.append(f"{type(error).__name__}: {error}")
            else:
                latencies.append(time.perf_counter() - began)

    threads = [threading.Thread(target=work, args=(n,), daemon=True) for n in range(count)]
    for thread in threads:
        thread.start()
    deadline[0] = time.monotonic() + seconds
    start.wait()
    began = time.monotonic()
    for thread in threads:
        thread.join()
    return latencies, errors, time.monotonic() - began


def measure(school, client, count, seconds):
    """One run with ``count`` clients."""

    def authoriser(number):
        till, draw = Till(client.copy(), school, number), random.Random(number)

        def action():
            _uuid, answer = till.authorise(draw.choice(school["uids"]), LUNCH_MINOR)
            if not answer["ok"]:
                raise RuntimeError(answer["code"])

        return action

    def seller(number):
        till, draw = Till(client.copy(), school, number), random.Random(1000 + number)
        return lambda: till.sell(draw.choice(school["uids"]), LUNCH_MINOR)

    asked, ask_errors, ask_s = run_clients(count, authoriser, seconds)
    sold, sell_errors, sell_s = run_clients(count, seller, seconds)
    for message in sorted(set(ask_errors + sell_errors))[:5]:
        print(f"error with {count} clients: {message}", file=common.sys.stderr)
    return {
        "clients": count,
        "sales_per_s": round(len(sold) / sell_s, 1),
        "p50_ms": round(common.percentile(asked, 0.50) * 1000, 1),
        "p99_ms": round(common.percentile(asked, 0.99) * 1000, 1),
        "errors": len(ask_errors) + len(sell_errors),
        "authorise_per_s": round(len(asked) / ask_s, 1),
        "sale_p50_ms": round(common.percentile(sold, 0.50) * 1000, 1),
        "sale_p99_ms": round(common.percentile(sold, 0.99) * 1000, 1),
    }


def main():
    """Run the benchmark and print its result."""
    args = common.arguments(__doc__).parse_args()
    with odoo_database("bench_pos") as (ws, database):
        school = make_school(ws.odoo(database), tills=TILLS, holders=HOLDERS, balance_minor=BALANCE_MINOR)
        pgbench = common.Pgbench(ws.server)
        rounds, tps = [], []
        try:
            with odoo_server(ws, database, "bench-pos") as url:
                client = Client(url).login(database, school["login"])
                measure(school, client, 2, 1.0)  # warm: registries, caches, plans
                for _ in range(args.rounds):
                    tps.append(pgbench.tps(args.seconds))
                    rounds.append([measure(school, client, count, args.seconds) for count in CLIENTS])
                    for run in rounds[-1]:
                        run["ratio"] = round(run["sales_per_s"] / tps[-1], 5)
        finally:
            pgbench.drop()
    common.report("pos", tps, common.medians(rounds), args.json)


if __name__ == "__main__":
    main()
