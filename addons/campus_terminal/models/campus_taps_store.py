import datetime as dt
import json
from collections import namedtuple
from functools import lru_cache

from odoo import api, models
from odoo.addons.campus_card.campus_core import errors
from odoo.addons.campus_card.campus_core.credentials import credential
from odoo.addons.campus_card.campus_core.taps import charge, told, wire
from odoo.addons.campus_card.db import own_cursor, prepared
from odoo.addons.campus_card.db.bulk import Insert
from odoo.addons.campus_card.db.prepared import Statement

TAPS = Insert(
    "campus_tap",
    {
        "uuid": "uuid", "kind": "varchar", "company_id": "int4", "edge_id": "int4", "terminal_id": "int4",
        "journal": "uuid", "seq": "int8", "mark": "uuid", "purpose": "varchar", "credential": "varchar",
        "card_id": "int4", "wallet_id": "int4", "mode": "varchar", "rule": "varchar", "snapshot": "varchar",
        "occurred_at": "timestamp", "received_at": "timestamp", "amount_minor": "int4",
        "balance_minor": "int4", "outcome": "varchar", "code": "varchar", "numbers": "jsonb",
    },
)  # fmt: skip
TRANSFERS = Insert(
    "campus_transfer",
    {
        "uuid": "uuid", "line": "int4", "kind": "varchar", "company_id": "int4", "wallet_id": "int4",
        "card_id": "int4", "debit_account_id": "int4", "credit_account_id": "int4", "amount_minor": "int4",
        "booking_date": "date", "occurred_at": "timestamp", "posted_at": "timestamp", "user_id": "int4",
        "origin": "varchar",
    },
)  # fmt: skip
_STORE_HEAD = Statement(
    "edge_head_store",
    """INSERT INTO campus_edge_head (edge_id, journal, seq, hash, reported_seq, uid_hour, uid_minor, uid_hit_hour)
       VALUES (%s, %s, %s, %s, %s, %s, %s, %s)
           ON CONFLICT (edge_id) DO UPDATE SET journal = excluded.journal, seq = excluded.seq,
              hash = excluded.hash, reported_seq = excluded.reported_seq, uid_hour = excluded.uid_hour,
              uid_minor = excluded.uid_minor, uid_hit_hour = excluded.uid_hit_hour""",
)
EPOCH = dt.datetime(1970, 1, 1)

HELD_WITHOUT_CODE = frozenset((charge.UNKNOWN_CARD, charge.NO_PLACE))

# A fresh entry: its place in the batch, its terminal, its card or the refusal code of its credential
# (``key``), its card or None, and how far it is decided without a look into wallets.
Line = namedtuple("Line", "index entry place key card judged")


# a tap and its transfer have the same time
@lru_cache(maxsize=4096)
def _time(at_ms):
    """Milliseconds since 1970 as a UTC timestamp without zone, the way Odoo stores times."""
    return f"{_second(at_ms // 1000)}.{at_ms % 1000:03d}"


@lru_cache(maxsize=4096)
def _second(second):
    return (EPOCH + dt.timedelta(seconds=second)).isoformat("T")


class CampusTapsStore(models.AbstractModel):
    """Storing what a batch decided: one INSERT per table, all in one message."""

    _inherit = "campus.taps"

    @api.model
    def _prepare(self, order):
        """What of the fresh entries does not hang on money, put together before a pocket is locked:
        other batches wait for the pockets."""
        batch = order.batch
        for index in order.fresh:
            entry = batch.entries[index]
            place, key = order.places.get(entry.terminal), self._key_of(order, entry)
            is_shown = type(key) is str or entry.mode == wire.ASK or self._is_shown(order, entry, key)
            card = None if type(key) is str else key
            listed = order.listed.get(card.card_id) if card else None
            judged = charge.judge(entry, place, key, order.terms, told.Proof(is_shown, listed))
            order.lines.append(Line(index, entry, place, key, card, judged))
        if not order.lines:
            return
        entries = [line.entry for line in order.lines]
        cards = [line.card for line in order.lines]
        order.columns = TAPS.pack(
            uuid=[entry.uuid for entry in entries],
            kind=[entry.kind for entry in entries],
            company_id=order.edge.company_id,
            edge_id=order.edge.id,
            terminal_id=[line.place and line.place.id for line in order.lines],
            journal=batch.journal,
            seq=[entry.seq for entry in entries],
            mark=[self._mark(batch.hashes[line.index]) for line in order.lines],
            purpose=[entry.purpose for entry in entries],
            credential=[self._masked(entry) for entry in entries],
            card_id=[card and card.card_id for card in cards],
            wallet_id=[card and card.wallet_id for card in cards],
            mode=[entry.mode for entry in entries],
            rule=[entry.rule for entry in entries],
            snapshot=[str(entry.snapshot) for entry in entries],
            occurred_at=[_time(entry.at_ms) for entry in entries],
            received_at=_time(order.now_ms),
        )

    @api.model
    def _is_shown(self, order, entry, key):
        """Hook: say whether the credential of a told entry leads to the card that is to pay."""
        return True

    @staticmethod
    def _masked(entry):
        """The credential as it is stored: its kind and last characters."""
        return credential.mask(entry.credential)[:40]

    @api.model
    def _store(self, order):
        """Store all, and commit where nothing is left to do."""
        calls = [*self._tap_calls(order), *self._transfer_calls(order), self._head_call(order)]
        for line, decision in order.decided:
            for reason in decision.review:
                more = {"is_held": self._is_held(line.entry, decision, reason)}
                order.reviews.append((reason, line.entry.uuid, line.entry.kind, more))
        cr, batch = self.env.cr, order.batch
        is_plain = not (order.later or order.reviews or order.conflicts or order.gaps)
        if is_plain and not (batch.is_new_journal or batch.gap):
            own_cursor.finish(cr, *calls)
            return
        prepared.run_all(cr, *calls)
        self.env["campus.ledger"]._forget()
        self._take_back(order)
        if batch.is_new_journal:
            self.env["campus.edge"]._note_journal(order.edge, order.head, order.reported_seq)
        if batch.gap:
            self.env["campus.edge"]._note_gap(order.edge, batch.journal, *batch.gap)
        if order.gaps:
            last = batch.entries[batch.fresh_from - 1]
            self.env["campus.edge"]._fill_gaps(order.edge, batch.journal, batch.entries[0].seq, last.seq)
        self._store_reviews(order)

    @staticmethod
    def _is_held(entry, decision, reason):
        """Say whether somebody has to decide about money: goods are gone, and nobody was charged, or a
        charge is asked back too late."""
        if decision.code == errors.HELD:
            return True
        unpaid = decision.outcome == wire.GRANTED and decision.balance_minor is None
        return entry.purpose == wire.PAY and unpaid and reason in HELD_WITHOUT_CODE

    @api.model
    def _tap_calls(self, order):
        if not order.decided:
            return
        decisions = [decision for _line, decision in order.decided]
        decided = TAPS.pack(
            amount_minor=[decision.amount_minor for decision in decisions],
            balance_minor=[decision.balance_minor for decision in decisions],
            outcome=[decision.outcome for decision in decisions],
            code=[decision.code for decision in decisions],
            numbers=[json.dumps(dict(d.numbers)) if d.numbers else None for d in decisions],
        )
        yield TAPS.call(order.columns | decided)

    @api.model
    def _transfer_calls(self, order):
        transfers = order.book.fresh.transfers
        if not transfers:
            return
        lines = {line.entry.uuid: line for line in order.lines if line.card and line.place}
        taps = [lines[transfer.uuid] for transfer in transfers]
        yield TRANSFERS.call(
            TRANSFERS.pack(
                uuid=[transfer.uuid for transfer in transfers],
                line=[transfer.line for transfer in transfers],
                kind=[transfer.kind for transfer in transfers],
                company_id=order.edge.company_id,
                wallet_id=[transfer.wallet_id for transfer in transfers],
                card_id=[tap.card.card_id for tap in taps],
                debit_account_id=[transfer.debit_id for transfer in transfers],
                credit_account_id=[transfer.credit_id for transfer in transfers],
                amount_minor=[transfer.amount_minor for transfer in transfers],
                booking_date=order.book.on.isoformat(),
                occurred_at=[_time(tap.entry.at_ms) for tap in taps],
                posted_at=_time(order.now_ms),
                user_id=self.env.uid,
                origin=[f"campus.terminal,{tap.place.id}" for tap in taps],
            )
        )

    @api.model
    def _head_call(self, order):
        head, batch, last = order.head, order.batch, order.batch.entries[-1]
        moves_on = head is None or batch.is_new_journal or last.seq > head.seq
        order.head_seq, link = (last.seq, batch.hashes[-1]) if moves_on else (head.seq, head.hash)
        hour = order.uid_hour
        head = order.edge.id, batch.journal, order.head_seq, link, batch.head_seq
        return _STORE_HEAD, *head, hour.hour, hour.minor, hour.hit_hour

    @api.model
    def _take_back(self, order):
        """Reverse charges whose readers have shown red."""
        if not order.later:
            return
        requests = [
            {
                "uuid": told.later_uuid(told.TAKE_BACK, uuid),
                "reverses_uuid": uuid,
                "origin": f"campus.edge,{order.edge.id}",
            }
            for uuid in order.later
        ]
        answers = self.env["campus.ledger"]._reverse(requests)
        for uuid, answer in zip(order.later, answers, strict=True):
            # what an edge takes back is always seen by somebody; the day waits only where it failed
            reason, state = (charge.TAKEN_BACK, "notice") if answer["ok"] else (charge.NOT_TAKEN_BACK, "open")
            order.reviews.append((reason, uuid, wire.FINAL, {"state": state}))

    @api.model
    def _store_reviews(self, order):
        self._create_reviews(order, order.reviews)

    @api.model
    def _create_reviews(self, order, found):
        """Put stored taps on the list of what needs eyes: ``(reason, uuid, kind, more values)`` each."""
        if not found:
            return
        company_id = order.edge.company_id
        self.env.cr.execute(
            "SELECT uuid::text, kind, id FROM campus_tap WHERE company_id = %s AND uuid = ANY(%s::uuid[])",
            [company_id, [uuid for _reason, uuid, _kind, _more in found]],
        )
        taps = {(uuid, kind): tap_id for uuid, kind, tap_id in self.env.cr.fetchall()}
        common = {"edge_id": order.edge.id, "company_id": company_id, "booking_date": order.book.on}
        # sudo: what an edge sends is written down by the server alone
        self.env["campus.tap.review"].sudo().create(
            [
                {**common, "reason": reason, "tap_id": self._tap_of(taps, uuid, kind), **more}
                for reason, uuid, kind, more in found
            ]
        )

    @staticmethod
    def _tap_of(taps, uuid, kind):
        """The row that a review is about; of an end that was not believed it is the tap."""
        return taps.get((uuid, kind)) or taps.get((uuid, wire.TAP))
