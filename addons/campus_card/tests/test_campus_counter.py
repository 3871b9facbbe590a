from lxml import etree
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged
from odoo.tools.safe_eval import safe_eval

from .people_common import PeopleCase


@tagged("post_install", "-at_install")
class TestCampusCounter(PeopleCase):
    roles = ("clerk", "second", "finance", "auditor", "employee", "arts_clerk")

    def counter(self, role="clerk", **values):
        return self.env["campus.counter"].with_user(self.users[role]).create(values)

    def test_cash_in_arrives_in_the_wallet_and_a_second_click_books_nothing(self):
        counter = self.counter(credential=self.card.uid, amount=50)
        counter.action_confirm()
        self.assertEqual((counter.state, counter.balance_before, counter.balance_after), ("done", 0, 50))
        counter.action_confirm()
        self.assertEqual(self.card.wallet_id.balance_minor, 5000)
        transfer = counter.transfer_ids
        self.assertEqual(
            (transfer.kind, transfer.card_id, transfer.user_id), ("topup", self.card, self.users["clerk"])
        )
        self.assertEqual(transfer.debit_account_id, self.env["campus.account"]._system("cash_desk"))

    def test_cash_out_leaves_the_wallet_and_never_more_than_is_there(self):
        self.counter(credential="T0001", amount=50).action_confirm()
        self.counter(credential="T0001", amount=20, operation="payout").action_confirm()
        self.assertEqual(self.card.wallet_id.balance_minor, 3000)
        with self.assertRaisesRegex(UserError, "[Nn]ot enough"), self.cr.savepoint():
            self.counter(credential="T0001", amount=30.01, operation="payout").action_confirm()
        rest = self.counter(credential="T0001", operation="payout")
        rest.action_all()
        self.assertEqual(rest.amount, 30)
        rest.action_confirm()
        self.assertEqual(self.card.wallet_id.balance_minor, 0)

    def test_the_form_shows_who_stands_at_the_counter(self):
        with Form(self.env["campus.counter"].with_user(self.users["clerk"])) as form:
            form.credential = "C3B2A104"
            self.assertEqual(form.partner_id, self.lin)
            self.assertEqual(form.card_state, "active")
            self.assertFalse(form.refusal)
            form.credential = "nonsense"
            self.assertFalse(form.partner_id)
            self.assertTrue(form.refusal)
            form.credential = "T0002"
            self.assertEqual(form.partner_id, self.wang)

    def test_a_holder_without_a_card_is_served_by_campus_number(self):
        holder = self.new_holder("New", "T0300", self.arts)
        self.counter(credential="T0300", amount=10).action_confirm()
        self.assertEqual(holder.campus_wallet_id.balance_minor, 1000)

    def test_a_lost_card_gets_no_cash_but_its_holder_does(self):
        self.counter(credential=self.card.uid, amount=10).action_confirm()
        self.card.action_report_lost()
        for credential in (self.card.uid, self.card.number):
            counter = self.counter(credential=credential, amount=10, operation="payout")
            self.assertIn("lost", counter.refusal)
            with self.assertRaisesRegex(UserError, "proof of identity"):
                counter.action_confirm()
        self.counter(credential="T0001", amount=10, operation="payout").action_confirm()
        self.assertEqual(self.card.wallet_id.balance_minor, 0)

    def test_amounts_that_are_none_are_refused(self):
        for amount in (0, -5):
            with self.subTest(amount=amount), self.assertRaises(UserError):
                self.counter(credential="T0001", amount=amount).action_confirm()
        with self.assertRaises(UserError):
            self.counter(amount=5).action_confirm()

    def test_a_clerk_serves_holders_of_the_own_departments_only(self):
        mine = self.counter("arts_clerk", credential="T0001", amount=5)
        mine.action_confirm()
        self.assertEqual(mine.state, "done")
        other = self.counter("arts_clerk", credential="T0002", amount=5)
        self.assertFalse(other.partner_id)
        with self.assertRaises(UserError):
            other.action_confirm()

    def test_the_counter_is_closed_to_everybody_but_clerks(self):
        for role in ("finance", "auditor", "employee"):
            with self.subTest(role=role), self.assertRaises(AccessError):
                self.counter(role, credential="T0001", amount=5)

    def test_the_result_is_not_entered_by_hand(self):
        counter = self.counter(credential="T0001", amount=5)
        with self.assertRaises(UserError):
            counter.write({"state": "done", "after_minor": 100})

    def test_the_receipt_states_the_money_and_the_balance_of_that_moment(self):
        first = self.counter(credential="T0001", amount=50)
        first.action_confirm()
        self.counter(credential="T0001", amount=7).action_confirm()
        action = first.action_print_receipt()
        self.assertEqual(action["report_name"], "campus_card.report_campus_receipt")
        html = self.render(first.transfer_ids)
        for text in ("Lin Xiaoyu", "T0001", "50.00", first.transfer_ids.uuid):
            self.assertIn(text, html)
        self.assertNotIn("57.00", html, "a later top-up does not change an earlier receipt")

    def test_a_payout_receipt_asks_for_a_signature(self):
        self.counter(credential="T0001", amount=50).action_confirm()
        out = self.counter(credential="T0001", amount=20, operation="payout")
        out.action_confirm()
        html = self.render(out.transfer_ids)
        self.assertIn("Signature", html)
        self.assertIn("30.00", html)

    def render(self, transfers):
        report = self.env["ir.actions.report"].with_user(self.users["clerk"])
        html, _kind = report._render_qweb_html("campus_card.campus_receipt_report", transfers.ids)
        return html.decode()

    # -- how much, and whose ---------------------------------------------------------

    def test_more_cash_than_usual_is_asked_about_and_too_much_is_not_taken(self):
        self.assertFalse(self.counter(credential="T0001", amount=1000).question)
        counter = self.counter(credential="T0001", amount=1000.01)
        with self.assertRaisesRegex(UserError, "more than usual"):
            counter.action_confirm()
        counter.is_counted = True
        counter.action_confirm()
        self.assertEqual(self.card.wallet_id.balance_minor, 100_001)
        too_much = self.counter(credential="T0001", amount=20_000, is_counted=True)
        with self.assertRaisesRegex(UserError, "at most in one go"):
            too_much.action_confirm()
        self.assertEqual(self.card.wallet_id.balance_minor, 100_001)
        payout = self.counter(credential="T0001", amount=1000.01, operation="payout")
        with self.assertRaisesRegex(UserError, "more than usual"):
            payout.action_confirm()

    def test_another_amount_is_counted_again_and_no_cash_is_not_counted(self):
        counter = self.counter(credential="T0001", amount=1500, is_counted=True)
        with Form(counter) as form:
            form.amount = 4500
            self.assertFalse(form.is_counted)
        counter.is_counted = True
        counter.with_context(campus_amount_minor=20_000).action_set_amount()
        self.assertFalse(counter.is_counted)
        debt = self.counter(credential="T0001", amount=1500, operation="debt", means="bank")
        self.assertFalse(debt.question)
        debt.means = "cash"
        self.assertTrue(debt.question)

    def test_the_limits_are_the_school_s(self):
        self.company.write({"campus_counter_ask": 0, "campus_counter_most": 0})
        self.counter(credential="T0001", amount=20_000).action_confirm()
        self.company.write({"campus_counter_most": 10.5})
        self.assertEqual(self.company.campus_counter_most_minor, 1050)
        with self.assertRaisesRegex(UserError, "at most"):
            self.counter(credential="T0001", amount=10.51).action_confirm()

    def test_my_counter_today_is_mine_alone_and_only_cash(self):
        mine = self.counter(credential="T0001", amount=50)
        mine.action_confirm()
        other = self.counter("second", credential="T0001", amount=30)
        other.action_confirm()
        fee = (
            self.env["campus.ledger"]
            .with_user(self.users["clerk"])
            .sudo()
            ._post(
                [
                    {
                        "uuid": self.env["campus.counter"].create({}).uuid,
                        "kind": "fee",
                        "wallet_id": self.card.wallet_id.id,
                        "account_id": self.env["campus.account"]._system("fee").id,
                        "amount_minor": 100,
                    }
                ]
            )
        )
        self.assertTrue(fee[0]["ok"])
        action = self.env["ir.actions.act_window"]._for_xml_id("campus_card.campus_transfer_counter_action")
        Transfer = self.env["campus.transfer"].with_user(self.users["clerk"])
        domain = safe_eval(action["domain"], {"uid": self.users["clerk"].id})
        search = etree.fromstring(Transfer.get_view(view_type="search")["arch"])
        for name in safe_eval(action["context"]):
            [node] = search.xpath(f"//filter[@name='{name.removeprefix('search_default_')}']")
            domain += safe_eval(node.get("domain"), {"uid": self.users["clerk"].id})
        self.assertEqual(Transfer.search(domain), mine.transfer_ids)
