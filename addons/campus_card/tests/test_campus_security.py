from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .people_common import GROUPS
from .security_common import SecurityCase

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
        # what has no record beside the matrix is made by a wizard
        self.assertTrue(self.records and self.records.keys() <= MATRIX.keys())
        for model, record in self.records.items():
            for role, allowed in zip(ROLES, MATRIX[model], strict=True):
                mine = self.as_user(record, role)
                for letter, operation in OPERATIONS.items():
                    with self.subTest(model=model, role=role, operation=operation):
                        # employees read contacts, but no holders
                        if letter in allowed and (model, role) != ("res.partner", "employee"):
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
