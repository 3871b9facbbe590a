from odoo.tests import BaseCase, tagged

from ..day_entries import Booking, EntryLine, Group, Sum, entries, missing_gl, sums

CASH, SUBSIDY, CLEARING, OFFICE = 1, 2, 3, 4
BANK, GENERAL = 8, 9
CANTEEN, SHOP, DESK = 21, 22, 23


def sale(counter, amount, liability=CASH, is_refund=False, journal=GENERAL):
    debit, credit = (CLEARING, liability) if is_refund else (liability, CLEARING)
    return Sum(journal, debit, credit, counter, is_refund, "purchase", is_refund, 1, amount)


@tagged("post_install", "-at_install")
class TestDayEntries(BaseCase):
    def test_sales_are_taken_from_one_liability_and_given_to_each_merchant(self):
        lines = entries([sale(CANTEEN, 500), sale(SHOP, 300), sale(CANTEEN, 200, SUBSIDY)])[GENERAL]
        self.assertEqual(
            lines,
            [
                EntryLine(CASH, None, True, 2, 800),
                EntryLine(SUBSIDY, None, True, 1, 200),
                EntryLine(CLEARING, CANTEEN, False, 2, 700),
                EntryLine(CLEARING, SHOP, False, 1, 300),
            ],
        )

    def test_refunds_stay_visible_beside_sales(self):
        lines = entries([sale(CANTEEN, 500), sale(CANTEEN, 200, is_refund=True)])[GENERAL]
        self.assertEqual(
            {(line.gl_id, line.is_debit): line.amount_minor for line in lines},
            {(CASH, True): 500, (CLEARING, True): 200, (CASH, False): 200, (CLEARING, False): 500},
        )

    def test_every_journal_balances(self):
        sums = [
            sale(CANTEEN, 500),
            sale(SHOP, 70, SUBSIDY, is_refund=True),
            Sum(BANK, OFFICE, CASH, DESK, True, "topup", False, 3, 10_000),
        ]
        made = entries(sums)
        self.assertTrue(made)
        for lines in made.values():
            self.assertTrue(lines)
            debit = sum(line.amount_minor for line in lines if line.is_debit)
            credit = sum(line.amount_minor for line in lines if not line.is_debit)
            self.assertEqual(debit, credit)

    def test_a_sum_between_holders_accounts_names_no_counter_account(self):
        row = Sum(GENERAL, CASH, SUBSIDY, None, False, "debt_return", False, 1, 40)
        self.assertEqual({line.counter_account_id for line in entries([row])[GENERAL]}, {None})

    def test_a_side_without_general_ledger_account_is_found(self):
        bad = sale(CANTEEN, 500, liability=None)
        self.assertEqual(missing_gl([sale(SHOP, 1), bad]), [bad])

    def test_groups_that_are_booked_alike_become_one_sum(self):
        bookings = {
            -1: Booking(CASH, None, True),
            -2: Booking(SUBSIDY, None, True),
            31: Booking(OFFICE, None, True),  # a debt
            32: Booking(OFFICE, None, True),  # another holder's
            CANTEEN: Booking(CLEARING, None, False),
            DESK: Booking(OFFICE, BANK, False),
        }
        groups = [
            Group(31, CANTEEN, "purchase", False, 1, 100),
            Group(32, CANTEEN, "purchase", False, 2, 300),
            Group(-1, CANTEEN, "purchase", False, 3, 500),
            Group(CANTEEN, -2, "purchase", True, 1, 50),
            Group(DESK, -1, "topup", False, 1, 1_000),
            Group(-1, 31, "debt_return", False, 1, 70),
        ]
        self.assertEqual(
            sums(groups, bookings, GENERAL),
            [
                Sum(GENERAL, CASH, OFFICE, None, False, "debt_return", False, 1, 70),
                Sum(GENERAL, CASH, CLEARING, CANTEEN, False, "purchase", False, 3, 500),
                Sum(GENERAL, OFFICE, CLEARING, CANTEEN, False, "purchase", False, 3, 400),
                Sum(GENERAL, CLEARING, SUBSIDY, CANTEEN, True, "purchase", True, 1, 50),
                Sum(BANK, OFFICE, CASH, DESK, True, "topup", False, 1, 1_000),
            ],
        )

    def test_no_sums_no_entries(self):
        self.assertEqual(entries([]), {})
