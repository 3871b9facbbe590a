"""`./campus shell`: Odoo's Python shell on the demo database."""

from __future__ import annotations

import argparse
import os

from .. import databases, paths, process, settings, workspace
from ..console import CampusError

HELP = "open Odoo's Python shell on the demo database"


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--database", help="another database of this server")


def run(args: argparse.Namespace) -> int:
    ws = workspace.existing()
    name = args.database or ws.server.name(settings.DEMO_DATABASE)
    if not databases.exists(ws.server, name):
        raise CampusError(f"there is no database {name}", "run ./campus demo first")
    odoo = ws.odoo(name, "shell")
    odoo.write_config()
    command = odoo.command("shell", "--no-http", "--log-level=warn")
    os.chdir(paths.ROOT)
    os.execve(command[0], command, process.clean_env(odoo.env()))
