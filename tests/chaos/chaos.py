"""Faults, really: kill edges, Odoo workers and PostgreSQL, break the network, the disk, the clock, and
restore older disks of edges and older databases.

People hold cards to OSDP readers all the while, walk in at a door of the first edge and out at one of the
second, and two guards raise and end lockdowns. After healing: every tap in a journal is on the server exactly
once, no reader that showed green has lost its tap, money sums to zero, and the server knows of every journal
that was torn; every passage and event is stored once, server and edges mean the same places, no lockdown is
lost, and one holds over a restart without the server. ``BAD`` names the keys that must be 0; the others are
``faults``, ``taps``, ``green``, ``passages``, ``passed``, ``lockdowns``, and how often each fault was done.
"""

import argparse
import contextlib
import json
import random
import shutil
import sys
import tempfile
import time
from pathlib import Path
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [
    str(ROOT / part)
    for part in ("tools", "tests", "tests/chaos", "addons/campus_card", "addons/campus_terminal")
]

from campus import Campus, university
from device import NOTHING, Device
from guards import Guards
from line import CUT, LOSE_ANSWERS, SLOW, SWAP, TWICE, WHOLE, Line
from verdict import verdict
from walkers import Walkers, door_verdict, lock_all, positions_differ

from campus_cli import system
from campus_cli.postgres import chosen
from support.edge_rig import until
from support.odoo import odoo_server

EDGES = 2
WALKERS = 8
CARDS = 40
HEAL_S = 90


def do(fault, campus, device, guards, draw):
    """One fault; when it returns its cause is gone, the damage is not.

    How long a fault lasts is drawn: these sleeps are the faults, nothing is waited for.
    """
    if fault == "edge_killed":
        device.restart()
    elif fault == "worker_killed":
        campus.kill_worker(draw)
    elif fault == "postgres_killed":
        campus.kill_postgres()
    elif fault == "database_restored":
        campus.back_up()
        time.sleep(draw.uniform(3, 6))
        with guards.away():
            campus.restore()
    elif fault in (CUT, LOSE_ANSWERS, SLOW, TWICE, SWAP):
        device.line.mode = fault
        time.sleep(draw.uniform(0.5, 2.5))
        device.line.mode = WHOLE
    elif fault == "disk_full":
        device.fill_disk(draw.uniform(0.5, 2))
    elif fault == "clock_wrong":
        device.wrong_clock()
        time.sleep(2)
        device.right_clock()
    elif fault == "journal_restored":
        device.copy_journal()
        # Either the edge knows that the server has its taps, or only the server does.
        device.line.mode = draw.choice((WHOLE, LOSE_ANSWERS))
        time.sleep(draw.uniform(3, 5))
        device.restore_journal()
        device.line.mode = WHOLE
    time.sleep(draw.uniform(0.3, 1.0))


# How often each happens, out of the sum.
FAULTS = {
    "edge_killed": 5, "worker_killed": 4, "postgres_killed": 1, CUT: 4, LOSE_ANSWERS: 4, SLOW: 3, TWICE: 3,
    SWAP: 3, "disk_full": 2, "clock_wrong": 1, "journal_restored": 1, "database_restored": 1,
}  # fmt: skip


def schedule(count, draw):
    """The faults of a run: each kind at least once where the run is long enough."""
    kinds = list(FAULTS)
    faults = kinds[:count]
    faults += draw.choices(kinds, list(FAULTS.values()), k=count - len(faults))
    draw.shuffle(faults)
    return faults


#: What must be 0 at the end.
BAD = (
    "lost", "doubled", "sum_minor", "undetected_gaps", "unsent", "passages_lost", "passages_doubled",
    "passages_among_taps", "positions_differ", "let_through", "lockdowns_lost", "lockdowns_twice",
    "lockdowns_not_obeyed", "open_in_lockdown", "shut_after_lockdown",
)  # fmt: skip


def heal(devices):
    """Wait until nothing is left to send; the number of entries that are."""
    for device in devices:
        device.line.mode = WHOLE
        device.right_clock()
    end = time.monotonic() + HEAL_S
    while (left := sum(device.queue() for device in devices)) and time.monotonic() < end:
        time.sleep(1)
    return left


def run(args):
    """Do it; the result."""
    draw = random.Random(args.seed)
    if chosen() is not None:
        raise SystemExit(
            "chaos kills PostgreSQL: it works on the embedded one only; unset PGHOST and CAMPUS_DB_URL"
        )
    system.require(("faketime",), ())
    clock_library = str(next(Path("/usr/lib").glob("*/faketime/libfaketime.so.1")))
    folder = Path(tempfile.mkdtemp(prefix="campus-chaos-"))
    faults = schedule(args.faults, draw)
    with contextlib.ExitStack() as stack:
        stack.callback(shutil.rmtree, folder, True)
        postgres, ws, database = stack.enter_context(university())
        uids = [f"04C4{number:04X}" for number in range(CARDS)]
        walkers = Walkers([f"04D0{number:04X}" for number in range(WALKERS)], args.seed)
        wanted = {"uids": uids, "edges": EDGES, "walkers": list(walkers.shown)}
        output = ws.odoo(database).script(
            "chaos_school.py", "chaos-school", {"CAMPUS_CHAOS": json.dumps(wanted)}
        )
        told = json.loads(next(line for line in output.splitlines() if line.startswith("CODES "))[6:])
        url = stack.enter_context(odoo_server(ws, database, "chaos"))
        campus, devices = Campus(postgres, ws, database, url), []
        for number, code in enumerate(told["codes"]):
            line = stack.enter_context(Line(urlsplit(url).port))
            device = Device(number, folder / str(number), line, uids[number::EDGES], clock_library, walkers)
            stack.callback(device.end)
            device.set_up(code)
            devices.append(device)
        assert until(lambda: all(device.shown for device in devices)), "nothing is sold"
        assert until(lambda: walkers.passed > EDGES), "nobody passes the doors"
        guards = Guards(campus, devices, told["zone"], args.seed)
        guards.start()
        for number, fault in enumerate(faults, 1):
            print(f"[{number}/{len(faults)}] {fault}", file=sys.stderr, flush=True)
            do(fault, campus, draw.choice(devices), guards, draw)
        result = finish(campus, devices, walkers, guards)
        if args.keep:
            shutil.copytree(folder, args.keep, dirs_exist_ok=True)
    counts = {fault: faults.count(fault) for fault in FAULTS}
    return {"faults": len(faults), **result, "kinds": counts, "seed": args.seed}


def finish(campus, devices, walkers, guards):
    """Life after the last fault, a lockdown that everybody obeys, and what must hold when all is healed."""
    sold = [device.sold() for device in devices]
    until(lambda: all(device.sold() > before for device, before in zip(devices, sold, strict=True)))
    guards.rest()
    for device in devices:
        device.rest()
    left = heal(devices)
    locked = lock_all(guards, devices, list(walkers.shown))
    left = max(left, heal(devices))
    until(lambda: not positions_differ(campus, devices))
    result = verdict(campus, devices) | door_verdict(campus, devices, walkers, guards) | locked
    return {**result, "unsent": min(left, NOTHING)}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print one JSON object on stdout")
    parser.add_argument("--faults", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", help="copy the edges' logs and journals into this folder")
    args = parser.parse_args()
    result = run(args)
    print(json.dumps(result) if args.json else "\n".join(f"{key}: {value}" for key, value in result.items()))
    return 1 if any(result[key] for key in BAD) or not result["green"] or not result["passed"] else 0


if __name__ == "__main__":
    sys.exit(main())
