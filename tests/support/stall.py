"""A terminal where amounts are keyed, for tests: the edge in this process, its readers on real wires."""

from campus_edge.config import parse
from campus_edge.edge import Edge
from campus_edge.readers.drivers import DRIVERS
from campus_edge.simulators.desk import OnWire, Typing, card_of
from campus_edge.simulators.osdp_reader import OsdpReader
from support.edge_rig import until


class Stall:
    """A fruit stall: a whole edge at ``terminal``, an OSDP reader with keys and display (libosdp), and
    maybe a keypad (``pad``) beside it. ``paired`` says on which server."""

    def __init__(self, paired, folder, pad=None, language="en_US", terminal="K01", **reader):
        self.reader = OnWire(OsdpReader())
        self.reader.plug()
        self.pad = pad
        rows = [{"terminal": terminal, "driver": "osdp", "url": self.reader.address, **reader}]
        if pad:
            pad.plug()
            driver = "wedge" if isinstance(pad, Typing) else "keypad"
            rows.append({"terminal": terminal, "driver": driver, "url": pad.address, "use": "keypad"})
        data = {"edge": {"state_folder": str(folder), "language": language},
                "server": {"ask_timeout_ms": 2000}, "reader": rows}  # fmt: skip
        self.edge = Edge(parse(data, folder, tuple(DRIVERS)), paired)

    def __enter__(self):
        self.edge.start()
        assert until(lambda: self.edge.status().state == "online" and self.is_ready())
        return self

    def __exit__(self, *error):
        self.edge.stop()
        for device in (self.reader, self.pad):
            if device:
                device.unplug()

    def is_ready(self):
        return [reader.state for reader in self.edge.status().readers] == ["ready"]

    def commands(self, name):
        with self.reader.wire.lock:
            return [command for command in self.reader.wire.device.commands if command["name"] == name]

    @property
    def texts(self):
        return [command["data"] for command in self.commands("TEXT")]

    def shows(self, text):
        """Wait until the display has shown ``text``; what it has shown is forgotten."""
        assert until(lambda: text in self.texts), self.texts
        with self.reader.wire.lock:
            self.reader.wire.device.commands.clear()

    def show(self, uid):
        """Lay a card on the reader."""
        self.reader.put(card_of(uid))
