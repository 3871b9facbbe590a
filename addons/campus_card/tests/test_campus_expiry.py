import datetime as dt
from unittest.mock import patch

from odoo.tests import tagged

from .ledger_common import LedgerCase

NOON = dt.datetime(2026, 3, 5, 4, 0, 0)
LAST_DAY = dt.date(2026, 3, 4)


@tagged("post_install", "-at_install")
class TestCampusExpiry(LedgerCase):
    """Money whose last day is over, on the calendar of the campus."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.partner_id.tz = "Asia/Shanghai"
        cls.set_clock(NOON)

    @classmethod
    def set_clock(cls, now):
        clock = patch("odoo.fields.Datetime.now", lambda: now)
        clock.start()
        cls.addClassCleanup(clock.stop)

    def at(self, now):
        return patch("odoo.fields.Datetime.now", lambda: now)

    def take_expired(self):
        with self.enter_registry_test_mode():
            self.env.ref("campus_card.campus_account_cron_take_expired").method_direct_trigger()
        self.env.invalidate_all()

    def test_expired_money_is_available_nowhere(self):
        self.top_up(1000)
        self.grant(1200, expires_on=LAST_DAY)
        pocket = self.wallet.pocket_ids.filtered("expires_on")
        self.assertEqual((self.wallet.balance_minor, self.wallet.available_minor), (2200, 1000))
        self.assertEqual((self.wallet.expired_minor, pocket.available_minor), (1200, 0))
        self.assertTrue(pocket.is_expired)
        self.assertEqual(self.buy(1001)["code"], "insufficient")
        with self.at(NOON - dt.timedelta(days=1)):
            self.env.invalidate_all()
            self.assertEqual((self.wallet.available_minor, pocket.available_minor), (2200, 1200))

    def test_the_job_takes_it_back_by_a_transfer_once(self):
        self.top_up(1000)
        self.grant(1200, expires_on=LAST_DAY)
        self.grant(300, expires_on=LAST_DAY + dt.timedelta(days=1))
        self.take_expired()
        self.take_expired()
        self.assertEqual((self.wallet.balance_minor, self.wallet.expired_minor), (1300, 0))
        transfer = self.env["campus.transfer"].search(
            [("kind", "=", "expiry"), ("wallet_id", "=", self.wallet.id)]
        )
        self.assertEqual((transfer.amount_minor, transfer.credit_account_id.code), (1200, "expired"))
        self.assertEqual(transfer.credit_account_id.gl_account_id.account_type, "income_other")

    def test_a_company_that_was_not_set_up_keeps_nobody_waiting(self):
        other = self.env["res.company"].create({"name": "AAA School", "sequence": -1})
        other.campus_journal_id = self.env["account.journal"].create(
            {"name": "Card", "code": "AAA", "type": "general", "company_id": other.id}
        )
        self.grant(1200, expires_on=LAST_DAY)
        self.take_expired()
        self.assertEqual(self.wallet.balance_minor, 0)

    def test_what_is_reserved_stays_until_it_is_settled(self):
        self.grant(1200, expires_on=LAST_DAY)
        with self.at(NOON - dt.timedelta(days=1)):
            request = {**self.purchase(700), "purpose": "pos"}
            self.assertTrue(self.ledger._reserve([request])[0]["ok"])
        self.take_expired()
        self.assertEqual(self.wallet.balance_minor, 700)
        self.assertTrue(self.ledger._capture([{"uuid": request["uuid"]}])[0]["ok"])

    def test_a_refund_of_expired_money_says_where_it_goes(self):
        self.grant(1200, expires_on=LAST_DAY)
        with self.at(NOON - dt.timedelta(days=1)):
            sale = self.buy(900)
        request = {"uuid": self.uuid(), "reverses_uuid": sale["uuid"]}
        [quote] = self.ledger._quote_reverse([request])
        [answer] = self.ledger._reverse([request])
        for outcome in (quote, answer):
            self.assertEqual(outcome["numbers"], {"expired_minor": 900})
            self.assertIn(
                "9.00 of it goes back to money whose last day is over", self.ledger._explain(outcome)
            )
        self.assertEqual(self.wallet.available_minor, 0)
        self.take_expired()
        self.assertEqual(self.wallet.balance_minor, 0)

    def test_the_same_amount_that_comes_back_twice_a_day_is_taken_twice(self):
        self.grant(1800, expires_on=LAST_DAY)
        with self.at(NOON - dt.timedelta(days=1)):
            sales = [self.buy(900), self.buy(900)]
        for sale in sales:
            self.ledger._reverse([{"uuid": self.uuid(), "reverses_uuid": sale["uuid"]}])
            # one round: a job that takes nothing would begin another one, without end
            account = self.env["campus.account"]._system("expired")
            today = self.company._campus_today()
            self.ledger._post(account._prepare_expiry(self.company, today, account))
            self.env.invalidate_all()
            self.assertEqual(self.wallet.balance_minor, 0)

    def test_limits_and_validity_go_by_the_calendar_day_after_an_early_close(self):
        self.top_up(10000)
        self.grant(100, expires_on=NOON.date())
        self.wallet.limit_day_minor = 1000
        self.assertTrue(self.buy(900)["ok"])
        self.env["campus.closing"].sudo().create(
            {"company_id": self.company.id, "date": NOON.date(), "state": "closed"}
        )
        self.env.flush_all()
        answer = self.buy(200)
        self.assertEqual((answer["code"], answer["numbers"]["left_minor"]), ("limit_day", 100))
        sale = self.buy(100)
        self.assertTrue(sale["ok"])
        booked = self.env["campus.transfer"].browse(sale["transfer_ids"])
        self.assertEqual(booked.booking_date, NOON.date() + dt.timedelta(days=1))

    def test_money_for_today_is_good_until_midnight_although_the_day_is_closed(self):
        self.grant(100, expires_on=NOON.date())
        self.env["campus.closing"].sudo().create(
            {"company_id": self.company.id, "date": NOON.date(), "state": "closed"}
        )
        self.env.flush_all()
        self.assertTrue(self.buy(100)["ok"])

    def test_a_refund_of_yesterdays_purchase_gives_no_room_today(self):
        self.top_up(10000)
        self.wallet.limit_day_minor = 1000
        with self.at(NOON - dt.timedelta(days=1)):
            old = self.buy(1000)
        self.assertTrue(old["ok"], old)
        self.assertTrue(self.buy(600)["ok"])
        self.assertTrue(self.ledger._reverse([{"uuid": self.uuid(), "reverses_uuid": old["uuid"]}])[0]["ok"])
        answer = self.buy(500)
        self.assertEqual((answer["code"], answer["numbers"]["left_minor"]), ("limit_day", 400))

    def test_a_refund_of_todays_purchase_gives_its_room_back_also_in_the_next_call(self):
        self.top_up(10000)
        self.wallet.limit_day_minor = 1000
        sale = self.buy(1000)
        self.ledger._reverse([{"uuid": self.uuid(), "reverses_uuid": sale["uuid"], "amount_minor": 300}])
        self.assertEqual(self.buy(301)["numbers"]["left_minor"], 300)
        self.assertTrue(self.buy(300)["ok"])
