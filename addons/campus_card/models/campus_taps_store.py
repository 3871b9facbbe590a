import datetime as dt
import io
import json
import re
import uuid as uuid_lib
from collections import namedtuple
from functools import lru_cache

from odoo import api, models

from ..campus_core import credential, wire

TAP_COLUMNS = (
    "uuid", "kind", "company_id", "edge_id", "terminal_id", "journal", "seq", "mark", "purpose", "credential",
    "card_id", "wallet_id", "mode", "rule", "snapshot", "occurred_at", "received_at",
    "amount_minor", "balance_minor", "outcome", "code", "numbers",
)  # fmt: skip
TRANSFER_COLUMNS = (
    "uuid", "line", "kind", "company_id", "wallet_id", "card_id", "debit_account_id", "credit_account_id",
    "amount_minor", "booking_date", "occurred_at", "posted_at", "user_id", "origin", "memo",
)  # fmt: skip
_SPECIAL = re.compile(r"[\\\t\n\r]")
_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})
NULL = "\\N"
EPOCH = dt.datetime(1970, 1, 1)
# A taken-back charge is reversed under an id that follows from the tap's.
TAKE_BACK = uuid_lib.UUID("b1f0a1de-6a2f-5a34-9d0c-3c7f6a5f7c11")

# A fresh entry: its place in the batch, its terminal, its card or the refusal code of its credential
# (``key``), its card or None, and the columns of its tap that are known before it is decided.
Line = namedtuple("Line", "index entry place key card head")


def _text(value):
    if value is None:
        return NULL
    # translating takes longer than looking: nearly no text has anything to escape
    return value.translate(_ESCAPES) if _SPECIAL.search(value) else value


def _number(value):
    return NULL if value is None else str(value)


def _tail(decision):
    """The columns of a tap that are its decision."""
    numbers = _text(json.dumps(dict(decision.numbers))) if decision.numbers else NULL
    amount, balance = _number(decision.amount_minor), _number(decision.balance_minor)
    return f"{amount}\t{balance}\t{decision.outcome}\t{_text(decision.code)}\t{numbers}"


def _time(at_ms):
    """Milliseconds since 1970 as a UTC timestamp without zone, the way Odoo stores times."""
    second, ms = divmod(at_ms, 1000)
    return f"{_second(second)}.{ms:03d}"


@lru_cache(maxsize=4096)
def _second(second):
    return (EPOCH + dt.timedelta(seconds=second)).isoformat(" ")


class CampusTapsStore(models.AbstractModel):
    """Storing what a batch decided: one COPY per table."""

    _inherit = "campus.taps"

    @api.model
    def _store(self, order, head):
        rows, memo = [], {}
        for line, decision in order.decided:
            entry, place, card = line.entry, line.place, line.card
            rows.append(line.head + _tail(decision))
            if place is not None:
                memo[entry.uuid] = (place.id, card.card_id if card is not None else None, entry.at_ms)
            order.reviews += [(reason, entry.uuid, entry.kind) for reason in decision.review]
        self._copy("campus_tap", TAP_COLUMNS, rows)
        self._store_transfers(order, memo)
        self._take_back(order)
        self._store_head(order, head)
        self._store_reviews(order)

    @api.model
    def _copy(self, table, columns, lines):
        if lines:
            statement = f"COPY {table} ({', '.join(columns)}) FROM STDIN"
            self.env.cr.copy_expert(statement, io.StringIO("\n".join(lines) + "\n"))

    @api.model
    def _prepare(self, order):
        """What of the fresh entries does not hang on money, put together before a pocket is locked:
        other batches wait for the pockets."""
        for index in order.fresh:
            entry = order.batch.entries[index]
            place, key = order.places.get(entry.terminal), self._key_of(order, entry)
            card = key if type(key) is not str else None
            head = self._row_head(order, index, entry, place, card)
            order.lines.append(Line(index, entry, place, key, card, head))

    @staticmethod
    def _masked(entry):
        """The credential as it is stored: its kind and last characters."""
        return credential.mask(entry.credential)[:40]

    @api.model
    def _row_head(self, order, index, entry, place, card):
        edge, batch = order.edge, order.batch
        return "\t".join(
            (
                entry.uuid,
                entry.kind,
                str(edge.company_id),
                str(edge.id),
                NULL if place is None else str(place.id),
                batch.journal,
                str(entry.seq),
                self._mark(batch.hashes[index]),
                entry.purpose,
                _text(self._masked(entry)),
                NULL if card is None else str(card.card_id),
                NULL if card is None else str(card.wallet_id),
                entry.mode,
                _text(entry.rule),
                str(entry.snapshot),
                _time(entry.at_ms),
                _time(order.now_ms),
                "",
            )
        )

    @api.model
    def _store_transfers(self, order, memo):
        transfers = order.book.fresh.transfers
        day, now, company = order.terms.on.isoformat(), _time(order.now_ms), str(order.edge.company_id)
        user = str(self.env.uid)
        lines = []
        for transfer in transfers:
            place_id, card_id, at_ms = memo[transfer.uuid]
            lines.append(
                "\t".join(
                    (
                        transfer.uuid,
                        str(transfer.line),
                        transfer.kind,
                        company,
                        str(transfer.wallet_id),
                        _number(card_id),
                        str(transfer.debit_id),
                        str(transfer.credit_id),
                        str(transfer.amount_minor),
                        day,
                        _time(at_ms),
                        now,
                        user,
                        f"campus.terminal,{place_id}",
                        NULL,
                    )
                )
            )
        self._copy("campus_transfer", TRANSFER_COLUMNS, lines)
        if transfers:
            self.env["campus.ledger"]._forget()

    @api.model
    def _take_back(self, order):
        """Reverse charges whose readers have shown red."""
        if not order.later:
            return
        requests = [
            {
                "uuid": str(uuid_lib.uuid5(TAKE_BACK, uuid)),
                "reverses_uuid": uuid,
                "origin": f"campus.edge,{order.edge.id}",
            }
            for uuid in order.later
        ]
        answers = self.env["campus.ledger"]._reverse(requests)
        for uuid, answer in zip(order.later, answers, strict=True):
            if not answer["ok"]:
                order.reviews.append(("taken_back", uuid, wire.FINAL))

    @api.model
    def _store_head(self, order, head):
        batch, last = order.batch, order.batch.entries[-1]
        moves_on = head is None or batch.is_new_journal or last.seq > head.seq
        seq, link = (last.seq, batch.hashes[-1]) if moves_on else (head.seq, head.hash)
        self.env.cr.execute(
            """INSERT INTO campus_edge_head (edge_id, journal, seq, hash, reported_seq)
               VALUES (%s, %s, %s, %s, %s)
                   ON CONFLICT (edge_id) DO UPDATE SET journal = excluded.journal, seq = excluded.seq,
                      hash = excluded.hash, reported_seq = excluded.reported_seq""",
            [order.edge.id, batch.journal, seq, link, batch.head_seq],
        )
        if batch.is_new_journal:
            self.env["campus.edge"]._note_journal(order.edge, head, order.reported_seq)
        if batch.gap:
            self.env["campus.edge"]._note_gap(order.edge, batch.journal, *batch.gap)

    @api.model
    def _store_reviews(self, order):
        self._create_reviews(order, [(reason, uuid, kind, {}) for reason, uuid, kind in order.reviews])

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
        common = {"edge_id": order.edge.id, "company_id": company_id, "booking_date": order.terms.on}
        # sudo: what an edge sends is written down by the server alone
        self.env["campus.tap.review"].sudo().create(
            [
                {**common, "reason": reason, "tap_id": taps.get((uuid, kind)), **more}
                for reason, uuid, kind, more in found
            ]
        )
