"""Readers beside a till: simulated on a pty, read by the edge's own ports, served on the LAN."""

import contextlib

from campus_edge.lan.config import LanConfig
from campus_edge.lan.reader_feed import ReaderFeed
from campus_edge.lan.server import LanServer
from campus_edge.ports.serial_port import SerialPort
from campus_edge.protocols.rdm6300 import Rdm6300
from campus_edge.simulators.cards import Card
from campus_edge.simulators.rdm6300 import Rdm6300Reader
from campus_edge.simulators.wire import Wire
from support.edge_rig import until

#: A card is held to the reader until it has sent so many frames of it.
FRAMES = 4


class CountingReader(Rdm6300Reader):
    """A reader that counts the frames it has sent."""

    def __init__(self):
        super().__init__()
        self.sent = 0

    def poll(self, now_ms):
        frame = super().poll(now_ms)
        self.sent += bool(frame)
        return frame


class CardReader:
    """An RDM6300 on a pty; ``url`` is what a port opens."""

    def __init__(self):
        self.wire = Wire(CountingReader())
        self.url = ""

    def __enter__(self):
        self.url = self.wire.plug()
        return self

    def __exit__(self, *_exception):
        self.wire.unplug()

    def tap(self, uid):
        """Hold a card to the reader and take it away."""
        with self.wire.lock:
            self.wire.device.put(Card(uid))
            sent = self.wire.device.sent
        assert until(lambda: self.wire.device.sent >= sent + FRAMES)
        with self.wire.lock:
            self.wire.device.take()


class LanEdge:
    """The edge of a counter: one reader per terminal, and the service that tills ask."""

    def __init__(self, origins, terminals, **settings):
        self.readers = {terminal: CardReader() for terminal in terminals}
        self._settings = {"port": 0, "origins": tuple(origins), **settings}
        self._stack = contextlib.ExitStack()
        self.service = None

    def __enter__(self):
        with contextlib.ExitStack() as stack:
            lines = {name: stack.enter_context(reader).url for name, reader in self.readers.items()}
            feed = ReaderFeed(
                "Canteen 1",
                {
                    name: lambda port, sink, url=url: SerialPort(port, sink, Rdm6300(), url)
                    for name, url in lines.items()
                },
            )
            feed.start()
            stack.callback(feed.stop)
            self._feed = feed
            self._stack = stack.pop_all()
        self.switch_on()
        return self

    def __exit__(self, *_exception):
        self.switch_off()
        self._stack.close()

    def switch_on(self):
        """Serve; the same port again after ``switch_off``."""
        self.service = LanServer(LanConfig(**self._settings), self._feed)
        self.service.start()
        self._settings["port"] = self.service.port

    def switch_off(self):
        """The service goes away, as when its machine restarts."""
        self.service.stop()

    @property
    def address(self):
        return f"http://127.0.0.1:{self.service.port}"

    def listening(self, terminal):
        """How many tills wait for a scan of the terminal."""
        return self.service.routes.desk(terminal).waiting()
