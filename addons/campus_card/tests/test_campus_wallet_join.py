import uuid
from datetime import timedelta
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .people_common import PeopleCase


@tagged("post_install", "-at_install")
class TestCampusWalletJoin(PeopleCase):
    """Merging contacts joins the accounts of one person."""

    roles = ("clerk", "manager", "finance")

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ledger = cls.env["campus.ledger"]
        cls.merchant = cls.env["campus.account"].create(
            {"name": "Line", "code": "t-line", "kind": "merchant"}
        )
        cls.old, cls.new = cls.card.wallet_id, cls.other_card.wallet_id
        cls.top_up(cls.old, 1000)
        cls.top_up(cls.new, 50)

    def post(self, kind, amount_minor, **values):
        request = {
            "uuid": str(uuid.uuid4()),
            "kind": kind,
            "wallet_id": self.old.id,
            "account_id": self.merchant.id,
            "amount_minor": amount_minor,
            **values,
        }
        [answer] = self.ledger._post([request])
        self.assertTrue(answer["ok"], answer)
        return answer

    def merge(self, source, target):
        wizard = self.env["base.partner.merge.automatic.wizard"]
        self.agree(wizard._campus_ask_joins(source, target))
        wizard._merge((source | target).ids, target)
        self.env.invalidate_all()

    def agree(self, corrections):
        """The second person looks at what a manager has asked for."""
        corrections.with_user(self.users["finance"]).action_approve()
        self.env.invalidate_all()

    def wizard_of(self, partners, target, role="manager"):
        return (
            self.env["base.partner.merge.automatic.wizard"]
            .with_user(self.users[role])
            .sudo()
            .create(
                {"partner_ids": [(6, 0, partners.ids)], "dst_partner_id": target.id, "state": "selection"}
            )
        )

    def test_one_manager_alone_moves_no_money(self):
        with self.assertRaisesRegex(UserError, "asks a second person"):
            self.env["base.partner.merge.automatic.wizard"]._merge((self.lin | self.wang).ids, self.wang)
        wizard = self.wizard_of(self.lin | self.wang, self.wang)
        actions = [wizard.action_merge() for _twice in range(2)]
        correction = self.env["campus.correction"].browse(actions[0]["res_id"])
        self.assertEqual(actions[0], actions[1], "asked for once")
        self.assertEqual((correction.direction, correction.amount), ("join", 10))
        self.assertEqual(correction.requested_by_id, self.users["manager"])
        self.assertEqual((self.old.state, self.old.balance_minor), ("open", 1000))
        with self.assertRaisesRegex(AccessError, "another person"):
            correction.with_user(self.users["manager"]).action_approve()
        self.agree(correction)
        self.assertEqual((self.old.joined_into_id, self.new.balance_minor), (self.new, 1050))
        self.assertTrue(self.lin.exists(), "the contacts are merged by who asked")
        wizard.with_context(active_test=False)._merge(
            (self.lin | self.wang).ids, self.wang, extra_checks=False
        )
        self.env.invalidate_all()
        self.assertFalse(self.lin.exists())
        self.assertEqual(self.new.balance_minor, 1050)

    def test_a_clerk_does_not_ask_for_joining(self):
        values = {
            "wallet_id": self.old.id,
            "join_wallet_id": self.new.id,
            "direction": "join",
            "amount": 1,
            "reason": "one person",
        }
        with self.assertRaises(AccessError):
            self.env["campus.correction"].with_user(self.users["clerk"]).create(values)

    def test_where_no_money_moves_one_manager_is_enough(self):
        young = self.new_holder("Lin Xiaoyu", "T0007", self.arts)
        empty = self.env["campus.wallet"]._for_holder(young)
        self.assertFalse(self.env["base.partner.merge.automatic.wizard"]._campus_ask_joins(young, self.lin))
        self.merge(young, self.lin)
        self.assertEqual((empty.joined_into_id, self.old.balance_minor), (self.old, 1000))

    def test_the_money_the_cards_and_the_history_come_to_the_holder_who_stays(self):
        until = self.company._campus_today() + timedelta(days=9)
        fund = self.env["campus.account"]._system("subsidy_fund")
        self.post("subsidy", 300, account_id=fund.id, plan="subsidy", expires_on=until)
        self.merge(self.lin, self.wang)
        self.assertFalse(self.lin.exists())
        self.assertEqual((self.new.balance_minor, self.old.balance_minor), (1350, 0))
        self.assertIn(until, self.new.pocket_ids.mapped("expires_on"))
        self.assertEqual((self.old.state, self.old.joined_into_id), ("closed", self.new))
        self.assertEqual((self.card.partner_id, self.card.wallet_id), (self.wang, self.new))
        self.assertEqual(self.old.partner_id, self.wang, "the history stays with the person")
        self.assertEqual(self.wang.campus_wallet_id, self.new)
        self.assertEqual(self.env["campus.wallet"]._for_holder(self.wang), self.new)
        join = self.env["campus.account"]._system("join")
        self.assertEqual(join.balance, 0)
        with self.assertRaisesRegex(UserError, "stays closed"):
            self.old.action_reopen("again")

    def test_a_debt_comes_along(self):
        self.post("purchase", 1400, settle=True)
        self.merge(self.lin, self.wang)
        self.assertEqual((self.new.balance_minor, self.new.debt_minor, self.old.debt_minor), (50, 400, 0))

    def test_a_later_refund_follows_the_money(self):
        sale = self.post("purchase", 600)
        self.merge(self.lin, self.wang)
        request = {"uuid": str(uuid.uuid4()), "reverses_uuid": sale["uuid"], "amount_minor": 200}
        [answer] = self.ledger._reverse([request])
        self.assertTrue(answer["ok"], answer)
        self.assertEqual((answer["wallet_id"], answer["balance_after_minor"]), (self.new.id, 650))
        self.assertEqual((self.new.balance_minor, self.old.balance_minor), (650, 0))
        self.assertEqual(self.ledger._reverse([request])[0], answer)

    def test_a_refund_of_money_whose_plan_is_no_more_follows_too(self):
        plan = self.env["campus.pocket.plan"].create(
            {
                "name": "Tea",
                "code": "tea",
                "liability_account_id": self.env["campus.pocket.plan"]
                .search([("code", "=", "subsidy"), ("company_id", "=", self.company.id)])
                .liability_account_id.id,
            }
        )
        fund = self.env["campus.account"]._system("subsidy_fund")
        self.post("subsidy", 300, account_id=fund.id, plan="tea")
        sale = self.post("purchase", 300, plan="tea")
        plan.active = False
        self.merge(self.lin, self.wang)
        request = {"uuid": str(uuid.uuid4()), "reverses_uuid": sale["uuid"], "amount_minor": 300}
        [answer] = self.ledger._reverse([request])
        self.assertTrue(answer["ok"], answer)
        self.assertEqual((self.new.balance_minor, self.old.balance_minor), (1350, 0))

    def test_wallets_of_a_company_that_is_not_the_manager_s_are_not_joined(self):
        other = self.env["res.company"].create({"name": "Other University"})
        self.env["account.chart.template"].try_loading("generic_coa", company=other, install_demo=False)
        one, two = self.env["res.partner"].create(
            [{"name": "Mei", "campus_number": f"X{index}", "company_id": False} for index in (1, 2)]
        )
        wallets = self.env["campus.wallet"]._for_holder(one | two, other)
        manager = self.users["manager"]
        self.assertNotIn(other, manager.company_ids)
        wizard = self.env["base.partner.merge.automatic.wizard"].with_user(manager).sudo()
        with self.assertRaisesRegex(AccessError, "Other University"):
            wizard._merge((one | two).ids, two, extra_checks=False)
        self.assertEqual(set(wallets.mapped("state")), {"open"})

    def test_a_payment_under_way_is_waited_for(self):
        request = {
            "uuid": str(uuid.uuid4()),
            "wallet_id": self.old.id,
            "account_id": self.merchant.id,
            "amount_minor": 100,
        }
        self.ledger._reserve([{**request, "purpose": "pos"}])
        with self.assertRaisesRegex(UserError, "under way"):
            self.merge(self.lin, self.wang)

    def test_a_holder_is_not_merged_into_a_plain_contact(self):
        contact = self.env["res.partner"].create({"name": "Lin Xiaoyu (web)"})
        with self.assertRaisesRegex(UserError, "keep .*Lin Xiaoyu"):
            self.merge(self.lin, contact)

    def test_a_plain_contact_is_merged_into_a_holder(self):
        contact = self.env["res.partner"].create({"name": "Lin Xiaoyu (web)", "phone": "123"})
        self.merge(contact, self.lin)
        self.assertEqual((self.lin.campus_number, self.lin.phone), ("T0001", "123"))
        self.assertEqual(self.old.balance_minor, 1000)

    def test_holders_without_second_wallet_are_merged_too(self):
        young = self.new_holder("Lin Xiaoyu", "T0007", self.arts)
        self.merge(self.lin, young)
        self.assertEqual((young.campus_number, young.campus_wallet_id.balance_minor), ("T0007", 1000))
        self.assertEqual(self.old.joined_into_id, young.campus_wallet_id)
        self.assertEqual(self.card.partner_id, young)

    def test_two_holders_with_wallets_are_merged_into_one_without(self):
        young = self.new_holder("Lin Xiaoyu", "T0007", self.arts)
        wizard = self.env["base.partner.merge.automatic.wizard"]
        self.agree(wizard._campus_ask_joins(self.lin | self.wang, young))
        wizard._merge((self.lin | self.wang | young).ids, young)
        self.env.invalidate_all()
        self.assertEqual(young.campus_wallet_id.balance_minor, 1050)
        self.assertEqual((self.old | self.new).partner_id, young)
        self.assertEqual((self.card | self.other_card).wallet_id, young.campus_wallet_id)

    def test_a_frozen_wallet_is_not_joined(self):
        self.old.action_freeze()
        with self.assertRaisesRegex(UserError, "frozen or closed"):
            self.merge(self.lin, self.wang)

    def test_only_a_manager_joins_accounts(self):
        with self.assertRaisesRegex(AccessError, "manager"):
            self.as_user(self.old, "clerk")._join_into(self.as_user(self.new, "clerk"))
        wizard = self.env["base.partner.merge.automatic.wizard"].with_user(self.users["clerk"]).sudo()
        with self.assertRaisesRegex(AccessError, "manager"):
            wizard._merge((self.lin | self.wang).ids, self.wang, extra_checks=False)
        self.as_user(self.old, "manager")._join_into(self.as_user(self.new, "manager"))
        self.assertEqual(self.new.balance_minor, 1050)

    def test_closing_and_joining_take_the_day_before_the_money(self):
        """As posts and the close of a day do, so that nobody waits in a circle."""
        order, ledger, cr = [], type(self.ledger), type(self.env.cr)
        take_day, execute = ledger._lock_day, cr.execute

        def day(records, company, exclusive=False):
            order.append("day")
            return take_day(records, company, exclusive)

        def look(cursor, query, *args, **kwargs):
            if "FOR NO KEY UPDATE" in str(query):
                order.append("rows")
            return execute(cursor, query, *args, **kwargs)

        for verb in (lambda: self.empty().action_close(), lambda: self.old._join_into(self.new)):
            order.clear()
            with patch.object(ledger, "_lock_day", day), patch.object(cr, "execute", look):
                verb()
            self.assertEqual(order[:2], ["day", "rows"])

    def empty(self):
        young = self.new_holder("Mei", "T0009", self.arts)
        return self.env["campus.wallet"]._for_holder(young)
