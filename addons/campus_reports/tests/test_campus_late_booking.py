import datetime as dt

import psycopg2
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import TODAY, ClosingCase

YESTERDAY = TODAY - dt.timedelta(days=1)
EARLIER = TODAY - dt.timedelta(days=2)
TOMORROW = TODAY + dt.timedelta(days=1)
LOCKS = ("fiscalyear_lock_date", "hard_lock_date")


@tagged("post_install", "-at_install")
class TestCampusLockDates(ClosingCase):
    """The books are not locked over card days that are open."""

    def test_a_lock_over_an_open_card_day_is_refused_and_before_it_is_taken(self):
        self.post("topup", 1_000, day=YESTERDAY)
        for field in LOCKS:
            for date in (YESTERDAY, TODAY, TOMORROW):
                with self.subTest(f"{field} {date}"), self.assertRaisesRegex(UserError, "card day of"):
                    self.company.write({field: date})
            self.company.write({field: EARLIER})
        self.close(YESTERDAY)
        for field in LOCKS:
            self.company.write({field: YESTERDAY})

    def test_today_and_later_are_refused_though_nothing_was_sold_yet(self):
        for field in LOCKS:
            for date in (TODAY, TOMORROW):
                with self.subTest(f"{field} {date}"), self.assertRaisesRegex(UserError, "card day of"):
                    self.company.write({field: date})
            self.company.write({field: YESTERDAY})
            self.company.write({field: YESTERDAY})

    def test_a_closed_today_can_be_locked_and_tomorrow_cannot(self):
        self.post("topup", 1_000)
        self.close()
        with self.assertRaises(UserError):
            self.company.hard_lock_date = TOMORROW
        self.company.hard_lock_date = TODAY

    def test_a_lock_of_sales_concerns_a_card_that_books_in_a_sales_journal(self):
        self.post("topup", 1_000, day=YESTERDAY)
        self.company.sale_lock_date = TODAY
        self.company.sale_lock_date = False
        self.company.tax_lock_date = TODAY
        self.cash_desk.journal_id = self.env["account.journal"].search(
            [("company_id", "=", self.company.id), ("type", "=", "sale")], limit=1
        )
        with self.assertRaisesRegex(UserError, "card day of"):
            self.company.sale_lock_date = TODAY

    def test_a_company_without_cards_and_a_lock_that_stays_are_nobodys_business(self):
        other = self.env["res.company"].create({"name": "Without Cards"})
        other.hard_lock_date = TODAY
        self.post("topup", 1_000, day=YESTERDAY)
        self.lock_as_before(self.company, "fiscalyear_lock_date", TODAY)
        self.company.write({"fiscalyear_lock_date": TODAY, "name": "Still Locked"})
        self.company.fiscalyear_lock_date = YESTERDAY
        self.company.fiscalyear_lock_date = False

    def test_a_lock_of_the_parent_company_counts_for_its_branches(self):
        parent = self.env["res.company"].create({"name": "Holding"})
        self.post("topup", 1_000, day=YESTERDAY)
        self.cr.execute(
            "UPDATE res_company SET parent_id = %s, parent_path = %s WHERE id = %s",
            [parent.id, f"{parent.parent_path}{self.company.id}/", self.company.id],
        )
        self.env.invalidate_all()
        with self.assertRaisesRegex(UserError, "Closing Test University"):
            parent.hard_lock_date = TODAY


@tagged("post_install", "-at_install")
class TestCampusLateBooking(ClosingCase):
    """The way out of a database whose books were locked over open card days."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.second = cls.user("second", "campus_card.group_campus_card_finance")
        cls.auditor = cls.user("late-auditor", "campus_card.group_campus_card_auditor")
        cls.clerk = cls.user("late-clerk", "campus_card.group_campus_card_clerk")
        cls.Late = cls.env["campus.late.booking"]

    def setUp(self):
        super().setUp()
        self.post("topup", 1_000, day=EARLIER)
        self.post("purchase", 300, day=YESTERDAY)
        self.post("topup", 500)
        self.lock_as_before(self.company, "hard_lock_date", YESTERDAY)

    def wizard(self, date=EARLIER, user=None):
        Wizard = self.env["campus.close.day"].with_user(user or self.finance).with_company(self.company)
        return Wizard.create({"date": date})

    def ask(self, reason="The year was locked by mistake."):
        wizard = self.wizard()
        self.assertEqual(
            (wizard.locked_until, wizard.can_ask_late, wizard.can_close), (YESTERDAY, True, False)
        )
        wizard.late_reason = reason
        return self.Late.browse(wizard.action_ask_late()["res_id"])

    def test_two_people_agree_and_the_days_are_booked_on_the_first_open_date(self):
        late = self.ask()
        self.assertEqual(late.activity_ids.user_id, self.second)
        late.with_user(self.second).action_approve()
        self.assertFalse(late.activity_ids)
        wizard = self.wizard()
        self.assertTrue(wizard.can_close, wizard.blockers)
        for day in (EARLIER, YESTERDAY, TODAY):
            closing = self.Closing.browse(self.Closing.with_user(self.finance)._close_day(self.company, day))
            self.assertEqual((closing.state, closing.move_ids.date), ("closed", TODAY))
            self.assertEqual(closing.late_booking_id, late if day != TODAY else self.Late)
        self.assertIn("by mistake", late.closing_ids[0].message_ids[0].body)
        self.assertBridge()
        self.assertEqual(self.Closing._closed_until(self.company), TODAY)

    def test_nobody_decides_alone(self):
        late = self.ask()
        with self.assertRaises(AccessError):
            late.with_user(self.finance).action_approve()
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(psycopg2.errors.CheckViolation),
            self.cr.savepoint(),
        ):
            late.sudo().write({"state": "approved", "decided_by_id": self.finance.id})
            self.env.flush_all()
        late.invalidate_recordset()
        with self.assertRaisesRegex(UserError, "locked until"):
            self.close(EARLIER)

    def test_only_finance_asks_and_decides(self):
        for user in (self.auditor, self.clerk):
            with self.subTest(user.login), self.assertRaises(AccessError):
                self.Late.with_user(user)._ask(self.company, YESTERDAY, "Because.")
        late = self.ask()
        for user in (self.auditor, self.clerk):
            with self.subTest(user.login), self.assertRaises(AccessError):
                late.with_user(user).action_approve()
        self.assertEqual(late.with_user(self.auditor).state, "requested")
        for user in (self.finance, self.second, self.auditor, self.clerk):
            with self.subTest(user.login):
                with self.assertRaises(AccessError):
                    late.with_user(user).write({"state": "approved"})
                with self.assertRaises(AccessError):
                    self.Late.with_user(user).create({"locked_until": TODAY, "reason": "x"})

    def test_it_needs_a_reason_comes_once_and_stays_as_decided(self):
        with self.assertRaisesRegex(UserError, "reason"), self.cr.savepoint():
            self.ask(reason="  ")
        late = self.ask()
        self.assertFalse(self.wizard().can_ask_late)
        with self.assertRaisesRegex(UserError, "already"):
            self.Late.with_user(self.finance)._ask(self.company, YESTERDAY, "Again.")
        late.with_user(self.second).action_refuse()
        with self.assertRaisesRegex(UserError, "decided already"):
            late.with_user(self.second).action_approve()
        with self.assertRaises(UserError):
            late.reason = "Another."
        with self.assertRaises(UserError):
            late.unlink()
        self.assertTrue(self.wizard().can_ask_late)

    def test_days_after_the_agreed_ones_are_not_covered(self):
        self.ask().with_user(self.second).action_approve()
        for day in (EARLIER, YESTERDAY):
            self.Closing.with_user(self.finance)._close_day(self.company, day)
        self.lock_as_before(self.company, "hard_lock_date", TODAY)
        with self.assertRaisesRegex(UserError, "locked until"):
            self.close(TODAY)
