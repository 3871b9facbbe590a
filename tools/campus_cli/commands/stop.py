"""`./campus stop`: end the demo server and the embedded PostgreSQL."""

from __future__ import annotations

import argparse

from .. import demo_doors, demo_server, postgres, state

HELP = "stop the demo and its database server"


def arguments(parser: argparse.ArgumentParser) -> None:
    del parser


def run(args: argparse.Namespace) -> int:
    del args
    with state.checkout_lock():
        doors = demo_doors.stop()
        odoo = demo_server.stop()
        database = postgres.stop()
    if doors:
        print("Doors: stopped")
    print(f"Odoo: {'stopped' if odoo else 'was not running'}")
    print(f"PostgreSQL: {'stopped' if database else 'was not running, or is not ours'}")
    return 0
