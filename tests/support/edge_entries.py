"""Journal entries for the edge's tests."""

import itertools
import time

from campus_edge.journal.journal import Draft

_numbers = itertools.count(1)


def new_uuid():
    """A uuid that no other entry of the process has."""
    return f"0190f3e0-0000-7000-8000-{next(_numbers):012x}"


def draft(**values):
    """A payment that asks the server, or what ``values`` make of it."""
    default = {
        "kind": "tap", "uuid": new_uuid(), "terminal": "T01", "at_ms": int(time.time() * 1000),
        "purpose": "pay", "credential": "uid:04A1B2C3", "card": 7, "amount_minor": 350, "mode": "ask",
        "outcome": None, "code": None, "rule": None, "snapshot": 1,
    }  # fmt: skip
    return Draft(**default | values)


def told(**values):
    """A payment that the edge has granted alone."""
    return draft(**{"mode": "told", "outcome": "granted", "code": "ok", "rule": "offline caps"} | values)
