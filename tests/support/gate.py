"""A door with a lock and a contact, for tests: the edge in this process, an OSDP reader (libosdp) on a real wire."""

from campus_edge.config import parse
from campus_edge.edge import Edge
from campus_edge.journal import store
from campus_edge.readers.drivers import DRIVERS
from campus_edge.simulators.desk import OnWire, card_of
from campus_edge.simulators.osdp_reader import OsdpReader
from support.edge_rig import until

CONTACT = 0
SHOWN_S = 3


class Gate:
    """A whole edge at the reader ``D01``. ``paired`` says on which server."""

    def __init__(self, paired, folder, language="zh_CN"):
        self.reader = OnWire(OsdpReader())
        self.reader.plug()
        row = {
            "terminal": "D01", "driver": "osdp", "url": self.reader.address, "relay": 0, "contact_input": CONTACT,
            "encoding": "utf-8",
        }  # fmt: skip
        data = {"edge": {"state_folder": str(folder), "language": language}, "reader": [row]}
        self.edge = Edge(parse(data, folder, tuple(DRIVERS)), paired)

    def __enter__(self):
        self.edge.start()
        assert until(lambda: self.edge.status().state == "online" and self._is_ready())
        return self

    def __exit__(self, *error):
        self.edge.stop()
        self.reader.unplug()

    def _is_ready(self):
        return [reader.state for reader in self.edge.status().readers] == ["ready"]

    def tap(self, uid):
        """Show a card; ``ok`` if the lock opens, and then somebody goes through, else the first reason."""
        return self._present(lambda: self.reader.put(card_of(uid)))

    def scan(self, code):
        """Show a phone's code, as a scanner beside the door reads it; the answer is that of a card."""
        (reader,) = self.edge.readers._readers
        return self._present(lambda: self.edge._loop.post(reader._begin, f"qr:{code}"))

    def _present(self, show):
        before = self.edge.journal.head_seq
        self.reader.is_opened()
        assert until(lambda: self._show(show, before))
        (entry,) = self._taps(before)
        if entry.outcome == "granted":
            assert until(self.reader.is_opened)
            for is_open in (True, False):
                self.reader.switch(CONTACT, is_open)
                assert until(lambda is_open=is_open: self._is_open() == is_open)
        return entry.code

    def answers(self, uid, code):
        """Show a card until the door answers so: what was changed at the server is on its way."""
        return until(lambda: self.tap(uid) == code)

    def told(self):
        """Wait until the server has the whole journal."""
        return until(lambda: self.edge.journal.queue_length == 0)

    def _show(self, show, before):
        """Show a card, and again if the line was down; a card that is read twice is one tap."""
        show()
        return until(lambda: self._taps(before), SHOWN_S)

    def _is_open(self):
        return any(self.edge.doors.inputs.contacts.values())

    def _taps(self, after):
        entries = self.edge.journal.read(lambda base: list(store.entries(base, after)))
        return [entry for entry in entries if entry.kind == "tap"]
