"""Business days: the lock that separates posts from the day close, and the empty book of a day."""

import datetime as dt
from zoneinfo import ZoneInfo

from odoo import fields

from ..campus_core.ledger.book import Book
from ..db import prepared
from ..db.prepared import Statement

# Class id of the advisory locks that separate posts from the day close.
DAY_LOCK = 0x0CA4D
_SHARE_DAY = Statement("day_share", "SELECT pg_advisory_xact_lock_shared(%s, %s)")
_CLOSE_DAY = Statement("day_close", "SELECT pg_advisory_xact_lock(%s, %s)")
_DAY = Statement(
    "day",
    """SELECT partner.tz, day.closed_until, current_setting('transaction_isolation')
         FROM res_company company
         JOIN res_partner partner ON partner.id = company.partner_id
         LEFT JOIN campus_day day ON day.company_id = company.id
        WHERE company.id = %s""",
)


def share_day(company_id):
    """The lock that posts share, as a call for ``prepared.run_all``."""
    return _SHARE_DAY, DAY_LOCK, company_id


def lock_day(cr, company_id, exclusive=False):
    """Hold a company's business day until the transaction ends: shared, or alone as the day close does."""
    prepared.run_all(cr, (_CLOSE_DAY, DAY_LOCK, company_id) if exclusive else share_day(company_id))


def open_book(cr, company_id, booking_date=None):
    """An empty book: booked today at the company, or on its first open day.

    A transaction at REPEATABLE READ may have a snapshot from before the last close;
    locking the row makes PostgreSQL see that and have the transaction repeated.

    :param booking_date: the day to book on instead; a closed one is a ``ValueError``
    """
    tz, closed_until, isolation = _DAY.one(cr, company_id)
    if isolation != "read committed" and not cr.readonly:
        cr.execute("SELECT 1 FROM campus_day WHERE company_id = %s FOR SHARE", [company_id])
    if booking_date:
        if closed_until and booking_date <= closed_until:
            raise ValueError(f"business day {booking_date} is closed")
        return _new_book(tz, booking_date, booking_date)
    return book_of_today(tz, closed_until)


def book_of_today(tz, closed_until):
    """An empty book for a company in the time zone ``tz`` (a name, None for UTC): booked on the first day
    after ``closed_until`` (a date or None), decided by the calendar day."""
    zone = ZoneInfo(tz or "UTC")
    today = fields.Datetime.now().replace(tzinfo=dt.timezone.utc).astimezone(zone).date()
    day = max(today, closed_until + dt.timedelta(days=1)) if closed_until else today
    return _new_book(tz, day, today)


def _new_book(tz, day, today):
    book = Book(day, today)
    zone = ZoneInfo(tz or "UTC")
    book.span = tuple(
        dt.datetime.combine(date, dt.time(), zone).astimezone(dt.timezone.utc).replace(tzinfo=None)
        for date in (today, today + dt.timedelta(days=1))
    )
    return book
