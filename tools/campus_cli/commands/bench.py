"""`./campus bench NAME`: run a benchmark of `tests/bench`, with pgbench beside it."""

from __future__ import annotations

import argparse
import subprocess

from .. import paths, process, state, venv
from ..console import CampusError, Steps

HELP = "run a benchmark; --json prints one JSON object"
FOLDER = paths.ROOT / "tests" / "bench"
PREFIX = "bench_"


def names() -> list[str]:
    return sorted(path.stem.removeprefix(PREFIX) for path in FOLDER.glob(f"{PREFIX}*.py"))


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", metavar="NAME", help=", ".join(names()) or "none yet")
    parser.add_argument("--json", action="store_true", help="one JSON object on stdout")
    parser.add_argument("rest", nargs=argparse.REMAINDER, help="arguments of that benchmark")


def run(args: argparse.Namespace) -> int:
    if args.name not in names():
        raise CampusError(f"there is no benchmark {args.name}", f"there are: {', '.join(names())}")
    with state.checkout_lock(), Steps(1).step("Python environment") as step:
        venv.ensure(step)
    # What stands behind NAME is the benchmark's own, --json may stand before it too.
    rest = [argument for argument in args.rest if argument not in ("--", "--json")]
    if args.json or "--json" in args.rest:
        rest.append("--json")
    command = [venv.PYTHON, FOLDER / f"{PREFIX}{args.name}.py", *rest]
    env = process.clean_env({"PYTHONPATH": f"{paths.TOOLS}:{paths.ROOT / 'tests'}"})
    done = subprocess.run(
        [str(part) for part in command], cwd=paths.ROOT, env=env, stdin=subprocess.DEVNULL, check=False
    )
    return done.returncode
