"""The clocks of a machine, for tests of the edge's."""

from campus_edge.clock.clock import Clock

NOW = 1_790_000_000_000
HOUR = 3_600_000
DAY = 24 * HOUR
YEAR = 365 * DAY


class Machine:
    """The clocks of a machine: one that can be set, one that only goes on."""

    def __init__(self, system_ms=NOW, elapsed_ms=5_000):
        self.system_ms, self.elapsed_ms, self.is_synchronised = system_ms, elapsed_ms, False

    def wait(self, ms):
        self.system_ms += ms
        self.elapsed_ms += ms

    def clock(self):
        return Clock(None, lambda: self.system_ms, lambda: self.elapsed_ms, lambda: self.is_synchronised)

    def hear(self, clock, server_ms):
        """An answer of the server that took no time."""
        clock.learn(server_ms, self.elapsed_ms, self.elapsed_ms)
