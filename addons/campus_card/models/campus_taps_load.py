from collections import namedtuple

from odoo import api, models

from ..campus_core import card_state, errors, journal_chain, uid, wire
from ..campus_core.ledger import Book
from ..campus_core.tap_charge import Key, Place, Terms
from .campus_ledger_load import Shelf

Known = namedtuple(
    "Known",
    "outcome code amount_minor balance_minor numbers journal seq mark card_id purpose mode terminal_id"
    " credential at_ms company_id",
)
# Most that one tap may charge without the server (0: no cap), and with a bare UID; chips must speak.
Settings = namedtuple("Settings", "offline_tap_minor uid_limit_minor chip_required")


class CampusTapsLoad(models.AbstractModel):
    """Reading what a batch is decided with: terminals, cards, pockets, what came before."""

    _inherit = "campus.taps"

    @api.model
    def _load(self, order, head, check_transfers):
        company = self.env["res.company"].browse(order.edge.company_id)
        ledger = self.env["campus.ledger"]
        ledger._lock_day(company)
        order.settings = self._load_settings(company)
        order.used_up = self._used_up_codes()
        self._load_known(order)
        self._load_places(order, order.batch.entries)
        self._sort_out(order, head)
        entries = [order.batch.entries[index] for index in order.fresh]
        self._load_keys(order, entries)
        self._prepare(order)
        order.taken = self._taken(entries) if check_transfers else frozenset()
        day = ledger._business_day(company)
        order.book = Book(day)
        order.terms = Terms(
            day, order.now_ms, order.settings.offline_tap_minor, order.settings.uid_limit_minor
        )
        self._load_wallets(order, entries, company)

    @api.model
    def _load_settings(self, company):
        """Three columns of the company; the ORM would read its two hundred for every batch."""
        self.env.cr.execute(
            """SELECT COALESCE(campus_offline_tap_minor, 0), COALESCE(campus_uid_limit_minor, 0),
                      COALESCE(campus_chip_required, FALSE)
                 FROM res_company WHERE id = %s""",
            [company.id],
        )
        return Settings(*self.env.cr.fetchone())

    @api.model
    def _load_known(self, order):
        uuids = [entry.uuid for entry in order.batch.entries]
        self.env.cr.execute(
            """SELECT uuid::text, kind, outcome, code, amount_minor, balance_minor, numbers, journal::text,
                      seq, mark::text, card_id, purpose, mode, terminal_id, credential,
                      (EXTRACT(EPOCH FROM occurred_at) * 1000)::bigint, company_id
                 FROM campus_tap WHERE uuid = ANY(%s::uuid[])""",
            ["{" + ",".join(uuids) + "}"],
        )
        for uuid, kind, *values in self.env.cr.fetchall():
            order.known[uuid, kind] = Known(*values)

    @api.model
    def _sort_out(self, order, head):
        """Split the batch: what is known is answered as before, the rest is fresh.

        Numbers up to the head that the server has no tap for fill a gap, or they are a fork.
        """
        batch = order.batch
        seen = {}
        for index, entry in enumerate(batch.entries):
            known = order.known.get((entry.uuid, entry.kind))
            if known is None and (entry.uuid, entry.kind) not in seen:
                if index < batch.fresh_from and not self._fills_gap(order, entry):
                    self._refuse_fork(order, head)
                seen[entry.uuid, entry.kind] = index
                order.fresh.append(index)
                continue
            if known is None:
                order.twice[index] = seen[entry.uuid, entry.kind]
                continue
            if index < batch.fresh_from and known.journal == batch.journal:
                self._check_same(order, head, index, known)
            order.answers[index] = self._answer_again(order, index, known)

    @api.model
    def _check_same(self, order, head, index, known):
        same = (order.batch.entries[index].seq, self._mark(order.batch.hashes[index]))
        if (known.seq, known.mark) != same:
            self._refuse_fork(order, head)

    @staticmethod
    def _mark(chain_hash):
        """The stored part of a chain hash, in the form of a uuid."""
        h = chain_hash
        return f"{h[:8]}-{h[8:12]}-{h[12:16]}-{h[16:20]}-{h[20:32]}"

    @api.model
    def _fills_gap(self, order, entry):
        """Say whether the entry's number was missing; the gaps of the journal are read once per batch."""
        if order.gaps is None:
            self.env.cr.execute(
                """SELECT first_seq, last_seq FROM campus_tap_review
                    WHERE edge_id = %s AND reason = 'gap' AND journal = %s
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
    def _load_places(self, order, entries):
        codes = {entry.terminal for entry in entries}
        self.env.cr.execute(
            """SELECT code, id, purpose, enabled, amount_mode, amount_minor, COALESCE(merchant_id, 0)
                 FROM campus_terminal WHERE edge_id = %s AND active AND code = ANY(%s)""",
            [order.edge.id, list(codes)],
        )
        order.places = {code: Place(*values) for code, *values in self.env.cr.fetchall()}

    @api.model
    def _load_keys(self, order, entries):
        """``order.keys``: credential -> Key or refusal code; ``order.cards``: card id -> Key."""
        by_kind = {}
        for entry in entries:
            kind, _colon, text = entry.credential.partition(":")
            by_kind.setdefault(kind, {}).setdefault(text, entry.credential)
        for kind, texts in by_kind.items():
            resolve = getattr(self, f"_resolve_{kind}", None) if kind in self._credential_kinds() else None
            if resolve is None:
                order.keys.update(dict.fromkeys(texts.values(), errors.CREDENTIAL_MALFORMED))
                continue
            for text, key in resolve(order, list(texts)).items():
                order.keys[texts[text]] = key
        named = {self._named_card(order, entry) for entry in entries} - {None}
        order.cards = self._find_cards(order, "card.id = ANY(%s)", [list(named)], 0) if named else {}

    @staticmethod
    def _named_card(order, entry):
        """Id of the card that an entry is about beyond its credential, which may be good only once:
        the card of the tap that it is the end of, or the one that the edge has let through."""
        first = order.known.get((entry.uuid, wire.TAP)) if entry.kind == wire.FINAL else None
        if first and first.card_id:
            return first.card_id
        return entry.card or None if entry.mode == wire.TOLD else None

    @api.model
    def _credential_kinds(self):
        """Kinds of credentials that ``_resolve_<kind>(order, texts) -> {text: Key or code}`` exist for."""
        return {"uid", "number"}

    @api.model
    def _resolve_uid(self, order, texts):
        return self._find_cards(
            order, "card.uid = ANY(%s)", ["{" + ",".join(filter(self._is_uid, texts)) + "}"], 1
        )

    @staticmethod
    def _is_uid(text):
        return text.isalnum() and text.isascii() and len(text) // 2 in uid.SIZES

    @api.model
    def _resolve_number(self, order, texts):
        return self._find_cards(order, "card.number = ANY(%s)", [texts], 2)

    @api.model
    def _find_cards(self, order, where, values, column):
        """``{id, UID or number (column 0, 1, 2): Key}``; cards that pay win over others."""
        self.env.cr.execute(
            f"""SELECT card.id, card.uid, card.number, card.wallet_id, card.state, card.valid_from,
                       card.valid_until, holder.campus_valid_from, holder.campus_valid_until, holder.name
                  FROM campus_card card JOIN res_partner holder ON holder.id = card.partner_id
                 WHERE {where} AND card.company_id = %s AND card.wallet_id IS NOT NULL
                 ORDER BY card.id""",
            [*values, order.edge.company_id],
        )
        found, rank = {}, {}
        for row in self.env.cr.fetchall():
            state = row[4]
            weight = (state == card_state.PAYS, state in card_state.IN_USE, row[0])
            name = row[column]
            if name not in found or weight > rank[name]:
                found[name], rank[name] = Key(row[0], *row[3:]), weight
        return found

    @api.model
    def _taken(self, entries):
        """Ids of the batch under which money has moved that did not come from taps."""
        self.env.cr.execute(
            "SELECT DISTINCT uuid::text FROM campus_transfer WHERE uuid = ANY(%s::uuid[])",
            [[entry.uuid for entry in entries]],
        )
        return {row[0] for row in self.env.cr.fetchall()}

    @api.model
    def _load_wallets(self, order, entries, company):
        keys = [key for key in (*order.keys.values(), *order.cards.values()) if isinstance(key, Key)]
        wallet_ids = sorted({key.wallet_id for key in keys})
        if not wallet_ids:
            return
        ledger = self.env["campus.ledger"]
        if any(entry.mode == wire.TOLD and entry.outcome == wire.GRANTED for entry in entries):
            # Goods that are gone are charged in any case: what is missing needs a debt account.
            self.env["campus.wallet"]._ensure_debt_accounts(wallet_ids)
        shelf = Shelf()
        shelf.company_of_wallet = dict.fromkeys(wallet_ids, company.id)
        shelf.books[company.id] = order.book
        pockets = ledger._load_pockets(wallet_ids, lock=True)
        if self._return_leases(order, entries, wallet_ids):
            pockets = ledger._load_pockets(wallet_ids, lock=True)
        ledger._read_wallets(shelf, pockets)

    @api.model
    def _return_leases(self, order, entries, wallet_ids):
        """Give back what was set aside for this edge's offline sales, now that they are here."""
        if not any(entry.mode == wire.TOLD and entry.purpose == wire.PAY for entry in entries):
            return False
        self.env.cr.execute(
            """SELECT DISTINCT uuid::text FROM campus_reservation
                WHERE state = 'open' AND purpose = 'lease' AND wallet_id = ANY(%s) AND origin = %s""",
            [wallet_ids, f"campus.edge,{order.edge.id}"],
        )
        leases = [{"uuid": row[0], "reason": "spent"} for row in self.env.cr.fetchall()]
        if leases:
            self.env["campus.ledger"]._release(leases)
            self.env["campus.snapshot"]._mark(self.env["campus.edge"].browse(order.edge.id))
        return bool(leases)
