from datetime import date, timedelta

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger
from psycopg2.errors import CheckViolation, UniqueViolation

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
        self.card.with_context(tracking_disable=False).action_report_lost()
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
        self.other_card.write(
            {"valid_from": date(2020, 1, 1), "valid_until": date.today() - timedelta(days=1)}
        )
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
