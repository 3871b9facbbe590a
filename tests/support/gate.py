"""A door with a lock and a contact, for tests: the edge in this process, an OSDP reader (libosdp) on a real wire."""

from campus_edge.config import parse
from campus_edge.edge import Edge
from campus_edge.readers.drivers import DRIVERS
from campus_edge.simulators.desk import OnWire, card_of
from campus_edge.simulators.osdp_reader import OsdpReader
from support.edge_rig import until

CONTACT = 0


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
        """Show a card; True if the lock opens, and then somebody goes through, False if it is refused."""
        return self._present(lambda: self.reader.put(card_of(uid)))

    def scan(self, code):
        """Show a phone's code, as a scanner beside the door reads it; the code of the outcome, ``ok`` if it opens."""
        (reader,) = self.edge.readers._readers
        before = self.edge.journal.head_seq
        self._present(lambda: self.edge._loop.post(reader._begin, f"qr:{code}"))
        return self._tap_after(before).code

    def _present(self, show):
        before = self.edge.journal.head_seq
        self.reader.is_opened()
        show()
        # other entries may come first: what a contact says, or a number that is given and not yet on the disk
        assert until(lambda: self._tap_after(before))
        entry = self._tap_after(before)
        if entry.outcome != "granted":
            return False
        assert until(self.reader.is_opened)
        for is_open in (True, False):
            self.reader.switch(CONTACT, is_open)
            assert until(lambda is_open=is_open: self._is_open() == is_open)
        return True

    def opens(self, uid):
        """Show a card until the lock opens: what was changed at the server is on its way."""
        return until(lambda: self.tap(uid))

    def stays_shut(self, uid):
        """Show a card until it is refused."""
        return until(lambda: not self.tap(uid))

    def told(self):
        """Wait until the server has the whole journal."""
        return until(lambda: self.edge.journal.queue_length == 0)

    def _is_open(self):
        return any(watch.is_open for watch in self.edge.doors.inputs._watches.values())

    def _tap_after(self, before):
        return next((entry for entry in self._entries(before) if entry.kind == "tap"), None)

    def _entries(self, after):
        from campus_edge.journal import store

        return self.edge.journal.read(lambda base: list(store.entries(base, after)))
