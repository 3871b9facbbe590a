"""The program ``campus-edge``: its commands, arguments and exit status."""

from __future__ import annotations

import argparse
import gc
import os
import signal
import sqlite3
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from .. import __version__, config, logs, service
from ..config import Config, ConfigError
from ..doors import lockdowns
from ..edge import JOURNAL_FILE, Edge
from ..files import lock
from ..journal.journal import Journal, JournalUnwritable
from ..readers import adapters
from ..readers.drivers import DRIVERS
from ..server import identity
from ..server.identity import IdentityError
from . import look, osdp, salvage, simulate

CONFIG_PATH: Final = "/etc/campus-edge/edge.toml"


class Failure(Exception):
    """An error that is printed without a traceback."""


def main(arguments: list[str] | None = None) -> int:
    """Run the program; return its exit status: 0 good, 1 failed, 2 wrong arguments."""
    args = parse(arguments)
    command: Callable[[argparse.Namespace], int] = args.command
    try:
        return command(args)
    except (Failure, ConfigError, IdentityError) as error:
        print(f"campus-edge: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def parse(arguments: list[str] | None = None) -> argparse.Namespace:
    """Parse the arguments; UIDs may come before and after the options of a simulator."""
    parser = _parser()
    args, rest = parser.parse_known_args(arguments)
    if rest and hasattr(args, "cards") and not any(text.startswith("-") for text in rest):
        args.cards += rest
    elif rest:
        parser.error(f"unrecognized arguments: {' '.join(rest)}")
    return args


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("campus-edge", description="The program beside the readers.")
    parser.add_argument("--version", action="version", version=__version__)
    parser.add_argument(
        "--config", type=Path, default=Path(os.environ.get("CAMPUS_EDGE_CONFIG") or CONFIG_PATH)
    )
    commands = parser.add_subparsers(required=True, metavar="command")

    pair = commands.add_parser("pair", help="make a key and introduce this edge to the server")
    pair.add_argument("code", help="the one-time code that the server shows")
    pair.add_argument("url", help="the server's address, https://campus.example")
    pair.add_argument("--force", action="store_true", help="although this edge is paired already")
    pair.set_defaults(command=_pair)

    commands.add_parser("run", help="serve the readers").set_defaults(command=_run)

    probe = commands.add_parser("probe", help="look at settings, server, disk and devices")
    probe.add_argument(
        "--accept", action="store_true", help="the adapters are where they are meant to be: remember it"
    )
    probe.set_defaults(command=lambda args: look.probe(_config(args), args.accept))

    status = commands.add_parser("status", help="how the running edge is")
    status.add_argument("--json", action="store_true")
    status.set_defaults(command=lambda args: look.status(_config(args), args.json))

    simulate.arguments(commands.add_parser("simulate", help="be a reader to try things out with"))

    osdp.arguments(commands.add_parser("osdp-set", help="give an OSDP reader another address or speed"))

    journal = commands.add_parser("journal", help="the record of all taps")
    actions = journal.add_subparsers(required=True, metavar="action")
    verify = actions.add_parser("verify", help="prove that no entry is missing or changed")
    verify.add_argument("file", nargs="?", type=Path, help="another file than the present journal")
    verify.set_defaults(command=_verify)
    saving = actions.add_parser("salvage", help="send what damaged journals can prove (while no edge runs)")
    saving.set_defaults(command=_salvage)
    again = actions.add_parser("again", help="send an earlier journal again to a server that lost it")
    again.add_argument("file", type=Path, help="journal-….fork.db")
    again.set_defaults(command=_again)
    return parser


def _config(args: argparse.Namespace) -> Config:
    return config.load(args.config, tuple(DRIVERS))


def _pair(args: argparse.Namespace) -> int:
    settings = _config(args)
    folder = settings.state_folder
    again = (folder / identity.IDENTITY_FILE).exists()
    if again and not args.force:
        raise Failure("this edge is paired already; --force makes it another edge")
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _alone(folder):
        paired = identity.pair(
            args.code,
            args.url,
            folder,
            allow_plain_http=settings.allow_plain_http,
            ca_file=settings.ca_file,
        )
        if again and (folder / JOURNAL_FILE).exists():
            _renew_journal(folder, paired)
        # numbers and zones of the server before say nothing here; this one's come with its list
        (folder / lockdowns.FILE).unlink(missing_ok=True)
    print(f"paired as {paired.identity.name} ({paired.identity.edge})")
    return 0


def _renew_journal(folder: Path, paired: identity.Paired) -> None:
    """Begin the journal of the newly paired edge; taps that were not sent are moved into it."""
    journal = Journal(folder / JOURNAL_FILE, paired.identity.key)
    try:
        print(f"the earlier journal is kept as {journal.fork().name}")
    except JournalUnwritable as error:
        raise Failure(f"no new journal can be begun: {error}") from error
    finally:
        journal.close()


def _run(args: argparse.Namespace) -> int:
    settings = _config(args)
    logs.start(settings.log_level)
    paired = identity.load(settings.state_folder)
    identity.check_url(paired.identity.url, settings.allow_plain_http)
    ending = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ending.set())
    with _alone(settings.state_folder):
        try:
            edge = Edge(settings, paired)
            edge.notices = adapters.look(settings.lines, settings.state_folder)
            edge.on_tick = lambda: service.notify("WATCHDOG=1")
            edge.start()
            # modules, settings and the card list stay in memory: a garbage collection that looks through
            # them takes 20 ms with 100,000 cards, and stops every reader meanwhile
            gc.freeze()
        except (OSError, sqlite3.Error, JournalUnwritable) as error:
            raise Failure(f"cannot start: {error}") from error
        service.notify("READY=1")
        ending.wait()
        service.notify("STOPPING=1")
        edge.stop()
    return 0


def _verify(args: argparse.Namespace) -> int:
    settings = _config(args)
    paired = identity.load(settings.state_folder)
    return look.verify(args.file or settings.state_folder / JOURNAL_FILE, paired.identity.key.public)


def _salvage(args: argparse.Namespace) -> int:
    folder = _config(args).state_folder
    paired = identity.load(folder)
    with _alone(folder):
        try:
            return salvage.run(folder, folder / JOURNAL_FILE, paired)
        except (OSError, JournalUnwritable) as error:
            raise Failure(f"nothing is lost, but the salvage did not end: {error}") from error


def _again(args: argparse.Namespace) -> int:
    folder = _config(args).state_folder
    paired = identity.load(folder)
    with _alone(folder):
        try:
            return salvage.again(args.file, folder / JOURNAL_FILE, paired)
        except (OSError, JournalUnwritable) as error:
            raise Failure(f"nothing is lost, and nothing was taken: {error}") from error


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Lock the folder, because two programs on one journal would fork it."""
    try:
        taken = lock(folder)
    except BlockingIOError:
        raise Failure(f"another campus-edge runs with {folder}") from None
    with taken:
        yield


if __name__ == "__main__":
    sys.exit(main())
