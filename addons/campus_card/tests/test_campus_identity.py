import base64
import re

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import file_open

from .people_common import PeopleCase


@tagged("post_install", "-at_install")
class TestCampusIdentity(PeopleCase, HttpCase):
    roles = ("clerk", "manager", "finance", "auditor", "employee")

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.lin.email = "lin@example.com"
        portal = cls.env.ref("base.group_portal")
        cls.login = cls.env["res.users"].create(
            {"login": "lin", "partner_id": cls.lin.id, "group_ids": [Command.set(portal.ids)]}
        )
        cls.clerk_lin = cls.lin.with_user(cls.users["clerk"])

    def ask(self, **values):
        values = {"partner_id": self.lin.id, "reason": "At the desk with a passport", **values}
        return self.env["campus.identity.change"].with_user(self.users["clerk"]).create(values)

    def last_mail(self):
        return self.env["mail.mail"].search([], limit=1, order="id desc")

    def link(self):
        return re.search(r'href="https?://[^/]+([^"]+)"', str(self.last_mail().body_html))[1]

    def test_nobody_changes_alone_who_a_holder_with_a_login_is(self):
        for role in ("clerk", "manager"):
            for values in (
                {"email": "thief@example.com"},
                {"name": "Somebody Else"},
                {"campus_number": "T0777"},
                {"phone": "+86 1"},
            ):
                with self.subTest(role=role, values=values), self.assertRaises(UserError):
                    self.lin.with_user(self.users[role]).write(values)

    def test_a_holder_without_a_login_is_corrected_by_a_clerk(self):
        self.wang.with_user(self.users["clerk"]).write({"email": "wang@example.com"})
        self.assertEqual(self.wang.email, "wang@example.com")

    def test_the_same_value_and_other_fields_are_no_change_of_identity(self):
        self.clerk_lin.write({"email": "lin@example.com", "campus_role": "teacher"})
        self.assertEqual(self.lin.campus_role, "teacher")

    def test_the_holder_confirms_by_the_link_in_the_mail_to_the_old_address(self):
        change = self.ask(new_email="lin@new.example.com")
        self.assertEqual(self.last_mail().email_to, "lin@example.com")
        page = self.url_open(self.link())
        self.assertIn("lin@new.example.com", page.text)
        self.assertIn("default-src 'none'", page.headers["Content-Security-Policy"])
        self.assertEqual(
            (change.state, self.lin.email), ("waiting", "lin@example.com"), "looking is not saying yes"
        )
        token = re.search(r'name="csrf_token" value="([^"]+)"', page.text)[1]
        self.url_open(self.link(), data={"csrf_token": token})
        self.assertEqual((change.state, self.lin.email), ("done", "lin@new.example.com"))
        self.assertTrue(change.is_confirmed)
        mail = self.last_mail()
        self.assertEqual(mail.email_to, "lin@example.com", "the old address is told")

    def test_a_link_works_once_and_a_made_up_one_never(self):
        change = self.ask(new_name="Lin Xiaoyu Zhang")
        token = self.link().split("/")[-1]
        found = self.env["campus.identity.change"]._of_token(change.id, token)
        self.assertEqual(found, change)
        made_up = token[:-1] + ("-" if token.endswith("_") else "_")
        self.assertFalse(self.env["campus.identity.change"]._of_token(change.id, made_up))
        found._confirm()
        self.assertFalse(self.env["campus.identity.change"]._of_token(change.id, token))

    def test_a_second_person_may_decide_instead_and_who_asked_may_not(self):
        change = self.ask(new_email="lin@new.example.com")
        with self.assertRaises(AccessError):
            change.action_approve()
        own = change.with_user(self.users["manager"]).copy()
        with self.assertRaises(AccessError):
            own.action_approve()
        change.with_user(self.users["manager"]).action_approve()
        self.assertEqual(self.lin.email, "lin@new.example.com")
        with self.assertRaises(UserError):
            change.with_user(self.users["manager"]).action_refuse()

    def test_only_holders_with_a_login_are_changed_this_way(self):
        admin = self.env.ref("base.user_admin").partner_id
        for contact in (self.wang, admin):
            with self.subTest(contact=contact.name), self.assertRaisesRegex(ValidationError, "with a login"):
                self.ask(partner_id=contact.id, new_email="thief@example.com")

    def test_what_was_asked_for_stays_as_it_was_asked_for(self):
        change = self.ask(new_email="lin@new.example.com")
        for values in ({"new_email": "thief@example.com"}, {"state": "done"}, {"requested_by_id": 1}):
            with self.subTest(values=values), self.assertRaises(UserError):
                change.write(values)
        with self.assertRaises(UserError):
            self.ask(new_email="x@example.com", requested_by_id=self.users["manager"].id)
        with self.assertRaises(UserError):
            self.ask()

    def test_limits_of_the_holder_and_states_are_not_the_clerks_to_write(self):
        wallet = self.card.wallet_id.with_user(self.users["clerk"])
        for name in ("own_pin_above_minor", "own_limit_day_minor", "own_limit_purchase_minor"):
            with self.subTest(field=name), self.assertRaises(AccessError):
                wallet.write({name: 1})
        with self.assertRaises(AccessError):
            self.clerk_lin.write(
                {"campus_wallet_ids": [Command.update(wallet.id, {"own_pin_above_minor": 0})]}
            )

    def test_who_has_no_task_with_holders_sees_none(self):
        with file_open("web/static/img/logo.png", "rb") as picture:
            self.lin.image_1920 = base64.b64encode(picture.read())
        stranger = new_test_user(self.env, "device_x", groups="campus_card.group_campus_card_device_manager")
        for user in (stranger, self.users["employee"]):
            partners = self.env["res.partner"].with_user(user)
            with self.subTest(user=user.login):
                self.assertFalse(partners.search([("id", "in", (self.lin + self.wang).ids)]))
                self.assertFalse(partners.name_search("Lin Xiaoyu"))
                with self.assertRaises(AccessError):
                    partners.browse(self.lin.id).read(["name", "email"])
                self.assertTrue(partners.search([("id", "=", user.partner_id.id)]))
                logins = self.env["res.users"].with_user(user)
                self.assertFalse(logins.search([("id", "=", self.login.id)]))
                with self.assertRaises(AccessError):
                    logins.browse(self.login.id).read(["name", "email"])
                self.assertTrue(logins.search([("id", "=", self.users["clerk"].id)]))
        for role in ("clerk", "finance", "auditor"):
            self.assertTrue(self.lin.with_user(self.users[role]).read(["name"]))
            self.assertTrue(self.login.with_user(self.users[role]).read(["name"]))

    def test_photos_of_holders_are_for_who_may_read_them(self):
        with file_open("web/static/img/logo.png", "rb") as picture:
            self.lin.image_1920 = base64.b64encode(picture.read())
        address = f"/web/image/res.partner/{self.lin.id}/image_1920"
        sizes = {}
        for login in ("photo_clerk", "photo_employee"):
            groups = (
                "base.group_user" if login.endswith("employee") else "campus_card.group_campus_card_clerk"
            )
            new_test_user(self.env, login, groups=groups, password=login * 2)
            self.authenticate(login, login * 2)
            sizes[login] = self.url_open(address).content
        nothing = self.url_open("/web/image/res.partner/2147483647/image_1920").content
        self.assertNotEqual(sizes["photo_clerk"], nothing)
        self.assertEqual(sizes["photo_employee"], nothing)

    def test_people_are_exported_with_a_reason_only_and_it_is_written_down(self):
        finance = self.users["finance"]
        holders = self.lin.with_user(finance)
        with self.assertRaises(UserError):
            holders.export_data(["name"])
        self.env["campus.export"].with_user(finance).create({"reason": "For the audit of the year"})
        self.assertEqual(holders.export_data(["name"])["datas"], [["Lin Xiaoyu"]])
        line = self.env["campus.export.line"].search([], limit=1)
        self.assertEqual((line.user_id, line.model, line.record_count), (finance, "res.partner", 1))
        with self.assertRaises(UserError):
            line.export_id.with_user(finance).write({"reason": "Something else"})
        with self.assertRaises(UserError):
            self.lin.with_user(self.users["clerk"]).export_data(["name"])

    def test_things_that_are_not_people_need_no_reason(self):
        self.assertTrue(self.arts.with_user(self.users["auditor"]).export_data(["name"]))
        self.assertEqual(self.env["campus.export.line"].search([], limit=1).model, "campus.department")
