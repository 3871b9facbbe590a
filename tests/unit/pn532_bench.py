"""The host's side of a PN532 and a simulated module, joined without a wire."""

from campus_edge.protocols import base
from campus_edge.protocols.base import ReaderState
from campus_edge.protocols.pn532 import Pn532
from campus_edge.simulators.pn532 import Pn532Module


class Bench:
    """Decoder and module joined without a wire, on a clock of their own; ``spoil`` harms the way back."""

    def __init__(self, module=None, spoil=lambda data: data, **options):
        self.decoder, self.module, self.spoil = Pn532(**options), module or Pn532Module(), spoil
        self.now_ms, self.events, self.written = 0, [], b""

    def put(self, card):
        """Lay a card there; the first one when the reader is ready."""
        while base.READY not in self.states() and self.now_ms < 5000:
            self.run(5)
        self.module.put(card)

    def run(self, for_ms):
        end = self.now_ms + for_ms
        while self.now_ms < end:
            out = self.decoder.poll(self.now_ms)
            self.written += out
            back = (self.module.feed(out) if out else b"") + self.module.poll(self.now_ms)
            self.events += self.decoder.feed(self.spoil(back) if back else b"")
            self.now_ms += 5
        return self.events

    def states(self):
        return [event.state for event in self.events if isinstance(event, ReaderState)]
