from odoo.addons.campus_card.campus_core import errors
from odoo.addons.campus_card.campus_core.taps import rules, told, wire
from odoo.addons.campus_card.campus_core.taps.resolved import ResolvedCard
from odoo.addons.campus_card.db.prepared import Statement, array
from odoo.addons.campus_card.ledger.wallets import MOST_AT_ONCE, TERMS_COLUMNS

from .cards import is_uid

MS = "(EXTRACT(EPOCH FROM {}) * 1000)::bigint"
# Cards by their ids and by the UIDs they have or had, with the times of those, and what lists say of them.
_CARDS = Statement(
    "taps_told_cards",
    f"""SELECT period.uid, {MS.format("period.since")}, {MS.format("period.until")},
              card.id, card.wallet_id, card.state, card.valid_from, card.valid_until,
              holder.campus_valid_from, holder.campus_valid_until, holder.name, {TERMS_COLUMNS},
              mark.changed_version, {MOST_AT_ONCE}, chip.id IS NOT NULL
         FROM campus_card card
         LEFT JOIN campus_snapshot_card mark ON mark.card_id = card.id
         LEFT JOIN campus_chip chip ON chip.company_id = card.company_id AND chip.uid = card.uid
         JOIN res_partner holder ON holder.id = card.partner_id
         JOIN campus_wallet wallet ON wallet.id = card.wallet_id
         LEFT JOIN campus_card_uid period ON period.card_id = card.id AND period.uid = ANY(%s)
        WHERE card.company_id = %s
          AND card.id = ANY(%s::int[] || ARRAY(SELECT card_id FROM campus_card_uid WHERE uid = ANY(%s)))""",
)


class Dated:
    """Whose card it was: entries about a moment that is over, at which a UID may have been another card's.

    ``cards``: ``{card id: ResolvedCard}`` of all cards that such entries may be about. ``listed``: ``{card id:
    told.Listed}``, how lists state them. ``resolved``: ``{credential: ResolvedCard or code}`` as of now.
    """

    def __init__(self, cr, batch, frame, known, resolved):
        self._cr, self._batch, self._frame, self._known = cr, batch, frame, known
        self._resolved = resolved
        self._periods = {}
        self.cards, self.listed = {}, {}

    def load(self, entries):
        """Read the cards of ``entries``, in one statement."""
        uids = {entry.credential[4:] for entry in entries if entry.credential.startswith("uid:")}
        uids = array(uid for uid in uids if is_uid(uid))
        named = {self._named_card(entry) for entry in entries} - {None}
        rows = _CARDS.rows(self._cr, uids, self._batch.edge.company_id, array(named), uids)
        for uid, since_ms, until_ms, *values, version, floor_minor, is_proven in rows:
            card = ResolvedCard._make(values)
            self.cards[card.card_id] = card
            if version is not None:
                hidden = is_proven and self._frame.chip_required
                self.listed[card.card_id] = told.Listed(version, floor_minor, hidden)
            if uid:
                period = told.UidPeriod(card.card_id, since_ms, until_ms)
                self._periods.setdefault(f"uid:{uid}", []).append(period)

    def card_of(self, entry, resolved):
        """Return the card of a dated entry, or a refusal code; ``resolved`` is what its credential means now."""
        if entry.credential.startswith("uid:"):
            resolved = self._card_then(entry, resolved)
        if entry.mode != wire.TOLD:
            # an ask is no older for what its edge says of the time: chips must speak all the same
            return errors.SUN_NEEDED if self._is_uid_hidden(entry, resolved) else resolved
        named = self.cards.get(self._named_card(entry))
        if entry.purpose != wire.PAY or self._is_proven_end(entry):
            return named or resolved
        # of two cards it is the one that the credential shows, and nothing is charged before a look at it
        return resolved if isinstance(resolved, ResolvedCard) else named or resolved

    def is_shown(self, entry, resolved):
        """Say whether the credential of a told entry leads to the card that is to pay."""
        if self._is_proven_end(entry):
            return True
        shown = self._shown_card(entry)
        return shown == resolved.card_id and entry.card in (None, shown)

    def _named_card(self, entry):
        """Id of the card that a told entry is about beyond its credential, which may be good only once:
        the card of the tap that it is the end of, or the one that the edge has let through."""
        first = self._first(entry)
        if first and first.card_id:
            return first.card_id
        return entry.card if entry.mode == wire.TOLD else None

    def _first(self, entry):
        """The stored tap that ``entry`` is the end of, if it is."""
        return self._known.get((entry.uuid, wire.TAP)) if entry.kind == wire.FINAL else None

    def _is_uid_hidden(self, entry, resolved):
        """Say whether the entry shows nothing but the UID of a chip that has to prove itself."""
        listed = self.listed.get(resolved.card_id) if isinstance(resolved, ResolvedCard) else None
        return bool(listed and listed.is_uid_hidden and entry.credential.startswith("uid:"))

    def _card_then(self, entry, resolved):
        """The card that had the UID at the time of the entry; one that was only ever one card's is
        that card's (but not shown for a charge, see :meth:`is_shown`)."""
        periods = self._periods.get(entry.credential, ())
        card_id = told.card_at(periods, entry.at_ms)
        if card_id is None and len({row.card for row in periods}) == 1:
            return resolved
        return self.cards.get(card_id, errors.UNKNOWN_CARD)

    def _is_proven_end(self, entry):
        """Say whether this is the end of a tap whose credential the server has believed."""
        first = self._first(entry)
        return bool(first and first.card_id)

    def _shown_card(self, entry):
        """Id of the card that the credential shows by itself, None where it shows none."""
        if entry.credential.startswith("uid:"):
            return told.card_at(self._periods.get(entry.credential, ()), entry.at_ms)
        if entry.credential.startswith(rules.NUMBER):
            return None
        return getattr(self._resolved.get(entry.credential), "card_id", None)
