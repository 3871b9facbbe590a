import datetime as dt
import json
from functools import lru_cache

from odoo.addons.campus_card.db.bulk import Insert

from .known_taps import half_hash, masked

TAPS = Insert(
    "campus_tap",
    {
        "uuid": "uuid", "kind": "varchar", "company_id": "int4", "edge_id": "int4", "terminal_id": "int4",
        "journal": "uuid", "seq": "int8", "chain_hash": "uuid", "purpose": "varchar", "credential": "varchar",
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
EPOCH = dt.datetime(1970, 1, 1)


# a tap and its transfer have the same time
@lru_cache(maxsize=4096)
def _time(at_ms):
    """Milliseconds since 1970 as a UTC timestamp without zone, the way Odoo stores times."""
    return f"{_second(at_ms // 1000)}.{at_ms % 1000:03d}"


@lru_cache(maxsize=4096)
def _second(second):
    return (EPOCH + dt.timedelta(seconds=second)).isoformat("T")


def pack_taps(batch, lines):
    """Return the columns of taps that do not hang on money, packed; ``lines``: at least one ``load.Line``."""
    sent, entries = batch.sent, [line.entry for line in lines]
    cards = [line.card for line in lines]
    return TAPS.pack(
        uuid=[entry.uuid for entry in entries],
        kind=[entry.kind for entry in entries],
        company_id=batch.edge.company_id,
        edge_id=batch.edge.id,
        terminal_id=[line.terminal and line.terminal.id for line in lines],
        journal=sent.journal,
        seq=[entry.seq for entry in entries],
        chain_hash=[half_hash(sent.hashes[line.index]) for line in lines],
        purpose=[entry.purpose for entry in entries],
        credential=[masked(entry) for entry in entries],
        card_id=[card and card.card_id for card in cards],
        wallet_id=[card and card.wallet_id for card in cards],
        mode=[entry.mode for entry in entries],
        rule=[entry.rule for entry in entries],
        snapshot=[str(entry.snapshot) for entry in entries],
        occurred_at=[_time(entry.at_ms) for entry in entries],
        received_at=_time(batch.now_ms),
    )


def taps_call(columns, decided):
    """Return the call that inserts taps; ``columns`` of :func:`pack_taps`, ``decided``: ``[(Line, Decision)]``."""
    decisions = [decision for _line, decision in decided]
    more = TAPS.pack(
        amount_minor=[decision.amount_minor for decision in decisions],
        balance_minor=[decision.balance_minor for decision in decisions],
        outcome=[decision.outcome for decision in decisions],
        code=[decision.code for decision in decisions],
        numbers=[json.dumps(dict(d.numbers)) if d.numbers else None for d in decisions],
    )
    return TAPS.call(columns | more)


def transfers_call(batch, lines, book, user_id):
    """Return the call that inserts the transfers which are fresh in ``book``: one or more."""
    transfers = book.fresh.transfers
    by_uuid = {line.entry.uuid: line for line in lines if line.card and line.terminal}
    taps = [by_uuid[transfer.uuid] for transfer in transfers]
    return TRANSFERS.call(
        TRANSFERS.pack(
            uuid=[transfer.uuid for transfer in transfers],
            line=[transfer.line for transfer in transfers],
            kind=[transfer.kind for transfer in transfers],
            company_id=batch.edge.company_id,
            wallet_id=[transfer.wallet_id for transfer in transfers],
            card_id=[tap.card.card_id for tap in taps],
            debit_account_id=[transfer.debit_id for transfer in transfers],
            credit_account_id=[transfer.credit_id for transfer in transfers],
            amount_minor=[transfer.amount_minor for transfer in transfers],
            booking_date=book.on.isoformat(),
            occurred_at=[_time(tap.entry.at_ms) for tap in taps],
            posted_at=_time(batch.now_ms),
            user_id=user_id,
            origin=[f"campus.terminal,{tap.terminal.id}" for tap in taps],
        )
    )
