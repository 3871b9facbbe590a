"""What reversals are about: the transfers that they undo."""

from ..campus_core.ledger import types as lt
from ..campus_core.ledger.overpaid import WRITE_OFF

ORIGINALS = """
    SELECT t.company_id, t.id, t.card_id, COALESCE(done.reversed_minor, 0), t.uuid::text, t.line, t.kind,
       t.wallet_id, t.debit_account_id, t.credit_account_id, t.amount_minor,
       COALESCE(plan.code, 'debt'), t.occurred_at, original.uuid::text, original.line
  FROM campus_transfer t
  LEFT JOIN campus_transfer original ON original.id = t.reverses_id
  LEFT JOIN campus_reversal done ON done.transfer_id = t.id
  LEFT JOIN campus_account account
    ON account.id IN (t.debit_account_id, t.credit_account_id) AND account.kind = 'pocket'
  LEFT JOIN campus_pocket_plan plan ON plan.id = account.plan_id"""


class Originals:
    """Reads the transfers that a batch undoes into its books."""

    def __init__(self, cr):
        self.cr = cr

    def read(self, shelf, typed):
        """Make the transfers that the reversals among ``typed`` name known to the shelf."""
        uuids = [r.reverses_uuid for r in typed if isinstance(r, lt.Reverse)]
        if not uuids:
            return
        self._read(shelf, "t.uuid = ANY(%s::uuid[]) ORDER BY t.uuid, t.line", [uuids])
        known = (t for book in shelf.books.values() for lines in book.transfers.values() for t in lines)
        if any(transfer.plan == lt.DEBT for transfer in known):
            # A refunded debt may have been written off: then it goes back to the school.
            self._read(
                shelf,
                """t.wallet_id = ANY(%s) AND t.kind = %s AND t.reverses_id IS NULL
                   AND NOT t.uuid = ANY(%s::uuid[]) ORDER BY t.id""",
                [list(shelf.company_of_wallet), WRITE_OFF, uuids],
            )

    def _read(self, shelf, condition, values):
        self.cr.execute(f"{ORIGINALS} WHERE {condition}", values)
        for (
            company_id,
            row_id,
            card_id,
            reversed_minor,
            *values,
            occurred_at,
            from_uuid,
            from_line,
        ) in self.cr.fetchall():
            start, end = shelf.books[company_id].span
            transfer = lt.Transfer(
                *values,
                reverses=(from_uuid, from_line) if from_uuid else None,
                is_of_today=start <= occurred_at < end,
            )
            shelf.books[company_id].add_transfer(transfer, reversed_minor)
            shelf.transfer_id_of[transfer.uuid, transfer.line] = row_id
            shelf.card_of_reservation.setdefault(transfer.uuid, card_id)
