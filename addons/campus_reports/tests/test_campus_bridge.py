import datetime as dt

from odoo.tests import Form, tagged

from .common import TODAY, ClosingCase

YESTERDAY = TODAY - dt.timedelta(days=1)


@tagged("post_install", "-at_install")
class TestCampusBridge(ClosingCase):
    def line(self, bridge, kind="plan", key="campus_cash"):
        return bridge.line_ids.filtered(
            lambda line: line.kind == kind and (kind != "plan" or line.gl_id == self.gl(key))
        )

    def journal_entry(self, account, amount, other=None):
        other = other or self.gl("campus_office_cash")
        move = self.env["account.move"].create(
            {
                "journal_id": self.company.campus_journal_id.id,
                "date": TODAY,
                "line_ids": [
                    (0, 0, {"account_id": account.id, "debit": amount, "credit": 0}),
                    (0, 0, {"account_id": other.id, "debit": 0, "credit": amount}),
                ],
            }
        )
        move.action_post()
        return move

    def test_an_empty_school_agrees(self):
        self.assertBridge()

    def test_open_days_are_open_items(self):
        self.post("topup", 10_000, day=YESTERDAY)
        self.close(YESTERDAY)
        self.post("topup", 5_000)
        self.post("purchase", 1_500)
        line = self.line(self.assertBridge())
        self.assertEqual(
            (line.stored, line.open_items, line.expected, line.books), (135.0, 35.0, 100.0, 100.0)
        )
        self.assertEqual((line.moved, line.difference, line.drift), (135.0, 0.0, 0.0))

    def test_every_plan_debt_and_clearing_agrees_before_and_after_the_close(self):
        self.post("topup", 400)
        self.post("subsidy", 900, self.fund, plan="subsidy")
        self.post("gift", 50, self.env["campus.account"]._system("campaign"), plan="gift")
        sale = self.post("purchase", 700)
        self.refund(sale, 300)
        self.post("purchase", 2_000, settle=True)
        self.assertBridge()
        self.close()
        bridge = self.assertBridge()
        self.assertLess(self.line(bridge, "debt").stored, 0)
        self.assertEqual(bridge.closed_until, TODAY)

    def test_a_sale_on_the_clearing_account_without_a_till_shows(self):
        self.shop.gl_account_id = self.company.campus_clearing_account_id
        self.post("topup", 1_000)
        self.post("purchase", 600, self.shop)
        self.close()
        line = self.line(self.assertBridge(is_balanced=False), "clearing")
        self.assertEqual((line.expected, line.books, line.difference), (0.0, 6.0, -6.0))

    # -- top-ups in transit --------------------------------------------------------

    def topup_channel(self):
        return self.env["campus.account"].create(
            {
                "name": "Online",
                "code": "online-test",
                "kind": "channel",
                "gl_account_id": self.company.campus_transit_account_id.id,
            }
        )

    def test_an_online_top_up_meets_its_payment_open_and_closed(self):
        channel, transit = self.topup_channel(), self.company.campus_transit_account_id
        self.post("topup", 5_000, channel)
        self.assertBridge(is_balanced=False)
        self.journal_entry(self.gl("campus_office_cash"), 50.0, other=transit)
        line = self.line(self.assertBridge(), "transit")
        self.assertEqual((line.open_items, line.books), (-50.0, 50.0))
        self.close()
        line = self.line(self.assertBridge(), "transit")
        self.assertEqual((line.open_items, line.books, line.difference), (0.0, 0.0, 0.0))

    def test_a_payment_that_is_on_no_card_shows(self):
        self.post("topup", 5_000, self.topup_channel())
        self.journal_entry(self.gl("campus_office_cash"), 60.0, other=self.company.campus_transit_account_id)
        line = self.line(self.assertBridge(is_balanced=False), "transit")
        self.assertEqual(line.difference, -10.0)

    # -- tampering shows ---------------------------------------------------------

    def test_a_manual_entry_on_the_liability_shows(self):
        self.post("topup", 1_000)
        self.close()
        self.journal_entry(self.gl("campus_cash"), 3.0)
        bridge = self.assertBridge(is_balanced=False)
        self.assertEqual(self.line(bridge).difference, 3.0)
        self.assertEqual(self.line(bridge).drift, 0.0)
        self.assertEqual(bridge.difference, 3.0)

    def test_a_reversed_close_shows(self):
        self.post("topup", 1_000)
        self.close().move_ids._reverse_moves(cancel=True)
        self.assertEqual(self.line(self.assertBridge(is_balanced=False)).difference, 10.0)

    def test_a_balance_that_was_changed_by_hand_shows(self):
        self.post("topup", 1_000)
        self.cr.execute("ALTER TABLE campus_account DISABLE TRIGGER campus_guard")
        self.cr.execute(
            "UPDATE campus_account SET balance_minor = balance_minor + 100 WHERE id = %s",
            self.wallet.pocket_ids.ids,
        )
        line = self.line(self.assertBridge(is_balanced=False))
        self.assertEqual((line.difference, line.drift), (1.0, 1.0))

    def test_a_transfer_slipped_into_a_closed_day_shows(self):
        answer = self.post("topup", 1_000)
        self.close()
        self.cr.execute("ALTER TABLE campus_transfer DISABLE TRIGGER campus_apply")
        self.cr.execute(
            """INSERT INTO campus_transfer (uuid, line, kind, company_id, wallet_id, debit_account_id,
                   credit_account_id, amount_minor, booking_date, occurred_at, posted_at)
               SELECT gen_random_uuid(), 1, kind, company_id, wallet_id, debit_account_id,
                   credit_account_id, 250, booking_date, occurred_at, posted_at
                 FROM campus_transfer WHERE id = %s""",
            answer["transfer_ids"],
        )
        bridge = self.assertBridge(is_balanced=False)
        self.assertEqual(self.line(bridge).drift, -2.5)
        self.assertEqual(self.line(bridge, "days").difference, 2.5)

    def test_a_changed_line_of_a_close_shows_on_any_account(self):
        self.post("topup", 1_000)
        move = self.close().move_ids
        debit = move.line_ids.filtered("debit")
        self.cr.execute("UPDATE account_move_line SET debit = 7, balance = 7 WHERE id = %s", debit.ids)
        self.env.invalidate_all()
        line = self.line(self.assertBridge(is_balanced=False), "days")
        self.assertEqual((line.expected, line.books), (10.0, 7.0))

    def test_a_draft_entry_does_not_count(self):
        self.post("topup", 1_000)
        self.close()
        move = self.journal_entry(self.gl("campus_cash"), 3.0)
        move.button_draft()
        self.assertBridge()

    # -- the nightly check ----------------------------------------------------------

    def test_the_night_tells_finance_what_differs_once(self):
        self.post("topup", 1_000)
        self.close()
        self.Bridge._cron_check()
        last = self.Bridge.search([("company_id", "=", self.company.id)], limit=1)
        self.assertEqual((last.is_balanced, last.is_nightly), (True, True))
        self.assertFalse(last.activity_ids)
        self.journal_entry(self.gl("campus_cash"), 3.0)
        self.Bridge._cron_check()
        self.Bridge._cron_check()
        activities = self.Bridge.search([("company_id", "=", self.company.id)]).activity_ids
        self.assertEqual(activities.user_id, self.finance)
        self.assertEqual(len(activities), 1)

    def test_looking_leaves_no_row_for_long_and_a_nightly_check_stays(self):
        seen, nightly = self.assertBridge(), self.Bridge._check(self.company, nightly=True)
        (seen + nightly).sudo().checked_at = "2026-01-01 00:00:00"
        self.Bridge.sudo()._gc_checks()
        self.assertFalse(seen.exists())
        self.assertTrue(nightly.exists())

    def test_the_screen_opens_and_drills_down(self):
        self.post("topup", 1_000)
        self.post("purchase", 200, settle=True)
        self.close()
        self.post("purchase", 100)
        action = self.Bridge.with_user(self.finance).with_company(self.company).action_check_now()
        bridge = self.Bridge.with_user(self.finance).browse(action["res_id"])
        self.assertTrue(Form(bridge).is_balanced)
        for line in bridge.line_ids:
            for drill in (line.action_open_cards, line.action_open_transfers, line.action_open_books):
                opened = drill()
                self.env[opened["res_model"]].with_user(self.finance).search(opened["domain"])
        line = self.line(bridge)
        books = self.env["account.move.line"].search(line.action_open_books()["domain"])
        self.assertEqual(-sum(books.mapped("balance")), line.books)
        cards = self.env["campus.account"].search(line.action_open_cards()["domain"])
        self.assertEqual(sum(cards.mapped("balance")), line.stored)
        opened = self.env["campus.transfer.report"].search(line.action_open_transfers()["domain"])
        self.assertEqual(sum(opened.mapped("amount")), line.open_items)
