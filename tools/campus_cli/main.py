"""The command line: finds the command, turns mendable errors into messages."""

from __future__ import annotations

import argparse
import importlib
import sys

from . import owners, process
from .console import CampusError, say

COMMANDS = (
    "demo",
    "test",
    "lint",
    "bench",
    "chaos",
    "suites",
    "import",
    "i18n",
    "rights",
    "doctor",
    "shell",
    "stop",
    "reset",
)
PYTHON_MIN = (3, 10)
# What a shell reports for a program ended by SIGINT and by SIGTERM.
INTERRUPTED, TERMINATED = 130, 143


def build_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="./campus", description="Campus Card on Odoo 19")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name in COMMANDS:
        module = importlib.import_module(f".commands.{module_name(name)}", __package__)
        sub = commands.add_parser(name, help=module.HELP, description=module.__doc__)
        module.arguments(sub)
        sub.set_defaults(run=module.run)
    return parser


def module_name(command: str) -> str:
    """`import` is a reserved word, so its module has a longer name."""
    return "import_file" if command == "import" else command


def parse(argv: list[str]) -> argparse.Namespace:
    """What was asked for; what follows ``--`` goes to pytest as it is."""
    place = argv.index("--") if "--" in argv else len(argv)
    own, after = argv[:place], argv[place + 1 :]
    parser = build_parser()
    args = parser.parse_args(own)
    if after and not hasattr(args, "pytest"):
        parser.error(f"nothing may follow -- after {args.command}")
    if after:
        args.pytest = after
    return args


def main(argv: list[str] | None = None) -> int:
    args = parse(sys.argv[1:] if argv is None else argv)
    process.hear_termination()
    try:
        if args.command != "doctor":  # which says it among the rest
            owners.check()
        return args.run(args)
    except CampusError as error:
        return _tell(error)
    except KeyboardInterrupt as stop:
        say("\ninterrupted; the next start repairs what is half made")
        return TERMINATED if isinstance(stop, process.Terminated) else INTERRUPTED
    except BrokenPipeError:
        sys.stderr.close()
        return 1
    except OSError as error:
        if (mendable := owners.mendable(error)) is None:
            raise
        return _tell(mendable)


def _tell(error: CampusError) -> int:
    say(f"error: {error}")
    if error.hint:
        say(f"hint: {error.hint}")
    return 1
