from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from .people_common import GROUPS, PeopleCase

OPERATIONS = {"r": "read", "w": "write", "c": "create", "u": "unlink"}
ROLES = ("clerk", "manager", "finance", "auditor", "employee")

# What each role may do, in the order of ROLES. Everything that is not named is refused.
MATRIX = {
    "res.partner": ("rwc", "rwcu", "r", "r", "r"),
    "campus.department": ("r", "rwcu", "r", "r", ""),
    "campus.card.stage": ("r", "rwcu", "r", "r", ""),
    "campus.card": ("rwc", "rwcu", "r", "r", ""),
    "campus.correction": ("rwc", "rwc", "rwc", "r", ""),
    "campus.wallet": ("rw", "rw", "r", "r", ""),
    "campus.account": ("r", "r", "rwc", "r", ""),
    "campus.transfer": ("r", "r", "r", "r", ""),
    "campus.reservation": ("r", "r", "r", "r", ""),
    "campus.pocket.plan": ("r", "rwc", "rwc", "r", ""),
    "campus.counter": ("rwcu", "rwcu", "", "", ""),
    "campus.card.issue": ("rwcu", "rwcu", "", "", ""),
    "campus.card.replace": ("rwcu", "rwcu", "", "", ""),
}


class SecurityCase(PeopleCase):
    roles = tuple(GROUPS)

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for card in (cls.card, cls.other_card):
            cls.top_up(card.wallet_id, 5000)
        cls.correction = cls.new_correction(cls.card)
        cls.other_correction = cls.new_correction(cls.other_card)
        cls.records = {
            "res.partner": cls.lin,
            "campus.department": cls.arts,
            "campus.card.stage": cls.card.stage_id,
            "campus.card": cls.card,
            "campus.correction": cls.correction,
            "campus.wallet": cls.card.wallet_id,
            "campus.account": cls.card.wallet_id.pocket_ids,
            "campus.transfer": cls.card.wallet_id.transfer_ids,
            "campus.pocket.plan": cls.card.wallet_id.pocket_ids.plan_id,
        }

    @classmethod
    def new_correction(cls, card):
        return cls.env["campus.correction"].create(
            {"wallet_id": card.wallet_id.id, "amount": 1, "reason": "Test"}
        )


@tagged("post_install", "-at_install")
class TestRights(SecurityCase):
    def test_each_role_may_do_what_the_matrix_says_and_nothing_else(self):
        for model, rights in MATRIX.items():
            for role, allowed in zip(ROLES, rights, strict=True):
                records = self.env[model].with_user(self.users[role])
                for letter, operation in OPERATIONS.items():
                    with self.subTest(model=model, role=role, operation=operation):
                        self.assertEqual(records.has_access(operation), letter in allowed)

    def test_every_refused_right_is_refused_on_a_record(self):
        for model, record in self.records.items():
            for role, allowed in zip(ROLES, MATRIX[model], strict=True):
                mine = self.as_user(record, role)
                for letter, operation in OPERATIONS.items():
                    with self.subTest(model=model, role=role, operation=operation):
                        if letter in allowed:
                            mine.check_access(operation)
                        else:
                            with self.assertRaises(AccessError):
                                mine.check_access(operation)

    def test_an_auditor_reads_everything_of_every_department(self):
        for model, record in self.records.items():
            with self.subTest(model=model):
                names = [name for name in record._fields if name.startswith(("campus_", "display_name"))]
                fields = names if model == "res.partner" else None
                self.assertTrue(self.as_user(record, "auditor").read(fields))
        self.assertEqual(self.as_user(self.other_card, "auditor").partner_id.campus_number, "T0002")

    def test_an_auditor_can_change_nothing(self):
        card = self.as_user(self.card, "auditor")
        wallet = self.as_user(self.card.wallet_id, "auditor")
        attempts = {
            "card verb": card.action_freeze,
            "card loss": card.action_report_lost,
            "card value": lambda: card.write({"note": "x"}),
            "new card": lambda: card.create({"partner_id": self.lin.id}),
            "replacement": lambda: card._replace(0),
            "holder": lambda: self.as_user(self.lin, "auditor").write({"name": "x"}),
            "holder number": lambda: self.as_user(self.lin, "auditor").write({"campus_number": "x"}),
            "department": lambda: self.as_user(self.arts, "auditor").write({"name": "x"}),
            "stage": lambda: self.as_user(self.card.stage_id, "auditor").write({"name": "x"}),
            "wallet": wallet.action_freeze,
            "wallet limit": lambda: wallet.write({"limit_day_minor": 1}),
            "plan": lambda: self.as_user(wallet.pocket_ids.plan_id, "auditor").write({"name": "x"}),
            "account": lambda: self.as_user(wallet.pocket_ids, "auditor").write({"name": "x"}),
            "correction": lambda: self.as_user(self.correction, "auditor").action_approve(),
            "withdrawal": lambda: self.as_user(self.correction, "auditor").action_withdraw(),
            "message": lambda: card.message_post(body="x"),
            "activity": lambda: card.activity_schedule("mail.mail_activity_data_todo", user_id=card.env.uid),
        }
        for name, attempt in attempts.items():
            with self.subTest(attempt=name), self.assertRaises(UserError), self.cr.savepoint():
                attempt()
                self.env.flush_all()

    def test_an_auditor_holds_no_other_role(self):
        for role in ("clerk", "manager", "finance"):
            with self.subTest(role=role), self.assertRaises(ValidationError), self.cr.savepoint():
                self.users["auditor"].group_ids = [(4, self.env.ref(GROUPS[role]).id)]

    def test_the_ledger_is_closed_to_hands(self):
        transfer = self.card.wallet_id.transfer_ids
        for role in ("clerk", "manager", "finance", "auditor"):
            with self.subTest(role=role):
                mine = self.as_user(transfer, role)
                with self.assertRaises(UserError):
                    mine.write({"memo": "x"})
                with self.assertRaises(UserError):
                    mine.unlink()
                with self.assertRaises(UserError):
                    mine.create({})
                wallet = self.as_user(self.card.wallet_id, role)
                for values in ({"state": "closed"}, {"partner_id": self.wang.id}):
                    with self.assertRaises(UserError):
                        wallet.write(values)

    def test_campus_data_of_a_contact_shows_to_campus_staff_only(self):
        for role in ("clerk", "finance", "auditor"):
            self.assertEqual(
                self.as_user(self.lin, role).read(["campus_number"])[0]["campus_number"], "T0001"
            )
        with self.assertRaises(AccessError):
            self.as_user(self.lin, "employee").read(["campus_number"])
        with self.assertRaises(AccessError):
            self.env["res.partner"].with_user(self.users["employee"]).search(
                [("campus_number", "=", "T0001")]
            )


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

    def test_who_may_change_contacts_in_odoo_still_may(self):
        groups = "base.group_user,base.group_partner_manager"
        sales = new_test_user(self.env, "test_sales", groups=groups)
        self.contact.with_user(sales).write({"name": "y"})
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
            "correction": self.other_correction,
        }

    def own(self):
        return {
            "holder": self.lin,
            "card": self.card,
            "wallet": self.card.wallet_id,
            "pocket": self.card.wallet_id.pocket_ids,
            "transfer": self.card.wallet_id.transfer_ids,
            "correction": self.correction,
        }

    def test_a_clerk_of_a_department_sees_its_records_only(self):
        for name, record in self.own().items():
            with self.subTest(own=name):
                self.assertTrue(self.as_user(record, "arts_clerk").read(["display_name"]))
                self.assertIn(record, self.as_user(record, "arts_clerk").search([("id", "=", record.id)]))
        for name, record in self.foreign().items():
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

    def test_no_department_means_all_and_a_change_counts_at_once(self):
        clerk = self.users["clerk"]
        self.assertTrue(self.as_user(self.other_card, "clerk").read(["number"]))
        clerk.campus_department_ids = self.arts
        with self.assertRaises(AccessError):
            self.as_user(self.other_card, "clerk").read(["number"])
        clerk.campus_department_ids = False
        self.assertTrue(self.as_user(self.other_card, "clerk").read(["number"]))

    def test_a_user_does_not_widen_the_own_departments(self):
        with self.assertRaises(AccessError):
            self.users["arts_clerk"].with_user(self.users["arts_clerk"]).write(
                {"campus_department_ids": [(5,)]}
            )

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
