import datetime as dt

from odoo.addons.campus_card.db.seals import SEALED
from odoo.tests import tagged

from .common import TODAY, ClosingCase
from .sabotage import Sabotage

YESTERDAY = TODAY - dt.timedelta(days=1)


@tagged("post_install", "-at_install")
class TestCampusBridgeRows(Sabotage, ClosingCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        thief = cls.env["res.partner"].create({"name": "Zhang Sanfeng"})
        cls.thief = cls.env["campus.wallet"]._for_holder(thief)
        cls.Transfer = cls.env["campus.transfer"]

    def transfer(self, answer):
        return self.Transfer.browse(answer["transfer_ids"])

    def reserve(self, amount_minor, captured=True):
        request = {
            "uuid": self.uuid(),
            "wallet_id": self.wallet.id,
            "account_id": self.merchant.id,
            "amount_minor": amount_minor,
        }
        self.assertTrue(self.ledger._reserve([request])[0]["ok"])
        if captured:
            self.assertTrue(self.ledger._capture([{"uuid": request["uuid"]}])[0]["ok"])
        return self.env["campus.reservation"].search([("uuid", "=", request["uuid"])])

    def test_a_school_at_work_has_no_row_that_does_not_fit(self):
        self.post("topup", 10_000, day=YESTERDAY)
        self.post("purchase", 1_000, day=YESTERDAY)
        self.close(YESTERDAY)
        self.post("topup", 400, wallet=self.thief)
        sale = self.post("purchase", 700)
        self.refund(sale, 300)
        self.post("purchase", 20_000, settle=True)
        self.post("topup", 30_000)
        self.reserve(100)
        released = self.reserve(200, captured=False)
        self.ledger._release([{"uuid": released.uuid}])
        self.reserve(300, captured=False)
        refused = self.ledger._post([{**self.purchase(99_999_999)}])[0]
        self.assertFalse(refused["ok"])
        for is_closed in (False, True):
            if is_closed:
                self.close()
            bridge = self.check()
            self.assertTrue(bridge.is_balanced, bridge.finding_ids.read())
            self.assertEqual(bridge.finding_count, 0)

    def test_a_seal_covers_every_column(self):
        for table, names in SEALED.items():
            self.cr.execute(
                "SELECT column_name FROM information_schema.columns WHERE table_name = %s", [table]
            )
            self.assertEqual(
                {row[0] for row in self.cr.fetchall()} - {"id", "seal"}, set(names.split()), table
            )

    # -- pockets -----------------------------------------------------------------

    def test_money_moved_between_two_pockets_of_one_plan_shows_both_though_it_is_spent_and_booked(self):
        self.post("topup", 1_000)
        move = "UPDATE campus_account SET balance_minor = balance_minor + %s WHERE id = %s"
        self.behind("campus_account", move, -600, self.wallet.pocket_ids.id)
        self.behind("campus_account", move, 600, self.thief.pocket_ids.id)
        self.post("purchase", 600, wallet=self.thief)
        self.close()
        victim = self.assertFound("pocket", self.wallet.pocket_ids, "Lin Xiaoyu", "Cash")
        self.assertEqual((victim.expected, victim.found), (10.0, 4.0))
        thief = self.assertFound("pocket", self.thief.pocket_ids, "Zhang Sanfeng")
        self.assertEqual((thief.expected, thief.found), (-6.0, 0.0))

    def test_a_pocket_that_was_given_to_another_holder_shows(self):
        self.post("topup", 1_000)
        pocket = self.wallet.pocket_ids
        self.behind("campus_account", "DELETE FROM campus_account WHERE id = %s", self.thief.pocket_ids.id)
        self.behind(
            "campus_account",
            "UPDATE campus_account SET wallet_id = %s WHERE id = %s",
            self.thief.id,
            pocket.id,
        )
        self.assertFound("owner", pocket)

    def test_reserved_money_that_was_let_go_shows(self):
        self.post("topup", 1_000)
        self.reserve(600, captured=False)
        self.behind(
            "campus_account",
            "UPDATE campus_account SET reserved_minor = 0 WHERE id = %s",
            self.wallet.pocket_ids.id,
        )
        finding = self.assertFound("reserved", self.wallet.pocket_ids)
        self.assertEqual((finding.expected, finding.found), (6.0, 0.0))

    # -- transfers ---------------------------------------------------------------

    def test_a_transfer_with_another_payer_merchant_kind_or_amount_shows_also_on_a_closed_day(self):
        self.post("topup", 1_000)
        self.post("topup", 1_000, wallet=self.thief)
        answers = {name: self.post("purchase", 100) for name in ("payer", "merchant", "kind", "time", "memo")}
        self.close()
        changes = {
            "payer": ("wallet_id = %s, debit_account_id = %s", [self.thief.id, self.thief.pocket_ids.id]),
            "merchant": ("credit_account_id = %s", [self.shop.id]),
            "kind": ("kind = %s", ["fee"]),
            "time": ("occurred_at = %s", ["2026-03-05 01:00:00"]),
            "memo": ("memo = %s", ["none"]),
        }
        for name, (change, values) in changes.items():
            row = self.transfer(answers[name])
            self.behind(
                "campus_transfer", f"UPDATE campus_transfer SET {change} WHERE id = %s", *values, row.id
            )
            with self.subTest(name):
                self.assertFound("transfer", row)
        # the payer's change with the balances made to fit is seen as well
        fit = "UPDATE campus_account SET balance_minor = balance_minor + %s WHERE id = %s"
        self.behind("campus_account", fit, 100, self.wallet.pocket_ids.id)
        self.behind("campus_account", fit, -100, self.thief.pocket_ids.id)
        bridge = self.check()
        self.assertNotIn("pocket", self.kinds(bridge))
        self.assertIn("transfer", self.kinds(bridge))

    def test_a_transfer_that_was_deleted_with_the_balance_made_to_fit_shows(self):
        self.post("topup", 1_000)
        answer = self.post("purchase", 300)
        posting = self.env["campus.posting"].search([("uuid", "=", answer["uuid"])])
        self.behind("campus_transfer", "DELETE FROM campus_transfer WHERE id = %s", *answer["transfer_ids"])
        self.behind(
            "campus_account",
            "UPDATE campus_account SET balance_minor = 1000 WHERE id = %s",
            self.wallet.pocket_ids.id,
        )
        self.assertFound("answer", posting)

    def test_a_transfer_without_an_answer_or_a_tap_shows(self):
        answer = self.post("topup", 1_000)
        copy = """INSERT INTO campus_transfer (uuid, line, kind, company_id, wallet_id, debit_account_id,
                      credit_account_id, amount_minor, booking_date, occurred_at, posted_at)
                  SELECT gen_random_uuid(), 1, kind, company_id, wallet_id, debit_account_id, credit_account_id,
                      amount_minor, booking_date, occurred_at, posted_at FROM campus_transfer WHERE id = %s"""
        self.cr.execute(copy, answer["transfer_ids"])
        self.assertFound("no_cause", self.Transfer.search([], limit=1))
        self.behind("campus_transfer", copy, *answer["transfer_ids"])
        self.assertFound("transfer", self.Transfer.search([], limit=1))

    def test_a_reversal_that_was_set_to_zero_or_deleted_shows(self):
        self.post("topup", 1_000)
        sale = self.post("purchase", 500)
        self.refund(sale, 200)
        self.behind(
            "campus_reversal",
            "UPDATE campus_reversal SET reversed_minor = 0 WHERE transfer_id = %s",
            *sale["transfer_ids"],
        )
        finding = self.assertFound("reversed", self.transfer(sale))
        self.assertEqual((finding.expected, finding.found), (2.0, 0.0))
        self.behind(
            "campus_reversal", "DELETE FROM campus_reversal WHERE transfer_id = %s", *sale["transfer_ids"]
        )
        self.assertFound("reversed", self.transfer(sale))

    # -- answers and reservations --------------------------------------------------

    def test_an_answer_that_was_changed_shows(self):
        self.post("topup", 1_000)
        answer = self.post("purchase", 300)
        posting = self.env["campus.posting"].search([("uuid", "=", answer["uuid"])])
        self.behind(
            "campus_posting",
            "UPDATE campus_posting SET answer = jsonb_set(answer, '{amount_minor}', '1') WHERE id = %s",
            posting.id,
        )
        self.assertFound("posting", posting, "Lin Xiaoyu", f"#{posting.id}")

    def test_an_answer_that_was_deleted_shows(self):
        answer = self.post("topup", 1_000)
        self.behind("campus_posting", "DELETE FROM campus_posting WHERE uuid = %s", answer["uuid"])
        self.assertFound("no_cause", self.transfer(answer))

    def test_a_reservation_with_another_state_amount_or_merchant_shows(self):
        self.post("topup", 5_000)
        for change in ("state = 'released'", "captured_minor = 1", f"merchant_id = {self.shop.id}"):
            with self.subTest(change):
                held = self.reserve(600)
                self.behind(
                    "campus_reservation", f"UPDATE campus_reservation SET {change} WHERE id = %s", held.id
                )
                self.assertFound("reservation", held, "Lin Xiaoyu")

    def test_a_reservation_that_was_ended_without_an_answer_shows(self):
        self.post("topup", 5_000)
        held = self.reserve(600, captured=False)
        self.cr.execute(
            "UPDATE campus_reservation SET state = 'released', closed_at = reserved_at WHERE id = %s",
            held.ids,
        )
        self.assertFound("ended", held)

    # -- days --------------------------------------------------------------------

    def test_a_reopened_day_shows(self):
        self.post("topup", 1_000)
        closing = self.close()
        self.behind(
            "campus_day", "UPDATE campus_day SET closed_until = NULL WHERE company_id = %s", self.company.id
        )
        self.assertFound("day", closing)
        self.behind("campus_closing", "UPDATE campus_closing SET state = 'open' WHERE id = %s", closing.id)
        self.assertFound("day", closing)

    def test_a_day_closed_by_hand_shows(self):
        self.post("topup", 1_000)
        self.behind(
            "campus_day",
            "UPDATE campus_day SET closed_until = %s WHERE company_id = %s",
            TODAY,
            self.company.id,
        )
        bridge = self.check()
        self.assertFalse(bridge.is_balanced)
        [finding] = bridge.finding_ids.filtered(lambda f: f.kind == "day")
        self.assertIn("2026", finding.name)

    def fee_day(self):
        self.post("topup", 5_000)
        self.post("fee", 1_000, self.env["campus.account"]._system("fee"))
        return self.close()

    def test_closing_lines_on_fee_and_channel_accounts_are_held_against_transfers_and_entry(self):
        closing = self.fee_day()
        for kind, gl in (("fee", "campus_fee"), ("topup", "campus_office_cash")):
            with self.subTest(kind):
                line = closing.line_ids.filtered(lambda line, kind=kind: line.kind == kind)
                counter = line.counter_account_id.name
                self.cr.execute("UPDATE campus_closing_line SET amount = amount - 1 WHERE id = %s", line.ids)
                self.env.invalidate_all()
                finding = self.assertFound("closed_sum", closing, counter)
                self.assertEqual(finding.expected - finding.found, 1.0)
                self.assertFound("closed_entry", closing, self.gl(gl).name)
                self.cr.execute("UPDATE campus_closing_line SET amount = amount + 1 WHERE id = %s", line.ids)
        self.assertTrue(self.check().is_balanced)

    def test_an_entry_whose_fee_or_channel_line_was_changed_shows(self):
        closing = self.fee_day()
        for gl, other in (("campus_fee", "campus_sales"), ("campus_office_cash", "campus_suspense")):
            item = closing.move_ids.line_ids.filtered(lambda item, gl=gl: item.account_id == self.gl(gl))
            self.cr.execute(
                "UPDATE account_move_line SET account_id = %s WHERE id = %s", [self.gl(other).id, item.id]
            )
            self.env.invalidate_all()
            with self.subTest(gl):
                self.assertFound("closed_entry", closing, self.gl(gl).name)
                self.assertFound("closed_entry", closing, self.gl(gl).name)

    def test_a_sum_that_was_deleted_or_a_transfer_that_came_later_shows(self):
        closing = self.fee_day()
        fee = closing.line_ids.filtered(lambda line: line.kind == "fee")
        self.cr.execute("DELETE FROM campus_closing_line WHERE id = %s", fee.ids)
        self.env.invalidate_all()
        self.assertFound("closed_sum", closing, "Card Fees")

    # -- the screen ----------------------------------------------------------------

    def test_readers_of_the_bridge_open_the_row(self):
        self.post("topup", 1_000)
        self.behind(
            "campus_account",
            "UPDATE campus_account SET balance_minor = 1 WHERE id = %s",
            self.wallet.pocket_ids.id,
        )
        auditor = self.user("row-auditor", "campus_card.group_campus_card_auditor")
        for user in (self.finance, auditor):
            bridge = self.env["campus.bridge"].with_user(user).with_company(self.company)._check(self.company)
            finding = bridge.finding_ids
            self.assertIn("Lin Xiaoyu", finding.name)
            opened = finding.action_open()
            self.env[opened["res_model"]].with_user(user).browse(opened["res_id"]).check_access("read")
