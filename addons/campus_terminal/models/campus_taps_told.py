import datetime as dt

import orjson
from odoo import api, models
from odoo.addons.campus_card.campus_core import errors
from odoo.addons.campus_card.campus_core.taps import charge, told, wire
from odoo.addons.campus_card.campus_core.taps.charge import Key
from odoo.addons.campus_card.db.prepared import Statement, array
from odoo.addons.campus_card.models.campus_ledger_wallets import TERMS_COLUMNS

# Clocks of edges that may sign a request differ by two minutes: an ask that is older was not waited for.
LATE_MS = 240_000
MS = "(EXTRACT(EPOCH FROM {}) * 1000)::bigint"
# Cards by their ids and by the UIDs they have or had, with the times of those, and what lists say of them.
_CARDS = Statement(
    "taps_told_cards",
    f"""SELECT held.uid, {MS.format("held.since")}, {MS.format("held.until")},
              card.id, card.wallet_id, card.state, card.valid_from, card.valid_until,
              holder.campus_valid_from, holder.campus_valid_until, holder.name, {TERMS_COLUMNS},
              mark.changed_version, COALESCE(wallet.limit_purchase_minor, 0), chip.id IS NOT NULL
         FROM campus_card card
         LEFT JOIN campus_snapshot_card mark ON mark.card_id = card.id
         LEFT JOIN campus_chip chip ON chip.company_id = card.company_id AND chip.uid = card.uid
         JOIN res_partner holder ON holder.id = card.partner_id
         JOIN campus_wallet wallet ON wallet.id = card.wallet_id
         LEFT JOIN campus_card_uid held ON held.card_id = card.id AND held.uid = ANY(%s)
        WHERE card.company_id = %s
          AND card.id = ANY(%s::int[] || ARRAY(SELECT card_id FROM campus_card_uid WHERE uid = ANY(%s)))""",
)
# What an edge has had of leases and has charged on its own word lately, and what holders owe.
_RISK = Statement(
    "taps_told_risk",
    """SELECT json_build_array(
           (SELECT json_agg(json_build_array(uuid, card_id, wallet_id, minor, is_open))
              FROM (SELECT uuid::text, card_id, wallet_id, sum(amount_minor) AS minor,
                           bool_or(state = 'open') AS is_open
                      FROM campus_reservation
                     WHERE origin = %s AND purpose = 'lease'
                       AND (state = 'open' OR (close_reason = 'spent' AND closed_at > %s))
                     GROUP BY uuid, card_id, wallet_id) AS lease),
           (SELECT json_agg(json_build_array(card_id, minor))
              FROM (SELECT card_id, sum(amount_minor) AS minor FROM campus_tap
                     WHERE edge_id = %s AND received_at > %s AND mode = 'told' AND purpose = 'pay'
                       AND outcome = 'granted' AND code = 'ok' AND balance_minor IS NOT NULL
                     GROUP BY card_id) AS spent),
           (SELECT json_agg(json_build_array(wallet_id, minor))
              FROM (SELECT debt.wallet_id, sum(CASE WHEN transfer.debit_account_id = debt.id
                                                    THEN transfer.amount_minor
                                                    ELSE -transfer.amount_minor END) AS minor
                      FROM campus_account debt
                      JOIN campus_transfer transfer ON transfer.wallet_id = debt.wallet_id
                       AND debt.id IN (transfer.debit_account_id, transfer.credit_account_id)
                     WHERE debt.kind = 'debt' AND debt.wallet_id = ANY(%s)
                     GROUP BY debt.wallet_id) AS owed))::text""",
)


class CampusTapsTold(models.AbstractModel):
    """What an edge says on its own word: whose card that was, and how much of it is believed."""

    _inherit = "campus.taps"

    # -- whose card it was -----------------------------------------------------

    @api.model
    def _load_keys(self, order, entries):
        res = super()._load_keys(order, entries)
        dated = [entry for entry in entries if self._is_dated(order, entry)]
        order.has_dated = bool(dated)
        if dated:
            self._load_dated(order, dated)
        return res

    @staticmethod
    def _is_dated(order, entry):
        """Say whether the entry is about a moment that is over, at which a UID may have been another card's."""
        return entry.mode == wire.TOLD or entry.at_ms < order.now_ms - LATE_MS

    @api.model
    def _load_dated(self, order, entries):
        uids = {entry.credential[4:] for entry in entries if entry.credential.startswith("uid:")}
        uids = array(uid for uid in uids if self._is_uid(uid))
        named = {self._named_card(order, entry) for entry in entries} - {None}
        rows = _CARDS.rows(self.env.cr, uids, order.edge.company_id, array(named), uids)
        for uid, since_ms, until_ms, *values, version, floor_minor, is_proven in rows:
            key = Key._make(values)
            order.cards[key.card_id] = key
            if version is not None:
                hidden = is_proven and order.frame.chip_required
                order.listed[key.card_id] = told.Listed(version, floor_minor, hidden)
            if uid:
                holding = told.Holding(key.card_id, since_ms, until_ms)
                order.holdings.setdefault(f"uid:{uid}", []).append(holding)

    @staticmethod
    def _named_card(order, entry):
        """Id of the card that a told entry is about beyond its credential, which may be good only once:
        the card of the tap that it is the end of, or the one that the edge has let through."""
        first = order.known.get((entry.uuid, wire.TAP)) if entry.kind == wire.FINAL else None
        if first and first.card_id:
            return first.card_id
        return entry.card if entry.mode == wire.TOLD else None

    @api.model
    def _key_of(self, order, entry):
        """The card of an entry, or the refusal code of its credential."""
        key = super()._key_of(order, entry)
        if not order.has_dated or not self._is_dated(order, entry):
            return key
        if entry.credential.startswith("uid:"):
            key = self._holder_then(order, entry, key)
        if entry.mode != wire.TOLD:
            # an ask is no older for what its edge says of the time: chips must speak all the same
            return errors.SUN_NEEDED if self._is_uid_hidden(order, entry, key) else key
        named = order.cards.get(self._named_card(order, entry))
        if entry.purpose != wire.PAY or self._is_proven_end(order, entry):
            return named or key
        # of two cards it is the one that the credential shows, and nothing is charged before a look at it
        return key if isinstance(key, Key) else named or key

    @staticmethod
    def _is_uid_hidden(order, entry, key):
        """Say whether the entry shows nothing but the UID of a chip that has to prove itself."""
        listed = order.listed.get(key.card_id) if isinstance(key, Key) else None
        return bool(listed and listed.is_uid_hidden and entry.credential.startswith("uid:"))

    @api.model
    def _holder_then(self, order, entry, key):
        """The card that had the UID at the time of the entry; one that was only ever one card's is
        that card's (but not shown for a charge, see :meth:`_is_shown`)."""
        holdings = order.holdings.get(entry.credential, ())
        card_id = told.holder_at(holdings, entry.at_ms)
        if card_id is None and len({row.card for row in holdings}) == 1:
            return key
        return order.cards.get(card_id, errors.UNKNOWN_CARD)

    @staticmethod
    def _is_proven_end(order, entry):
        """Say whether this is the end of a tap whose credential the server has believed."""
        first = order.known.get((entry.uuid, wire.TAP)) if entry.kind == wire.FINAL else None
        return bool(first and first.card_id)

    @api.model
    def _is_shown(self, order, entry, key):
        """Say whether the credential of a told entry leads to the card that is to pay."""
        if self._is_proven_end(order, entry):
            return True
        shown = self._shown_card(order, entry)
        return shown == key.card_id and entry.card in (None, shown)

    @api.model
    def _shown_card(self, order, entry):
        """Id of the card that the credential shows by itself, None where it shows none."""
        if entry.credential.startswith("uid:"):
            return told.holder_at(order.holdings.get(entry.credential, ()), entry.at_ms)
        if entry.credential.startswith(charge.NUMBER):
            return None
        return getattr(order.keys.get(entry.credential), "card_id", None)

    # -- the end of a tap ------------------------------------------------------

    @api.model
    def _may_end(self, order, entry, seen):
        """Say whether a final is about a tap as the server has it; of one that it has not, it is the tap."""
        final = self._stated(order, entry)
        known = order.known.get((entry.uuid, wire.TAP))
        if known:
            return told.may_end(final, self._stated_before(known))
        if (entry.uuid, wire.TAP) not in seen:
            return True
        tap = order.batch.entries[seen[entry.uuid, wire.TAP]]
        same = (tap.terminal, tap.credential) == (entry.terminal, entry.credential)
        return same and told.may_end(final, self._stated(order, tap))

    @api.model
    def _is_ended_by(self, order, line):
        """Say whether the end that came before a tap, stored or in this batch, may be the end of that tap."""
        entry = line.entry
        known = order.known.get((entry.uuid, wire.FINAL))
        if known:
            return told.may_end(self._stated_before(known), self._stated(order, entry))
        final = next(
            other.entry
            for other in order.lines
            if (other.entry.uuid, other.entry.kind) == (entry.uuid, wire.FINAL)
        )
        same = (final.terminal, final.credential) == (entry.terminal, entry.credential)
        return same and told.may_end(self._stated(order, final), self._stated(order, entry))

    @api.model
    def _stated(self, order, entry):
        place, edge = order.places.get(entry.terminal), order.edge
        return told.Stated(
            edge.id, edge.company_id, entry.mode, entry.purpose, self._masked(entry), place and place.id,
            entry.card, entry.amount_minor,
        )  # fmt: skip

    @staticmethod
    def _stated_before(known):
        return told.Stated(
            known.edge_id, known.company_id, known.mode, known.purpose, known.credential,
            known.terminal_id, known.card_id, known.amount_minor,
        )  # fmt: skip

    @api.model
    def _refuse_end(self, order, index):
        """Who knows the id of a tap does not say what became of it: a conflict, for eyes."""
        entry = order.batch.entries[index]
        order.conflicts.append(entry)
        order.answers[index] = self._present(entry, charge.Decision(wire.REFUSED, errors.CONFLICT))

    @api.model
    def _is_late_end(self, order, entry):
        known = order.known.get((entry.uuid, wire.TAP))
        firsts = (line.entry for line in order.lines if line.entry.uuid == entry.uuid)
        first_ms = known.at_ms if known else next(firsts).at_ms
        return told.is_late_end(entry.at_ms, first_ms, order.now_ms, order.terms.history)

    # -- how much is believed --------------------------------------------------

    @api.model
    def _load_told(self, order, entries, keys):
        """What told charges are measured by; what was set aside for them is given back, as they are here."""
        if not any(entry.mode == wire.TOLD and entry.purpose == wire.PAY for entry in entries):
            return
        window_s = max((caps.snapshot_age_s for caps in order.terms.history[-1:]), default=0)
        since = dt.datetime.fromtimestamp(order.now_ms / 1000 - window_s, dt.timezone.utc).replace(
            tzinfo=None
        )
        origin = f"campus.edge,{order.edge.id}"
        wallets = self._told_wallets(order)
        values = (origin, since, order.edge.id, since, array(self._maybe_short(order)))
        leases, spent, debts = orjson.loads(_RISK.one(self.env.cr, *values)[0])
        allowed = {}
        for _uuid, card_id, _wallet_id, minor, _is_open in leases or ():
            allowed[card_id] = allowed.get(card_id, 0) + minor
        order.risk = told.Risk(dict(spent or ()), allowed, order.frame.debt_limit_minor)
        here = [
            uuid
            for uuid, _card, wallet_id, _minor, is_open in leases or ()
            if is_open and wallet_id in wallets
        ]
        if here:
            self.env["campus.ledger"]._release([{"uuid": uuid, "reason": "spent"} for uuid in here])
            self.env["campus.snapshot"]._mark(self.env["campus.edge"].browse(order.edge.id))
            self._lock_wallets(order, keys)
        for wallet_id, minor in debts or ():
            order.book.wallets[wallet_id].debt_minor = minor

    @api.model
    def _told_wallets(self, order):
        """Wallets that told sales are to be charged to: not those of taps that have cost something already."""
        return {
            line.judged.wallet_id
            for line in order.lines
            if isinstance(line.judged, charge.Pending)
            and line.judged.caps is not None
            and not self._has_cost(order.known.get((line.entry.uuid, wire.TAP)))
        }

    @api.model
    def _maybe_short(self, order):
        """Wallets that this batch may ask for more than they have."""
        posts = [
            line.judged.post
            for line in order.lines
            if isinstance(line.judged, charge.Pending) and line.judged.post
        ]
        asked, short = {}, set()
        for post in posts:
            asked[post.wallet_id] = asked.get(post.wallet_id, 0) + post.amount_minor
        for post in posts:
            if post.settle and asked[post.wallet_id] > told.usable_minor(order.book, post):
                short.add(post.wallet_id)
        return short
