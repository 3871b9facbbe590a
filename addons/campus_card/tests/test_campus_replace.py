from datetime import date, timedelta
from uuid import uuid4

from lxml import etree
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged

from .people_common import PeopleCase


@tagged("post_install", "-at_install")
class TestReplace(PeopleCase):
    def replace(self, role="clerk", **values):
        wizard = self.env["campus.card.replace"].with_user(self.users[role])
        wizard = wizard.with_context(active_id=self.card.id).create({"uid": "04FFEE01", **values})
        return self.env["campus.card"].browse(wizard.action_replace()["res_id"])

    def test_a_replacement_keeps_wallet_and_history_and_costs_the_fee(self):
        self.top_up(self.card.wallet_id, 5000)
        self.card.action_report_lost()
        new = self.replace()
        self.assertEqual(new.wallet_id, self.card.wallet_id)
        self.assertEqual((new.state, new.replaces_id), ("active", self.card))
        self.assertEqual((self.card.state, self.card.replaced_by_id), ("replaced", new))
        self.assertEqual(self.card.wallet_id.balance_minor, 5000 - self.company.campus_replacement_fee_minor)
        fee = self.env["campus.transfer"].search([("wallet_id", "=", new.wallet_id.id), ("kind", "=", "fee")])
        self.assertEqual(fee.amount_minor, self.company.campus_replacement_fee_minor)
        self.assertEqual(self.env["campus.card"]._resolve(self.card.uid)[1], "card_replaced")
        self.assertFalse(self.card.activity_ids)

    def test_a_replaced_card_pays_nothing_now_but_has_paid_in_a_generated_history(self):
        self.top_up(self.card.wallet_id, 5000)
        self.replace()
        merchant = {"name": "Line 1", "code": "replace-line", "kind": "merchant"}
        sale = {
            "kind": "purchase",
            "wallet_id": self.card.wallet_id.id,
            "card_id": self.card.id,
            "account_id": self.env["campus.account"].create(merchant).id,
            "amount_minor": 100,
        }
        ledger = self.env["campus.ledger"]
        self.assertEqual(ledger._post([{**sale, "uuid": str(uuid4())}])[0]["code"], "card_replaced")
        day = ledger._business_day(self.company)
        self.assertTrue(ledger._post([{**sale, "uuid": str(uuid4())}], booking_date=day)[0]["ok"])

    def test_without_the_money_nothing_is_replaced(self):
        with self.assertRaisesRegex(UserError, "[Nn]ot enough"), self.cr.savepoint():
            self.replace()
        self.assertEqual(self.card.state, "active")

    def test_a_manager_waives_the_fee_with_a_reason(self):
        new = self.replace("manager", waive=True, waive_reason="Chip was faulty")
        self.assertEqual(new.wallet_id.balance_minor, 0)
        self.assertIn("Chip was faulty", self.card.message_ids[0].body + self.card.state_reason)
        with self.assertRaises(ValidationError), self.cr.savepoint():
            self.card = new
            self.replace("manager", waive=True, uid="04FFEE02")

    def test_a_clerk_cannot_waive_the_fee(self):
        with self.assertRaises(AccessError):
            self.replace("clerk", waive=True, waive_reason="A friend")

    def test_a_card_is_replaced_once(self):
        self.replace("manager", waive=True, waive_reason="Broken")
        with self.assertRaisesRegex(UserError, "not possible"):
            self.replace("manager", waive=True, waive_reason="Broken", uid="04FFEE03")

    def test_a_card_that_is_not_at_hand_goes_to_production(self):
        new = self.replace("manager", hand_over=False, waive=True, waive_reason="Broken")
        self.assertEqual((new.state, new.uid), ("approved", False))

    def test_the_dialog_waits_for_the_scan(self):
        arch = etree.fromstring(self.env["campus.card.replace"].get_view(view_type="form")["arch"])
        self.assertEqual([node.get("name") for node in arch.xpath("//field[@default_focus]")], ["uid"])


@tagged("post_install", "-at_install")
class TestIssue(PeopleCase):
    def issue(self, **values):
        return self.env["campus.card.issue"].with_user(self.users["clerk"]).create(values)

    def test_an_intake_gets_one_card_each(self):
        freshmen = [self.new_holder(f"New {i}", f"T1{i:03d}", self.music) for i in range(5)]
        wizard = self.issue(department_ids=[(6, 0, self.arts.ids)])
        self.assertEqual(wizard.holder_count, 5, "Lin has a card; the others are below the department")
        action = wizard.action_issue()
        cards = self.env["campus.card"].search(action["domain"])
        self.assertEqual(set(cards.partner_id.ids), {holder.id for holder in freshmen})
        self.assertEqual(set(cards.mapped("state")), {"approved"})
        self.assertTrue(all(card.wallet_id.partner_id == card.partner_id for card in cards))
        with self.assertRaisesRegex(UserError, "No holder"):
            self.issue(department_ids=[(6, 0, self.arts.ids)]).action_issue()

    def test_role_date_and_chosen_holders_narrow_it(self):
        teacher = self.new_holder("Teacher", "T2001", self.music, campus_role="teacher")
        late = self.new_holder("Late", "T2002", self.music, campus_valid_from=date(2030, 9, 1))
        base = {"department_ids": [(6, 0, self.arts.ids)]}
        self.assertEqual(self.issue(role="teacher", **base).holder_count, 1)
        self.assertEqual(self.issue(valid_from_after=date(2030, 1, 1), **base).holder_count, 1)
        chosen = self.env["campus.card.issue"].with_user(self.users["clerk"])
        chosen = chosen.with_context(active_model="res.partner", active_ids=(teacher + late).ids)
        with Form(chosen) as form:
            self.assertEqual(form.holder_count, 2)

    def test_the_card_ends_with_its_holder_unless_said_otherwise(self):
        self.wang.campus_valid_until = date(2031, 7, 31)
        self.other_card.action_return()
        wizard = self.issue(partner_ids=[(6, 0, self.wang.ids)])
        card = self.env["campus.card"].search(wizard.action_issue()["domain"])
        self.assertEqual(card.valid_until, date(2031, 7, 31))

    def test_who_is_no_longer_valid_is_left_out_and_counted(self):
        new = self.new_holder("New", "T2010", self.music)
        today = self.company._campus_today()
        over = self.new_holder("Visitor", "T2011", self.music, campus_valid_until=today - timedelta(days=1))
        last_day = self.new_holder("Last Day", "T2012", self.music, campus_valid_until=today)
        wizard = self.issue()
        self.assertEqual(wizard.over_count, 1)
        made = self.env["campus.card"].search(wizard.action_issue()["domain"]).partner_id
        self.assertEqual(made & (new | over | last_day), new | last_day)
        chosen = self.issue(partner_ids=[(6, 0, over.ids)])
        self.assertEqual((chosen.holder_count, chosen.over_count), (0, 1))
        with self.assertRaisesRegex(UserError, "No holder is left"):
            chosen.action_issue()

    def test_who_is_not_valid_yet_gets_a_card_from_the_first_day(self):
        first = self.company._campus_today() + timedelta(days=20)
        holder = self.new_holder(
            "Early",
            "T2013",
            self.music,
            campus_valid_from=first,
            campus_valid_until=first + timedelta(days=10),
        )
        wizard = self.issue(partner_ids=[(6, 0, holder.ids)])
        card = self.env["campus.card"].search(wizard.action_issue()["domain"])
        self.assertEqual((card.valid_from, card.valid_until), (first, holder.campus_valid_until))

    def test_an_end_before_the_beginning_names_whose_it_is(self):
        today = self.company._campus_today()
        holder = self.new_holder("Early", "T2014", self.music, campus_valid_from=today + timedelta(days=20))
        wizard = self.issue(partner_ids=[(6, 0, holder.ids)], valid_until=today + timedelta(days=5))
        with self.assertRaisesRegex(UserError, r"before their first day: Early \(T2014\)"):
            wizard.action_issue()
