from odoo import api, models

from .. import prepared
from ..campus_core import ledger_types as lt
from ..prepared import Statement, array

# Locked in the order of their ids, so that two posts never wait for each other.
_LOCK_POCKETS = Statement(
    "pockets_lock",
    """SELECT count(*) FROM (SELECT 1 FROM campus_account WHERE wallet_id = ANY(%s) AND kind = 'pocket'
                              ORDER BY id FOR NO KEY UPDATE) AS locked""",
)
# A row per pocket, and one for a wallet without. A limit of 0 is none.
_WALLETS = Statement(
    "wallets",
    """SELECT wallet.id, wallet.company_id, wallet.state, debt.id,
              LEAST(NULLIF(limit_purchase_minor, 0), NULLIF(own_limit_purchase_minor, 0)),
              LEAST(NULLIF(limit_day_minor, 0), NULLIF(own_limit_day_minor, 0)),
              LEAST(NULLIF(pin_above_minor, 0), NULLIF(own_pin_above_minor, 0)),
              pocket.id, pocket.plan_id, pocket.balance_minor, pocket.reserved_minor, pocket.expires_on
         FROM campus_wallet wallet
         LEFT JOIN campus_account debt ON debt.wallet_id = wallet.id AND debt.kind = 'debt'
         LEFT JOIN campus_account pocket ON pocket.wallet_id = wallet.id AND pocket.kind = 'pocket'
        WHERE wallet.id = ANY(%s)""",
)
PLAN_COLUMNS = """plan.id, plan.code, plan.sequence, plan.refundable,
    ARRAY(SELECT campus_account_id FROM campus_pocket_plan_merchant_rel
           WHERE campus_pocket_plan_id = plan.id)"""
_PLANS = Statement("plans", f"SELECT {PLAN_COLUMNS} FROM campus_pocket_plan plan WHERE plan.id = ANY(%s)")


class CampusLedgerWallets(models.AbstractModel):
    """Reading wallets for a book: pockets, plans, limits, debts; a few statements a batch."""

    _inherit = "campus.ledger"

    @api.model
    def _read_wallets(self, shelf, lock, plans=None):
        """Wallets with their pockets into the books, the pockets locked first.

        Read after the locks: in READ COMMITTED this sees a freeze of a moment ago. ``plans`` as
        :meth:`_to_plans` gives them; they are read where they are not given.
        """
        ids = array(shelf.company_of_wallet)
        prepared.run_all(self.env.cr, *([(_LOCK_POCKETS, ids)] if lock else []), (_WALLETS, ids))
        rows = self.env.cr.fetchall()
        if plans is None:
            plans = self._load_plans({row[8] for row in rows} - {None})
        wallets = {}
        for wallet_id, company_id, state, debt_id, purchase, day, pin, pocket_id, *pocket in rows:
            if wallet_id not in wallets:
                limits = purchase or 0, day or 0, pin or 0
                wallet = lt.Wallet(wallet_id, state, [], debt_id or 0, 0, *limits)
                wallets[wallet_id] = wallet, company_id
            if pocket_id:
                plan_id, balance, reserved, expires_on = pocket
                code, order, refundable, usable_at = plans[plan_id]
                wallets[wallet_id][0].pockets.append(
                    lt.Pocket(pocket_id, code, order, balance, reserved, expires_on, usable_at, refundable)
                )
        for wallet, company_id in wallets.values():
            shelf.books[company_id].add_wallet(wallet)
        self._load_spent(shelf)

    @api.model
    def _load_plans(self, plan_ids):
        return self._to_plans(_PLANS.rows(self.env.cr, array(plan_ids)))

    @staticmethod
    def _to_plans(rows):
        """What the rules need of pocket plans, from rows of ``PLAN_COLUMNS``:
        ``{id: (code, order, refundable, merchants where usable)}``."""
        return {
            plan_id: (code, order, refundable, frozenset(usable_at))
            for plan_id, code, order, refundable, usable_at in rows
        }

    @api.model
    def _load_spent(self, shelf):
        """Today's purchases and money set aside, only where a day's limit asks for it."""
        for book in shelf.books.values():
            limited = [w.id for w in book.wallets.values() if w.limit_day_minor or w.pin_above_minor]
            if not limited:
                continue
            self.env.cr.execute(
                """SELECT wallet_id, SUM(minor)::bigint FROM (
                       SELECT wallet_id, CASE WHEN reverses_id IS NULL THEN amount_minor ELSE -amount_minor END AS minor
                         FROM campus_transfer
                        WHERE wallet_id = ANY(%(ids)s) AND booking_date = %(day)s AND kind = 'purchase'
                        UNION ALL
                       SELECT wallet_id, amount_minor FROM campus_reservation
                        WHERE wallet_id = ANY(%(ids)s) AND state = 'open'
                          AND purpose <> 'lease') AS spending
                    GROUP BY wallet_id""",
                {"ids": limited, "day": book.on},
            )
            for wallet_id, minor in self.env.cr.fetchall():
                book.wallets[wallet_id].spent_today_minor = minor

    @api.model
    def _load_debts(self, shelf):
        """What holders owe; summed along their own transfers, which are few."""
        owing = [w for book in shelf.books.values() for w in book.wallets.values() if w.debt_account_id]
        if not owing:
            return
        self.env.cr.execute(
            """SELECT t.wallet_id, SUM(CASE WHEN t.debit_account_id = debt.account_id
                                            THEN t.amount_minor ELSE -t.amount_minor END)::bigint
                 FROM unnest(%s::int[], %s::int[]) AS debt(wallet_id, account_id)
                 JOIN campus_transfer t ON t.wallet_id = debt.wallet_id
                  AND debt.account_id IN (t.debit_account_id, t.credit_account_id)
                GROUP BY t.wallet_id""",
            [[w.id for w in owing], [w.debt_account_id for w in owing]],
        )
        sums = dict(self.env.cr.fetchall())
        for wallet in owing:
            wallet.debt_minor = sums.get(wallet.id, 0)
