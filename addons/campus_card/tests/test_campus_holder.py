from datetime import date

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, new_test_user, tagged
from odoo.tools import mute_logger
from psycopg2.errors import CheckViolation, UniqueViolation

from .people_common import PeopleCase


@tagged("post_install", "-at_install")
class TestCampusHolder(PeopleCase):
    roles = ("clerk", "manager", "arts_clerk")

    def test_a_contact_with_a_campus_number_is_a_holder(self):
        self.assertTrue(self.lin.is_campus_holder)
        self.assertFalse(self.env["res.partner"].create({"name": "Supplier"}).is_campus_holder)
        self.assertIn(self.lin, self.env["res.partner"].search([("is_campus_holder", "=", True)]))

    def test_a_new_holder_belongs_to_the_company(self):
        self.assertEqual(self.lin.company_id, self.company)

    @mute_logger("odoo.sql_db")
    def test_a_campus_number_is_given_once_in_a_company(self):
        with self.assertRaises(UniqueViolation), self.cr.savepoint():
            self.new_holder("Twin", "T0001", self.physics)
        other = self.env["res.company"].create({"name": "Another school"})
        twin = self.env["res.partner"].create({"name": "T", "campus_number": "T0001", "company_id": other.id})
        self.assertTrue(twin.is_campus_holder)

    @mute_logger("odoo.sql_db")
    def test_holders_without_a_company_have_one_number_space_too(self):
        values = {"name": "Shared", "campus_number": "T9999", "company_id": False}
        self.env["res.partner"].create(values)
        with self.assertRaises(UniqueViolation), self.cr.savepoint():
            self.env["res.partner"].create(values)

    def test_whoever_may_make_contacts_copies_contacts_and_sees_no_holders(self):
        maker = new_test_user(
            self.env, login="test_maker", groups="base.group_user,base.group_partner_manager"
        )
        contact = self.env["res.partner"].create({"name": "Supplier"}).with_user(maker)
        self.assertTrue(contact.copy())
        with self.assertRaises(AccessError):
            self.lin.with_user(maker).copy()

    def test_a_copy_of_a_holder_is_no_holder(self):
        copy = self.lin.copy()
        self.assertFalse(copy.is_campus_holder or copy.campus_role or copy.campus_valid_until)

    def test_who_has_cards_keeps_the_campus_number(self):
        with self.assertRaises(ValidationError):
            self.lin.campus_number = False

    @mute_logger("odoo.sql_db")
    def test_validity_runs_forward(self):
        with self.assertRaises(CheckViolation), self.cr.savepoint():
            self.lin.write({"campus_valid_from": date(2026, 2, 1), "campus_valid_until": date(2026, 1, 1)})
            self.env.flush_all()

    def test_holder_and_department_are_of_one_company(self):
        other = self.env["res.company"].create({"name": "Another school"})
        with self.assertRaises(ValidationError):
            self.env["res.partner"].create(
                {
                    "name": "Wrong",
                    "campus_number": "T7777",
                    "company_id": other.id,
                    "campus_department_id": self.arts.id,
                }
            )

    def test_a_department_defines_properties_of_its_holders(self):
        self.arts.holder_properties_definition = [{"name": "dorm", "string": "Dormitory", "type": "char"}]
        self.lin.campus_properties = {"dorm": "North 3"}
        self.assertEqual(self.lin.campus_properties["dorm"], "North 3")

    def test_a_portal_user_made_for_a_holder_keeps_the_properties(self):
        self.arts.holder_properties_definition = [{"name": "dorm", "string": "Dormitory", "type": "char"}]
        self.lin.campus_properties = {"dorm": "North 3"}
        self.env["res.users"].create(
            {
                "login": "lin-portal",
                "partner_id": self.lin.id,
                "group_ids": [(6, 0, self.env.ref("base.group_portal").ids)],
            }
        )
        self.assertEqual(self.lin.campus_properties["dorm"], "North 3")

    def test_departments_form_a_tree_with_full_names_and_counts(self):
        self.assertEqual(self.music.complete_name, "Arts / Music")
        self.new_holder("Below", "T0003", self.music)
        self.assertEqual(self.arts.holder_count, 2)
        with self.assertRaises(UserError):
            self.arts.parent_id = self.music

    @mute_logger("odoo.sql_db")
    def test_a_department_code_is_given_once_in_a_company(self):
        with self.assertRaises(UniqueViolation), self.cr.savepoint():
            self.env["campus.department"].create({"name": "Art history", "code": "T-ART"})

    def test_the_wallet_and_balance_of_the_company_show_on_the_holder(self):
        self.top_up(self.card.wallet_id, 1250)
        self.lin.invalidate_recordset()
        self.assertEqual(self.lin.campus_wallet_id, self.card.wallet_id)
        self.assertEqual(self.lin.campus_balance, 12.5)
        found = self.env["res.partner"].search([("campus_wallet_id", "=", self.card.wallet_id.id)])
        self.assertEqual(found, self.lin)

    def test_a_wallet_is_named_and_found_by_name_and_number(self):
        wallet = self.card.wallet_id
        self.assertEqual(wallet.display_name, "Lin Xiaoyu (T0001)")
        wallets = wallet.with_user(self.users["clerk"])
        for text in ("Xiaoyu", "T0001"):
            self.assertEqual([found for found, _name in wallets.name_search(text)], wallet.ids)

    def test_a_clerk_makes_a_holder_and_a_card_in_the_forms(self):
        partners = self.env["res.partner"].with_user(self.users["clerk"])
        with Form(partners, view="campus_card.campus_holder_view_form") as form:
            form.name = "Zhao Ming"
            form.campus_number = "T0100"
            form.campus_department_id = self.arts
        holder = form.record
        with Form(self.env["campus.card"].with_user(self.users["clerk"])) as form:
            form.partner_id = holder
            form.uid = "0411AABB"
        self.assertEqual(form.record.partner_id.name, "Zhao Ming")
        self.assertEqual(form.record.state, "requested")

    def test_the_overview_counts_what_waits(self):
        before = self.overview()
        self.card.action_report_lost()
        self.env["campus.card"].create({"partner_id": self.wang.id})
        self.top_up(self.card.wallet_id, 500)
        after = self.overview()
        self.assertEqual(after["todo"]["lost"] - before["todo"]["lost"], 1)
        self.assertEqual(after["todo"]["approve"] - before["todo"]["approve"], 1)
        self.assertEqual(after["topup"] - before["topup"], 1)

    def test_an_address_that_nobody_can_open_is_told_to_who_can_change_it(self):
        parameters, overviews = self.env["ir.config_parameter"].sudo(), self.env["campus.overview"]
        for address, missing in (("http://localhost:8069", True), ("https://card.example.edu", False)):
            parameters.set_param("web.base.url", address)
            for role, told in (("manager", missing), ("clerk", False)):
                with self.subTest(address=address, role=role):
                    data = overviews.with_user(self.users[role]).get_overview()
                    self.assertEqual(data["address_missing"], told)

    def overview(self, role="manager"):
        data = self.env["campus.overview"].with_user(self.users[role]).get_overview()
        return {
            "todo": {item["key"]: item["count"] for item in data["todo"]},
            "topup": next(item["count"] for item in data["today"] if item["kind"] == "topup"),
            "holders": data["holders"],
        }

    def test_the_overview_of_a_clerk_counts_the_own_departments(self):
        holders = self.overview("arts_clerk")["holders"]
        self.assertEqual(holders, self.arts.holder_count)
