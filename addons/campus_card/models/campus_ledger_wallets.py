from odoo import api, models

from ..campus_core import ledger_types as lt


class CampusLedgerWallets(models.AbstractModel):
    """Reading wallets for a book: pockets, plans, limits, debts; a few statements a batch."""

    _inherit = "campus.ledger"

    @api.model
    def _read_wallets(self, shelf, pockets):
        """Wallets with their pockets into the books.

        Read after the locks: in READ COMMITTED this sees a freeze of a moment ago.
        """
        self.env.cr.execute(
            """SELECT wallet.id, wallet.company_id, wallet.state, debt.id,
                      LEAST(NULLIF(limit_purchase_minor, 0), NULLIF(own_limit_purchase_minor, 0)),
                      LEAST(NULLIF(limit_day_minor, 0), NULLIF(own_limit_day_minor, 0)),
                      LEAST(NULLIF(pin_above_minor, 0), NULLIF(own_pin_above_minor, 0))
                 FROM campus_wallet wallet
                 LEFT JOIN campus_account debt ON debt.wallet_id = wallet.id AND debt.kind = 'debt'
                WHERE wallet.id = ANY(%s)""",
            [sorted(shelf.company_of_wallet)],
        )
        for wallet_id, company_id, state, debt_id, *limits in self.env.cr.fetchall():
            limit_purchase, limit_day, pin_above = (limit or 0 for limit in limits)
            wallet = lt.Wallet(
                id=wallet_id,
                state=state,
                pockets=pockets.get(wallet_id, []),
                debt_account_id=debt_id or 0,
                limit_purchase_minor=limit_purchase,
                limit_day_minor=limit_day,
                pin_above_minor=pin_above,
            )
            shelf.books[company_id].add_wallet(wallet)
        self._load_spent(shelf)

    @api.model
    def _load_pockets(self, wallet_ids, lock):
        """Pockets of the wallets, locked in the order of their ids: ``{wallet id: [Pocket]}``."""
        self.env.cr.execute(
            f"""SELECT wallet_id, id, plan_id, balance_minor, reserved_minor, expires_on
                  FROM campus_account WHERE wallet_id = ANY(%s) AND kind = 'pocket'
                 ORDER BY id {"FOR NO KEY UPDATE" if lock else ""}""",
            [wallet_ids],
        )
        rows = self.env.cr.fetchall()
        plans = self._load_plans({row[2] for row in rows})
        pockets = {}
        for wallet_id, pocket_id, plan_id, balance, reserved, expires_on in rows:
            code, order, usable_at, refundable = plans[plan_id]
            pocket = lt.Pocket(pocket_id, code, order, balance, reserved, expires_on, usable_at, refundable)
            pockets.setdefault(wallet_id, []).append(pocket)
        return pockets

    @api.model
    def _load_plans(self, plan_ids):
        """What the rules need of pocket plans: ``{id: (code, order, usable at, refundable)}``."""
        self.env.cr.execute(
            """SELECT plan.id, plan.code, plan.sequence, plan.refundable,
                      array_remove(array_agg(rel.campus_account_id), NULL)
                 FROM campus_pocket_plan plan
                 LEFT JOIN campus_pocket_plan_merchant_rel rel ON rel.campus_pocket_plan_id = plan.id
                WHERE plan.id = ANY(%s) GROUP BY plan.id""",
            [list(plan_ids)],
        )
        return {
            plan_id: (code, order, frozenset(usable_at), refundable)
            for plan_id, code, order, refundable, usable_at in self.env.cr.fetchall()
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
