from uuid import uuid4

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.modules.neutralize import get_neutralization_queries
from odoo.tests import Form, new_test_user, tagged

from .chip_common import MASTER, META, Chip, add_key
from .people_common import PeopleCase


@tagged("post_install", "-at_install")
class TestCampusChipKey(PeopleCase):
    """Versions of the chip keys, who may see what of them, and chips at the counter."""

    roles = ("clerk", "manager", "finance", "auditor", "employee")

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.keys = cls.env["campus.chip.key"]
        cls.device = new_test_user(
            cls.env, "test_chip_device", groups="campus_card.group_campus_card_device_manager"
        )
        cls.chip_card = cls.new_card(cls.lin, Chip().uid)

    def setUp(self):
        super().setUp()
        self.chip = Chip()

    def versions(self):
        return [
            (keys.version, keys.master.hex().upper()) for keys in self.keys.sudo()._versions(self.company)
        ]

    # -- adding and retiring -----------------------------------------------------------------

    def test_a_version_is_added_on_the_screen_with_keys_drawn_or_typed(self):
        with Form(self.keys.with_user(self.device)) as form:
            drawn = form.master_typed
            self.assertRegex(drawn, r"^[0-9A-F]{32}$")
            self.assertNotEqual(drawn, form.meta_typed)
        self.assertEqual(self.versions(), [(1, drawn)])
        with Form(self.keys.with_user(self.device)) as form:
            form.master_typed = "00:11:22:33 44556677-8899aabbccddeeff"
        self.assertEqual(self.versions(), [(2, MASTER), (1, drawn)])
        self.assertEqual(self.keys.search([]).mapped("state"), ["current", "previous"])
        self.assertFalse(form.record.master_typed)

    def test_a_key_that_is_none_is_refused_and_not_repeated(self):
        for typed in ("0011", "Z" * 32, MASTER + "00"):
            with self.subTest(typed=typed), self.assertRaises(ValidationError) as caught:
                add_key(self.env, self.company, master_typed=typed)
            self.assertNotIn(typed, str(caught.exception))
        self.assertFalse(self.versions())

    def test_numbers_of_versions_rise_up_to_255(self):
        add_key(self.env, self.company, number=7)
        for number in (7, 6):
            with self.subTest(number=number), self.assertRaises(ValidationError):
                add_key(self.env, self.company, number=number)
        with self.assertRaises(Exception) as caught, self.cr.savepoint():
            add_key(self.env, self.company, number=256)
        self.assertIn(
            "0 to 255", str(caught.exception) + self.keys._number_check.get_error_message(self.keys)
        )
        self.assertEqual(add_key(self.env, self.company, number=9).state, "current")

    def test_retiring_forgets_the_keys_and_says_what_they_were_good_for(self):
        key = add_key(self.env, self.company)
        self.env["campus.card"]._resolve_credential(self.chip.tap())
        self.assertEqual(key.chip_count, 1)
        key.with_user(self.device).action_retire()
        self.assertEqual((key.state, key.sudo().meta_key, key.sudo().master_key), ("retired", False, False))
        self.assertIn("1 chips", " ".join(key.message_ids.mapped("body")))
        self.assertEqual(self.env["campus.card"]._resolve_credential(self.chip.tap())[1], "key_unknown")
        with self.assertRaises(UserError):
            key.with_user(self.device).action_retire()

    def test_a_copy_of_the_database_has_no_keys(self):
        add_key(self.env, self.company)
        self.env.flush_all()
        for query in get_neutralization_queries(["campus_card"]):
            self.cr.execute(query)
        self.env.invalidate_all()
        self.assertEqual(self.versions(), [])

    # -- rights ------------------------------------------------------------------------------

    def test_nobody_reads_a_key(self):
        key = add_key(self.env, self.company)
        for user in (self.device, *self.users.values(), self.env.ref("base.user_admin")):
            for name in ("meta_key", "master_key"):
                with self.subTest(user=user.login, name=name), self.assertRaises(AccessError):
                    key.with_user(user).read([name])
            self.assertNotIn("master_key", self.keys.with_user(user).fields_get())
        text = str(key.with_user(self.device).read()) + " ".join(key.message_ids.mapped("body"))
        self.assertNotIn(MASTER, text.upper())
        self.assertNotIn(META, text.upper())

    def test_only_device_managers_add_and_retire(self):
        key = add_key(self.env, self.company)
        for role in ("clerk", "finance", "auditor", "employee"):
            user = self.users[role]
            with self.subTest(role=role):
                with self.assertRaises(AccessError):
                    add_key(self.env(user=user), self.company, number=2)
                with self.assertRaises(UserError):
                    key.with_user(user).action_retire()
        for values in ({"state": "retired"}, {"is_diversified": False}, {"number": 9}):
            with self.subTest(values=values), self.assertRaises(AccessError):
                key.with_user(self.device).write(values)
        for values in ({"state": "current"}, {"master_key": MASTER}):
            with self.subTest(values=values), self.assertRaises(AccessError):
                add_key(self.env(user=self.device), self.company, number=2, **values)
        with self.assertRaises(AccessError):
            key.with_user(self.device).unlink()

    def test_keys_of_another_company_are_neither_seen_nor_added_nor_believed(self):
        other = self.env["res.company"].create({"name": "Other Campus"})
        key = add_key(self.env, other)
        self.assertFalse(self.keys.with_user(self.device).search([]))
        with self.assertRaises(AccessError):
            add_key(self.env(user=self.device), other, number=2)
        with self.assertRaises(AccessError):
            key.with_user(self.device).action_retire()
        self.assertEqual(self.env["campus.card"]._resolve_credential(self.chip.tap())[1], "key_unknown")

    def test_counters_are_written_by_nobody_and_seen_by_few(self):
        add_key(self.env, self.company)
        self.env["campus.card"]._resolve_credential(self.chip.tap())
        chip = self.env["campus.chip"].search([("uid", "=", self.chip.uid)])
        for user in (self.device, *self.users.values(), self.env.ref("base.user_admin")):
            theirs = chip.with_user(user)
            with self.subTest(user=user.login):
                with self.assertRaises(AccessError):
                    theirs.write({"counter": 0})
                with self.assertRaises(AccessError):
                    theirs.unlink()
                with self.assertRaises(AccessError):
                    theirs.create({"company_id": self.company.id, "uid": "04", "counter": 0})
        for role in ("clerk", "finance", "employee"):
            with self.subTest(role=role), self.assertRaises(AccessError):
                chip.with_user(self.users[role]).read(["counter"])
        self.assertTrue(self.chip_card.with_user(self.users["clerk"]).is_chip_proven)
        self.assertFalse(self.card.with_user(self.users["clerk"]).is_chip_proven)

    # -- at a desk ---------------------------------------------------------------------------

    def test_a_message_is_good_for_one_payment_however_often_it_is_asked(self):
        add_key(self.env, self.company)
        cards = self.env["campus.card"]
        message = self.chip.tap()
        payment = {"uuid": str(uuid4()), "amount_minor": 100}
        for _ in range(2):
            self.assertEqual(cards._resolve_credential(message, payment), (self.chip_card, None))
        for use in (None, {"uuid": str(uuid4()), "amount_minor": 100}):
            card, code = cards._resolve_credential(message, use)
            self.assertEqual((card.ids, code), ([], "sun_replayed"))

    def test_a_message_of_no_payment_is_good_once(self):
        add_key(self.env, self.company)
        message = self.chip.tap()
        codes = [self.env["campus.card"]._resolve_credential(message)[1] for _ in range(2)]
        self.assertEqual(codes, [None, "sun_replayed"])

    def test_a_chip_that_passes_to_another_holder_goes_on_counting(self):
        add_key(self.env, self.company)
        overheard = self.chip.tap()
        self.env["campus.card"]._resolve_credential(self.chip.tap())
        self.chip_card.action_return()
        new_card = self.new_card(self.wang, self.chip.uid)
        self.assertEqual(self.env["campus.card"]._resolve_credential(overheard)[1], "sun_replayed")
        self.assertEqual(self.env["campus.card"]._resolve_credential(self.chip.tap()), (new_card, None))

    def test_the_counter_serves_who_shows_a_chip(self):
        add_key(self.env, self.company)
        clerk = self.users["clerk"]
        address = f"https://card.example.edu/t?{self.chip.tap().removeprefix('sun:')}"
        with Form(self.env["campus.counter"].with_user(clerk)) as form:
            form.credential = address
            self.assertEqual(form.partner_id, self.lin)
            form.amount = 5
        form.record.action_confirm()
        self.assertEqual(self.lin.campus_wallet_id.available_minor, 500)
        again = self.env["campus.counter"].with_user(clerk).create({"credential": address, "amount": 5})
        self.assertFalse(again.partner_id)
        self.assertIn("used already", again.refusal)
