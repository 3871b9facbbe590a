"""An OSDP line for tests: our control panel, libosdp's readers, and whatever happens in between."""

import time

from campus_edge.protocols.base import Noise
from campus_edge.protocols.osdp import OsdpBus, ReaderConfig
from campus_edge.simulators.osdp_reader import OsdpReader

KEY = bytes(range(16))
OTHER_KEY = bytes(range(1, 17))
STEP_MS = 10


def same(data):
    return data


class Rig:
    """The panel's clock is ours and runs as fast as the machine can; libosdp keeps its own.

    ``to_readers`` and ``to_panel`` may change what is on the wire.
    """

    def __init__(self, *readers, **config):
        configs = [ReaderConfig(reader.address, **{"key": KEY, "relay": 0} | config) for reader in readers]
        self.readers, self.bus = readers, OsdpBus(configs)
        self.now_ms = 0
        self.events = []
        self.to_readers = self.to_panel = same
        self.wire = []

    def step(self):
        self.now_ms += STEP_MS
        heard = self.to_readers(self.bus.poll(self.now_ms))
        said = b""
        for reader in self.readers:
            answer = reader.feed(heard) if heard else reader.poll(self.now_ms)
            said += answer
        said = self.to_panel(said)
        self.wire += [data for data in (heard, said) if data]
        self.events += self.bus.feed(said)

    def run(self, duration_ms):
        for _ in range(duration_ms // STEP_MS):
            self.step()
        return self

    def until(self, done, limit_ms=30_000):
        end_ms = self.now_ms + limit_ms
        while not done():
            assert self.now_ms < end_ms, f"waited in vain: {self.events[-10:]}"
            self.step()
            # nothing is waited for: other threads get their turn
            time.sleep(0)
        return self

    def until_state(self, state, address=0):
        return self.until(lambda: self.bus.state(address) == state)

    def of(self, kind, address=0):
        return [event for at, event in self.events if at == address and isinstance(event, kind)]

    def noise(self, address=0):
        return {event.reason for event in self.of(Noise, address)}


def reader(address=0, key=KEY, **options):
    return OsdpReader(address, key, **options)
