import uuid

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger
from psycopg2 import errors as pg

from .people_common import PeopleCase


@tagged("post_install", "-at_install")
class TestCampusArchiving(PeopleCase):
    """What may be archived and closed, by whom, and that the database says the same."""

    roles = ("clerk", "manager", "finance")

    def refused_by_database(self, error, query, *values):
        self.env.flush_all()
        with self.assertRaises(error), mute_logger("odoo.sql_db"), self.cr.savepoint():
            self.cr.execute(query, values)

    # -- cards -----------------------------------------------------------------

    def test_a_card_in_somebodys_hands_is_not_archived(self):
        for verb in ("action_freeze", "action_report_lost"):
            with self.assertRaisesRegex(UserError, "return it first"):
                self.as_user(self.card, "manager").active = False
            getattr(self.card, verb)()
        self.refused_by_database(
            pg.CheckViolation, "UPDATE campus_card SET active = FALSE WHERE id = %s", self.card.id
        )
        self.card.action_return()
        self.as_user(self.card, "manager").active = False

    def test_an_archived_card_is_restored_before_it_works_again(self):
        card = self.env["campus.card"].create({"partner_id": self.lin.id, "uid": "04A1B2C9"})
        card.active = False
        with self.assertRaisesRegex(UserError, "Restore it first"):
            card._hand_over()
        self.refused_by_database(
            pg.CheckViolation, "UPDATE campus_card SET state = 'active' WHERE id = %s", card.id
        )

    # -- holders ---------------------------------------------------------------

    def test_a_holder_with_a_card_or_an_open_wallet_is_not_archived(self):
        lin = self.as_user(self.lin, "manager")
        with self.assertRaisesRegex(UserError, self.card.number):
            lin.active = False
        self.card.action_return()
        with self.assertRaisesRegex(UserError, "not closed"):
            lin.active = False
        self.refused_by_database(
            pg.RestrictViolation, "UPDATE res_partner SET active = FALSE WHERE id = %s", self.lin.id
        )
        self.card.wallet_id.action_close()
        lin.active = False
        self.assertFalse(self.lin.active)

    def test_an_archived_holder_gets_no_card_and_no_wallet_back(self):
        wallet = self.card.wallet_id
        card = self.env["campus.card"].create({"partner_id": self.lin.id, "uid": "04A1B2C9"})
        self.card.action_return()
        wallet.action_close()
        self.lin.active = False
        with self.assertRaisesRegex(UserError, "archived"):
            card._hand_over()
        with self.assertRaisesRegex(UserError, "archived"):
            wallet.action_reopen("back again")
        with self.assertRaisesRegex(UserError, "archived"):
            self.env["campus.card"].create(
                {"partner_id": self.new_holder("Old", "T0009", self.arts, active=False).id}
            )
        self.refused_by_database(
            pg.RestrictViolation, "UPDATE campus_wallet SET state = 'open' WHERE id = %s", wallet.id
        )

    def test_nobody_takes_a_holder_out_of_the_company(self):
        other = self.env["res.company"].create({"name": "Another School"})
        for role in ("clerk", "manager"):
            for company_id in (False, other.id):
                with self.assertRaisesRegex(AccessError, "stays in the company"):
                    self.as_user(self.lin, role).write({"company_id": company_id})
        self.as_user(self.lin, "clerk").write({"company_id": self.company.id, "name": "Lin X."})
        with self.assertRaises(ValidationError), self.cr.savepoint():
            self.lin.company_id = other
        self.refused_by_database(
            pg.RestrictViolation, "UPDATE res_partner SET company_id = NULL WHERE id = %s", self.lin.id
        )

    # -- pockets, plans, accounts --------------------------------------------------

    def test_a_pocket_is_never_archived(self):
        pocket = self.card.wallet_id.pocket_ids
        with self.assertRaisesRegex(UserError, "Close the wallet instead"):
            self.as_user(pocket, "finance").active = False
        self.refused_by_database(
            pg.CheckViolation, "UPDATE campus_account SET active = FALSE WHERE id = %s", pocket.id
        )

    def test_an_account_that_the_ledger_needs_is_not_archived(self):
        desk = self.env["campus.account"]._system("cash_desk")
        with self.assertRaisesRegex(UserError, "needed by the ledger"):
            self.as_user(desk, "finance").active = False

    def test_a_plan_with_money_is_not_archived_and_cash_never(self):
        plans = self.env["campus.pocket.plan"].search([("company_id", "=", self.company.id)])
        cash, gift = (plans.filtered(lambda plan, code=code: plan.code == code) for code in ("cash", "gift"))
        with self.assertRaisesRegex(UserError, "top-ups go there"):
            self.as_user(cash, "finance").active = False
        self.refused_by_database(
            pg.CheckViolation, "UPDATE campus_pocket_plan SET active = FALSE WHERE id = %s", cash.id
        )
        self.give(gift, 300)
        with self.assertRaisesRegex(UserError, "3.00"):
            self.as_user(gift, "finance").active = False
        self.refused_by_database(
            pg.RestrictViolation, "UPDATE campus_pocket_plan SET active = FALSE WHERE id = %s", gift.id
        )

    def give(self, plan, amount_minor):
        [answer] = self.env["campus.ledger"]._post(
            [
                {
                    "uuid": str(uuid.uuid4()),
                    "kind": "gift",
                    "wallet_id": self.card.wallet_id.id,
                    "account_id": self.env["campus.account"]._system("campaign").id,
                    "amount_minor": amount_minor,
                    "plan": plan.code,
                }
            ]
        )
        self.assertTrue(answer["ok"], answer)

    # -- wallets ---------------------------------------------------------------

    def test_only_a_manager_closes_and_opens_a_wallet(self):
        wallet = self.card.wallet_id
        with self.assertRaisesRegex(AccessError, "(?i)manager"):
            self.as_user(wallet, "clerk").action_close()
        self.as_user(wallet, "manager").action_close()
        with self.assertRaisesRegex(AccessError, "(?i)manager"):
            self.as_user(wallet, "clerk").action_reopen("please")
        action = self.as_user(wallet, "manager").action_reopen()
        self.assertEqual((action["res_model"], wallet.state), ("campus.wallet.reopen", "closed"))
        wizard = self.env["campus.wallet.reopen"].with_user(self.users["manager"])
        wizard.with_context(**action["context"]).create({"reason": "Came back"}).action_reopen()
        self.assertEqual((wallet.state, wallet.state_reason), ("open", "Came back"))
        self.assertIn("Came back", self.lin.message_ids[0].body)

    def test_a_wallet_with_money_or_debt_is_not_closed_by_any_door(self):
        wallet = self.card.wallet_id
        self.top_up(wallet, 1000)
        with self.assertRaisesRegex(UserError, "holds money"):
            self.as_user(wallet, "manager").action_close()
        self.refused_by_database(
            pg.RestrictViolation, "UPDATE campus_wallet SET state = 'closed' WHERE id = %s", wallet.id
        )

    def test_a_closed_wallet_takes_no_money_by_any_door(self):
        wallet = self.card.wallet_id
        pocket, desk = wallet.pocket_ids, self.env["campus.account"]._system("cash_desk")
        wallet.action_close()
        with self.assertRaisesRegex(UserError, "closed"):
            self.top_up(wallet, 1000)
        self.refused_by_database(
            pg.RestrictViolation,
            """INSERT INTO campus_transfer (uuid, line, kind, company_id, wallet_id, debit_account_id,
                      credit_account_id, amount_minor, booking_date, occurred_at, posted_at)
               VALUES (gen_random_uuid(), 1, 'topup', %s, %s, %s, %s, 100, now() + interval '9 days', now(), now())""",
            wallet.company_id.id, wallet.id, desk.id, pocket.id,
        )  # fmt: skip

    def test_money_set_aside_for_readers_does_not_keep_a_wallet_open(self):
        wallet = self.card.wallet_id
        self.top_up(wallet, 500)
        merchant = self.env["campus.account"].create({"name": "Line", "code": "t-line", "kind": "merchant"})
        request = {
            "uuid": str(uuid.uuid4()),
            "wallet_id": wallet.id,
            "account_id": merchant.id,
            "amount_minor": 500,
        }
        self.env["campus.ledger"]._reserve([{**request, "purpose": "lease", "origin": "campus.edge,1"}])
        self.assertEqual(wallet.available_minor, 0)
        # the lease is given back, and what is left is what the holder has
        with self.assertRaisesRegex(UserError, "holds money"):
            self.as_user(wallet, "manager").action_close()
