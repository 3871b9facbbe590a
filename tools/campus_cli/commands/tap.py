"""`./campus tap`: show a card to a door of the demo, and say what the door did and why."""

from __future__ import annotations

import argparse
import time

from .. import demo_doors, demo_server, settings, workspace
from ..console import CampusError
from ..rpc import Session

HELP = "show a card to a door of the demo, and say what the door did and why"
ARRIVES_S = 15
FIELDS = ["what", "reason", "right_name", "list_age_s", "door_id", "side", "went", "warnings"]


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("reader", metavar="DOOR", help="the reader at a door, such as A01 or A12-OUT")
    parser.add_argument("card", metavar="CARD", help="the UID of a card, such as CA4D0007")
    parser.add_argument("--pin", default="", help="the door PIN, where the door asks for one")


def run(args: argparse.Namespace) -> int:
    """0: the door has opened; 3: it stays shut."""
    ws = workspace.existing()
    server = demo_server.running()
    if not server:
        raise CampusError("the demo does not run", "./campus demo")
    url = demo_server.address(server["port"])
    session = Session(url, ws.server.name(settings.DEMO_DATABASE), "admin")
    done = demo_doors.tap(session, url, args.reader.upper(), args.card, args.pin)
    print(f"Reader    {args.reader.upper()}: {done['display'] or 'nothing on the display'}")
    print(f"Lock      {'opened, somebody went through' if done['opened'] else 'stays shut'}")
    for line in _of_server(session, done["uuids"]) or [f"Edge      {done['note']} (not at the server yet)"]:
        print(line)
    return 0 if done["opened"] else 3


def _of_server(session: Session, uuids: list[str]) -> list[str]:
    """What the server has heard of the passage, in words."""
    deadline = time.monotonic() + ARRIVES_S
    while True:
        domain = [("uuid", "in", uuids), ("kind", "!=", "event")]
        found = session.search_read("campus.passage", domain, FIELDS, limit=1)
        if found or time.monotonic() > deadline:
            break
        time.sleep(0.3)
    if not found:
        return []
    [row] = found
    lines = [f"Server    {row['door_id'] and row['door_id'][1]}, {row['side']}: {row['what']}"]
    if row["reason"]:
        lines.append(f"Why       {row['reason']}")
    if row["right_name"]:
        lines.append(f"Right     {row['right_name']}")
    return [*lines, f"List      {row['list_age_s']} s old at the reader"]
