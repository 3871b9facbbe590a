"""`./campus import FILE`: import the card file of an old system, or try it first.

Exit code 0 if the file was imported or could be; 1 if not.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path

from .. import databases, paths, settings, state, workspace
from ..console import CampusError, Step, Steps

HELP = "import a card file of an old system (CSV or XLSX)"
ERRORS_SHOWN = 50
PHASES = {
    "read": "reading",
    "check": "checking",
    "holders": "holders",
    "cards": "cards",
    "balances": "opening balances",
}


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, metavar="FILE")
    parser.add_argument("--dry-run", action="store_true", help="only say what it would do")
    parser.add_argument("--json", action="store_true", help="the answer as JSON on stdout")
    parser.add_argument("--profile", help="import profile; without it the file is recognised")
    parser.add_argument(
        "--skip-bad-rows", action="store_true", help="import the good rows; without it all or nothing"
    )
    parser.add_argument("--database", help="another database than the demo's")


def run(args: argparse.Namespace) -> int:
    if not args.file.is_file():
        raise CampusError(f"there is no file {args.file}")
    steps = Steps(workspace.STEPS + 1)
    with state.checkout_lock():
        ws = workspace.prepare(steps)
    name = args.database or ws.server.name(settings.DEMO_DATABASE)
    if not databases.exists(ws.server, name):
        raise CampusError(f"there is no database {name}", "run ./campus demo first")
    with steps.step("trying the file" if args.dry_run else "import") as step:
        answer = _import(ws.odoo(name, "import"), args, step)
        step.result = f"{answer['rows']} rows"
    if args.json:
        json.dump(answer, sys.stdout, ensure_ascii=False)
        print()
    else:
        _show(answer)
    return 0 if went_well(answer) else 1


def went_well(answer: dict) -> bool:
    """True if the file was imported, or a dry run found that it could be."""
    if answer["dry_run"]:
        return not answer["errors"] or answer["policy"] == "skip_bad_rows"
    return answer["committed"]


def _import(odoo, args: argparse.Namespace, step: Step) -> dict:
    answer = paths.WORK / f"import-{os.getpid()}.json"
    wanted = {
        "file": str(args.file.resolve()),
        "profile": args.profile,
        "policy": "skip_bad_rows" if args.skip_bad_rows else "all_or_nothing",
        "dry_run": args.dry_run,
        "answer": str(answer),
    }

    def show(line: str) -> None:
        if line.startswith("PROGRESS "):
            _, done, total, phase = line.split()
            step.note(f"{bar(int(done), int(total))} {PHASES.get(phase, phase)}")

    try:
        odoo.script("import_cards.py", "import", {"CAMPUS_IMPORT": json.dumps(wanted)}, on_line=show)
        return json.loads(answer.read_text(encoding="utf-8"))
    finally:
        answer.unlink(missing_ok=True)


def bar(done: int, total: int, width: int = 30) -> str:
    """`[######------]  45 %`."""
    share = min(1.0, done / total) if total else 0.0
    filled = round(share * width)
    return f"[{'#' * filled}{'-' * (width - filled)}] {share:4.0%}"


def sentence(problem: dict) -> str:
    """A sentence such as `row 7, 余额: '1,2,3' is not an amount`. A problem of the whole file has no column."""
    where = f"row {problem['row']}" + (f", {problem['column']}" if problem["column"] else "")
    value = f"{problem['value']!r} " if problem["column"] else ""
    return f"{where}: {value}{problem['message']}"


def _show(answer: dict) -> None:
    verb = "would be " if answer["dry_run"] else ""
    for result in ("created", "updated", "unchanged"):
        print(f"{answer[result]:8} {verb}{result}")
    print(f"{len(answer['errors']):8} errors")
    for error in answer["errors"][:ERRORS_SHOWN]:
        print(f"  {sentence(error)}")
    hidden = len(answer["errors"]) - ERRORS_SHOWN
    if hidden > 0:
        print(f"  and {hidden} more; --json has them all")
    if answer["warnings"]:
        print(f"{len(answer['warnings']):8} rows worth a look; --json has them")
    if not went_well(answer):
        print("Nothing was imported.")
