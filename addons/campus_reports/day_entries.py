"""Makes the lines of a day's journal entries from the sums of the day. Pure: no Odoo, no I/O.

Sales and refunds are booked separately (gross), so that both can be read in the books. The two sides of an
entry are equal, because every sum is a debit of one account and a credit of another.
"""

from collections import namedtuple

#: The transfers of a day between two keys. A key is the id of an account, or a plan's id as a negative number
#: for all pockets of the plan. ``amount_minor`` > 0, whole cents.
Group = namedtuple("Group", "debit_key credit_key kind is_reversal transfer_count amount_minor")

#: The general ledger account of a key. Without ``journal_id`` the company's journal is used. ``is_holder``:
#: the key is a pocket or a debt.
Booking = namedtuple("Booking", "gl_id journal_id is_holder")

#: One sum of a day. ``counter_account_id`` is the ledger account that belongs to no holder (merchant, card office, fund
#: ...), or None if both sides belong to holders. ``counter_is_debit``: that account is on the debit side.
Sum = namedtuple(
    "Sum",
    "journal_id debit_gl_id credit_gl_id counter_account_id counter_is_debit kind is_reversal transfer_count amount_minor",
)

#: One line of an entry: on the account ``gl_id``, for one such account or for all holders.
EntryLine = namedtuple("EntryLine", "gl_id counter_account_id is_debit transfer_count amount_minor")


def sums(groups, bookings, company_journal_id):
    """Find the general ledger accounts of the groups, and add up the groups with equal ones.

    :param groups: iterable of :class:`Group`
    :param bookings: ``{key: Booking}``
    :return: list of :class:`Sum`, by kind, sales before refunds, and account
    """
    totals = {}
    for group in groups:
        debit, credit = bookings[group.debit_key], bookings[group.credit_key]
        counter_account_id = None
        if not (debit.is_holder and credit.is_holder):
            counter_account_id = group.credit_key if debit.is_holder else group.debit_key
        key = (
            debit.journal_id or credit.journal_id or company_journal_id,
            debit.gl_id,
            credit.gl_id,
            counter_account_id,
            not debit.is_holder,
            group.kind,
            group.is_reversal,
        )
        count, amount = totals.get(key, (0, 0))
        totals[key] = (count + group.transfer_count, amount + group.amount_minor)
    rows = [Sum(*key, *total) for key, total in totals.items()]
    return sorted(rows, key=lambda row: (row.kind, row.is_reversal, row[3] or 0, row[1] or 0, row[2] or 0))


def entries(sums):
    """Group sums by journal, general ledger account, account of the ledger and side.

    :param sums: iterable of :class:`Sum`
    :return: ``{journal_id: [EntryLine, ...]}``, debits first
    """
    grouped = {}
    for row in sums:
        lines = grouped.setdefault(row.journal_id, {})
        sides = ((row.debit_gl_id, True), (row.credit_gl_id, False))
        for gl_id, is_debit in sides:
            counter_account_id = row.counter_account_id if row.counter_is_debit == is_debit else None
            count, amount = lines.get((gl_id, counter_account_id, is_debit), (0, 0))
            lines[gl_id, counter_account_id, is_debit] = (
                count + row.transfer_count,
                amount + row.amount_minor,
            )
    return {
        journal_id: [EntryLine(*key, *totals) for key, totals in sorted(lines.items(), key=_reading_order)]
        for journal_id, lines in grouped.items()
    }


def _reading_order(item):
    gl_id, counter_account_id, is_debit = item[0]
    return (not is_debit, counter_account_id is not None, gl_id, counter_account_id or 0)


def missing_gl(sums):
    """The sums that cannot be booked because one side has no general ledger account."""
    return [row for row in sums if not (row.debit_gl_id and row.credit_gl_id)]
