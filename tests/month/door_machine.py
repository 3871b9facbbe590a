"""An edge with doors: the real program without its readers and network threads, in the month's time.

Its list, journal, decisions, contacts, places and lockdowns are those of ``campus_edge``; who stands at its
readers, and when it talks to the server, is the month's affair.
"""

from concurrent.futures import Future
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple
from unittest.mock import patch

from people import Crashed

from campus_core.access import told
from campus_edge import edge as edge_module
from campus_edge.clock import kept
from campus_edge.clock.clock import Clock
from campus_edge.config import parse
from campus_edge.edge import Edge
from campus_edge.journal import store
from campus_edge.readers.drivers import DRIVERS
from campus_edge.server import identity
from campus_edge.server.http import ServerUnreachable
from support.edge_doors import Hand

CONTACT = 0
ANSWER_TIMEOUT_S = 60
# So long a door that was opened for somebody waits for its contact, and a card is "shown twice".
PATIENCE_S = 30


class Answered(NamedTuple):
    """What an edge has made of a card at a door: its answer at the reader and what its journal says of it."""

    uuid: str
    text: str
    note: told.Told
    at_ms: int

    @property
    def says(self):
        """What everybody who decides must say alike."""
        return Says(
            self.note.granted, frozenset(self.note.reasons), self.note.rule, frozenset(self.note.warnings)
        )


class Says(NamedTuple):
    """A decision: whether the door opens, every reason against, the deciding right, warnings."""

    granted: bool
    reasons: frozenset
    rule: int | None
    warnings: frozenset = frozenset()


class DoorMachine:
    """One edge; ``contacts`` are the terminals at which the contact of their door is wired."""

    def __init__(self, world, terminals, contacts=()):
        self.world, self.terminals, self.contacts = world, terminals, contacts
        self._folder = TemporaryDirectory(prefix="campus-month-")
        self.folder = Path(self._folder.name)
        self.edge, self.is_cut_off = None, False
        #: Every entry that was written, by uuid: the server has to have each once.
        self.written = {}
        self._known_seq = 0

    # -- life --------------------------------------------------------------------------------

    def pair(self, code):
        """Become a machine of the campus with a code from the screen, and start."""
        identity.pair(code, self.world.url, self.folder, allow_plain_http=True, ca_file=None)
        self.start()

    def start(self):
        """Start with what is on the disk, without the server."""
        rows = [
            {
                "terminal": code,
                "driver": "osdp",
                "contact_input": CONTACT if code in self.contacts else -1,
                "held_open_ms": 600_000,
            }
            for code in self.terminals
        ]
        data = {
            "edge": {
                "state_folder": str(self.folder),
                "language": "zh_CN",
                "time_zone": str(self.world.clock.zone),
            },
            "server": {"request_timeout_ms": 60_000},
            "reader": rows,
        }
        now_ms = self.world.clock.ms
        clock = Clock(self.world.clock.zone, now_ms, now_ms, lambda: True)
        config = parse(data, self.folder, tuple(DRIVERS))
        # the program makes its clock itself; here it lives in the month's time
        with patch.object(edge_module, "Clock", lambda zone: clock):
            self.edge = Edge(config, identity.load(self.folder), Hand)
        self.edge.store.load()
        kept.begin(self.folder, clock, self.edge.journal, self.edge.snapshot)
        self.edge.doors.start()
        for code in self.contacts:
            self._do(self.edge.doors.inputs.change, code, CONTACT, False)

    def kill(self):
        """As a power cut does."""
        self.edge.journal.close()
        self.edge._loop.stop()

    def restart(self):
        """Start again; where people are and what is locked must still be known."""
        self.kill()
        self.start()

    def end(self):
        """Throw it away."""
        if self.edge:
            self.kill()
        self._folder.cleanup()

    # -- the server ----------------------------------------------------------------------------

    def look(self):
        """Ask for the list."""
        if not self.edge.listener.refresh():
            raise Crashed(f"the list cannot be fetched: {self.edge.listener.problem}")
        self._settle()

    def beat(self):
        """Send a heartbeat: it says which lockdowns are obeyed."""
        self.edge._pulse.beat()

    def send(self, loses_answer=False):
        """Send what the server lacks; with ``loses_answer`` the first batch is sent again."""
        sender = self.edge.sender
        if loses_answer:
            own = sender._connection
            sender._connection = _LosesAnswer(sender)
            sender._turn()
            # there may have been nothing to send, and so no answer to lose
            sender._connection = own
        while (pause_ms := sender._turn()) == 0:
            pass
        if pause_ms > 0 or self.edge.journal.queue_length or sender.forks or sender.rejected:
            raise Crashed(f"the journal is not taken: {sender.problem or 'fork or rejected entries'}")

    def cut_off(self):
        """No network from now on."""
        self.is_cut_off = True
        self.edge.listener._failed("cut off")

    def connect(self, loses_answer=False):
        """The network is back."""
        self.is_cut_off = False
        self.send(loses_answer)
        self.look()

    # -- people at its readers --------------------------------------------------------------------

    def show(self, terminal, uid):
        """Hold a card to a reader."""
        done = Future()
        self.edge._loop.post(self.edge.engine.begin, terminal, f"uid:{uid}", done.set_result)
        answer = done.result(ANSWER_TIMEOUT_S)
        self._settle()
        entry = next(one for one in self._news() if one.kind == "tap")
        return Answered(entry.uuid, answer.text, told.read(entry.rule), entry.at_ms)

    def go(self, terminal):
        """Open the door, go through, and close it; at a door without a contact nothing is seen of it."""
        for contact in self.contacts:
            if self._door_of(contact) == self._door_of(terminal):
                self._do(self.edge.doors.inputs.change, contact, CONTACT, True)
                self._do(self.edge.doors.inputs.change, contact, CONTACT, False)
        self._settle()
        self._news()

    def wait(self):
        """Time passes: who was let through and did not open the door has not gone."""
        self.world.clock.pass_s(PATIENCE_S)
        self._do(self.edge.doors.inputs._on_time)
        self._settle()
        self._news()

    # -- what it knows -----------------------------------------------------------------------------

    @property
    def number(self):
        """The number of this edge in positions."""
        return self.edge.snapshot.access.edge

    @property
    def zones(self):
        """``{holder: zone}``, as far as it knows."""
        return {one.holder: one.zone for one in self._do(self.edge.doors.places.positions.all)}

    @property
    def areas(self):
        """The zones that it is told of: those around its doors, the outside left out."""
        site = self.edge.snapshot.access.site
        around = [
            zone
            for door in site.doors.values()
            for zone in (*site.inside(door.inner), *site.inside(door.outer))
        ]
        return {zone for zone in around if site.zones[zone].parent is not None}

    @property
    def hears_others(self):
        """Whether it has heard of the server since it was started or cut off."""
        return self.edge.listener.hears_others()

    @property
    def lockdowns(self):
        """Numbers of the orders that it obeys."""
        return {order.number for order in self.edge.doors.lockdowns.orders}

    def _door_of(self, terminal):
        place = self.edge.doors._judge.place(terminal)
        return place and place[0].door

    def _do(self, call, *args):
        """Run something in the loop's thread, and wait."""
        done = Future()

        def run():
            try:
                done.set_result(call(*args))
            except Exception as error:
                done.set_exception(error)

        self.edge._loop.post(run)
        return done.result(ANSWER_TIMEOUT_S)

    def _settle(self):
        """Wait until the loop and the journal have done what follows."""
        for _turn in range(3):
            self._do(lambda: None)
            self.edge.journal.settle(1_000)

    def _news(self):
        found = self.edge.journal.read(lambda base: list(store.entries(base, self._known_seq)))
        for entry in found:
            self.written[entry.uuid, entry.kind] = entry
            self._known_seq = entry.seq
        return found


class _LosesAnswer:
    """A connection whose first answer gets lost; then the sender has its own again."""

    def __init__(self, sender):
        self._sender, self._own = sender, sender._connection
        self.clock = self._own.clock

    def request(self, *args):
        self._sender._connection = self._own
        self._own.request(*args)
        raise ServerUnreachable("the answer got lost")
