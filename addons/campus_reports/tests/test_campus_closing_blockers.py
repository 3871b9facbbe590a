import datetime as dt
from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import TODAY, ClosingCase

YESTERDAY = TODAY - dt.timedelta(days=1)
TOMORROW = TODAY + dt.timedelta(days=1)


@tagged("post_install", "-at_install")
class TestCampusClosingBlockers(ClosingCase):
    """What keeps a day open, what is shown before the close, what happens at night."""

    def assertNothingDone(self):
        self.env.invalidate_all()
        self.assertFalse(self.Closing._closed_until(self.company))
        domain = [("company_id", "=", self.company.id)]
        self.assertFalse(self.env["account.move"].search([*domain, ("campus_closing_id", "!=", False)]))
        self.assertFalse(self.Closing.search([*domain, ("state", "=", "closed")]))
        self.post("topup", 100)

    def test_locked_books_keep_the_day_open_and_nothing_half_done(self):
        self.post("topup", 1_000)
        for field in ("fiscalyear_lock_date", "hard_lock_date"):
            with self.subTest(field), self.cr.savepoint() as savepoint:
                self.lock_as_before(self.company, field, TODAY)
                with self.assertRaisesRegex(UserError, "locked until"):
                    self.close()
                self.assertNothingDone()
                savepoint.rollback()
                self.env.invalidate_all()

    def test_an_entry_that_odoo_would_book_on_another_day_is_refused(self):
        self.post("topup", 1_000)
        Move = type(self.env["account.move"])

        def later(moves, soft=True):
            moves.date = TOMORROW
            return moves

        with patch.object(Move, "_post", later), self.assertRaisesRegex(UserError, "books are locked on"):
            self.close()
        self.assertNothingDone()

    def test_an_account_without_general_ledger_account_is_named(self):
        self.post("topup", 1_000)
        self.post("purchase", 500, self.shop)
        self.shop.gl_account_id = False
        with self.assertRaisesRegex(UserError, "“Shop” has no general ledger account"):
            self.close()
        self.assertNothingDone()

    def test_a_plan_without_liability_account_is_refused(self):
        self.post("topup", 1_000)
        self.wallet.pocket_ids.plan_id.liability_account_id = False
        with self.assertRaisesRegex(UserError, "no liability account"):
            self.close()
        self.assertNothingDone()

    def link_as_before(self, query, *values):
        """A database whose links were set before they were checked."""
        self.env.flush_all()
        self.cr.execute(query, values)
        self.env.invalidate_all()

    def test_links_that_cannot_be_booked_are_named_in_the_preview_and_at_the_close(self):
        self.post("topup", 1_000)
        self.post("purchase", 500, self.shop)
        plan = self.wallet.pocket_ids.plan_id
        other = self.env["res.company"].create({"name": "Elsewhere"})
        self.env["account.chart.template"].try_loading("generic_coa", company=other, install_demo=False)
        set_plan = "UPDATE campus_pocket_plan SET liability_account_id = %s WHERE id = %s"
        set_shop = "UPDATE campus_account SET gl_account_id = %s WHERE id = %s"
        wrong = (
            ("“Cash” cannot be booked", set_plan, self.gl("campus_fee").id, plan.id),
            ("“Cash”: .* does not belong to", set_plan, other._campus_ref("campus_cash").id, plan.id),
            ("“Shop” cannot be booked", set_shop, self.gl("campus_subsidy_cost").id, self.shop.id),
            ("“Shop”: .* is archived", "UPDATE account_account SET active = FALSE WHERE id = %s",
             self.shop.gl_account_id.id),
        )  # fmt: skip
        for words, query, *values in wrong:
            with self.subTest(words), self.cr.savepoint() as savepoint:
                self.link_as_before(query, *values)
                [blocker] = self.Closing._quote_close(self.company, TODAY)["blockers"]
                self.assertRegex(blocker, words)
                with self.assertRaisesRegex(UserError, words):
                    self.close()
                savepoint.rollback()
                self.env.invalidate_all()
        self.close()

    def test_a_company_without_journal_is_refused(self):
        self.post("topup", 1_000)
        self.company.campus_journal_id = False
        with self.assertRaisesRegex(UserError, "no campus card journal"):
            self.close()
        self.assertNothingDone()

    def test_other_modules_can_keep_a_day_open(self):
        self.post("topup", 1_000)
        Closing = type(self.env["campus.closing"])

        def blockers(closing):
            return [f"3 late taps of {closing.date} wait for review."]

        with patch.object(Closing, "_close_blockers", blockers):
            self.assertEqual(
                self.Closing._quote_close(self.company, TODAY)["blockers"],
                ["3 late taps of 2026-03-05 wait for review."],
            )
            with self.assertRaisesRegex(UserError, "3 late taps"):
                self.close()
        self.assertNothingDone()

    # -- preview and cron ----------------------------------------------------------

    def test_the_preview_is_what_gets_booked_and_stores_nothing(self):
        self.post("topup", 1_000)
        self.post("purchase", 300)
        quote = self.Closing._quote_close(self.company, TODAY)
        self.assertNothingDone()
        quote = self.Closing._quote_close(self.company, TODAY)
        closing = self.close()
        lines = [line for lines in quote["entries"].values() for line in lines]
        wanted = sorted((line.gl_id, line.is_debit, line.amount_minor) for line in lines)
        booked = sorted(
            (line.account_id.id, bool(line.debit), round((line.debit or line.credit) * 100))
            for line in closing.move_ids.line_ids
        )
        self.assertEqual(wanted, booked)

    def test_the_dialog_proposes_yesterday_and_never_today(self):
        Wizard = self.env["campus.close.day"].with_user(self.finance).with_company(self.company)
        self.post("topup", 1_000)
        self.assertEqual(Wizard.create({}).date, YESTERDAY)
        self.close(YESTERDAY)
        self.assertEqual(Wizard.create({}).date, YESTERDAY)

    def test_the_dialog_offers_the_first_open_day_and_closes_it(self):
        self.post("topup", 1_000, day=YESTERDAY)
        self.post("topup", 1_000)
        Wizard = self.env["campus.close.day"].with_user(self.finance).with_company(self.company)
        wizard = Wizard.create({})
        self.assertEqual((wizard.date, wizard.can_close), (YESTERDAY, True))
        self.assertIn("10.00", wizard.preview)
        action = wizard.action_close()
        self.assertEqual(self.Closing.browse(action["res_id"]).date, YESTERDAY)

    def test_the_dialog_can_close_the_days_before_as_well(self):
        self.post("topup", 1_000, day=YESTERDAY)
        wizard = self.env["campus.close.day"].create({"date": TODAY})
        self.assertEqual((wizard.can_close, wizard.earlier_days), (False, 1))
        wizard.action_close_until()
        self.assertEqual(self.Closing._closed_until(self.company), TODAY)

    def test_the_nightly_close_closes_the_days_before_today(self):
        self.company.campus_close_daily = True
        self.post("topup", 1_000, day=YESTERDAY)
        self.post("topup", 1_000)
        with self.enter_registry_test_mode():
            self.env.ref("campus_reports.ir_cron_close_days").method_direct_trigger()
        self.assertEqual(self.Closing._closed_until(self.company), YESTERDAY)

    def test_what_keeps_a_night_from_closing_is_put_before_finance_once(self):
        self.post("topup", 1_000, day=YESTERDAY)
        self.company.campus_journal_id = False
        for _night in range(2):
            with mute_logger("odoo.addons.campus_reports.models.campus_closing_when"):
                self.Closing._close_overdue(self.company)
        closing = self.Closing.search([("company_id", "=", self.company.id)])
        self.assertEqual(closing.state, "open")
        self.assertEqual(closing.activity_ids.user_id, self.finance)
        self.assertEqual(len(closing.activity_ids), 1)
        self.assertIn("journal", closing.activity_ids.note)
        self.company._campus_setup()
        self.close(YESTERDAY)
        self.assertFalse(closing.activity_ids)
