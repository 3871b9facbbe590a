import datetime as dt
import uuid

from odoo.exceptions import UserError
from odoo.tests import TransactionCase, tagged
from odoo.tools import mute_logger
from psycopg2 import errors as pg

from ..campus_core import errors
from .ledger_common import LedgerCase

# What a holder or a cashier can be told; the rest are codes of files and of programming errors.
ANSWER_CODES = {
    errors.UNKNOWN_CARD, errors.CARD_NOT_ACTIVE, errors.CARD_FROZEN, errors.CARD_LOST, errors.CARD_EXPIRED,
    errors.WALLET_FROZEN, errors.WALLET_CLOSED, errors.INSUFFICIENT,
    errors.LIMIT_PURCHASE, errors.LIMIT_DAY, errors.PIN_NEEDED, errors.PLAN_NOT_USABLE, errors.CONFLICT,
    errors.NOT_FOUND, errors.NOT_REVERSIBLE, errors.REVERSAL_EXCEEDS, errors.RESERVATION_CLOSED,
    errors.CAPTURE_EXCEEDS, errors.AMOUNT_INVALID, errors.DAY_CLOSED,
}  # fmt: skip


@tagged("post_install", "-at_install")
class TestCampusLedger(LedgerCase):
    def test_a_topup_a_sale_and_a_refund_move_the_balance(self):
        self.top_up(5000)
        sale = self.buy(1250)
        self.assertTrue(sale["ok"])
        self.assertEqual((sale["balance_before_minor"], sale["balance_after_minor"]), (5000, 3750))
        refund = self.ledger._reverse(
            [{"uuid": self.uuid(), "reverses_uuid": sale["uuid"], "amount_minor": 250}]
        )[0]
        self.assertTrue(refund["ok"])
        self.assertEqual(self.wallet.available_minor, 4000)
        self.assertEqual(self.merchant.balance, 10.0)

    def test_the_subsidy_is_spent_before_cash_and_refunded_to_where_it_came_from(self):
        self.top_up(5000)
        self.grant(300, expires_on=dt.date.today() + dt.timedelta(days=30))
        sale = self.buy(1000)
        self.assertEqual(
            [(p["plan"], p["amount_minor"]) for p in sale["pockets"]], [("subsidy", 300), ("cash", 700)]
        )
        self.ledger._reverse([{"uuid": self.uuid(), "reverses_uuid": sale["uuid"]}])
        balances = {p.plan_id.code: p.balance_minor for p in self.wallet.pocket_ids}
        self.assertEqual(balances, {"cash": 5000, "subsidy": 300})

    def test_a_replay_in_another_call_returns_the_first_answer(self):
        self.top_up(5000)
        request = self.purchase(700)
        first = self.ledger._post([request])[0]
        self.assertEqual(self.ledger._post([request])[0], first)
        self.assertEqual(self.wallet.available_minor, 4300)
        refused = self.purchase(99999)
        answer = self.ledger._post([refused])[0]
        self.assertEqual(answer["code"], "insufficient")
        self.top_up(100000)
        self.assertEqual(self.ledger._post([refused])[0], answer)
        self.assertTrue(self.ledger._post([{**refused, "attempt": 1}])[0]["ok"])

    @mute_logger("odoo.addons.campus_card.models.campus_ledger")
    def test_the_same_id_with_other_content_is_refused_and_books_nothing(self):
        self.top_up(5000)
        request = self.purchase(700)
        self.ledger._post([request])
        self.assertEqual(self.ledger._post([{**request, "amount_minor": 701}])[0]["code"], "conflict")
        self.assertEqual(self.ledger._reserve([{**request, "purpose": "pos"}])[0]["code"], "conflict")
        self.assertEqual(self.wallet.available_minor, 4300)

    def test_a_batch_answers_in_order_and_decides_in_order(self):
        self.top_up(1000)
        answers = self.ledger._post([self.purchase(600), self.purchase(600), self.purchase(400)])
        self.assertEqual([a["code"] for a in answers], ["ok", "insufficient", "ok"])
        self.assertEqual(self.wallet.balance_minor, 0)

    def test_a_quote_answers_like_a_posting_and_stores_nothing(self):
        self.top_up(1000)
        request = self.purchase(600)
        count = self.env["campus.transfer"].search_count([])
        quote = self.ledger._quote([request])[0]
        self.assertEqual(self.env["campus.transfer"].search_count([]), count)
        answer = self.ledger._post([request])[0]
        quote.pop("transfer_ids"), answer.pop("transfer_ids")
        self.assertEqual(quote, answer)

    def test_a_reservation_sets_money_aside_until_captured(self):
        self.top_up(1000)
        request = {**self.purchase(700), "purpose": "pos", "origin": "pos.session,1"}
        first = self.ledger._reserve([request])[0]
        self.assertEqual(self.ledger._reserve([request])[0], first)
        self.assertEqual((self.wallet.balance_minor, self.wallet.available_minor), (1000, 300))
        self.assertEqual(self.buy(400)["code"], "insufficient")
        captured = self.ledger._capture([{"uuid": request["uuid"], "origin": "pos.order,1"}])[0]
        self.assertEqual(self.ledger._capture([{"uuid": request["uuid"]}])[0], captured)
        self.assertEqual((self.wallet.balance_minor, self.wallet.available_minor), (300, 300))
        self.assertEqual(self.ledger._release([{"uuid": request["uuid"]}])[0]["code"], "reservation_closed")
        transfer = self.env["campus.transfer"].browse(captured["transfer_ids"])
        self.assertEqual(transfer.origin, "pos.order,1")

    def test_a_released_reservation_gives_the_money_back(self):
        self.top_up(1000)
        request = self.purchase(700)
        self.ledger._reserve([request])
        self.assertTrue(self.ledger._release([{"uuid": request["uuid"], "reason": "cancelled"}])[0]["ok"])
        self.assertEqual(self.wallet.available_minor, 1000)
        self.assertEqual(self.ledger._capture([{"uuid": request["uuid"]}])[0]["code"], "reservation_closed")
        reservation = self.env["campus.reservation"].search([("uuid", "=", request["uuid"])])
        self.assertEqual((reservation.state, reservation.close_reason), ("released", "cancelled"))

    def test_reservations_that_ran_out_are_given_back_by_the_cron(self):
        self.top_up(1000)
        past = dt.datetime.now() - dt.timedelta(hours=1)
        self.ledger._reserve([{**self.purchase(700), "expires_at": past}])
        with self.enter_registry_test_mode():
            self.env.ref("campus_card.campus_reservation_cron_expire").method_direct_trigger()
        self.env.invalidate_all()
        self.assertEqual(self.wallet.available_minor, 1000)
        self.assertEqual(self.env["campus.reservation"].search([], limit=1).state, "expired")

    def test_a_late_charge_becomes_debt_and_the_next_topup_repays_it(self):
        self.top_up(100)
        answer = self.ledger._post([{**self.purchase(350), "settle": True}])[0]
        self.assertTrue(answer["ok"])
        self.assertEqual((self.wallet.balance_minor, self.wallet.debt_minor), (0, 250))
        self.top_up(400)
        self.assertEqual((self.wallet.balance_minor, self.wallet.debt_minor), (150, 0))

    def test_limits_refuse_with_the_numbers_that_explain_it(self):
        self.top_up(10000)
        self.wallet.limit_day_minor = 1000
        self.assertTrue(self.buy(600)["ok"])
        answer = self.buy(500)
        self.assertEqual((answer["code"], answer["numbers"]["left_minor"]), ("limit_day", 400))
        self.assertIn("4.00", self.ledger._explain(answer))
        self.wallet.limit_purchase_minor = 100
        self.assertEqual(self.buy(101)["code"], "limit_purchase")

    def test_a_frozen_wallet_refuses_to_pay(self):
        self.top_up(1000)
        self.wallet.action_freeze()
        self.assertEqual(self.buy(100)["code"], "wallet_frozen")
        with self.assertRaises(UserError):
            self.wallet.action_close()
        self.wallet.action_unfreeze()
        self.assertTrue(self.buy(100)["ok"])

    def test_money_for_one_place_is_refused_elsewhere(self):
        plan = self.env["campus.pocket.plan"].search(
            [("code", "=", "meal"), ("company_id", "=", self.env.company.id)]
        )
        other = self.merchant.copy({"code": "other-line", "name": "Other"})
        plan.merchant_ids = other
        self.grant(500, plan="meal")
        self.assertEqual(self.buy(100)["code"], "plan_not_usable")
        plan.merchant_ids |= self.merchant
        self.assertTrue(self.buy(100)["ok"])

    def test_every_refusal_has_a_sentence(self):
        sentences = self.ledger._sentences()
        self.assertLessEqual(ANSWER_CODES, set(sentences))
        for code in sentences:
            self.assertNotIn("%(", self.ledger._explain({"code": code, "numbers": {}}))

    def test_a_float_amount_is_a_programming_error(self):
        with self.assertRaises(TypeError):
            self.ledger._post([self.purchase(12.5)])

    def test_a_day_in_the_past_that_is_closed_takes_no_posting(self):
        day = dt.date(2020, 1, 1)
        self.env["campus.closing"].create({"date": day, "state": "closed"})
        with self.assertRaises(ValueError):
            self.ledger._post([self.purchase(1)], booking_date=day)

    def test_a_posting_after_todays_close_belongs_to_tomorrow(self):
        today = self.ledger._business_day(self.env.company)
        self.env["campus.closing"].create({"date": today, "state": "closed"})
        self.env.flush_all()
        self.top_up(100)
        transfer = self.env["campus.transfer"].search([], limit=1)
        self.assertEqual(transfer.booking_date, today + dt.timedelta(days=1))


@tagged("post_install", "-at_install")
class TestLedgerGuards(LedgerCase):
    """What the database refuses, whatever code asks."""

    def refuse(self, query, *params, error=pg.RestrictViolation):
        with mute_logger("odoo.sql_db"), self.assertRaises(error), self.env.cr.savepoint():
            self.env.cr.execute(query, params)

    def setUp(self):
        super().setUp()
        self.top_up(1000)
        self.sale = self.buy(400)
        self.row = self.sale["transfer_ids"][0]

    def test_transfers_are_never_updated_or_deleted(self):
        self.refuse("UPDATE campus_transfer SET amount_minor = 1 WHERE id = %s", self.row)
        self.refuse("DELETE FROM campus_transfer WHERE id = %s", self.row)
        self.refuse("TRUNCATE campus_transfer CASCADE")
        transfer = self.env["campus.transfer"].browse(self.row)
        for forbidden in (
            lambda: transfer.write({"memo": "x"}),
            transfer.unlink,
            lambda: transfer.create([{}]),
        ):
            with self.assertRaises(UserError):
                forbidden()

    def test_answers_are_never_changed(self):
        self.refuse("UPDATE campus_posting SET ok = FALSE")
        self.refuse("DELETE FROM campus_posting")

    def test_nobody_writes_a_balance(self):
        pocket = self.wallet.pocket_ids.id
        self.refuse("UPDATE campus_account SET balance_minor = 999999 WHERE id = %s", pocket)
        self.refuse("UPDATE campus_account SET reserved_minor = 1 WHERE id = %s", pocket)
        self.refuse("UPDATE campus_account SET wallet_id = NULL, kind = 'merchant' WHERE id = %s", pocket)

    def insert(self, **values):
        row = {
            "uuid": self.uuid(), "line": 1, "kind": "purchase", "company_id": self.env.company.id,
            "wallet_id": self.wallet.id, "debit_account_id": self.wallet.pocket_ids.id,
            "credit_account_id": self.merchant.id, "amount_minor": 1, "booking_date": "2099-01-01",
            "occurred_at": "2099-01-01", "posted_at": "2099-01-01", **values,
        }  # fmt: skip
        names = ", ".join(row)
        return f"INSERT INTO campus_transfer ({names}) VALUES ({', '.join(['%s'] * len(row))})", *row.values()

    def test_no_pocket_goes_below_zero(self):
        self.refuse(*self.insert(amount_minor=601), error=pg.CheckViolation)

    def test_a_request_is_booked_once(self):
        self.refuse(*self.insert(uuid=self.sale["uuid"]), error=pg.UniqueViolation)

    def test_amounts_are_above_zero_and_have_two_sides(self):
        self.refuse(*self.insert(amount_minor=0), error=pg.CheckViolation)
        self.refuse(*self.insert(credit_account_id=self.wallet.pocket_ids.id), error=pg.CheckViolation)

    def test_a_transfer_links_what_is_there_and_of_its_company(self):
        other = self.env["res.company"].create({"name": "Another school"})
        for values in (
            {"credit_account_id": 2_000_000_000},
            {"debit_account_id": 2_000_000_000},
            {"wallet_id": 2_000_000_000},
            {"company_id": other.id},
        ):
            self.refuse(*self.insert(**values), error=pg.ForeignKeyViolation)

    def test_what_the_ledger_links_to_is_not_deleted(self):
        self.refuse("DELETE FROM campus_wallet WHERE id = %s", self.wallet.id)
        self.refuse("DELETE FROM campus_account WHERE id = %s", self.wallet.pocket_ids.id)
        self.refuse("DELETE FROM campus_account WHERE id = %s", self.merchant.id)

    def test_no_more_is_reversed_than_was_booked(self):
        back = {"debit_account_id": self.merchant.id, "credit_account_id": self.wallet.pocket_ids.id}
        query, *params = self.insert(reverses_id=self.row, amount_minor=300, **back)
        self.env.cr.execute(query, params)
        self.refuse(*self.insert(reverses_id=self.row, amount_minor=101, **back), error=pg.CheckViolation)

    def test_a_reversal_mirrors_its_original(self):
        self.refuse(*self.insert(reverses_id=self.row, amount_minor=100))

    def test_a_closed_day_is_final(self):
        day = dt.date(2021, 5, 5)
        closing = self.env["campus.closing"].create({"date": day, "state": "closed"})
        self.env.flush_all()
        self.refuse(*self.insert(booking_date=day))
        self.refuse("UPDATE campus_closing SET state = 'open' WHERE id = %s", closing.id)
        self.refuse("DELETE FROM campus_closing WHERE id = %s", closing.id)
        with self.assertRaises(UserError):
            closing.unlink()

    def test_a_reservation_is_closed_once(self):
        request = self.purchase(100)
        self.ledger._reserve([request])
        self.refuse("UPDATE campus_reservation SET amount_minor = 1 WHERE uuid = %s", request["uuid"])
        self.refuse("DELETE FROM campus_reservation WHERE uuid = %s", request["uuid"])
        self.ledger._release([{"uuid": request["uuid"]}])
        self.refuse("UPDATE campus_reservation SET state = 'open' WHERE uuid = %s", request["uuid"])


@tagged("post_install", "-at_install")
class TestLedgerNames(TransactionCase):
    def test_ids_are_stored_in_the_databases_own_type(self):
        self.env.cr.execute(
            """SELECT table_name FROM information_schema.columns
                WHERE column_name = 'uuid' AND table_name LIKE 'campus_%%' AND data_type = 'uuid'"""
        )
        names = {row[0] for row in self.env.cr.fetchall()}
        self.assertLessEqual({"campus_transfer", "campus_reservation", "campus_posting"}, names)
        self.assertFalse(self.env["campus.transfer"].search([("uuid", "=", str(uuid.uuid4()))]))
