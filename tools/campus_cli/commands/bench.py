"""`./campus bench NAME`: run a benchmark of `tests/bench`, together with pgbench."""

from __future__ import annotations

import argparse

from .. import paths, process, state, venv
from ..console import CampusError, Steps

HELP = "run a benchmark; --json prints one JSON object"
FOLDER = paths.ROOT / "tests" / "bench"
PREFIX = "bench_"


def names() -> list[str]:
    return sorted(path.stem.removeprefix(PREFIX) for path in FOLDER.glob(f"{PREFIX}*.py"))


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", nargs="?", metavar="NAME", help=f"{', '.join(names())}; without it, all")
    parser.add_argument("--json", action="store_true", help="one JSON object per benchmark on stdout")
    parser.add_argument("rest", nargs=argparse.REMAINDER, help="arguments of that benchmark")


def run(args: argparse.Namespace) -> int:
    chosen = [args.name] if args.name else names()
    if not set(chosen) <= set(names()):
        raise CampusError(f"there is no benchmark {args.name}", f"there are: {', '.join(names())}")
    with state.checkout_lock(), Steps(1).step("Python environment") as step:
        venv.ensure(step)
    # Options after NAME belong to the benchmark. --json may also stand before NAME.
    rest = [argument for argument in args.rest if argument not in ("--", "--json")]
    if args.json or "--json" in args.rest:
        rest.append("--json")
    return max(_run(name, rest) for name in chosen)


def _run(name: str, rest: list[str]) -> int:
    command = [venv.PYTHON, FOLDER / f"{PREFIX}{name}.py", *rest]
    return abs(process.call(command, {"PYTHONPATH": f"{paths.TOOLS}:{paths.ROOT / 'tests'}"}))
