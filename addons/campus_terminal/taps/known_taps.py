from collections import namedtuple

from odoo.addons.campus_card.campus_core.credentials import credential
from odoo.addons.campus_card.campus_core.taps import charge, told, wire
from odoo.addons.campus_card.db.prepared import Statement, array

# A tap as it is stored; ``chain_hash``: 32 hex digits of its chain hash; ``at_ms``: milliseconds since 1970.
Known = namedtuple(
    "Known",
    "outcome code amount_minor balance_minor numbers journal seq chain_hash card_id purpose mode terminal_id"
    " credential at_ms company_id edge_id",
)
_KNOWN = Statement(
    "taps_known",
    """SELECT uuid::text, kind, outcome, code, amount_minor, balance_minor, numbers, journal::text,
              seq, replace(chain_hash::text, '-', ''), card_id, purpose, mode, terminal_id, credential,
              (EXTRACT(EPOCH FROM occurred_at) * 1000)::bigint, company_id, edge_id
         FROM campus_tap WHERE uuid = ANY(%s)""",
)


def read_known(cr, entries):
    """Return ``{(uuid, kind): Known}``: what is stored of the taps of ``entries``, by whichever edge."""
    rows = _KNOWN.rows(cr, array(entry.uuid for entry in entries))
    return {(uuid, kind): Known._make(values) for uuid, kind, *values in rows}


def read_taken(cr, entries):
    """Return the ids of ``entries`` under which money has moved or is held that does not come from taps."""
    uuids = [entry.uuid for entry in entries]
    cr.execute(
        """SELECT uuid::text FROM campus_transfer WHERE uuid = ANY(%s::uuid[])
            UNION SELECT uuid::text FROM campus_reservation WHERE uuid = ANY(%s::uuid[])
            UNION SELECT uuid::text FROM campus_posting WHERE uuid = ANY(%s::uuid[])""",
        [uuids, uuids, uuids],
    )
    return {row[0] for row in cr.fetchall()}


def half_hash(chain_hash):
    """Return the stored part of a chain hash: as much as a uuid holds."""
    return chain_hash[:32]


def masked(entry):
    """Return the credential of an entry as it is stored: its kind and last characters."""
    return credential.mask(entry.credential)[:40]


def has_cost(tap):
    """Say whether a tap (as stored or decided, None without) was charged when it asked."""
    return tap is not None and tap.outcome == wire.GRANTED and tap.code == charge.OK


# -- the end of a tap ------------------------------------------------------------


class Ends:
    """Whether a ``final`` is the end of a tap, stored or in the same batch."""

    def __init__(self, batch, terminals, known):
        self._batch, self._terminals, self._known = batch, terminals, known

    def may_end(self, entry, tap):
        """Say whether a final is about a tap as the server has it.

        ``tap``: the entry of the tap in this batch, before the final; None without. Of a tap that nobody has
        heard of, the final is the tap.
        """
        known = self._known.get((entry.uuid, wire.TAP))
        if known:
            return told.may_end(self._stated(entry), _stated_before(known))
        return tap is None or self._may_end(entry, tap)

    def is_ended_by(self, entry, lines):
        """Say whether the end that came before the tap ``entry``, stored or in ``lines``, may be its end."""
        known = self._known.get((entry.uuid, wire.FINAL))
        if known:
            return told.may_end(_stated_before(known), self._stated(entry))
        finals = (line.entry for line in lines if line.entry.kind == wire.FINAL)
        return self._may_end(next(final for final in finals if final.uuid == entry.uuid), entry)

    def is_late(self, entry, lines, history):
        """Say whether the end of a tap comes too late to be believed; ``history``: caps, old ones first."""
        known = self._known.get((entry.uuid, wire.TAP))
        firsts = (line.entry for line in lines if line.entry.uuid == entry.uuid)
        first_ms = known.at_ms if known else next(firsts).at_ms
        return told.is_late_end(entry.at_ms, first_ms, self._batch.now_ms, history)

    def _may_end(self, final, tap):
        same = (tap.terminal, tap.credential) == (final.terminal, final.credential)
        return same and told.may_end(self._stated(final), self._stated(tap))

    def _stated(self, entry):
        terminal, edge = self._terminals.get(entry.terminal), self._batch.edge
        return told.Stated(
            edge.id, edge.company_id, entry.mode, entry.purpose, masked(entry), terminal and terminal.id,
            entry.card, entry.amount_minor,
        )  # fmt: skip


def _stated_before(known):
    return told.Stated(
        known.edge_id, known.company_id, known.mode, known.purpose, known.credential,
        known.terminal_id, known.card_id, known.amount_minor,
    )  # fmt: skip
