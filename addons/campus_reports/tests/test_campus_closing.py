import datetime as dt

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger
from psycopg2.errors import RestrictViolation

from .common import TODAY, ClosingCase

YESTERDAY = TODAY - dt.timedelta(days=1)
TOMORROW = TODAY + dt.timedelta(days=1)


@tagged("post_install", "-at_install")
class TestCampusClosing(ClosingCase):
    def test_a_day_of_top_ups_and_sales_becomes_one_entry(self):
        self.post("topup", 10_000)
        self.post("purchase", 1_250)
        self.post("purchase", 800)
        self.post("purchase", 300, self.shop)
        closing = self.close()
        self.assertEqual(closing.state, "closed")
        self.assertEqual(len(closing.move_ids), 1)
        move = closing.move_ids
        self.assertEqual(
            (move.state, move.date, move.journal_id), ("posted", TODAY, self.company.campus_journal_id)
        )
        sales = self.gl("campus_sales")
        self.assertBooked(
            closing,
            [
                (self.gl("campus_office_cash"), "debit", 10_000),
                (self.gl("campus_cash"), "credit", 10_000),
                (self.gl("campus_cash"), "debit", 2_350),
                (sales, "credit", 2_050, self.noodles),
                (sales, "credit", 300),
            ],
        )

    def test_a_day_says_what_was_spent_and_loaded(self):
        self.post("topup", 10_000)
        sale = self.post("purchase", 1_250)
        self.refund(sale, 250)
        closing = self.close()
        self.assertEqual((closing.spent, closing.loaded, closing.moved), (10.0, 100.0, 115.0))
        self.assertEqual(closing.transfer_count, 3)
        self.assertEqual(closing.closed_by_id, self.env.user)

    def test_the_printed_day_shows_movements_and_entries(self):
        self.post("topup", 10_000)
        self.post("purchase", 1_250)
        closing = self.close()
        report = self.env["ir.actions.report"].with_user(self.finance)
        html = report._render_qweb_html("campus_reports.report_campus_closing", closing.ids)[0].decode()
        for text in ("Top-up", "Purchase", "Line 1", "12.50", closing.move_ids.name, "Closed by"):
            self.assertIn(text, html)

    def test_a_refund_goes_back_to_the_liability(self):
        self.post("topup", 5_000)
        sale = self.post("purchase", 1_200)
        self.refund(sale, 500)
        self.assertBooked(
            self.close(),
            [
                (self.gl("campus_office_cash"), "debit", 5_000),
                (self.gl("campus_cash"), "credit", 5_500),
                (self.gl("campus_cash"), "debit", 1_200),
                (self.gl("campus_sales"), "credit", 1_200, self.noodles),
                (self.gl("campus_sales"), "debit", 500, self.noodles),
            ],
        )

    def test_each_plan_has_its_own_liability(self):
        self.post("topup", 1_000)
        self.post("subsidy", 600, self.fund, plan="subsidy")
        self.post("purchase", 900)
        self.assertBooked(
            self.close(),
            [
                (self.gl("campus_office_cash"), "debit", 1_000),
                (self.gl("campus_cash"), "credit", 1_000),
                (self.gl("campus_subsidy_cost"), "debit", 600),
                (self.gl("campus_subsidy"), "credit", 600),
                (self.gl("campus_subsidy"), "debit", 600),
                (self.gl("campus_cash"), "debit", 300),
                (self.gl("campus_sales"), "credit", 900, self.noodles),
            ],
        )

    def test_fees_pay_outs_and_opening_balances(self):
        system = self.env["campus.account"]._system
        self.post("opening", 3_000, system("opening"))
        self.post("fee", 500, system("fee"))
        self.post("payout", 1_000)
        self.assertBooked(
            self.close(),
            [
                (self.gl("campus_opening"), "debit", 3_000),
                (self.gl("campus_cash"), "credit", 3_000),
                (self.gl("campus_cash"), "debit", 1_500),
                (self.gl("campus_fee"), "credit", 500),
                (self.gl("campus_office_cash"), "credit", 1_000),
            ],
        )

    def test_debts_are_booked_on_the_company_s_account_for_them(self):
        self.post("topup", 400)
        self.post("purchase", 1_000, settle=True)
        self.assertBooked(
            self.close(),
            [
                (self.gl("campus_office_cash"), "debit", 400),
                (self.gl("campus_cash"), "credit", 400),
                (self.gl("campus_cash"), "debit", 400),
                (self.company.campus_debt_account_id, "debit", 600),
                (self.gl("campus_sales"), "credit", 1_000, self.noodles),
            ],
        )

    def test_debts_that_are_paid_and_written_off_leave_the_debt_account_as_money_and_as_a_loss(self):
        system = self.env["campus.account"]._system
        self.post("purchase", 1_000, settle=True)
        self.post("debt_payment", 300, system("bank_desk"))
        self.post("correction_in", 200, system("correction"))
        self.post("debt_settle", 200)
        self.post("write_off", 500, system("debt_loss"))
        self.assertBooked(
            self.close(),
            [
                (self.company.campus_debt_account_id, "debit", 1_000),
                (self.gl("campus_sales"), "credit", 1_000, self.noodles),
                (self.gl("campus_office_bank"), "debit", 300),
                (self.gl("campus_correction"), "debit", 200),
                (self.gl("campus_cash"), "credit", 200),
                (self.gl("campus_cash"), "debit", 200),
                (self.gl("campus_debt_loss"), "debit", 500),
                (self.company.campus_debt_account_id, "credit", 1_000),
            ],
        )
        self.assertBridge()

    def test_expired_money_becomes_income_and_joined_accounts_leave_nothing_between_them(self):
        self.post("subsidy", 600, self.fund, plan="subsidy", expires_on=YESTERDAY)
        with self.enter_registry_test_mode():
            self.env.ref("campus_card.campus_account_cron_take_expired").method_direct_trigger()
        self.post("topup", 400)
        other = self.env["res.partner"].create({"name": "The same person"})
        target = self.env["campus.wallet"]._for_holder(other)
        self.wallet._join_into(target)
        self.assertEqual(target.balance_minor, 400)
        booked = self.booked(self.close())
        nobody = self.env["res.partner"]
        self.assertEqual(booked[self.gl("campus_expired"), nobody, "credit"], 600)
        suspense = self.gl("campus_suspense")
        self.assertEqual(booked[suspense, nobody, "debit"], booked[suspense, nobody, "credit"])
        self.assertBridge()

    def test_an_account_with_a_journal_of_its_own_gets_an_entry_there(self):
        cash_book = self.env["account.journal"].create(
            {"name": "Counter Book", "code": "CNTR", "type": "general", "company_id": self.company.id}
        )
        self.cash_desk.journal_id = cash_book
        self.post("topup", 2_000)
        self.post("purchase", 700)
        moves = self.close().move_ids
        self.assertEqual(len(moves), 2)
        self.assertEqual(moves.journal_id, cash_book + self.company.campus_journal_id)
        self.assertEqual(moves.filtered(lambda move: move.journal_id == cash_book).amount_total_signed, 20.0)

    def test_a_day_without_transfers_closes_without_an_entry(self):
        closing = self.close()
        self.assertEqual((closing.state, closing.transfer_count), ("closed", 0))
        self.assertFalse(closing.move_ids)

    def test_only_the_transfers_of_the_day_are_booked(self):
        self.post("topup", 1_000, day=YESTERDAY)
        self.post("topup", 400)
        self.close(YESTERDAY)
        closing = self.close()
        self.assertEqual(closing.move_ids.amount_total_signed, 4.0)

    def test_other_companies_are_left_alone(self):
        other = self.env["res.company"].create({"name": "Other University"})
        self.env["account.chart.template"].try_loading("generic_coa", company=other, install_demo=False)
        wallet = self.env["campus.wallet"]._for_holder(self.partner, other)
        desk = self.env["campus.account"]._system("cash_desk", other)
        self.post("topup", 900, desk, wallet=wallet)
        self.post("topup", 100)
        self.assertEqual(self.close().transfer_count, 1)
        self.assertEqual(self.post("topup", 50, desk, wallet=wallet)["code"], "ok")

    # -- order, and the end of a day -------------------------------------------

    def test_days_are_closed_in_order(self):
        self.post("topup", 1_000, day=YESTERDAY)
        self.post("topup", 1_000)
        with self.assertRaisesRegex(UserError, "Still open: .*4"):
            self.close()

    def test_open_days_can_be_closed_in_one_go(self):
        for days in (9, 4, 1, 0):
            self.post("topup", 1_000, day=TODAY - dt.timedelta(days=days))
        closings = self.Closing.browse(self.Closing._close_until(self.company, TODAY))
        self.assertEqual(closings.mapped("transfer_count"), [1, 1, 1, 1])
        self.assertEqual(self.Closing._closed_until(self.company), TODAY)

    def test_a_day_that_is_not_over_in_the_company_stays_open(self):
        with self.assertRaisesRegex(UserError, "not over"):
            self.close(TOMORROW)

    def test_a_request_that_is_refused_closes_no_day_before_it(self):
        for day in (YESTERDAY, TODAY):
            self.post("topup", 1_000, day=day)
        with self.assertRaisesRegex(UserError, "not over"):
            self.Closing._close_until(self.company, TOMORROW)
        self.assertFalse(self.Closing._closed_until(self.company))

    def test_a_closed_day_is_not_closed_again(self):
        self.close()
        with self.assertRaisesRegex(UserError, "final"):
            self.close()
        with self.assertRaisesRegex(UserError, "final"):
            self.close(YESTERDAY)

    def test_a_post_after_the_close_belongs_to_the_next_day(self):
        self.post("topup", 1_000)
        self.close()
        answer = self.post("topup", 500)
        transfer = self.env["campus.transfer"].browse(answer["transfer_ids"])
        self.assertEqual(transfer.booking_date, TOMORROW)
        self.assertBridge()

    def test_nothing_is_booked_on_a_closed_day(self):
        self.post("topup", 1_000)
        self.close()
        with self.assertRaises(ValueError):
            self.post("topup", 1_000, day=TODAY)

    def test_the_database_refuses_a_transfer_on_a_closed_day(self):
        answer = self.post("topup", 1_000)
        self.close()
        with mute_logger("odoo.sql_db"), self.assertRaises(RestrictViolation), self.cr.savepoint():
            self.cr.execute(
                """INSERT INTO campus_transfer (uuid, line, kind, company_id, wallet_id, debit_account_id,
                       credit_account_id, amount_minor, booking_date, occurred_at, posted_at)
                   SELECT gen_random_uuid(), 1, kind, company_id, wallet_id, debit_account_id,
                       credit_account_id, 1, booking_date, occurred_at, posted_at
                     FROM campus_transfer WHERE id = %s""",
                answer["transfer_ids"],
            )

    def test_a_closed_day_and_its_entry_are_final(self):
        self.post("topup", 1_000)
        closing = self.close()
        with mute_logger("odoo.sql_db"), self.assertRaises(RestrictViolation), self.cr.savepoint():
            closing.state = "open"
            self.env.flush_all()
        closing.invalidate_recordset()
        for action in (
            closing.unlink,
            closing.line_ids.unlink,
            lambda: closing.line_ids.write({"amount": 1}),
            closing.move_ids.button_draft,
            closing.move_ids.button_cancel,
            closing.move_ids.unlink,
        ):
            with self.assertRaises(UserError), self.cr.savepoint():
                action()
