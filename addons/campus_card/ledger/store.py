"""Storing what a batch decided: a few statements, however long the batch."""

import json

from odoo import fields

from ..campus_core.ledger import types as lt
from ..campus_core.ledger.book import BIRTH, CLOSE
from ..db.seals import seal
from .convert import to_answer

TRANSFER_COLUMNS = {
    "id": "bigint",
    "uuid": "uuid",
    "line": "int",
    "kind": "text",
    "company_id": "int",
    "wallet_id": "int",
    "card_id": "int",
    "debit_account_id": "int",
    "credit_account_id": "int",
    "amount_minor": "int",
    "booking_date": "date",
    "occurred_at": "timestamp",
    "posted_at": "timestamp",
    "user_id": "int",
    "reverses_id": "bigint",
    "origin": "text",
    "memo": "text",
}
RESERVATION_COLUMNS = {
    "uuid": "uuid",
    "line": "int",
    "company_id": "int",
    "wallet_id": "int",
    "card_id": "int",
    "account_id": "int",
    "merchant_id": "int",
    "amount_minor": "int",
    "captured_minor": "int",
    "state": "text",
    "purpose": "text",
    "expires_at": "timestamp",
    "reserved_at": "timestamp",
    "user_id": "int",
    "origin": "text",
    "memo": "text",
}
POSTING_COLUMNS = {
    "uuid": "uuid",
    "action": "text",
    "attempt": "int",
    "digest": "text",
    "ok": "bool",
    "code": "text",
    "answer": "jsonb",
    "wallet_id": "int",
    "company_id": "int",
    "answered_at": "timestamp",
    "user_id": "int",
}


class Store:
    """Writes reservations, transfers and answers of a batch in the name of the user ``uid``."""

    def __init__(self, cr, uid):
        self.cr, self.uid = cr, uid

    def store(self, shelf, typed, requests):
        """Write what is fresh in the books; say whether it moved or held money.

        :param requests: the dicts that ``typed`` was made from, for what the core does not need
        """
        by_key = {}
        for request, raw in zip(typed, requests, strict=True):
            action = CLOSE if isinstance(request, (lt.Capture, lt.Release)) else BIRTH
            by_key.setdefault((request.uuid, action), (request, raw))
        now = fields.Datetime.now()
        touched = False
        for company_id, book in shelf.books.items():
            if not book.fresh.answered:
                continue
            self._store_reservations(shelf, book, company_id, by_key, now)
            self._store_transfers(shelf, book, company_id, by_key, now)
            self._store_register(shelf, book, company_id, now)
            touched = touched or bool(
                book.fresh.transfers or book.fresh.reservations or book.fresh.closed_reservations
            )
        return touched

    def _store_reservations(self, shelf, book, company_id, by_key, now):
        rows = []
        for reservation in book.fresh.reservations:
            raw = by_key[reservation.uuid, BIRTH][1]
            rows.append(
                {
                    "uuid": reservation.uuid,
                    "line": reservation.line,
                    "company_id": company_id,
                    "wallet_id": reservation.wallet_id,
                    "card_id": raw.get("card_id") or None,
                    "account_id": reservation.pocket_id,
                    "merchant_id": reservation.account_id,
                    "amount_minor": reservation.amount_minor,
                    "captured_minor": 0,
                    "state": lt.RESERVATION_OPEN,
                    "purpose": raw.get("purpose", "pos"),
                    "expires_at": raw.get("expires_at"),
                    "reserved_at": now,
                    "user_id": self.uid,
                    "origin": raw.get("origin"),
                    "memo": raw.get("memo"),
                }
            )
            shelf.card_of_reservation[reservation.uuid] = raw.get("card_id") or None
        self._insert("campus_reservation", RESERVATION_COLUMNS, rows)
        if book.fresh.closed_reservations:
            reservations = book.fresh.closed_reservations
            self.cr.execute(
                """UPDATE campus_reservation held
                      SET state = done.state, captured_minor = done.captured, closed_at = %s,
                          close_reason = done.reason
                     FROM unnest(%s::uuid[], %s::int[], %s::text[], %s::int[], %s::text[])
                          AS done(uuid, line, state, captured, reason)
                    WHERE held.uuid = done.uuid AND held.line = done.line""",
                [
                    now,
                    [row.uuid for row in reservations],
                    [row.line for row in reservations],
                    [row.state for row in reservations],
                    [row.captured_minor for row in reservations],
                    [by_key[row.uuid, CLOSE][1].get("reason") for row in reservations],
                ],
            )

    def _store_transfers(self, shelf, book, company_id, by_key, now):
        transfers = book.fresh.transfers
        if not transfers:
            return
        self.cr.execute(
            "SELECT nextval('campus_transfer_id_seq') FROM generate_series(1, %s)", [len(transfers)]
        )
        ids = [row[0] for row in self.cr.fetchall()]
        for transfer, row_id in zip(transfers, ids, strict=True):
            shelf.transfer_id_of[transfer.uuid, transfer.line] = row_id
        rows = []
        for transfer, row_id in zip(transfers, ids, strict=True):
            close = by_key.get((transfer.uuid, CLOSE))
            request, raw = close or by_key[transfer.uuid, BIRTH]
            verb = type(request).__name__.lower()
            shelf.transfer_ids.setdefault((transfer.uuid, verb), []).append(row_id)
            rows.append(
                {
                    "id": row_id,
                    "uuid": transfer.uuid,
                    "line": transfer.line,
                    "kind": transfer.kind,
                    "company_id": company_id,
                    "wallet_id": transfer.wallet_id,
                    "card_id": raw.get("card_id") or shelf.card_of(request),
                    "debit_account_id": transfer.debit_id,
                    "credit_account_id": transfer.credit_id,
                    "amount_minor": transfer.amount_minor,
                    "booking_date": book.on,
                    "occurred_at": raw.get("occurred_at") or now,
                    "posted_at": now,
                    "user_id": self.uid,
                    "reverses_id": shelf.transfer_id_of[transfer.reverses] if transfer.reverses else None,
                    "origin": raw.get("origin"),
                    "memo": raw.get("memo"),
                }
            )
        self._insert("campus_transfer", TRANSFER_COLUMNS, rows)

    def _store_register(self, shelf, book, company_id, now):
        rows = []
        for answered in book.fresh.answered:
            answer = to_answer(answered.outcome, shelf.transfer_ids)
            rows.append(
                {
                    "uuid": answered.uuid,
                    "action": answered.action,
                    "attempt": answered.attempt,
                    "digest": answered.digest,
                    "ok": answered.outcome.ok,
                    "code": answered.outcome.code,
                    "answer": json.dumps(answer),
                    "wallet_id": answered.outcome.wallet_id or None,
                    "company_id": company_id,
                    "answered_at": now,
                    "user_id": self.uid,
                }
            )
        self._insert("campus_posting", POSTING_COLUMNS, rows)

    def _insert(self, table, columns, rows):
        """Insert rows (dicts with exactly these columns) of a sealed table in one statement."""
        if not rows:
            return
        names = ", ".join(columns)
        arrays = ", ".join(f"%s::{kind}[]" for kind in columns.values())
        self.cr.execute(
            f"""INSERT INTO {table} ({names}, seal)
                SELECT row.*, {seal(table, "row", columns)} FROM unnest({arrays}) AS row({names})""",
            [[row[name] for row in rows] for name in columns],
        )
