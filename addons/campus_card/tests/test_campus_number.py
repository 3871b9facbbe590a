from odoo.tests import Form, tagged
from odoo.tools import mute_logger
from psycopg2.errors import CheckViolation, UniqueViolation

from .people_common import PeopleCase

#: One number, as people type, scan, copy and print it.
WRITINGS = (
    "J20087",
    "j20087",
    "Ｊ２００８７",
    "ｊ２００８７",
    " J 20087 ",
    "J20087\u200b",
    "\ufeffJ20087",
    "J\u300020087",
)


@tagged("post_install", "-at_install")
class TestCampusNumber(PeopleCase):
    """A number is one, however it is written, at every door of the office."""

    roles = ("clerk", "auditor")

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.teacher = cls.new_holder("Hu Jing", "ｊ２００８７ ", cls.arts)
        cls.teacher_card = cls.new_card(cls.teacher, "04AABB01")

    def test_it_is_kept_in_one_form(self):
        self.assertEqual(self.teacher.campus_number, "J20087")
        for writing in WRITINGS:
            self.teacher.campus_number = writing
            self.assertEqual(self.teacher.campus_number, "J20087")
        self.env.flush_all()
        self.env.cr.execute("SELECT campus_number FROM res_partner WHERE id = %s", [self.teacher.id])
        self.assertEqual(self.env.cr.fetchone(), ("J20087",))

    def test_who_has_no_number_is_found_by_that(self):
        nobody = self.env["res.partner"].create({"name": "A supplier"})
        both = [("id", "in", (self.teacher + nobody).ids)]
        for without in (
            ("campus_number", "=", False),
            ("campus_number", "in", [False, ""]),
            ("campus_number", "=", ""),
        ):
            self.assertEqual(self.env["res.partner"].search([*both, without]), nobody, without)
        for having in (
            ("campus_number", "!=", False),
            ("campus_number", "not in", [False, "X1"]),
            ("campus_number", "like", ""),
        ):
            self.assertEqual(
                self.env["res.partner"].search([*both, having]) & self.teacher, self.teacher, having
            )
        self.assertEqual(
            self.env["res.partner"].search([*both, ("campus_number", "!=", False)]), self.teacher
        )

    @mute_logger("odoo.sql_db")
    def test_two_writings_are_not_two_people(self):
        for writing in WRITINGS:
            with self.assertRaises(UniqueViolation, msg=writing), self.cr.savepoint():
                self.new_holder("Twin", writing, self.arts)
                self.env.flush_all()

    @mute_logger("odoo.sql_db")
    def test_the_database_keeps_no_other_form(self):
        for table, column, record in (
            ("res_partner", "campus_number", self.teacher),
            ("campus_card", "number", self.teacher_card),
        ):
            for writing in (
                "j20087",
                "J 20087",
                "Ｊ２００８７",
                "J20087\u200b",
                "\ufeffJ20087",
                "J\u201320087",
            ):
                with self.assertRaises(CheckViolation, msg=writing), self.cr.savepoint():
                    self.env.cr.execute(
                        f"UPDATE {table} SET {column} = %s WHERE id = %s", [writing, record.id]
                    )

    def test_it_is_found_by_every_writing(self):
        partners = self.env["res.partner"].with_user(self.users["clerk"])
        cards = self.env["campus.card"].with_user(self.users["clerk"])
        for writing in WRITINGS:
            with self.subTest(writing=writing):
                self.assertEqual(partners.search([("campus_number", "=", writing)]), self.teacher)
                self.assertEqual(partners.search([("campus_number", "in", [writing])]), self.teacher)
                self.assertEqual(partners.search([("campus_number", "ilike", writing)]), self.teacher)
                self.assertEqual(
                    self.teacher.filtered_domain([("campus_number", "=", writing)]), self.teacher
                )
                self.assertIn(self.teacher_card.id, dict(cards.name_search(writing)))
                self.assertEqual(
                    self.env["campus.wallet"].name_search(writing)[0][0], self.teacher.campus_wallet_id.id
                )
        self.assertEqual(partners.search([("campus_number", "ilike", "ｊ２００")]), self.teacher)
        self.assertIn(
            self.lin, partners.search([("campus_number", "!=", "j20087"), ("id", "=", self.lin.id)])
        )

    def test_the_desk_knows_it_by_every_writing(self):
        for writing in WRITINGS:
            with self.subTest(writing=writing):
                card, code = self.env["campus.card"]._resolve(writing)
                self.assertEqual((card, code), (self.teacher_card, None))
                counter = (
                    self.env["campus.counter"].with_user(self.users["clerk"]).new({"credential": writing})
                )
                self.assertEqual((counter.partner_id, counter.presented), (self.teacher, False))
        with Form(self.env["campus.counter"].with_user(self.users["clerk"])) as form:
            form.credential = "ｊ２００８７"
            self.assertEqual(form.partner_id, self.teacher)

    def test_a_card_number_too(self):
        number = self.teacher_card.number
        wide = "".join(chr(ord(letter) + 0xFEE0) for letter in number.lower())
        for writing in (number.lower(), wide, f" {number} "):
            self.assertEqual(self.env["campus.card"]._resolve(writing)[0], self.teacher_card)

    def test_who_says_it_at_the_pin_desk_may_write_it_as_well(self):
        wizard = self.env["campus.pin.reset"].new(
            {"wallet_id": self.teacher.campus_wallet_id.id, "said_number": "ｊ２００８７"}
        )
        wizard.said_card = f" {self.teacher_card.number[-4:].lower()} "
        self.assertTrue(wizard._is_identified())
        wizard.said_number = "J20088"
        self.assertFalse(wizard._is_identified())
