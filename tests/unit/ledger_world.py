"""A small school for the ledger's property tests: wallets, system accounts, random requests."""

import datetime as dt
import random
import uuid

from campus_core.ledger import types as lt
from campus_core.ledger.book import Book

DAY = dt.date(2026, 9, 1)
CHANNEL, FUND, MERCHANT, SHOP, OFFICE = 1, 2, 3, 4, 5
SYSTEM = (CHANNEL, FUND, MERCHANT, SHOP, OFFICE)


def wallet(number, **values):
    """A wallet with four empty pockets: lasting cash, a meal plan for one place, two that expire."""
    base = 1000 + number * 10
    pockets = [
        lt.Pocket(base, "cash", 30),
        lt.Pocket(base + 1, "subsidy", 10, expires_on=DAY + dt.timedelta(days=30), refundable=False),
        lt.Pocket(base + 2, "meal", 20, usable_at=frozenset({MERCHANT}), refundable=False),
        lt.Pocket(base + 3, "gift", 5, expires_on=DAY - dt.timedelta(days=1), refundable=False),
    ]
    return lt.Wallet(number, pockets=pockets, debt_account_id=base + 9, **values)


def book(count=5):
    """A book with ``count`` empty wallets; one has limits, one is frozen."""
    made = Book(DAY)
    for number in range(1, count + 1):
        made.add_wallet(wallet(number))
    made.wallets[1].limit_purchase_minor, made.wallets[1].limit_day_minor = 3000, 20000
    if count > 1:
        made.wallets[2].state = lt.FROZEN
    return made


def total_minor(made):
    """Sum of all accounts as the transfers say: zero, or money was made up."""
    sums = {}
    for transfers in made.transfers.values():
        for t in transfers:
            sums[t.debit_id] = sums.get(t.debit_id, 0) - t.amount_minor
            sums[t.credit_id] = sums.get(t.credit_id, 0) + t.amount_minor
    return sums


def check(made):
    """The ledger's invariants, recomputed from nothing but transfers and reservations."""
    sums = total_minor(made)
    assert sum(sums.values()) == 0
    lines = [(transfer.uuid, transfer.line) for transfer in made.fresh.transfers]
    assert len(set(lines)) == len(lines), "the database refuses two lines of one number"
    held = {}
    for lines in made.reservations.values():
        for line in lines:
            assert 0 <= line.captured_minor <= line.amount_minor
            if line.state == lt.RESERVATION_OPEN:
                held[line.pocket_id] = held.get(line.pocket_id, 0) + line.amount_minor
    for one in made.wallets.values():
        for pocket in one.pockets:
            assert pocket.balance_minor == sums.get(pocket.id, 0)
            assert pocket.reserved_minor == held.get(pocket.id, 0)
            assert pocket.available_minor >= 0
        assert one.debt_minor == -sums.get(one.debt_account_id, 0)
        assert one.debt_minor >= 0
    for key, reversed_minor in made.reversed_minor.items():
        amount = next(t.amount_minor for t in made.transfers[key[0]] if t.line == key[1])
        assert 0 <= reversed_minor <= amount
    return sums


class Requests:
    """An endless, repeatable stream of requests, sensible and foolish ones mixed."""

    def __init__(self, seed, wallets=5):
        self.random = random.Random(seed)
        self.wallets = wallets
        self.known = []
        self.reserved = []
        self.posted = []

    def uuid(self):
        """A fresh id from the stream."""
        return str(uuid.UUID(int=self.random.getrandbits(128)))

    def amount(self):
        """Mostly a lunch, sometimes zero, negative or huge."""
        if self.random.random() < 0.02:
            return self.random.choice([0, -5, 2**31, 2**31 - 1])
        return self.random.randint(1, 2500)

    def next(self):
        """The next request; now and then one that was sent before, or its twin with other content."""
        if self.known and self.random.random() < 0.1:
            return self.random.choice(self.known)
        request = self.random.choice(
            [self.money_in, self.purchase, self.purchase, self.reserve, self.close, self.reverse, self.other]
        )()
        self.known.append(request)
        return request

    def next_about_debt(self):
        """The next request of a history in which holders owe, repay, are let off and are refunded."""
        late = lambda: self._post("purchase", MERCHANT, settle=True)  # noqa: E731
        settle = lambda: self._post(self.random.choice(["debt_payment", "write_off"]), OFFICE)  # noqa: E731
        return self.random.choice([late, late, settle, settle, self.reverse, self.reverse, self.next])()

    def money_in(self):
        """A top-up or a subsidy."""
        kind, plan = self.random.choice(
            [("topup", None), ("topup", "cash"), ("subsidy", "subsidy"), ("opening", "meal")]
        )
        expires_on = DAY + dt.timedelta(days=30) if plan == "subsidy" else None
        return self._post(kind, FUND if plan == "subsidy" else CHANNEL, plan=plan, expires_on=expires_on)

    def purchase(self):
        """A sale; some were handed out offline and must be settled."""
        return self._post(
            "purchase", self.random.choice([MERCHANT, SHOP]), settle=self.random.random() < 0.05
        )

    def other(self):
        """Fees, pay-outs, corrections, expiries."""
        kind, plan = self.random.choice(
            [
                ("fee", None),
                ("payout", None),
                ("correction_out", "cash"),
                ("expiry", "gift"),
                ("correction_in", "gift"),
                ("debt_payment", None),
                ("debt_settle", None),
                ("write_off", None),
            ]
        )
        expires_on = DAY - dt.timedelta(days=1) if kind == "correction_in" else None
        return self._post(kind, OFFICE, plan=plan, expires_on=expires_on)

    def _post(self, kind, account_id, **values):
        request = lt.Post(
            self.uuid(), kind, self.random.randint(1, self.wallets + 1), account_id, self.amount(), **values
        )
        self.posted.append(request.uuid)
        return request

    def reserve(self):
        """Money set aside at a till."""
        request = lt.Reserve(self.uuid(), self.random.randint(1, self.wallets), MERCHANT, self.amount())
        self.reserved.append(request.uuid)
        return request

    def close(self):
        """Capture or release something, perhaps a second time."""
        if not self.reserved:
            return self.reserve()
        uuid_ = self.random.choice(self.reserved[-20:])
        if self.random.random() < 0.5:
            return lt.Release(uuid_)
        return lt.Capture(uuid_, self.random.choice([None, None, self.amount()]))

    def reverse(self):
        """Undo something, whole or in part."""
        pool = self.posted + self.reserved
        if not pool:
            return self.purchase()
        return lt.Reverse(
            self.uuid(), self.random.choice(pool[-40:]), self.random.choice([None, self.amount()])
        )
