"""Reading wallets for a book: pockets, plans, limits, cards, debts; a few statements a batch."""

from ..campus_core import errors
from ..campus_core.ledger import types as lt
from ..campus_core.taps import rules
from ..db.prepared import Statement, array

POCKETS = """
    SELECT wallet_id, kind = 'debt', id, plan_id, balance_minor, reserved_minor, expires_on FROM campus_account
     WHERE wallet_id = ANY(%s) AND kind IN ('pocket', 'debt') ORDER BY id"""
# Locked in the order of their ids, so that two posts never wait for each other. What a locked row says
# is what was committed last, whenever the statement began.
LOCK_POCKETS = f"{POCKETS} FOR NO KEY UPDATE"
_POCKETS = Statement("pockets", POCKETS)
_LOCK_POCKETS = Statement("pockets_lock", LOCK_POCKETS)


def _tightest(*names):
    """The least of these limits, set by the school or by the holder; 0 is none."""
    pairs = (f"NULLIF(wallet.{name}, 0), NULLIF(wallet.own_{name}, 0)" for name in names)
    return f"COALESCE(LEAST({', '.join(pairs)}), 0)"


_LIMITS = ("limit_purchase_minor", "limit_day_minor", "pin_above_minor")
# What of a wallet is no money: its state and its limits, of which 0 is none.
TERMS_COLUMNS = ", ".join(("wallet.state", *(_tightest(name) for name in _LIMITS)))
# Most that one purchase may be for whoever does not know what was spent today and cannot ask for a PIN.
MOST_AT_ONCE = _tightest(*_LIMITS)
# Wallets, and of their cards those that the requests name: a row for each card, or one without a card.
_WALLETS = Statement(
    "wallets",
    f"""SELECT card.id, card.state, card.valid_from, card.valid_until,
               holder.campus_valid_from, holder.campus_valid_until, wallet.id, {TERMS_COLUMNS}
          FROM campus_wallet wallet
          LEFT JOIN campus_card card ON card.id = ANY(%s) AND card.wallet_id = wallet.id AND card.active
          LEFT JOIN res_partner holder ON holder.id = card.partner_id
         WHERE wallet.id = ANY(%s)""",
)
# Columns of a row that are about the card.
CARD_COLUMNS = 6
PLAN_COLUMNS = """plan.id, plan.code, plan.sequence, plan.refundable,
    ARRAY(SELECT campus_account_id FROM campus_pocket_plan_merchant_rel
           WHERE campus_pocket_plan_id = plan.id)"""
_PLANS = Statement("plans", f"SELECT {PLAN_COLUMNS} FROM campus_pocket_plan plan WHERE plan.id = ANY(%s)")


class Wallets:
    """Reads wallets into the books of a shelf."""

    def __init__(self, cr):
        self.cr = cr

    def read(self, shelf, lock, typed=()):
        """Wallets with their pockets into the books, the pockets locked first.

        Read after the locks: in READ COMMITTED this sees a wallet or a card frozen a moment ago.

        :param typed: requests whose cards are judged
        """
        ids = array(shelf.company_of_wallet)
        rows = (_LOCK_POCKETS if lock else _POCKETS).rows(self.cr, ids)
        named = {
            (r.card_id, r.wallet_id) for r in typed if isinstance(r, (lt.Post, lt.Reserve)) and r.card_id
        }
        terms = _WALLETS.rows(self.cr, array({card_id for card_id, _wallet_id in named}), ids)
        wallets = {row[CARD_COLUMNS]: to_wallet(*row[CARD_COLUMNS:]) for row in terms}
        self._judge_cards(shelf, wallets, named, terms)
        for wallet_id, joined_id in shelf.joined.items():
            wallets[wallet_id].joined_id = joined_id
        fill(wallets, rows, self._plans({row[3] for row in rows} - {None}))
        for company_id, book in shelf.books.items():
            self.add(book, [w for w in wallets.values() if shelf.company_of_wallet[w.id] == company_id])

    def add(self, book, wallets):
        """Make wallets known to a book, with what was spent today."""
        for wallet in wallets:
            book.add_wallet(wallet)
        self._read_spent(book)

    def read_debts(self, shelf):
        """What holders owe; summed along their own transfers, which are few."""
        owing = [w for book in shelf.books.values() for w in book.wallets.values() if w.debt_account_id]
        if not owing:
            return
        self.cr.execute(
            """SELECT t.wallet_id, SUM(CASE WHEN t.debit_account_id = debt.account_id
                                            THEN t.amount_minor ELSE -t.amount_minor END)::bigint
                 FROM unnest(%s::int[], %s::int[]) AS debt(wallet_id, account_id)
                 JOIN campus_transfer t ON t.wallet_id = debt.wallet_id
                  AND debt.account_id IN (t.debit_account_id, t.credit_account_id)
                GROUP BY t.wallet_id""",
            [[w.id for w in owing], [w.debt_account_id for w in owing]],
        )
        sums = dict(self.cr.fetchall())
        for wallet in owing:
            wallet.debt_minor = sums.get(wallet.id, 0)

    @staticmethod
    def _judge_cards(shelf, wallets, named, terms):
        """Say of the cards ``named`` ``{(card id, wallet id)}`` which may not pay; one that is no longer
        its wallet's is not known."""
        known = {(row[0], row[CARD_COLUMNS]): row[1:CARD_COLUMNS] for row in terms}
        for card_id, wallet_id in named:
            if wallet_id not in wallets:
                continue
            today = shelf.books[shelf.company_of_wallet[wallet_id]].today
            code = card_code(known.get((card_id, wallet_id)), today)
            if code:
                wallets[wallet_id].refused_cards[card_id] = code

    def _plans(self, plan_ids):
        return to_plans(_PLANS.rows(self.cr, array(plan_ids)))

    def _read_spent(self, book):
        """Purchases of the calendar day and money set aside, only where a day's limit asks for it.

        What of them was given back does not count, on whatever day; what was bought on another day
        and is given back today changes nothing.
        """
        limited = [w.id for w in book.wallets.values() if w.limit_day_minor or w.pin_above_minor]
        if not limited:
            return
        self.cr.execute(
            """SELECT wallet_id, SUM(minor)::bigint FROM (
                   SELECT t.wallet_id, t.amount_minor - COALESCE(done.reversed_minor, 0) AS minor
                     FROM campus_transfer t
                     LEFT JOIN campus_reversal done ON done.transfer_id = t.id
                    WHERE t.wallet_id = ANY(%(ids)s) AND t.booking_date >= %(day)s
                      AND t.occurred_at >= %(start)s AND t.occurred_at < %(end)s
                      AND t.kind = 'purchase' AND t.reverses_id IS NULL
                    UNION ALL
                   SELECT wallet_id, amount_minor FROM campus_reservation
                    WHERE wallet_id = ANY(%(ids)s) AND state = 'open'
                      AND purpose <> 'lease') AS spending
                GROUP BY wallet_id""",
            {"ids": limited, "day": book.today, "start": book.span[0], "end": book.span[1]},
        )
        for wallet_id, minor in self.cr.fetchall():
            book.wallets[wallet_id].spent_today_minor = minor


def card_code(terms, today):
    """Refusal code of a card on the day ``today``; None when it may pay.

    :param terms: ``(state, valid from, valid until, holder's valid from, holder's valid until)``, None
        for a card that is not known
    """
    if terms is None:
        return errors.UNKNOWN_CARD
    state, card_from, card_until, holder_from, holder_until = terms
    first, last = rules.later(card_from, holder_from), rules.earlier(card_until, holder_until)
    refusal = rules.card_refusal(state, first, last, today)
    return refusal.code if refusal else None


def to_wallet(wallet_id, state, limit_purchase_minor, limit_day_minor, pin_above_minor):
    """A wallet whose money is not known yet; the values are those of ``TERMS_COLUMNS``."""
    return lt.Wallet(wallet_id, state, [], 0, 0, limit_purchase_minor, limit_day_minor, pin_above_minor)


def fill(wallets, rows, plans):
    """Put money into wallets ``{id: lt.Wallet}``, from ``rows`` of ``POCKETS`` and ``plans`` as
    :func:`to_plans` gives them."""
    for wallet_id, is_debt, account_id, plan_id, *money in rows:
        if is_debt:
            wallets[wallet_id].debt_account_id = account_id
        else:
            wallets[wallet_id].pockets.append(_to_pocket(plans[plan_id], account_id, *money))


def _to_pocket(plan, pocket_id, balance_minor, reserved_minor, expires_on):
    code, order, refundable, usable_at = plan
    return lt.Pocket(pocket_id, code, order, balance_minor, reserved_minor, expires_on, usable_at, refundable)


def to_plans(rows):
    """What the rules need of pocket plans, from rows of ``PLAN_COLUMNS``:
    ``{id: (code, order, refundable, merchants where usable)}``."""
    return {
        plan_id: (code, order, refundable, frozenset(usable_at))
        for plan_id, code, order, refundable, usable_at in rows
    }
