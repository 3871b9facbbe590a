"""`./campus chaos`: cause faults everywhere while simulated people tap, then compare the figures."""

from __future__ import annotations

import argparse

from .. import paths, process, state, venv
from ..console import Steps

HELP = "cause real faults while cards are tapped; --json prints one JSON object"
PROGRAM = paths.ROOT / "tests" / "chaos" / "chaos.py"


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--faults", type=int, default=200, help="how many (200)")
    parser.add_argument("--seed", type=int, default=1, help="another number, another order")
    parser.add_argument("--json", action="store_true", help="one JSON object on stdout")
    parser.add_argument("--keep", metavar="FOLDER", help="keep the edges' logs and journals there")


def run(args: argparse.Namespace) -> int:
    with state.checkout_lock(), Steps(1).step("Python environment") as step:
        venv.ensure(step)
    command = [venv.PYTHON, PROGRAM, "--faults", args.faults, "--seed", args.seed]
    command += ["--json"] * args.json + (["--keep", args.keep] if args.keep else [])
    search = ":".join(map(str, (paths.TOOLS, paths.ROOT / "tests")))
    return abs(process.call(list(map(str, command)), {"PYTHONPATH": search}))
