"""Helpers of the edge's tests: events of a running port, sums of noise, chunks of bytes."""

import itertools
import time
from collections import Counter

from campus_edge.ports.base import EventQueue
from campus_edge.protocols.base import CardSeen, Noise

#: Far above what anything here takes, so that a busy machine is no failure.
PATIENCE_MS = 30_000


class Events(EventQueue):
    """A sink that can be waited on: ``until(CardSeen)`` gives the next event of that kind."""

    def __init__(self):
        super().__init__()
        self.past = []

    def until(self, kind, timeout_ms=PATIENCE_MS, **wanted):
        end = time.monotonic() + timeout_ms / 1000
        while (left := end - time.monotonic()) > 0:
            found = self.get(max(1, int(left * 1000)))
            if found is None:
                break
            self.past.append(found.event)
            if isinstance(found.event, kind) and all(getattr(found.event, k) == v for k, v in wanted.items()):
                return found.event
        raise AssertionError(f"no {kind.__name__} {wanted}, only {self.past[-12:]}")

    def drain(self):
        while (found := self.get(0)) is not None:
            self.past.append(found.event)
        return self.past


def cards(events):
    return [event.credential for event in events if isinstance(event, CardSeen)]


def noise(events):
    total = Counter()
    for event in events:
        if isinstance(event, Noise):
            total[event.reason] += event.count
    return total


def pieces(data, cuts):
    """Cut ``data`` at the given places, wherever these are."""
    places = sorted({cut % (len(data) + 1) for cut in cuts} | {0, len(data)})
    return [data[start:end] for start, end in itertools.pairwise(places)]
