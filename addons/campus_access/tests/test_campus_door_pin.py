import psycopg2
from odoo.addons.campus_card.campus_core.access import door_pin
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from .right_common import RightCase

PASSWORD = "a long password"


@tagged("post_install", "-at_install")
class TestCampusDoorPin(RightCase):
    """Wang is a physicist and may enter the house of physics; Lin may not."""

    roles = ("clerk", "arts_clerk", "auditor", "employee")

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.login = new_test_user(
            cls.env, "pin_wang", groups="base.group_portal", password=PASSWORD, partner_id=cls.wang.id
        )
        cls.pins = cls.env["campus.door.pin"]
        cls.access_manager = new_test_user(
            cls.env, "pin_manager", groups="campus_access.group_campus_access_manager,base.group_system"
        )

    def choose(self, new, proof=PASSWORD, again=None):
        return self.env["campus.portal"].with_user(self.login)._choose_door_pin(new, again or new, proof)

    def store(self, partner, pin="2580"):
        self.pins._store(partner, self.pins._seal(pin, pin))

    def stored(self, partner=None):
        return self.pins._of(partner or self.wang).pin_hash

    # -- the holder ---------------------------------------------------------------------

    def test_a_holder_sets_it_with_the_password_and_changes_it_with_either(self):
        self.assertEqual(self.choose("2580"), "")
        self.assertEqual(door_pin.said("2580", self.stored()), door_pin.RIGHT)
        self.assertEqual(door_pin.said("2581", self.stored()), door_pin.DURESS)
        self.assertEqual(self.choose("4071", proof="2580"), "")
        self.assertEqual(self.choose("903817", proof=PASSWORD), "")
        self.assertEqual(door_pin.said("903817", self.stored()), door_pin.RIGHT)
        values = self.env["campus.portal"].with_user(self.login)._door_pin_values()
        self.assertEqual(values, {"pin_at": self.pins._of(self.wang).set_at})

    def test_without_password_and_pin_nothing_is_stored(self):
        for proof in ("", "2580", "wrong"):
            self.assertIn("neither", self.choose("4071", proof=proof))
        self.assertFalse(self.stored())
        self.store(self.wang)
        # who was forced tells the one under duress: it is no proof
        self.assertIn("neither", self.choose("4071", proof="2581"))
        self.assertEqual(door_pin.said("2580", self.stored()), door_pin.RIGHT)

    def test_tries_are_limited(self):
        for _try in range(5):
            self.choose("4071", proof="0000")
        self.assertIn("Too many", self.choose("4071"))
        self.assertFalse(self.stored())

    def test_what_is_no_pin_or_is_guessed_first_is_not_taken(self):
        for new in ("12", "1234567", "abcd", "1111", "1234", "1212"):
            with self.subTest(new=new), self.assertRaises(ValidationError):
                self.choose(new)
        with self.assertRaises(ValidationError):
            self.choose("2580", again="2581")
        self.assertFalse(self.stored())

    def test_it_is_not_the_pin_of_the_wallet(self):
        self.wang.campus_wallet_id._choose_pin("4071", "4071")
        self.choose("2580")
        self.assertEqual(self.wang.campus_wallet_id._check_pin("4071"), ("ok", {}))
        self.assertEqual(self.wang.campus_wallet_id._check_pin("2580")[0], "pin_wrong")

    # -- the card office ------------------------------------------------------------------

    def desk(self, role="clerk", **values):
        action = self.wang.action_campus_door_pin()
        answers = {
            "document_seen": True,
            "said_number": "T0002",
            "said_card": self.other_card.number[-4:],
            **values,
        }
        desk = self.env["campus.door.pin.desk"].with_user(self.users[role])
        return desk.with_context(**action["context"]).create(answers).action_reset()

    def test_the_holder_types_it_at_the_desk_and_a_forgotten_one_is_taken_away(self):
        self.desk(new_pin="2580", again_pin="2580")
        self.assertEqual(door_pin.said("2580", self.stored()), door_pin.RIGHT)
        self.assertTrue(self.wang.with_user(self.users["clerk"]).campus_door_pin_at)
        self.assertIn("Door PIN reset", self.wang.message_ids[:1].body)
        self.desk()
        self.assertFalse(self.stored())
        self.assertFalse(self.wang.campus_door_pin_at)

    def test_wrong_answers_leave_it_and_count_with_those_about_the_wallet(self):
        self.store(self.wang)
        for values in ({"document_seen": False}, {"said_number": "T0001"}, {"said_card": "0000"}):
            with self.subTest(values=values), self.assertRaises(UserError):
                self.desk(**values)
        for _try in range(5):
            self.env["campus.rate"]._may_try("pin.reset", self.wang.campus_wallet_id.id, 5, 3600)
        with self.assertRaisesRegex(UserError, "Too many"):
            self.desk()
        self.assertTrue(self.stored())

    def test_a_clerk_of_another_department_an_auditor_and_an_employee_reset_nothing(self):
        self.store(self.wang)
        for role in ("arts_clerk", "auditor", "employee"):
            with self.subTest(role=role), self.assertRaises(AccessError):
                self.desk(role)
        self.assertTrue(self.stored())
        with self.assertRaises(UserError):
            self.wang.with_user(self.users["arts_clerk"]).action_campus_door_pin()

    # -- nobody reads it --------------------------------------------------------------------

    def test_the_hash_is_read_searched_exported_and_written_by_nobody(self):
        self.store(self.wang)
        row = self.pins._of(self.wang)
        for user in (self.users["clerk"], self.users["auditor"], self.access_manager, self.login):
            own = row.with_user(user)
            for call in (
                lambda own=own: own.read(["pin_hash"]),
                lambda own=own: own.search([("pin_hash", "like", "scrypt%")]),
                lambda own=own: own.write({"pin_hash": False}),
                own.unlink,
            ):
                with self.subTest(user=user.login), self.assertRaises(AccessError):
                    call()
            with self.subTest(user=user.login), self.assertRaises(UserError):
                own.export_data(["pin_hash"])
        # an administrator sees who has one
        self.assertEqual(
            row.with_user(self.access_manager).read(["partner_id"])[0]["partner_id"][0], self.wang.id
        )

    def test_the_database_keeps_nothing_but_a_hash_without_a_pepper(self):
        for text in ("2580", "scrypt$14$0a1b2c3d$00$00"):
            with (
                self.subTest(text=text),
                mute_logger("odoo.sql_db"),
                self.assertRaises(psycopg2.errors.CheckViolation),
                self.cr.savepoint(),
            ):
                self.env.cr.execute(
                    "INSERT INTO campus_door_pin (partner_id, pin_hash) VALUES (%s, %s)", [self.lin.id, text]
                )

    # -- what edges get -----------------------------------------------------------------------

    def test_edges_get_it_where_a_door_or_right_asks_and_only_of_people_with_a_right_there(self):
        self.store(self.wang)
        self.store(self.lin)
        self.assertEqual(self.part()["pins"], [])
        row = [self.other_card.id, self.stored()]
        self.laboratory_door.needs_pin = True
        self.assertEqual(self.part()["pins"], [row])
        self.laboratory_door.needs_pin = False
        self.right.needs_pin = True
        self.assertEqual(self.part()["pins"], [row])
        far = self.env["campus.edge"].create({"name": "Far"})
        reader = self.new_reader("T-far", edge_id=far.id)
        self.new_door("Far", self.campus, self.music_house(), in_terminal_id=reader.id, out_terminal_id=False)
        self.assertEqual(self.part(edge=far)["pins"], [])

    def music_house(self):
        return self.new_zone("Music House", self.campus)

    def test_a_right_that_denies_asks_for_no_pin(self):
        self.new_right(
            "Arts stay out", self.laboratory, effect="deny", domain="[('campus_role', '=', 'student')]"
        )
        self.laboratory_door.needs_pin = True
        self.store(self.lin)
        self.assertEqual(self.part()["pins"], [])

    def test_each_change_is_a_row_of_the_next_delta(self):
        self.right.needs_pin = True
        card = self.other_card.id
        since = self.new_moment()
        self.store(self.wang)
        part = self.part(since)
        self.assertEqual((part["pins"], part.get("whole")), ([[card, self.stored()]], None))
        since = self.new_moment()
        self.pins._store(self.wang, False)
        self.assertEqual(self.part(since)["pins"], [[card, ""]])
        self.store(self.wang)
        since = self.new_moment()
        self.wang.campus_department_id = self.arts
        self.settle()
        self.assertEqual(self.part(since)["pins"], [[card, ""]])
        self.wang.campus_department_id = self.physics
        self.settle()
        since = self.new_moment()
        self.other_card.action_return()
        self.assertEqual(self.part(since)["pins"], [[card, ""]])

    def test_an_edge_whose_doors_ask_no_more_is_told_to_forget_all(self):
        self.right.needs_pin = True
        self.store(self.wang)
        since = self.new_moment()
        self.right.needs_pin = False
        part = self.part(since)
        self.assertEqual((part["pins"], "pins" in part["whole"]), ([], True))

    def test_the_news_is_for_edges_with_doors_alone(self):
        canteen = self.env["campus.edge"].create({"name": "Canteen"})
        since = self.new_moment()
        self.store(self.wang)
        news = []
        for edge in (self.edge, canteen):
            self.env.cr.execute("SELECT campus_snapshot_news(%s, %s)", [self.company.id, edge.id])
            news.append(self.env.cr.fetchone()[0] > since)
        self.assertEqual(news, [True, False])

    # -- people come and go ---------------------------------------------------------------------

    def test_it_ends_with_the_person(self):
        self.right.needs_pin = True
        self.store(self.wang)
        since = self.new_moment()
        self.other_card.action_return()
        self.wang.campus_wallet_id.action_close()
        self.login.active = False
        self.wang.active = False
        self.settle()
        self.assertEqual(self.part(since)["pins"], [[self.other_card.id, ""]])
        self.wang.active = True
        self.assertFalse(self.stored(), "who comes back chooses a new one")

    def merge(self, source, target):
        wizard = self.env["base.partner.merge.automatic.wizard"]
        wizard = wizard.create({"partner_ids": [(6, 0, (source | target).ids)], "dst_partner_id": target.id})
        wizard._merge((source | target).ids, target)
        self.env.invalidate_all()

    def test_who_is_merged_brings_it_along_unless_the_other_has_one(self):
        for own in (None, "4071"):
            with self.subTest(own=own):
                double = self.new_holder("Wang Haoran", f"D{own}", self.physics)
                target = self.new_holder("Wang Haoran", f"E{own}", self.physics)
                self.store(double)
                if own:
                    self.store(target, own)
                self.merge(double, target)
                self.assertEqual(door_pin.said(own or "2580", self.stored(target)), door_pin.RIGHT)
