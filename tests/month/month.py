"""A seeded month at the demo university, through the interfaces that people and machines use.

PostgreSQL and Odoo run under a clock that the program moves. After each step and each day it asks what
must always hold. Keys: ``seed``, ``days``, ``steps``, ``refusals``, ``violations`` (how many),
``first_violation`` (step, time, name, what; None if all held), ``seconds``.
"""

import argparse
import contextlib
import datetime as dt
import json
import os
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [
    str(ROOT / part)
    for part in ("tools", "tests", "tests/month", "addons/campus_card", "addons/campus_terminal")
]

from clock import Clock, ClockedOdoo, ClockedPostgres
from life import Life
from world import Reached, Wanted, World

from campus_cli import databases, odoo_process, paths, ports, process, state
from campus_cli.console import Steps
from support.odoo import built
from support.odoo_shell import OdooShell
from support.own_postgres import copied_postgres

ZONE = "Asia/Shanghai"
# With what it needs: the database that the tests of the demo have made already.
DEMO = ("campus_demo",)
# Two months may be played at the same time: clock, PostgreSQL and files have a place each.
PLACES = ("m1", "m2")
# No request is too long: all watchdogs together would see a month pass in minutes.
WORKERS = {"workers": 3, "limit_time_real": 10**9}
# Month and day before the first day that is played.
BEGINS = (12, 28)


@contextlib.contextmanager
def university():
    """``(server, database, url, clock, shell)``: a copy of the demo on a PostgreSQL and an Odoo with a moved clock."""
    ws, source = built(DEMO)
    with contextlib.ExitStack() as stack:
        locks = [paths.WORK / f"month-{place}.lock" for place in PLACES]
        place = PLACES[stack.enter_context(state.locked_one_of(locks))]
        clock = Clock(_clock_file(place), ZONE)
        name = f"{source}_{place}"
        with Steps(1).step("a copy with a clock of its own"):
            server = stack.enter_context(
                copied_postgres(ClockedPostgres(clock, place), ws.server, source, name)
            )
            databases.copy_filestore(source, name)
        stack.callback(databases.drop_filestore, name)
        url, odoo = stack.enter_context(_odoo(ws, server, name, clock, f"month-{place}"))
        shell = stack.enter_context(contextlib.closing(OdooShell(odoo)))
        yield server, name, url, clock, shell


def _clock_file(place):
    """Where the system user of PostgreSQL can read it too."""
    folder = Path("/run") if Path("/run").is_dir() and os.geteuid() == 0 else paths.WORK
    return folder / f"campus-{paths.CHECKOUT}-clock-{place}"


@contextlib.contextmanager
def _odoo(ws, server, database, clock, log):
    """URL and settings of an Odoo with a worker per till, whose watchdog does not take a moved clock for a long request."""
    http, gevent = ports.hold(2)
    odoo = ClockedOdoo(
        ws.tree,
        server,
        database,
        log,
        {**WORKERS, "http_port": http, "gevent_port": gevent, "max_cron_threads": 0},
        clock,
    )
    running = odoo.start(log)
    url = f"http://127.0.0.1:{http}"
    try:
        odoo_process.wait_until_healthy(url, running, log)
        yield url, odoo
    finally:
        process.end(running)


def play(days, wanted):
    """Play ``days`` days, or as far as ``wanted`` says; the result as the program prints it."""
    began = time.monotonic()
    with university() as (server, database, url, clock, shell):
        world = World(server, database, url, clock, wanted, shell)
        first = _first_day(world)
        try:
            world.at(first, 20)
            world.log_in()
            life = Life(world)
            for number in range(1, days + 1):
                _play_day(world, life, first + dt.timedelta(days=number), number, number == days)
            life.last_morning(first + dt.timedelta(days=days + 1), days + 1)
        except Reached:
            if world.steps == wanted.until:
                where = f"{url}/odoo, database {database} at {server.host}"
                input(f"Step {world.steps} is done. {where}. Enter ends it.")
        finally:
            world.closing.close()
    return {
        "seed": wanted.seed,
        "days": days,
        "steps": world.steps,
        "refusals": world.refusals,
        "violations": len(world.violations),
        "first_violation": world.violations[0] if world.violations else None,
        "seconds": round(time.monotonic() - began),
    }


def _play_day(world, life, day, number, is_last):
    started = time.monotonic()
    life.day(day, number, is_last)
    print(
        f"day {number} ({day}): {world.steps} steps, {world.refusals} refusals, "
        f"{len(world.violations)} violations, {time.monotonic() - started:.0f} s",
        file=sys.stderr,
        flush=True,
    )


def _first_day(world):
    """The 28th of December that follows the demo's history: the month lies over the ends of month and year."""
    last = max(world.value("SELECT max(booking_date) FROM campus_transfer WHERE company_id = 1"), world.today)
    this_year = dt.date(last.year, *BEGINS)
    return this_year if last <= this_year else dt.date(last.year + 1, *BEGINS)


def main():
    """Run it and print the result."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--days", type=int, default=31)
    parser.add_argument("--until", type=int, metavar="STEP")
    parser.add_argument("--first", action="store_true")
    parser.add_argument("--sabotage", type=int, metavar="STEP")
    parser.add_argument("--aloud", action="store_true")
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    result = play(args.days, Wanted(args.seed, args.until, args.sabotage, args.first, args.aloud))
    if args.json:
        print(json.dumps(result, ensure_ascii=False))
    else:
        for key, value in result.items():
            print(f"{key}: {value}")
    return 1 if result["violations"] else 0


if __name__ == "__main__":
    sys.exit(main())
