"""The command line: it finds the command and shows errors that a person can solve as messages."""

from __future__ import annotations

import argparse
import importlib
import sys

from . import owners, process
from .console import CampusError, say

COMMANDS = (
    "demo",
    "tap",
    "test",
    "lint",
    "month",
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
# The exit codes that a shell reports after SIGINT and SIGTERM.
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
    """`import` is a reserved word in Python, so the module of this command has a longer name."""
    return "import_file" if command == "import" else command


def parse(argv: list[str]) -> argparse.Namespace:
    """The arguments. What follows ``--`` is passed to pytest unchanged."""
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
        if args.command != "doctor":  # this command reports missing packages itself, in its list
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
