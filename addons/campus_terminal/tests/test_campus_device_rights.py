from odoo.addons.campus_card.tests.people_common import PeopleCase
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import new_test_user, tagged
from odoo.tools import file_open

DEVICE = "campus_card.group_campus_card_device_manager"


@tagged("post_install", "-at_install")
class TestCampusDeviceRights(PeopleCase):
    roles = ("clerk", "manager", "finance", "auditor", "employee")

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.users["device"] = new_test_user(cls.env, "test_device_rights", groups=DEVICE)
        cls.top_up(cls.card.wallet_id, 5000)
        cls.merchant = cls.env["campus.account"].create(
            {"name": "Line 1", "code": "test-line", "kind": "merchant"}
        )
        cls.edge = cls.env["campus.edge"].create({"name": "Canteen edge"})
        cls.terminal = cls.env["campus.terminal"].create(cls.line("L1"))

    @classmethod
    def line(cls, code, **values):
        return {
            "name": "Line",
            "code": code,
            "edge_id": cls.edge.id,
            "merchant_id": cls.merchant.id,
            "amount_minor": 350,
            **values,
        }

    def test_a_device_manager_sees_no_holders_no_cards_and_no_money(self):
        device = self.users["device"]
        for record in (
            self.card,
            self.card.wallet_id,
            self.card.wallet_id.transfer_ids,
            self.card.wallet_id.pocket_ids,
        ):
            with self.subTest(model=record._name), self.assertRaises(AccessError):
                record.with_user(device).read(["display_name"])
        with self.assertRaises(AccessError):
            self.lin.with_user(device).read(["campus_number"])
        accounts = self.env["campus.account"].with_user(device).search([])
        self.assertEqual(set(accounts.mapped("kind")), {"merchant"})
        with self.assertRaises(AccessError):
            self.merchant.with_user(device).write({"name": "Mine"})

    def test_only_device_managers_and_the_manager_change_devices(self):
        for role in ("device", "manager"):
            self.as_user(self.terminal, role).write({"enabled": False})
            self.as_user(self.edge, role).write({"place": role})
            self.env["campus.terminal"].with_user(self.users[role]).create(self.line(f"N-{role}"))
        for role in ("clerk", "finance", "auditor"):
            with self.subTest(role=role):
                self.assertTrue(self.as_user(self.edge, role).name)
                for record in (self.edge, self.terminal):
                    with self.assertRaises(AccessError):
                        self.as_user(record, role).write({"name": "Mine"})
                with self.assertRaises(AccessError):
                    self.env["campus.terminal"].with_user(self.users[role]).create(self.line("X"))
        for record in (self.edge, self.terminal):
            with self.assertRaises(AccessError):
                self.as_user(record, "employee").read(["name"])

    def test_devices_of_another_company_are_not_seen(self):
        other = self.env["res.company"].create({"name": "Other Campus"})
        edge = self.env["campus.edge"].create({"name": "Far edge", "company_id": other.id})
        terminal = self.env["campus.terminal"].create(
            {"name": "Far", "code": "F1", "company_id": other.id, "edge_id": edge.id, "purpose": "gate"}
        )
        for record in (edge, terminal):
            with self.subTest(model=record._name), self.assertRaises(AccessError):
                self.as_user(record, "device").read(["name"])
        with self.assertRaises(UserError):
            self.terminal.edge_id = edge

    def test_an_auditor_looks_after_no_devices(self):
        with self.assertRaises(ValidationError):
            self.users["auditor"].group_ids += self.env.ref(DEVICE)

    def test_amounts_of_a_terminal_are_typed_in_yuan_and_kept_in_cents(self):
        self.terminal.amount = 4.05
        self.assertEqual(self.terminal.amount_minor, 405)
        with self.assertRaises(ValidationError):
            self.terminal.amount = -1

    def test_a_terminal_with_a_fixed_amount_says_how_much(self):
        with self.assertRaises(ValidationError):
            self.env["campus.terminal"].create(self.line("L2", amount_minor=0))
        self.env["campus.terminal"].create(self.line("L3", amount_minor=0, amount_mode="keyed"))

    def test_codes_of_terminals_fit_on_the_wire(self):
        for code in ("x" * 33, "two\nlines", " T1"):
            with self.subTest(code=code), self.assertRaises(ValidationError):
                self.env["campus.terminal"].create(self.line(code))

    def test_an_edge_that_was_paired_is_not_deleted(self):
        self.edge.state = "active"
        with self.assertRaises(UserError):
            self.edge.unlink()

    def test_devices_that_were_never_used_can_be_deleted(self):
        gate = self.env["campus.terminal"].create(self.line("G9", purpose="gate", merchant_id=False))
        spare = self.env["campus.edge"].create({"name": "Spare"})
        for record in (gate, self.terminal, spare, self.edge):
            with self.subTest(record=record.name):
                self.as_user(record, "device").unlink()
                self.assertFalse(record.exists())
        # a card without a trace too
        card = self.new_card(self.lin, "04FFEE01")
        self.env.cr.execute("DELETE FROM campus_card WHERE id = %s", [card.id])
        self.env.cr.execute("SELECT count(*) FROM campus_card WHERE id = %s", [card.id])
        self.assertEqual(self.env.cr.fetchone()[0], 0)

    def test_a_neutralized_copy_signs_nothing_and_answers_no_edge(self):
        key = self.env["campus.key"]._good_keys(self.company)
        self.edge.state = "active"
        self.edge._new_pairing_code()
        salt = self.edge._snapshot_salt()
        self.env.flush_all()
        with file_open("campus_terminal/data/neutralize.sql") as script:
            self.env.cr.execute(script.read())
        self.env.invalidate_all()
        edge = self.edge.sudo()
        self.assertEqual((edge.state, edge.channel, edge.pairing_digest), ("disabled", False, False))
        self.assertFalse(key.sudo().private_seed)
        self.assertNotEqual(edge._snapshot_salt(), salt)
        with self.assertRaises(UserError):
            key._sign(b"{}")
