from odoo.addons.campus_card.campus_core import errors
from odoo.addons.campus_card.campus_core.taps import charge, told, wire

from .known_taps import has_cost

_OF_TAPS = (wire.TAP, wire.FINAL)
# The id is another tap's, or other money's: somebody looks at it.
CONFLICT = charge.Decision(wire.REFUSED, errors.CONFLICT, review=(errors.CONFLICT,))


class Decider:
    """Decides the lines of a batch, one after the other, over its book; reads and writes nothing.

    After :meth:`run`: ``decided``: ``[(Line, Decision)]``; ``later``: ids of charges that are to be taken back.
    ``hour``: the edge's ``UidHour``, which is counted on.
    """

    def __init__(self, loaded, hour):
        self._lines, self._known, self._taken = loaded.lines, loaded.known, loaded.taken
        self._book, self._risk, self._hour = loaded.book, loaded.risk, hour
        self._ends, self._history = loaded.ends, loaded.terms.history
        # the batch's own decisions, by tap
        self._verdicts = {}
        self.decided, self.later = [], []

    def run(self):
        """Decide all lines; returns itself."""
        known, verdicts, decided = self._known, self._verdicts, self.decided
        for line in self._lines:
            uuid = line.entry.uuid
            if line.entry.kind not in _OF_TAPS:
                decided.append((line, self._conclude(line)))
                continue
            ended = known.get((uuid, wire.FINAL)) or verdicts.get(uuid)
            if line.entry.kind == wire.FINAL:
                decision = self._decide_final(line)
            elif ended:
                decision = self._decide_ended(line, ended)
            else:
                decision = CONFLICT if uuid in self._taken else self._conclude(line)
            verdicts.setdefault(uuid, decision)
            decided.append((line, decision))
        return self

    def _conclude(self, line):
        return charge.conclude(self._book, line.judged, self._risk, self._hour)

    def _decide_ended(self, line, ended):
        """A tap that comes after its end was told, before or in this batch: that has said what it cost."""
        if not self._ends.is_ended_by(line.entry, self._lines):
            return CONFLICT
        return charge.Decision(ended.outcome, ended.code, line.entry.amount_minor)

    def _decide_final(self, line):
        """What an edge has told its reader when the server's answer did not come in time.

        Granted though nothing was charged: charge. Refused though it was charged: take it back. That
        this is the end of that tap was seen before; where it comes too late, somebody decides.
        """
        entry = line.entry
        tap = self._known.get((entry.uuid, wire.TAP)) or self._verdicts.get(entry.uuid)
        if tap is None and entry.uuid in self._taken:
            return CONFLICT
        if entry.purpose != wire.PAY and entry.outcome == wire.GRANTED:
            return self._conclude(line)
        if entry.purpose != wire.PAY or (entry.outcome == wire.GRANTED) == has_cost(tap):
            return charge.Decision(entry.outcome, entry.code or charge.OK, entry.amount_minor)
        is_late = self._ends.is_late(entry, self._lines, self._history)
        if entry.outcome == wire.GRANTED:
            if is_late and isinstance(line.judged, charge.Pending):
                return charge.hold(line.judged.post.amount_minor, told.Held(told.LATE_FINAL))
            return self._conclude(line)
        if is_late:
            return charge.Decision(wire.REFUSED, errors.HELD, tap.amount_minor, review=(told.LATE_FINAL,))
        self.later.append(entry.uuid)
        return charge.Decision(wire.REFUSED, entry.code or errors.ABANDONED, tap.amount_minor)
