from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger
from psycopg2 import errors as pg

from ..campus_core import card_state
from .people_common import PeopleCase


@tagged("post_install", "-at_install")
class TestCampusCardDoors(PeopleCase):
    """The state of a card moves by its verbs, whatever door somebody comes in by."""

    def stage(self, state):
        return self.env["campus.card.stage"]._first_of(state)

    def test_nobody_creates_a_card_that_works_already(self):
        for role in ("clerk", "manager"):
            cards = self.env["campus.card"].with_user(self.users[role])
            for state in card_state.STATES:
                values = {"partner_id": self.lin.id, "uid": False, "stage_id": self.stage(state).id}
                if state in ("requested", "approved", "produced"):
                    self.assertEqual(cards.create(values).state, state)
                    continue
                with self.assertRaisesRegex(UserError, "cannot begin as"):
                    cards.create(values)

    def test_an_import_file_makes_no_working_card(self):
        cards = self.env["campus.card"].with_user(self.users["manager"])
        columns = ["partner_id/.id", "stage_id/.id", "uid"]
        row = [str(self.lin.id), str(self.stage("active").id), ""]
        result = cards.load(columns, [row])
        self.assertFalse(result["ids"])
        self.assertIn("cannot begin as", result["messages"][0]["message"])
        for column, value in (("state", "active"), ("lost_at", "2026-01-01 00:00:00")):
            self.assertFalse(cards.load(["partner_id/.id", column], [[str(self.lin.id), value]])["ids"])

    def test_an_import_file_moves_a_card_by_its_verb_or_not_at_all(self):
        card = self.as_user(self.card, "manager")
        row = [str(card.id), str(self.stage("frozen").id)]
        self.assertTrue(card.load([".id", "stage_id/.id"], [row])["ids"])
        self.assertEqual((self.card.state, bool(self.card.frozen_at)), ("frozen", True))
        row = [str(card.id), str(self.stage("requested").id)]
        self.assertFalse(card.load([".id", "stage_id/.id"], [row])["ids"])
        self.assertEqual(self.card.state, "frozen")

    def test_an_active_card_keeps_its_uid(self):
        with self.assertRaises(ValidationError), self.cr.savepoint():
            self.as_user(self.card, "manager").uid = False
        phone = self.new_card(self.lin, False, kind="phone")
        with self.assertRaises(ValidationError), self.cr.savepoint():
            self.as_user(phone, "manager").kind = "physical"
        self.env.invalidate_all()
        for query in ("UPDATE campus_card SET uid = NULL WHERE id = %s",):
            with self.assertRaises(pg.CheckViolation), mute_logger("odoo.sql_db"), self.cr.savepoint():
                self.cr.execute(query, [self.card.id])

    def test_the_state_itself_is_written_by_nobody(self):
        with self.assertRaises(AccessError):
            self.as_user(self.card, "manager").write({"state": "lost"})
        with self.assertRaises(AccessError):
            self.env["campus.card"].with_user(self.users["manager"]).create(
                {"partner_id": self.lin.id, "state": "active"}
            )
