"""Faults, really: kill edges, Odoo workers and PostgreSQL, break the network, the disk, the clock, and
restore older disks of edges and older databases.

People hold cards to OSDP readers all the while. After healing: every tap in a journal is on the
server exactly once, no reader that showed green has lost its tap, money sums to zero, and the
server knows of every journal that was torn. Keys: ``faults``, ``taps``, ``lost``, ``doubled``,
``sum_minor``, ``undetected_gaps``, and how often each fault was done.
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
from line import CUT, LOSE_ANSWERS, SLOW, SWAP, TWICE, WHOLE, Line

from campus_cli import system
from campus_cli.postgres import chosen
from support.edge_rig import until
from support.odoo import odoo_server

EDGES = 2
CARDS = 40
HEAL_S = 90


def do(fault, campus, device, draw):
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


def heal(devices):
    """Wait until nothing is left to send; the number of entries that are."""
    for device in devices:
        device.line.mode = WHOLE
        device.right_clock()
    end = time.monotonic() + HEAL_S
    while (left := sum(device.queue() for device in devices)) and time.monotonic() < end:
        time.sleep(1)
    return left


def waiting(campus):
    """Sales by UID that a wrong clock or a slow line has made doubtful: they wait for somebody and are not lost."""
    return dict(
        campus.query(
            """SELECT card.uid, count(*)::int FROM campus_tap_review review
                 JOIN campus_tap tap ON tap.id = review.tap_id JOIN campus_card card ON card.id = tap.card_id
                WHERE review.is_held AND tap.outcome = 'granted' GROUP BY card.uid"""
        )
    )


def verdict(campus, devices):
    """Compare journals, lamps and the server."""
    taps = dict(campus.query("SELECT uuid::text, count(*) FROM campus_tap WHERE kind = 'tap' GROUP BY uuid"))
    journaled, torn, shown = {}, set(), {}
    for device in devices:
        device.kill()
        device.remember()
        journaled |= device.journaled
        torn |= device.lost_with_the_disk
        for uid, count in device.shown.items():
            shown[uid] = shown.get(uid, 0) + count
    missing = [uuid for uuid in journaled if uuid not in taps]
    charged = dict(
        campus.query(
            """SELECT card.uid, sum(CASE WHEN t.reverses_id IS NULL THEN 1 ELSE -1 END)::int
                 FROM campus_transfer t JOIN campus_card card ON card.id = t.card_id
                WHERE t.kind = 'purchase' AND t.line = 1 GROUP BY card.uid"""
        )
    )
    held = waiting(campus)
    known_of = {uid: int(charged.get(uid, 0)) + int(held.get(uid, 0)) for uid in shown}
    unpaid = sum(max(count - known_of[uid], 0) for uid, count in shown.items())
    # What the torn journals held and never sent is gone from the world; the server must know of it.
    gone = [uuid for uuid in missing if uuid in torn]
    known = int(
        campus.query("SELECT count(*) FROM campus_tap_review WHERE reason IN ('fork', 'gap', 'journal')")[0][
            0
        ]
    )
    ((total,),) = campus.query(
        """SELECT (SELECT COALESCE(sum(balance_minor), 0) FROM campus_account WHERE kind = 'pocket')
                - (SELECT COALESCE(sum(CASE WHEN c.kind = 'pocket' THEN t.amount_minor ELSE 0 END)
                             - sum(CASE WHEN d.kind = 'pocket' THEN t.amount_minor ELSE 0 END), 0)
                     FROM campus_transfer t JOIN campus_account c ON c.id = t.credit_account_id
                     JOIN campus_account d ON d.id = t.debit_account_id)"""
    )
    doubled = campus.query(
        """SELECT count(*) FROM (SELECT uuid FROM campus_transfer WHERE kind = 'purchase' AND reverses_id IS NULL
                                  GROUP BY uuid HAVING count(DISTINCT wallet_id) > 1 OR sum(amount_minor) > 350) AS d"""
    )
    return {
        "taps": len(journaled),
        "lost": len([uuid for uuid in missing if uuid not in torn]) + max(unpaid - len(gone), 0),
        "doubled": int(doubled[0][0]) + sum(int(count) > 1 for count in taps.values()),
        "sum_minor": int(total),
        "undetected_gaps": len(gone) if gone and not known else 0,
        "torn": len(gone),
        "green": sum(shown.values()),
        "held": sum(int(count) for count in held.values()),
    }


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
        wanted = {"uids": uids, "edges": EDGES}
        output = ws.odoo(database).script(
            "chaos_school.py", "chaos-school", {"CAMPUS_CHAOS": json.dumps(wanted)}
        )
        codes = json.loads(next(line for line in output.splitlines() if line.startswith("CODES "))[6:])
        url = stack.enter_context(odoo_server(ws, database, "chaos"))
        campus, devices = Campus(postgres, ws, database, url), []
        for number, code in enumerate(codes):
            line = stack.enter_context(Line(urlsplit(url).port))
            device = Device(number, folder / str(number), line, uids[number::EDGES], clock_library)
            stack.callback(device.end)
            device.set_up(code)
            devices.append(device)
        assert until(lambda: all(device.shown for device in devices)), "nothing is sold"
        for number, fault in enumerate(faults, 1):
            print(f"[{number}/{len(faults)}] {fault}", file=sys.stderr, flush=True)
            do(fault, campus, draw.choice(devices), draw)
        # life after the last fault
        sold = [device.sold() for device in devices]
        until(lambda: all(device.sold() > before for device, before in zip(devices, sold, strict=True)))
        for device in devices:
            device._stop.set()
        left = heal(devices)
        result = verdict(campus, devices)
        if args.keep:
            shutil.copytree(folder, args.keep, dirs_exist_ok=True)
    counts = {fault: faults.count(fault) for fault in FAULTS}
    return {"faults": len(faults), **result, "unsent": min(left, NOTHING), "kinds": counts, "seed": args.seed}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print one JSON object on stdout")
    parser.add_argument("--faults", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", help="copy the edges' logs and journals into this folder")
    args = parser.parse_args()
    result = run(args)
    print(json.dumps(result) if args.json else "\n".join(f"{key}: {value}" for key, value in result.items()))
    bad = ("lost", "doubled", "sum_minor", "undetected_gaps", "unsent")
    return 1 if any(result[key] for key in bad) or not result["green"] else 0


if __name__ == "__main__":
    sys.exit(main())
