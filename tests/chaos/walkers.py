"""People who walk through two doors of two edges, and what must hold of their passages."""

import contextlib
import random
import sqlite3
import threading
from types import SimpleNamespace

from line import CUT, WHOLE

from campus_core.access.types import Site
from campus_edge.doors import restore
from campus_edge.doors.lockdowns import Lockdowns
from campus_edge.doors.places import Places
from campus_edge.server import identity
from campus_edge.snapshot.snapshot import Snapshot
from campus_edge.snapshot.store import SnapshotStore
from support.edge_campus import now_ms
from support.edge_rig import until

#: An edge's clock and the server's may differ by so much, in seconds: after an edge has confirmed a lockdown,
#: and before its end, which the edge hears at once.
SLACK_S = 2
COUNTS = """
SELECT uuid::text || ' ' || kind, count(*)::int FROM campus_passage WHERE edge_id IS NOT NULL GROUP BY uuid, kind
"""
GRANTED = """
SELECT card.uid, count(*)::int FROM campus_passage passage JOIN campus_card card ON card.id = passage.card_id
 WHERE passage.outcome = 'granted' GROUP BY card.uid
"""
POSITIONS = "SELECT partner_id, zone_id FROM campus_position ORDER BY partner_id"
#: Somebody who is not on the staff list, at an edge that had confirmed a lockdown that locks. An edge decides at
#: the time of the tap; of a tap that asks the server decides, when it hears of it.
LET_THROUGH = """
SELECT passage.uuid::text FROM campus_passage passage
  JOIN campus_lockdown_edge line ON line.edge_id = passage.edge_id
  JOIN campus_lockdown lockdown ON lockdown.id = line.lockdown_id AND NOT lockdown.is_drill
  JOIN res_partner holder ON holder.id = passage.partner_id AND holder.campus_role = 'student'
 WHERE passage.outcome = 'granted' AND passage.kind = 'tap' AND COALESCE(passage.doubt, '') NOT LIKE '%clock%'
   AND CASE passage.mode WHEN 'ask' THEN passage.received_at ELSE passage.occurred_at END
       > line.confirmed_at + interval '{slack} seconds'
   AND CASE passage.mode WHEN 'ask' THEN passage.received_at ELSE passage.occurred_at END
       < COALESCE(lockdown.ended_at, 'infinity') - interval '{slack} seconds'
"""


class Walkers:
    """Who is outside and may go in at the first edge, and who is inside and may go out at the second."""

    def __init__(self, uids, seed):
        self._lock, self._draw = threading.Lock(), random.Random(f"walkers {seed}")
        self._waiting = {0: list(uids), 1: []}
        self.shown = dict.fromkeys(uids, 0)

    def next(self, side):
        """Somebody who wants to pass at this edge now; None if nobody does."""
        with self._lock:
            waiting = self._waiting[side]
            return waiting.pop(self._draw.randrange(len(waiting))) if waiting else None

    def answered(self, side, uid, is_green):
        """The reader has shown green, or something else or nothing: then the walker stays on this side."""
        with self._lock:
            self.shown[uid] += is_green
            self._waiting[1 - side if is_green else side].append(uid)

    @property
    def passed(self):
        return sum(self.shown.values())


class OnDisk:
    """What an edge would know if it started now without the server, read beside the running program."""

    def __init__(self, folder):
        snapshot = Snapshot()
        self.access, places = snapshot.access, Places(Site())

        def take(update):
            if update.site is not None:
                places.change_site(self.access.site)
            places.take(update.positions)

        self.access.on_change = take
        SnapshotStore(folder / "snapshot", snapshot, identity.load(folder).keys).load()
        nobody = SimpleNamespace(wrong_before=lambda *wrong: None, has_contact=lambda door: False)
        clock = SimpleNamespace(now_ms=now_ms)
        with contextlib.closing(sqlite3.connect(f"file:{folder / 'journal.db'}?mode=ro", uri=True)) as base:
            journal = SimpleNamespace(read=lambda work: work(base))
            restore.run(journal, self.access, places, nobody, nobody, clock)
        self.zones = {one.holder: one.zone for one in places.positions.all()}
        known = Lockdowns(folder)
        self.orders = {order.number for order in known.orders}
        self.newest = known.newest


def positions_differ(campus, devices):
    """People for whom the server and an edge do not mean the same zone."""
    server = {int(holder): zone and int(zone) for holder, zone in campus.query(POSITIONS)}
    differ = set()
    for device in devices:
        zones = OnDisk(device.state).zones
        differ |= {holder for holder in server | zones if server.get(holder) != zones.get(holder)}
    return sorted(differ)


def door_verdict(campus, devices, walkers, guards):
    """Compare journals, lamps, positions and lockdowns; call it when the devices are stopped."""
    stored = dict(campus.query(COUNTS))
    told = set().union(*(device.passages for device in devices))
    torn = set().union(*(device.lost_with_the_disk for device in devices))
    missing = {key for key in told if key not in stored}
    lost = {key for key in missing if key.partition(" ")[0] not in torn}
    granted = dict(campus.query(GRANTED))
    unseen = sum(max(count - int(granted.get(uid, 0)), 0) for uid, count in walkers.shown.items())
    return {
        "passages": len(told),
        "passages_lost": len(lost) + max(unseen - len(missing - lost), 0),
        "passages_doubled": sum(int(count) > 1 for count in stored.values()),
        "passages_among_taps": int(
            campus.query("SELECT count(*) FROM campus_tap WHERE purpose = 'door'")[0][0]
        ),
        "positions_differ": len(positions_differ(campus, devices)),
        "let_through": len(campus.query(LET_THROUGH.format(slack=SLACK_S))),
        "passed": walkers.passed,
        **guards.verdict(),
    }


def lock_all(guards, devices, uids):
    """A lockdown that both edges know holds without the server and over a restart, and ends with it.

    Even walkers are on the staff list; the others are students.
    """
    staff, student, other = uids[0], uids[1], uids[3]
    numbers = {row["number"] for row in guards.insist(True)}
    assert until(lambda: all(numbers <= OnDisk(device.state).orders for device in devices)), "not heard of"
    for device in devices:
        device.line.mode = CUT
        device.restart()
    open_doors = sum(device.lets_through(student) for device in devices)
    shut_to_staff = sum(not device.lets_through(staff) for device in devices)
    for device in devices:
        device.line.mode = WHOLE
    guards.insist(False)
    assert until(lambda: not any(OnDisk(device.state).orders for device in devices)), "it does not end"
    shut = sum(not device.lets_through(other) for device in devices)
    return {"open_in_lockdown": open_doors, "shut_after_lockdown": shut + shut_to_staff}
