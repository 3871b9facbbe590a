from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from .people_common import GROUPS
from .security_common import SecurityCase


@tagged("post_install", "-at_install")
class TestContacts(SecurityCase):
    def setUp(self):
        super().setUp()
        self.contact = self.env["res.partner"].create({"name": "Supplier"})

    def test_a_clerk_changes_holders_and_leaves_other_contacts_alone(self):
        self.as_user(self.lin, "clerk").write({"phone": "1"})
        for role in ("clerk", "manager"):
            contact = self.as_user(self.contact, role)
            self.assertTrue(contact.read(["name"]))
            for values in ({"name": "x"}, {"campus_number": "T0900"}):
                with self.subTest(role=role, values=values), self.assertRaises(AccessError):
                    contact.write(values)
            with self.subTest(role=role), self.assertRaises(AccessError):
                contact.create({"name": "No holder"})
            with self.subTest(role=role), self.assertRaises(AccessError):
                contact.unlink()

    def test_who_may_change_contacts_in_odoo_still_may_and_changes_no_holders(self):
        groups = "base.group_user,base.group_partner_manager"
        sales = new_test_user(self.env, "test_sales", groups=groups)
        self.contact.with_user(sales).write({"name": "y"})
        with self.assertRaises(AccessError):
            self.lin.with_user(sales).write({"phone": "2"})
        both = new_test_user(self.env, "test_both", groups=f"{groups},{GROUPS['clerk']}")
        self.contact.with_user(both).write({"name": "z"})
        self.contact.with_user(both).write({"campus_number": "T0901"})
        self.assertTrue(self.contact.is_campus_holder)

    def test_a_clerk_makes_no_holder_in_a_foreign_department(self):
        partners = self.env["res.partner"].with_user(self.users["arts_clerk"])
        partners.create({"name": "In", "campus_number": "T0910", "campus_department_id": self.music.id})
        with self.assertRaises(AccessError):
            partners.create(
                {"name": "Out", "campus_number": "T0911", "campus_department_id": self.physics.id}
            )
        with self.assertRaises(AccessError):
            partners.create({"name": "Nowhere", "campus_number": "T0912"})

    def test_a_colleague_of_another_department_stays_readable(self):
        colleague = self.users["finance"].partner_id
        colleague.write({"campus_number": "T0920", "campus_department_id": self.physics.id})
        mine = self.as_user(colleague, "arts_clerk")
        self.assertTrue(mine.read(["name"]))
        with self.assertRaises(AccessError):
            mine.write({"phone": "3"})


@tagged("post_install", "-at_install")
class TestDepartments(SecurityCase):
    def foreign(self):
        return {
            "holder": self.wang,
            "card": self.other_card,
            "wallet": self.other_card.wallet_id,
            "pocket": self.other_card.wallet_id.pocket_ids,
            "transfer": self.other_card.wallet_id.transfer_ids,
            "reservation": self.other_reservation,
            "correction": self.other_correction,
        }

    def own(self):
        return {
            "holder": self.lin,
            "card": self.card,
            "wallet": self.card.wallet_id,
            "pocket": self.card.wallet_id.pocket_ids,
            "transfer": self.card.wallet_id.transfer_ids,
            "reservation": self.reservation,
            "correction": self.correction,
        }

    def test_a_clerk_of_a_department_sees_its_records_only(self):
        own, foreign = self.own(), self.foreign()
        self.assertTrue(own and foreign)
        for name, record in own.items():
            with self.subTest(own=name):
                self.assertTrue(self.as_user(record, "arts_clerk").read(["display_name"]))
                self.assertIn(record, self.as_user(record, "arts_clerk").search([("id", "=", record.id)]))
        for name, record in foreign.items():
            with self.subTest(foreign=name):
                self.assertFalse(self.as_user(record, "arts_clerk").search([("id", "=", record.id)]))
                with self.assertRaises(AccessError):
                    self.as_user(record, "arts_clerk").read(["display_name"])

    def test_a_clerk_of_a_department_changes_nothing_of_another_one(self):
        card = self.as_user(self.other_card, "arts_clerk")
        wallet = self.as_user(self.other_card.wallet_id, "arts_clerk")
        attempts = {
            "freeze": card.action_freeze,
            "card": lambda: card.write({"note": "x"}),
            "replacement": lambda: card._replace(0),
            "new card": lambda: card.create({"partner_id": self.wang.id}),
            "holder": lambda: self.as_user(self.wang, "arts_clerk").write({"name": "x"}),
            "wallet": wallet.action_freeze,
            "limit": lambda: wallet.write({"limit_day_minor": 1}),
            "correction": lambda: self.as_user(self.other_correction, "arts_clerk").action_withdraw(),
            "new correction": lambda: (
                self.env["campus.correction"]
                .with_user(self.users["arts_clerk"])
                .create({"wallet_id": wallet.id, "amount": 1, "reason": "x"})
            ),
        }
        for name, attempt in attempts.items():
            with self.subTest(attempt=name), self.assertRaises(UserError), self.cr.savepoint():
                attempt()
                self.env.flush_all()

    def test_the_departments_below_belong_to_it(self):
        singer = self.new_holder("Singer", "T0003", self.music)
        self.assertTrue(self.as_user(singer, "arts_clerk").read(["campus_number"]))

    def test_a_manager_of_a_department_decides_on_its_corrections_only(self):
        manager = new_test_user(
            self.env,
            "test_arts_manager",
            groups=GROUPS["manager"],
            campus_department_ids=[(6, 0, self.arts.ids)],
        )
        self.correction.with_user(manager).action_approve()
        with self.assertRaises(AccessError):
            self.other_correction.with_user(manager).action_approve()

    def test_all_departments_are_chosen_and_a_change_counts_at_once(self):
        clerk = self.users["clerk"]
        self.assertTrue(self.as_user(self.other_card, "clerk").read(["number"]))
        clerk.campus_department_ids = self.arts
        with self.assertRaises(AccessError):
            self.as_user(self.other_card, "clerk").read(["number"])
        clerk.campus_department_ids = False
        with self.assertRaises(AccessError):
            self.as_user(self.other_card, "clerk").read(["number"])
        clerk.campus_all_departments = True
        self.assertTrue(self.as_user(self.other_card, "clerk").read(["number"]))

    def test_a_user_does_not_widen_the_own_departments(self):
        for values in ({"campus_department_ids": [(5,)]}, {"campus_all_departments": True}):
            with self.assertRaises(AccessError):
                self.users["arts_clerk"].with_user(self.users["arts_clerk"]).write(values)

    @mute_logger("odoo.addons.base.models.ir_rule")
    def test_another_company_sees_nothing(self):
        other = self.env["res.company"].create({"name": "Another school"})
        stranger = new_test_user(
            self.env,
            "test_stranger",
            groups=GROUPS["manager"],
            company_id=other.id,
            company_ids=[(6, 0, other.ids)],
        )
        records = {**self.foreign(), "department": self.physics, "plan": self.records["campus.pocket.plan"]}
        for name, record in records.items():
            with self.subTest(record=name), self.assertRaises(AccessError):
                record.with_user(stranger).read(["display_name"])
