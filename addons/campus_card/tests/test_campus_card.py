from datetime import date, timedelta

from psycopg2.errors import CheckViolation, UniqueViolation

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from ..campus_core import card_state
from ..models.campus_card_states import CARD_STATES, OVER_STATES
from .people_common import PeopleCase


@tagged("post_install", "-at_install")
class TestCampusCard(PeopleCase):
    def test_labels_and_rules_name_the_same_states(self):
        self.assertEqual(tuple(state for state, _label in CARD_STATES), card_state.STATES)
        self.assertEqual(set(OVER_STATES), {"replaced", "returned"})

    def test_a_new_card_gets_a_number_a_wallet_and_waits_for_approval(self):
        card = self.env["campus.card"].create({"partner_id": self.lin.id})
        self.assertRegex(card.number, r"^K\d{7,}$")
        self.assertEqual(card.state, "requested")
        self.assertEqual(card.wallet_id, self.lin.campus_wallet_id)
        self.assertEqual(card.wallet_id, self.card.wallet_id, "all cards of a holder open one wallet")

    def test_every_verb_from_every_state_follows_the_table(self):
        stages = self.env["campus.card.stage"]
        for state in card_state.STATES:
            for verb in card_state.VERBS:
                if verb == card_state.REPLACE:
                    continue  # makes a card: see the tests of replacement
                card = self.env["campus.card"].create(
                    {"partner_id": self.lin.id, "kind": "phone", "stage_id": stages._first_of(state).id}
                )
                expected = card_state.MOVES[state].get(verb)
                with self.subTest(state=state, verb=verb):
                    if expected:
                        card._do(verb)
                        self.assertEqual(card.state, expected)
                    else:
                        with self.assertRaisesRegex(UserError, "not possible"):
                            card._do(verb)
                        self.assertEqual(card.state, state)

    def test_a_card_dragged_to_a_stage_makes_the_move_of_that_verb(self):
        lost = self.env["campus.card.stage"]._first_of("lost")
        self.card.stage_id = lost
        self.assertEqual(self.card.state, "lost")
        self.assertTrue(self.card.lost_at)

    def test_a_card_dragged_where_no_verb_leads_stays_and_says_what_is_possible(self):
        requested = self.env["campus.card.stage"]._first_of("requested")
        with self.assertRaisesRegex(UserError, "Freeze.*Report Lost"):
            self.card.stage_id = requested
        replaced = self.env["campus.card.stage"]._first_of("replaced")
        with self.assertRaisesRegex(UserError, "Replace"):
            self.card.stage_id = replaced

    def test_a_card_may_move_between_stages_of_one_state(self):
        printing = self.env["campus.card.stage"].create({"name": "Printing", "state": "approved"})
        card = self.env["campus.card"].create({"partner_id": self.lin.id})
        card.action_approve()
        card.stage_id = printing
        self.assertEqual((card.stage_id, card.state), (printing, "approved"))

    def test_freezing_a_card_leaves_the_wallet_and_the_other_cards_alone(self):
        phone = self.new_card(self.lin, False, kind="phone")
        self.card.action_freeze()
        self.assertEqual((self.card.state, phone.state), ("frozen", "active"))
        self.assertEqual(self.card.wallet_id.state, "open")
        self.card.action_unfreeze()
        self.assertEqual((self.card.state, self.card.frozen_at), ("active", False))

    def test_a_frozen_card_that_was_lost_and_found_is_frozen_still(self):
        self.card.action_freeze()
        self.card.action_report_lost()
        with self.assertRaises(UserError):
            self.card.stage_id = self.env["campus.card.stage"]._first_of("active")
        self.card.action_found()
        self.assertEqual((self.card.state, self.card.lost_at), ("frozen", False))

    def test_a_lost_card_is_followed_up_until_it_is_found(self):
        self.arts.responsible_id = self.users["clerk"]
        self.card.action_report_lost()
        activity = self.card.activity_ids
        self.assertEqual(activity.user_id, self.users["clerk"])
        self.card.action_found()
        self.assertFalse(self.card.activity_ids)

    def test_the_holder_is_told_of_the_loss_report(self):
        self.lin.email = "lin@example.edu"
        self.flush_tracking()
        self.card.action_report_lost()
        self.flush_tracking()
        mail = self.card.message_ids.filtered(lambda message: "blocked" in (message.subject or ""))
        self.assertEqual(mail.partner_ids, self.lin)
        self.assertIn(self.card.number, mail.body)

    def flush_tracking(self):
        self.env.flush_all()
        self.cr.precommit.run()

    def test_two_cards_in_use_cannot_have_one_uid(self):
        with self.assertRaises(UniqueViolation), mute_logger("odoo.sql_db"), self.cr.savepoint():
            self.new_card(self.wang, self.card.uid)
        self.card.action_return()
        again = self.new_card(self.wang, self.card.uid)
        self.assertEqual(again.state, "active")

    def test_a_uid_is_kept_in_one_form_and_refused_when_it_is_none(self):
        card = self.env["campus.card"].create({"partner_id": self.lin.id, "uid": "04:a1:b2:c4"})
        self.assertEqual(card.uid, "04A1B2C4")
        with self.assertRaises(ValidationError):
            card.uid = "hello"
        with self.assertRaises(CheckViolation), mute_logger("odoo.sql_db"), self.cr.savepoint():
            self.env.cr.execute("UPDATE campus_card SET uid = 'xyz' WHERE id = %s", [card.id])

    def test_a_card_without_chip_is_not_activated(self):
        card = self.env["campus.card"].create({"partner_id": self.lin.id})
        with self.assertRaisesRegex(UserError, "UID"):
            card._hand_over()

    def test_a_card_belongs_to_a_holder_and_stays_with_it(self):
        contact = self.env["res.partner"].create({"name": "No holder"})
        with self.assertRaises(ValidationError):
            self.env["campus.card"].create({"partner_id": contact.id})
        with self.assertRaisesRegex(UserError, "stays with its holder"):
            self.card.partner_id = self.wang

    def test_values_of_the_system_are_not_written_by_hand(self):
        card = self.as_user(self.card, "manager")
        for values in ({"wallet_id": self.other_card.wallet_id.id}, {"state": "active"}, {"number": "K1"}):
            with self.subTest(values=values), self.assertRaises(AccessError):
                card.write(values)
        with self.assertRaises(AccessError):
            card.create({"partner_id": self.lin.id, "wallet_id": self.other_card.wallet_id.id})

    def test_only_a_card_that_was_never_made_can_be_deleted(self):
        request = self.env["campus.card"].create({"partner_id": self.lin.id})
        request.unlink()
        with self.assertRaises(UserError):
            self.card.unlink()

    def test_cards_expire_after_their_last_day(self):
        self.card.valid_until = date.today()
        self.other_card.write({"valid_from": date(2020, 1, 1), "valid_until": date.today() - timedelta(days=1)})
        with self.enter_registry_test_mode():
            self.env.ref("campus_card.campus_card_cron_expire").method_direct_trigger()
        self.env.invalidate_all()
        self.assertEqual((self.card.state, self.other_card.state), ("active", "expired"))
        with self.assertRaisesRegex(UserError, "later date"):
            self.other_card.action_activate()
        self.other_card.valid_until = date.today() + timedelta(days=30)
        self.other_card.action_activate()
        self.assertEqual(self.other_card.state, "active")

    def test_a_stage_in_use_keeps_its_state_and_each_state_keeps_a_stage(self):
        stage = self.card.stage_id
        with self.assertRaises(ValidationError):
            stage.state = "frozen"
        lost = self.env["campus.card.stage"].search([("state", "=", "lost")])
        with self.assertRaises(UserError):
            lost.unlink()
        with self.assertRaises(UserError):
            lost.active = False


@tagged("post_install", "-at_install")
class TestResolve(PeopleCase):
    def resolve(self, text):
        return self.env["campus.card"]._resolve(text)

    def test_a_card_is_found_by_every_printed_form_of_its_uid(self):
        for text in ("04A1B2C3", "04:a1:b2:c3", "C3B2A104", "0077705923", "3283263748"):
            with self.subTest(text=text):
                self.assertEqual(self.resolve(text), (self.card, None))

    def test_a_card_is_found_by_its_number_and_by_the_campus_number(self):
        self.assertEqual(self.resolve(self.card.number.lower()), (self.card, None))
        self.assertEqual(self.resolve(" T0001 "), (self.card, None))

    def test_what_is_no_card_is_unknown(self):
        for text in ("", None, "nobody", "DEADBEEF", "x" * 500):
            with self.subTest(text=text):
                card, code = self.resolve(text)
                self.assertEqual((card.ids, code), ([], "unknown_card"))

    def test_a_card_that_must_not_be_used_comes_with_its_reason(self):
        self.card.action_freeze()
        self.assertEqual(self.resolve(self.card.uid), (self.card, "card_frozen"))
        self.card.action_report_lost()
        self.assertEqual(self.resolve(self.card.uid), (self.card, "card_lost"))
        requested = self.env["campus.card"].create({"partner_id": self.wang.id, "uid": "04112233"})
        self.assertEqual(self.resolve("04112233"), (requested, "card_not_active"))

    def test_the_validity_of_card_and_holder_both_count(self):
        yesterday = date.today() - timedelta(days=1)
        self.card.write({"valid_from": date(2020, 1, 1), "valid_until": yesterday})
        self.assertEqual(self.resolve(self.card.uid)[1], "card_expired")
        self.card.valid_until = False
        self.lin.campus_valid_until = yesterday
        self.assertEqual(self.resolve(self.card.uid)[1], "card_expired")
        self.lin.write({"campus_valid_from": date.today() + timedelta(days=1), "campus_valid_until": False})
        self.assertTrue(self.resolve(self.card.uid)[1])

    def test_the_campus_number_prefers_the_card_that_works(self):
        phone = self.new_card(self.lin, False, kind="phone")
        phone.action_freeze()
        self.assertEqual(self.resolve("T0001"), (self.card, None))

    def test_cards_of_another_company_are_unknown(self):
        other = self.env["res.company"].create({"name": "Another school"})
        card, code = self.env["campus.card"].with_company(other)._resolve(self.card.uid)
        self.assertEqual((card.ids, code), ([], "unknown_card"))


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
        self.assertEqual(self.env["campus.card"]._resolve(self.card.uid)[1], "card_not_active")
        self.assertFalse(self.card.activity_ids)

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
