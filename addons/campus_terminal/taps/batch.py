import time

from odoo.addons.campus_card.campus_core.taps import wire
from odoo.addons.campus_card.db import own_cursor

from .. import card_memory

# An edge may sign if its clock is wrong by two minutes at most, and nobody waits two minutes at a reader: an ask
# that is older than both together was sent after its reader had shown an answer.
LATE_MS = 240_000


class Batch:
    """What an edge has sent, as it came.

    ``edge``: named tuple or record with ``id`` and ``company_id`` (an int). ``sent``: the parsed
    ``journal_chain.Batch`` with its hashes. ``is_careful``: nothing is taken for granted, see
    ``campus.taps._take``. ``now_ms``: the server's clock, in milliseconds since 1970. ``memory``: the cards that
    this process remembers (None: it remembers none), as of its version ``since``.
    """

    __slots__ = ("edge", "is_careful", "memory", "now_ms", "sent", "since")

    def __init__(self, registry, edge, sent, is_careful):
        self.edge, self.sent, self.is_careful = edge, sent, is_careful
        self.now_ms = int(time.time() * 1000)
        self.memory = self.since = None
        if own_cursor.may_commit():
            # what is taken back must not be remembered
            self.memory = card_memory.of_company(registry, edge.company_id)
            self.since = self.memory.version

    def is_dated(self, entry):
        """Say whether the entry is about a moment that is over, at which a UID may have been another card's."""
        return entry.mode == wire.TOLD or entry.at_ms < self.now_ms - LATE_MS
