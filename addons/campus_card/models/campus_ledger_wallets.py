from odoo import api, models

from .. import prepared
from ..campus_core import ledger_types as lt
from ..prepared import Statement, array

# Locked in the order of their ids, so that two posts never wait for each other. What a locked row says
# is what was committed last, whenever the statement began.
LOCK_POCKETS = """
    SELECT wallet_id, kind = 'debt', id, plan_id, balance_minor, reserved_minor, expires_on FROM campus_account
     WHERE wallet_id = ANY(%s) AND kind IN ('pocket', 'debt') ORDER BY id FOR NO KEY UPDATE"""
_LOCK_POCKETS = Statement("pockets_lock", LOCK_POCKETS)
# What of a wallet is no money: its state and its limits, of which 0 is none.
TERMS_COLUMNS = """wallet.state,
    COALESCE(LEAST(NULLIF(limit_purchase_minor, 0), NULLIF(own_limit_purchase_minor, 0)), 0),
    COALESCE(LEAST(NULLIF(limit_day_minor, 0), NULLIF(own_limit_day_minor, 0)), 0),
    COALESCE(LEAST(NULLIF(pin_above_minor, 0), NULLIF(own_pin_above_minor, 0)), 0)"""
# A row per pocket, and one for a wallet without.
_WALLETS = Statement(
    "wallets",
    f"""SELECT wallet.id, wallet.company_id, debt.id, {TERMS_COLUMNS},
              pocket.plan_id, pocket.id, pocket.balance_minor, pocket.reserved_minor, pocket.expires_on
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
    def _read_wallets(self, shelf, lock):
        """Wallets with their pockets into the books, the pockets locked first.

        Read after the locks: in READ COMMITTED this sees a freeze of a moment ago.
        """
        ids = array(shelf.company_of_wallet)
        prepared.run_all(self.env.cr, *([(_LOCK_POCKETS, ids)] if lock else []), (_WALLETS, ids))
        rows = self.env.cr.fetchall()
        plans = self._load_plans({row[-5] for row in rows} - {None})
        wallets = {}
        for wallet_id, company_id, debt_id, state, purchase, day, pin, plan_id, pocket_id, *money in rows:
            if wallet_id not in wallets:
                wallet = lt.Wallet(wallet_id, state, [], debt_id or 0, 0, purchase, day, pin)
                wallets[wallet_id] = wallet, company_id
            if pocket_id:
                wallets[wallet_id][0].pockets.append(self._to_pocket(plans[plan_id], pocket_id, *money))
        for wallet, company_id in wallets.values():
            shelf.books[company_id].add_wallet(wallet)
        for book in shelf.books.values():
            self._load_spent(book)

    @api.model
    def _fill_wallets(self, book, wallets, rows, plans):
        """Put wallets that were known but for their money into the book.

        ``wallets``: ``{id: lt.Wallet without pockets}``; ``rows`` of ``LOCK_POCKETS``; ``plans`` as
        :meth:`_to_plans` gives them.
        """
        for wallet_id, is_debt, account_id, plan_id, *money in rows:
            if is_debt:
                wallets[wallet_id].debt_account_id = account_id
            else:
                wallets[wallet_id].pockets.append(self._to_pocket(plans[plan_id], account_id, *money))
        for wallet in wallets.values():
            book.add_wallet(wallet)
        self._load_spent(book)

    @staticmethod
    def _to_pocket(plan, pocket_id, balance_minor, reserved_minor, expires_on):
        code, order, refundable, usable_at = plan
        return lt.Pocket(
            pocket_id, code, order, balance_minor, reserved_minor, expires_on, usable_at, refundable
        )

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
    def _load_spent(self, book):
        """Today's purchases and money set aside, only where a day's limit asks for it."""
        limited = [w.id for w in book.wallets.values() if w.limit_day_minor or w.pin_above_minor]
        if not limited:
            return
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
