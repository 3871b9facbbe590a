import datetime as dt
from zoneinfo import ZoneInfo

from odoo import api, fields, models

from ..campus_core import errors
from ..campus_core.ledger import types as lt
from ..campus_core.ledger.book import BIRTH, Book, Entry
from ..db.prepared import Statement

_DAY = Statement(
    "day",
    """SELECT partner.tz, day.closed_until, current_setting('transaction_isolation')
         FROM res_company company
         JOIN res_partner partner ON partner.id = company.partner_id
         LEFT JOIN campus_day day ON day.company_id = company.id
        WHERE company.id = %s""",
)


class Shelf:
    """The books of a batch, one per company, and what storing them needs to know."""

    def __init__(self):
        self.books = {}
        self.company_of_wallet = {}
        self.joined = {}
        self.wallet_of_uuid = {}
        self.card_of_reservation = {}
        self.transfer_id_of = {}
        self.transfer_ids = {}

    def wallet_id_of(self, request):
        """Wallet that a request concerns, 0 where it is unknown."""
        if isinstance(request, (lt.Post, lt.Reserve)):
            return request.wallet_id
        key = request.reverses_uuid if isinstance(request, lt.Reverse) else request.uuid
        return self.wallet_of_uuid.get(key, 0)

    def book_of(self, request):
        """Book in which a request is decided."""
        company_id = self.company_of_wallet.get(self.wallet_id_of(request))
        return self.books[company_id]


class CampusLedgerLoad(models.AbstractModel):
    """Filling the books: lock what a batch touches, then read it."""

    _inherit = "campus.ledger"

    @api.model
    def _open_shelf(self, typed, booking_date, dry):
        shelf = Shelf()
        self._find_wallets(shelf, typed)
        companies = self.env["res.company"].browse(sorted(set(shelf.company_of_wallet.values())))
        if not dry:
            for company in companies:
                self._lock_day(company)
            self._ensure_accounts(typed, shelf.joined.values())
        for company in companies:
            shelf.books[company.id] = self._open_book(company, booking_date)
            if shelf.joined:
                shelf.books[company.id].join_account_id = (
                    self.env["campus.account"]._system("join", company).id
                )
        # Requests about nothing known are refused by an empty book.
        shelf.books[None] = Book(booking_date or fields.Date.today())
        # A generated history is older than what its cards are today.
        self._load_wallets(shelf, typed, dry, judges=not booking_date)
        self._load_reservations(shelf, typed)
        self._load_originals(shelf, typed)
        self._load_register(shelf, typed)
        return shelf

    @api.model
    def _find_wallets(self, shelf, typed):
        closes = [r.uuid for r in typed if isinstance(r, (lt.Capture, lt.Release))]
        undone = [r.reverses_uuid for r in typed if isinstance(r, lt.Reverse)]
        for table, uuids in (("campus_reservation", closes), ("campus_transfer", undone)):
            if uuids:
                self.env.cr.execute(
                    f"SELECT uuid::text, wallet_id FROM {table} WHERE uuid = ANY(%s::uuid[]) AND line = 1",
                    [uuids],
                )
                shelf.wallet_of_uuid.update(self.env.cr.fetchall())
        wallet_ids = {shelf.wallet_id_of(request) for request in typed}
        self.env.cr.execute(
            "SELECT id, company_id, joined_into_id FROM campus_wallet WHERE id = ANY(%s)", [list(wallet_ids)]
        )
        for wallet_id, company_id, joined_id in self.env.cr.fetchall():
            shelf.company_of_wallet[wallet_id] = company_id
            if joined_id and undone:
                # what is given back to a wallet that is no more goes on to the one that took it over
                shelf.joined[wallet_id] = joined_id
                shelf.company_of_wallet[joined_id] = company_id

    @api.model
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

    @api.model
    def _open_book(self, company, booking_date=None):
        """An empty book: booked today at the company, or on its first open day.

        A transaction at REPEATABLE READ may have a snapshot from before the last close;
        locking the row makes PostgreSQL see that and have the transaction repeated.
        """
        tz, closed_until, isolation = _DAY.one(self.env.cr, company.id)
        if isolation != "read committed" and not self.env.cr.readonly:
            self.env.cr.execute("SELECT 1 FROM campus_day WHERE company_id = %s FOR SHARE", [company.id])
        if booking_date:
            if closed_until and booking_date <= closed_until:
                raise ValueError(f"business day {booking_date} is closed")
            return self._new_book(tz, booking_date, booking_date)
        return self._book_of_today(tz, closed_until)

    @api.model
    def _business_day(self, company):
        """Day on which a posting is booked now."""
        return self._open_book(company).on

    @api.model
    def _book_of_today(self, tz, closed_until):
        """An empty book for a company in the time zone ``tz``: booked on the first day that is not
        closed, decided by the calendar day."""
        zone = ZoneInfo(tz or "UTC")
        today = fields.Datetime.now().replace(tzinfo=dt.timezone.utc).astimezone(zone).date()
        day = max(today, closed_until + dt.timedelta(days=1)) if closed_until else today
        return self._new_book(tz, day, today)

    @staticmethod
    def _new_book(tz, day, today):
        book = Book(day, today)
        zone = ZoneInfo(tz or "UTC")
        book.span = tuple(
            dt.datetime.combine(date, dt.time(), zone).astimezone(dt.timezone.utc).replace(tzinfo=None)
            for date in (today, today + dt.timedelta(days=1))
        )
        return book

    @api.model
    def _load_wallets(self, shelf, typed, dry, judges=True):
        self._read_wallets(shelf, lock=not dry, typed=typed if judges else ())
        if dry:
            self._add_missing_pockets(shelf, typed)
        self._load_debts(shelf)

    @api.model
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

    @api.model
    def _load_reservations(self, shelf, typed):
        uuids = [r.uuid for r in typed if isinstance(r, (lt.Capture, lt.Release))]
        if not uuids:
            return
        self.env.cr.execute(
            """SELECT held.uuid::text, held.line, held.wallet_id, held.account_id, held.merchant_id,
                      held.amount_minor, held.captured_minor, held.state, plan.code, held.company_id, held.card_id
                 FROM campus_reservation held
                 JOIN campus_account account ON account.id = held.account_id
                 JOIN campus_pocket_plan plan ON plan.id = account.plan_id
                WHERE held.uuid = ANY(%s::uuid[]) ORDER BY held.uuid, held.line""",
            [uuids],
        )
        for *values, company_id, card_id in self.env.cr.fetchall():
            hold = lt.Hold(*values)
            shelf.books[company_id].add_hold(hold)
            shelf.card_of_reservation[hold.uuid] = card_id

    @api.model
    def _load_register(self, shelf, typed):
        self.env.cr.execute(
            " UNION ALL ".join(self._registers()) + " ORDER BY id",
            {
                "uuids": [request.uuid for request in typed],
                "birth": BIRTH,
                "conflict": errors.CONFLICT,
            },
        )
        for uuid, action, attempt, digest, answer, _id in self.env.cr.fetchall():
            # a tap's row is the register of its own answer: its id is nobody else's
            outcome = self._outcome(answer) if answer else lt.Outcome(uuid, "ok", 0, 0, 0, 0)
            entry = Entry(uuid, action, attempt, digest, outcome)
            # The same id may come for a wallet of another company: every book knows it.
            for book in shelf.books.values():
                book.add_entry(entry)

    @api.model
    def _registers(self):
        """Hook: queries of the tables whose rows have used an id up.

        Each gives ``uuid, action, attempt, digest, answer, id`` for the ids ``%(uuids)s``; ``%(birth)s``
        is the action of a new id, ``%(conflict)s`` the code of an answer that used none up.
        """
        return [
            """SELECT uuid::text, action, attempt, digest, answer, id FROM campus_posting
                WHERE uuid = ANY(%(uuids)s::uuid[])"""
        ]

    @staticmethod
    def _outcome(answer):
        """A stored answer as an outcome of the core."""
        return lt.Outcome(
            uuid=answer["uuid"],
            code=answer["code"],
            wallet_id=answer["wallet_id"],
            amount_minor=answer["amount_minor"],
            before_minor=answer["balance_before_minor"],
            after_minor=answer["balance_after_minor"],
            parts=tuple(lt.Part(p["account_id"], p["plan"], p["amount_minor"]) for p in answer["pockets"]),
            numbers=tuple(sorted(answer["numbers"].items())),
            verb=answer["verb"],
            transfer_ids=tuple(answer["transfer_ids"]),
        )
