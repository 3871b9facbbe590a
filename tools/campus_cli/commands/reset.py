"""`./campus reset`: delete this checkout's databases and everything under `.campus`."""

from __future__ import annotations

import argparse
import shutil

from .. import databases, demo_server, paths, pg_embedded, postgres, state
from ..console import CampusError, warn

HELP = "delete databases, logs and state of this checkout (with --all also .venv)"


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--all", action="store_true", help="delete the Python environment too")


def run(args: argparse.Namespace) -> int:
    with state.checkout_lock():
        demo_server.stop()
        server = postgres.chosen()
        if server is None:
            pg_embedded.Embedded().remove()
        else:
            _drop_ours(server)
        for path in paths.WORK.iterdir():
            if path.is_dir():
                shutil.rmtree(path, ignore_errors=True)
            elif path.name != "lock":
                path.unlink(missing_ok=True)
        if args.all:
            shutil.rmtree(paths.VENV, ignore_errors=True)
    print("reset: the next ./campus demo begins anew")
    return 0


def _drop_ours(server: postgres.Server) -> None:
    """On a shared server, drop only the databases of this checkout."""
    try:
        for name in databases.names(server, server.name("")):
            databases.drop(server, name)
    except CampusError as error:
        warn(f"databases not dropped: {error}")
