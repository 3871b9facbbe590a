"""Filling the books of a batch: lock what it touches, then read it."""

from odoo import fields

from ..campus_core import errors
from ..campus_core.ledger import types as lt
from ..campus_core.ledger.book import BIRTH, Answered, Book
from .convert import to_outcome
from .days import lock_day, open_book
from .originals import Originals
from .shelf import Shelf
from .wallets import Wallets


class Loader:
    """Makes the shelf of a batch.

    :param env: environment that missing pockets are made in
    :param registers: queries of ``campus.ledger._registers``
    """

    def __init__(self, env, registers):
        self.env, self.cr, self.registers = env, env.cr, registers

    def load(self, typed, booking_date, dry):
        """The shelf in which requests (types of the core) are decided.

        :param booking_date: business day of a generated history, else None
        :param dry: nothing is locked or made
        """
        shelf = Shelf()
        self._find_wallets(shelf, typed)
        companies = sorted(set(shelf.company_of_wallet.values()))
        if not dry:
            for company_id in companies:
                lock_day(self.cr, company_id)
            self._ensure_accounts(typed, shelf.joined.values())
        for company_id in companies:
            shelf.books[company_id] = open_book(self.cr, company_id, booking_date)
            if shelf.joined:
                shelf.books[company_id].join_account_id = self._join_account_id(company_id)
        # Requests about nothing known are refused by an empty book.
        shelf.books[None] = Book(booking_date or fields.Date.today())
        # A generated history is older than what its cards are today.
        self._read_wallets(shelf, typed, dry, judges=not booking_date)
        self._read_reservations(shelf, typed)
        Originals(self.cr).read(shelf, typed)
        self._read_register(shelf, typed)
        return shelf

    def _join_account_id(self, company_id):
        company = self.env["res.company"].browse(company_id)
        return self.env["campus.account"]._system("join", company).id

    def _find_wallets(self, shelf, typed):
        closes = [r.uuid for r in typed if isinstance(r, (lt.Capture, lt.Release))]
        undone = [r.reverses_uuid for r in typed if isinstance(r, lt.Reverse)]
        for table, uuids in (("campus_reservation", closes), ("campus_transfer", undone)):
            if uuids:
                self.cr.execute(
                    f"SELECT uuid::text, wallet_id FROM {table} WHERE uuid = ANY(%s::uuid[]) AND line = 1",
                    [uuids],
                )
                shelf.wallet_of_uuid.update(self.cr.fetchall())
        wallet_ids = {shelf.wallet_id_of(request) for request in typed}
        self.cr.execute(
            "SELECT id, company_id, joined_into_id FROM campus_wallet WHERE id = ANY(%s)", [list(wallet_ids)]
        )
        for wallet_id, company_id, joined_id in self.cr.fetchall():
            shelf.company_of_wallet[wallet_id] = company_id
            if joined_id and undone:
                # what is given back to a wallet that is no more goes on to the one that took it over
                shelf.joined[wallet_id] = joined_id
                shelf.company_of_wallet[joined_id] = company_id

    def _ensure_accounts(self, typed, heirs=()):
        posts = [r for r in typed if isinstance(r, lt.Post)]
        incoming = {(r.wallet_id, r.plan or "cash", r.expires_on) for r in posts if self._fills_pocket(r)}
        self.env["campus.wallet"]._ensure_pockets(incoming)
        # the debt of a wallet that was joined with another one is at that one
        settled = {r.wallet_id for r in posts if r.settle or r.plan == lt.DEBT} | set(heirs)
        if settled:
            self.env["campus.wallet"]._ensure_debt_accounts(settled)

    @staticmethod
    def _fills_pocket(request):
        """Whether a posting brings money into a pocket, and not to the holder's debt."""
        kind = lt.KINDS[request.kind]
        return kind.direction == "in" and not kind.debt_only and request.plan != lt.DEBT

    def _read_wallets(self, shelf, typed, dry, judges=True):
        wallets = Wallets(self.cr)
        wallets.read(shelf, lock=not dry, typed=typed if judges else ())
        if dry:
            self._add_missing_pockets(shelf, typed)
        wallets.read_debts(shelf)

    def _add_missing_pockets(self, shelf, typed):
        """A dry run creates no pocket; it decides with an empty one."""
        for request in typed:
            if not isinstance(request, lt.Post) or not self._fills_pocket(request):
                continue
            plan = request.plan or "cash"
            book = shelf.book_of(request)
            wallet = book.wallets.get(request.wallet_id)
            if wallet is None or any(
                p.plan == plan and p.expires_on == request.expires_on for p in wallet.pockets
            ):
                continue
            number = -len(book.pockets) - 1
            wallet.pockets.append(lt.Pocket(number, plan, order=0, expires_on=request.expires_on))
            book.add_wallet(wallet)

    def _read_reservations(self, shelf, typed):
        uuids = [r.uuid for r in typed if isinstance(r, (lt.Capture, lt.Release))]
        if not uuids:
            return
        self.cr.execute(
            """SELECT held.uuid::text, held.line, held.wallet_id, held.account_id, held.merchant_id,
                      held.amount_minor, held.captured_minor, held.state, plan.code, held.company_id, held.card_id
                 FROM campus_reservation held
                 JOIN campus_account account ON account.id = held.account_id
                 JOIN campus_pocket_plan plan ON plan.id = account.plan_id
                WHERE held.uuid = ANY(%s::uuid[]) ORDER BY held.uuid, held.line""",
            [uuids],
        )
        for *values, company_id, card_id in self.cr.fetchall():
            reservation = lt.Reservation(*values)
            shelf.books[company_id].add_reservation(reservation)
            shelf.card_of_reservation[reservation.uuid] = card_id

    def _read_register(self, shelf, typed):
        self.cr.execute(
            " UNION ALL ".join(self.registers) + " ORDER BY id",
            {
                "uuids": [request.uuid for request in typed],
                "birth": BIRTH,
                "conflict": errors.CONFLICT,
            },
        )
        for uuid, action, attempt, digest, answer, _id in self.cr.fetchall():
            # a tap's row is the register of its own answer: its id is nobody else's
            outcome = to_outcome(answer) if answer else lt.Outcome(uuid, "ok", 0, 0, 0, 0)
            answered = Answered(uuid, action, attempt, digest, outcome)
            # The same id may come for a wallet of another company: every book knows it.
            for book in shelf.books.values():
                book.add_answered(answered)
