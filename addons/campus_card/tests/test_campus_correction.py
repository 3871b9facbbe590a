from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, new_test_user, tagged
from odoo.tools import mute_logger
from psycopg2.errors import CheckViolation

from .people_common import PeopleCase


@tagged("post_install", "-at_install")
class TestCampusCorrection(PeopleCase):
    roles = ("clerk", "manager", "finance", "auditor", "employee")

    def ask(self, role="clerk", **values):
        return (
            self.env["campus.correction"]
            .with_user(self.users[role])
            .create(
                {"wallet_id": self.card.wallet_id.id, "amount": 12.5, "reason": "Charged twice", **values}
            )
        )

    def test_nothing_moves_before_a_second_person_approves(self):
        correction = self.ask()
        self.assertEqual((correction.state, self.card.wallet_id.balance_minor), ("requested", 0))
        correction.with_user(self.users["manager"]).action_approve()
        self.assertEqual((correction.state, self.card.wallet_id.balance_minor), ("approved", 1250))
        transfer = correction.transfer_ids
        self.assertEqual((transfer.kind, transfer.user_id), ("correction_in", self.users["manager"]))
        self.assertEqual(transfer.origin, f"campus.correction,{correction.id}")
        seen = transfer.with_user(self.users["finance"])
        self.assertEqual(seen.origin_name, f"Correction {correction.display_name}")
        self.assertEqual(seen.action_open_origin()["res_id"], correction.id)
        # Who may not read the document sees its kind and its number, not its content.
        setting = self.env["ir.config_parameter"].search([], limit=1)
        hidden = self.env["campus.transfer"].new({"origin": f"ir.config_parameter,{setting.id}"})
        hidden = hidden.with_user(self.users["clerk"])
        self.assertEqual(
            (hidden.origin_readable, hidden.origin_name), (False, f"System Parameter {setting.id}")
        )
        with self.assertRaises(UserError):
            hidden.action_open_origin()

    def test_finance_may_decide_too_and_a_charge_takes_money(self):
        self.top_up(self.card.wallet_id, 2000)
        correction = self.ask(direction="out")
        correction.with_user(self.users["finance"]).action_approve()
        self.assertEqual(self.card.wallet_id.balance_minor, 750)

    def test_who_asked_cannot_decide(self):
        for role in ("manager", "finance"):
            correction = self.ask(role)
            self.assertFalse(correction.can_decide)
            with self.subTest(role=role), self.assertRaisesRegex(AccessError, "another person"):
                correction.action_approve()
            with self.subTest(role=role), self.assertRaisesRegex(AccessError, "another person"):
                correction.action_refuse()
        self.assertEqual(self.card.wallet_id.balance_minor, 0)

    def test_not_even_the_administrator_decides_alone(self):
        admin = self.env.ref("base.user_admin")
        correction = (
            self.env["campus.correction"]
            .with_user(admin)
            .create({"wallet_id": self.card.wallet_id.id, "amount": 1, "reason": "x"})
        )
        with self.assertRaises(AccessError):
            correction.sudo().action_approve()

    @mute_logger("odoo.sql_db")
    def test_the_database_wants_two_people_as_well(self):
        correction = self.ask()
        with self.assertRaises(CheckViolation), self.cr.savepoint():
            self.env.cr.execute(
                "UPDATE campus_correction SET state = 'approved', decided_by_id = requested_by_id WHERE id = %s",
                [correction.id],
            )

    def test_a_clerk_and_an_auditor_cannot_decide(self):
        other = new_test_user(self.env, "test_clerk_2", groups="campus_card.group_campus_card_clerk")
        correction = self.ask()
        for user in (other, self.users["auditor"], self.users["employee"]):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                correction.with_user(user).action_approve()
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                correction.with_user(user).action_refuse()

    def test_a_decision_is_taken_once(self):
        correction = self.ask()
        manager = correction.with_user(self.users["manager"])
        manager.action_approve()
        for again in (manager.action_approve, manager.action_refuse):
            with self.assertRaisesRegex(UserError, "decided already"):
                again()
        self.assertEqual(self.card.wallet_id.balance_minor, 1250)

    def test_a_refused_correction_moves_nothing(self):
        correction = self.ask()
        correction.with_user(self.users["manager"]).action_refuse("No proof")
        self.assertEqual((correction.state, correction.refusal_reason), ("refused", "No proof"))
        self.assertEqual(self.card.wallet_id.balance_minor, 0)

    def test_only_who_asked_withdraws(self):
        correction = self.ask()
        with self.assertRaises(AccessError):
            correction.with_user(self.users["manager"]).action_withdraw()
        correction.action_withdraw()
        self.assertEqual(correction.state, "withdrawn")
        with self.assertRaises(UserError):
            correction.with_user(self.users["manager"]).action_approve()

    def test_what_was_asked_for_does_not_change(self):
        correction = self.ask()
        for values in (
            {"amount_minor": 999999},
            {"amount": 9999},
            {"wallet_id": self.other_card.wallet_id.id},
            {"state": "approved"},
            {"requested_by_id": self.users["finance"].id},
            {"reason": "Other"},
        ):
            for role in ("clerk", "manager", "finance"):
                with self.subTest(values=values, role=role), self.assertRaises(AccessError):
                    correction.with_user(self.users[role]).write(values)
        with self.assertRaises(AccessError):
            self.ask(requested_by_id=self.users["finance"].id)
        with self.assertRaises(AccessError):
            self.ask(state="approved")
        with self.assertRaises(UserError):
            correction.sudo().unlink()

    def test_more_than_there_is_cannot_be_charged_and_stays_undecided(self):
        correction = self.ask(direction="out")
        with self.assertRaisesRegex(UserError, "[Nn]ot enough"), self.cr.savepoint():
            correction.with_user(self.users["manager"]).action_approve()
        correction.invalidate_recordset()
        self.assertEqual(correction.state, "requested")

    def test_a_correction_needs_an_amount_and_a_reason(self):
        with self.assertRaises(ValidationError):
            self.ask(reason="  ")
        with self.assertRaises(ValidationError):
            self.ask(amount=-1)
        with self.assertRaises(CheckViolation), mute_logger("odoo.sql_db"), self.cr.savepoint():
            self.ask(amount=0)

    def test_the_approver_of_the_company_is_asked(self):
        self.company.campus_approver_id = self.users["manager"]
        correction = self.ask()
        self.assertEqual(correction.activity_ids.user_id, self.users["manager"])
        correction.with_user(self.users["manager"]).action_approve()
        self.assertFalse(correction.activity_ids)

    def test_a_clerk_asks_in_the_form_of_the_wallet(self):
        action = self.as_user(self.card.wallet_id, "clerk").action_request_correction()
        corrections = self.env["campus.correction"].with_user(self.users["clerk"])
        with Form(corrections.with_context(**action["context"])) as form:
            form.amount = 3.2
            form.reason = "Line 3 charged twice"
        self.assertEqual(form.record.amount_minor, 320)
