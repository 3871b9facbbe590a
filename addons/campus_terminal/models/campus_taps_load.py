import datetime as dt
from collections import namedtuple

from odoo import api, models
from odoo.addons.campus_card.campus_core import card_state, errors, number
from odoo.addons.campus_card.campus_core.credentials import uid
from odoo.addons.campus_card.campus_core.taps import journal_chain, wire
from odoo.addons.campus_card.campus_core.taps.charge import Key, Place, Terms
from odoo.addons.campus_card.campus_core.taps.told import Caps
from odoo.addons.campus_card.db.prepared import Statement, array
from odoo.addons.campus_card.models.campus_ledger_wallets import LOCK_POCKETS, TERMS_COLUMNS

from .. import card_memory

Known = namedtuple(
    "Known",
    "outcome code amount_minor balance_minor numbers journal seq mark card_id purpose mode terminal_id"
    " credential at_ms company_id edge_id",
)
_KNOWN = Statement(
    "taps_known",
    """SELECT uuid::text, kind, outcome, code, amount_minor, balance_minor, numbers, journal::text,
              seq, replace(mark::text, '-', ''), card_id, purpose, mode, terminal_id, credential,
              (EXTRACT(EPOCH FROM occurred_at) * 1000)::bigint, company_id, edge_id
         FROM campus_tap WHERE uuid = ANY(%s)""",
)
_CARDS = {
    by: Statement(
        f"cards_by_{by}",
        f"""SELECT card.{by}, card.id, card.wallet_id, card.state, card.valid_from, card.valid_until,
                   holder.campus_valid_from, holder.campus_valid_until, holder.name, {TERMS_COLUMNS}
              FROM campus_card card
              JOIN res_partner holder ON holder.id = card.partner_id
              JOIN campus_wallet wallet ON wallet.id = card.wallet_id
             WHERE card.{by} = ANY(%s) AND card.company_id = %s""",
    )
    for by in ("id", "uid", "number")
}
# Another batch may have been waited for: a row without a wallet says that a card, its holder or its wallet
# is no longer what it was when this one began.
_LOCK = Statement(
    "taps_lock",
    f"""WITH locked AS MATERIALIZED ({LOCK_POCKETS})
        SELECT * FROM locked
         UNION ALL
        SELECT NULL, NULL, NULL, NULL, NULL, NULL, NULL
         WHERE campus_snapshot_outdated(%s, %s, %s, %s)""",
)


class CampusTapsLoad(models.AbstractModel):
    """Reading what a batch is decided with: terminals, cards, pockets, what came before."""

    _inherit = "campus.taps"

    @api.model
    def _load(self, order):
        frame = order.frame
        order.used_up = self._used_up_codes()
        order.good_once = tuple(f"{kind}:" for kind in order.used_up)
        order.places = {code: Place._make(values) for code, *values in frame.terminals or ()}
        closed_until = dt.date.fromisoformat(frame.closed_until) if frame.closed_until else None
        order.book = self.env["campus.ledger"]._book_of_today(frame.tz, closed_until)
        history = tuple(Caps._make(values) for values in frame.history or ())
        order.terms = Terms(order.book.today, order.now_ms, frame.uid_limit_minor, history)
        if order.is_careful or self._may_be_known(order.batch):
            self._load_known(order)
        self._sort_out(order)
        entries = [order.batch.entries[index] for index in order.fresh]
        self._load_keys(order, entries)
        self._prepare(order)
        if order.is_careful:
            order.taken = self._taken(entries)
        self._load_wallets(order, entries)

    @staticmethod
    def _may_be_known(batch):
        """Say whether the batch itself shows that the server may have something of it: numbers up to
        the head, or the ends of taps."""
        return batch.fresh_from > 0 or any(entry.kind == wire.FINAL for entry in batch.entries)

    @api.model
    def _load_known(self, order):
        rows = _KNOWN.rows(self.env.cr, array(entry.uuid for entry in order.batch.entries))
        for uuid, kind, *values in rows:
            order.known[uuid, kind] = Known._make(values)

    @api.model
    def _sort_out(self, order):
        """Split the batch: what is known is answered as before, the rest is fresh.

        Numbers up to the head that the server has no tap for fill a gap, or they are a fork.
        """
        batch, seen = order.batch, {}
        for index, entry in enumerate(batch.entries):
            known = order.known.get((entry.uuid, entry.kind)) if order.known else None
            if known is not None:
                if index < batch.fresh_from and known.journal == batch.journal:
                    self._check_same(order, index, known)
                order.answers[index] = self._answer_again(order, index, known)
                continue
            first = seen.setdefault((entry.uuid, entry.kind), index)
            if first != index:
                order.twice[index] = first
                continue
            if entry.kind == wire.FINAL and not self._may_end(order, entry, seen):
                self._refuse_end(order, index)
                continue
            if index < batch.fresh_from and not self._fills_gap(order, entry):
                self._refuse_fork(order)
            order.fresh.append(index)

    @api.model
    def _may_end(self, order, entry, seen):
        """Hook: say whether a final is about a tap as the server has it; ``seen``: ``{(uuid, kind): index}``."""
        return True

    @api.model
    def _refuse_end(self, order, index):
        """Hook: answer a final that may not end its tap; raises where nothing says how."""
        raise NotImplementedError

    @api.model
    def _check_same(self, order, index, known):
        same = (order.batch.entries[index].seq, self._mark(order.batch.hashes[index]))
        if (known.seq, known.mark) != same:
            self._refuse_fork(order)

    @staticmethod
    def _mark(chain_hash):
        """The stored part of a chain hash: as much as a uuid holds."""
        return chain_hash[:32]

    @api.model
    def _fills_gap(self, order, entry):
        """Say whether the entry's number was missing; the gaps of the journal are read once per batch."""
        if order.gaps is None:
            self.env.cr.execute(
                """SELECT first_seq, last_seq FROM campus_tap_review
                    WHERE edge_id = %s AND reason = 'gap' AND journal = %s AND filled IS NOT TRUE
                      AND first_seq <= %s AND last_seq >= %s""",
                [
                    order.edge.id,
                    order.batch.journal,
                    order.batch.entries[-1].seq,
                    order.batch.entries[0].seq,
                ],
            )
            order.gaps = journal_chain.Ranges(self.env.cr.fetchall())
        return entry.seq in order.gaps

    @api.model
    def _load_keys(self, order, entries):
        """``order.keys``: credential -> Key or refusal code; ``order.cards``: card id -> Key."""
        by_kind = {}
        for credential in {entry.credential: None for entry in entries}:
            kind, _colon, text = credential.partition(":")
            by_kind.setdefault(kind, {})[text] = credential
        for kind, texts in by_kind.items():
            resolve = getattr(self, f"_resolve_{kind}", None) if kind in self._credential_kinds() else None
            if resolve is None:
                order.keys.update(dict.fromkeys(texts.values(), errors.CREDENTIAL_MALFORMED))
                continue
            for text, key in resolve(order, list(texts)).items():
                order.keys[texts[text]] = key

    @api.model
    def _credential_kinds(self):
        """Kinds of credentials that ``_resolve_<kind>(order, texts) -> {text: Key or code}`` exist for."""
        return {"uid", "number"}

    @api.model
    def _used_up_codes(self):
        """``{kind of credential that is good once: code for the second tap with it}``."""
        return {}

    @api.model
    def _key_of(self, order, entry):
        """The card of an entry, or the refusal code of its credential at this reader."""
        return order.keys.get(entry.credential, errors.UNKNOWN_CARD)

    @api.model
    def _resolve_uid(self, order, texts):
        found, memory = {}, order.memory
        if memory:
            found, texts = memory.look_up(texts)
        uids = [text for text in texts if self._is_uid(text)]
        if uids:
            read = self._find_cards(order, "uid", uids)
            found |= read
            if memory:
                memory.keep(order.frame.snapshot, read)
        return found

    @staticmethod
    def _is_uid(text):
        return text.isalnum() and text.isascii() and len(text) // 2 in uid.SIZES

    @api.model
    def _resolve_number(self, order, texts):
        forms = {text: number.normalise(text) for text in texts}
        found = self._find_cards(order, "number", forms.values())
        return {text: found[form] for text, form in forms.items() if form in found}

    @api.model
    def _find_cards(self, order, by, values):
        """``{value: Key}``; of several cards those that pay win over others.

        ``by``: ``id`` or ``uid``, both as texts without special characters, or ``number``, any texts.
        """
        wanted = list(values) if by == "number" else array(values)
        found = {}
        for name, *row in _CARDS[by].rows(self.env.cr, wanted, order.edge.company_id):
            key = Key._make(row)
            if name not in found or self._rank(key) > self._rank(found[name]):
                found[name] = key
        return found

    @staticmethod
    def _rank(key):
        return key.state == card_state.PAYS, key.state in card_state.IN_USE, key.card_id

    @api.model
    def _taken(self, entries):
        """Ids of the batch under which money has moved or is held that does not come from taps."""
        uuids = [entry.uuid for entry in entries]
        self.env.cr.execute(
            """SELECT uuid::text FROM campus_transfer WHERE uuid = ANY(%s::uuid[])
                UNION SELECT uuid::text FROM campus_reservation WHERE uuid = ANY(%s::uuid[])
                UNION SELECT uuid::text FROM campus_posting WHERE uuid = ANY(%s::uuid[])""",
            [uuids, uuids, uuids],
        )
        return {row[0] for row in self.env.cr.fetchall()}

    @api.model
    def _load_wallets(self, order, entries):
        keys = [key for key in (*order.keys.values(), *order.cards.values()) if isinstance(key, Key)]
        wallet_ids = sorted({key.wallet_id for key in keys})
        if not wallet_ids:
            return
        if any(entry.mode == wire.TOLD and entry.outcome == wire.GRANTED for entry in entries):
            # Goods that are gone are charged in any case: what is missing needs a debt account.
            self.env["campus.wallet"]._ensure_debt_accounts(wallet_ids)
        self._lock_wallets(order, keys)
        self._load_told(order, entries, keys)

    @api.model
    def _load_told(self, order, entries, keys):
        """Hook: read what told charges are measured by."""

    @api.model
    def _lock_wallets(self, order, keys):
        ledger, frame = self.env["campus.ledger"], order.frame
        plans = ledger._to_plans(frame.plans)
        wallets = {key.wallet_id: ledger._to_wallet(key.wallet_id, *key.wallet_terms) for key in keys}
        cards = {key.card_id for key in keys}
        looked = (order.edge.company_id, array(cards), frame.snapshot, frame.seen)
        rows = _LOCK.rows(self.env.cr, array(wallets), *looked)
        if rows and rows[-1][0] is None:
            raise card_memory.Outdated
        ledger._fill_wallets(wallets, rows, plans)
        ledger._add_wallets(order.book, wallets.values())
