"""`./campus month`: play a month at the demo university and report what is wrong."""

from __future__ import annotations

import argparse

from .. import paths, process, state, venv
from ..console import Steps

HELP = "play a seeded month at the demo university; --json prints one JSON object"
PROGRAM = paths.ROOT / "tests" / "month" / "month.py"


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--seed", type=int, default=1, help="another number, another month")
    parser.add_argument("--days", type=int, default=31, help="how many (31)")
    parser.add_argument("--until", type=int, metavar="STEP", help="stop there and keep it running to look")
    parser.add_argument(
        "--first", action="store_true", help="end at the first step after which something did not hold"
    )
    parser.add_argument(
        "--sabotage",
        type=int,
        metavar="STEP",
        help="spoil a pocket after it, to see that the program finds it",
    )
    parser.add_argument("--aloud", action="store_true", help="say each step and what it has booked")
    parser.add_argument("--json", action="store_true", help="one JSON object on stdout")


def run(args: argparse.Namespace) -> int:
    with state.checkout_lock(), Steps(1).step("Python environment") as step:
        venv.ensure(step)
    command = [venv.PYTHON, PROGRAM, "--seed", args.seed, "--days", args.days, *["--json"] * args.json]
    command += ["--first"] * args.first + ["--aloud"] * args.aloud
    for name in ("until", "sabotage"):
        value = getattr(args, name)
        command += [f"--{name}", value] if value else []
    search = ":".join(map(str, (paths.TOOLS, paths.ROOT / "tests")))
    return abs(process.call(list(map(str, command)), {"PYTHONPATH": search}))
