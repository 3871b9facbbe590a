from datetime import timedelta

from odoo import fields
from odoo.addons.campus_card.campus_core.credentials import signing
from odoo.exceptions import AccessError, UserError
from odoo.tests import TransactionCase, new_test_user, tagged


@tagged("post_install", "-at_install")
class TestCampusKey(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env["res.company"].create({"name": "Key Campus"})
        cls.keys = cls.env["campus.key"]
        cls.current = cls.keys._good_keys(cls.company)
        cls.edge = cls.env["campus.edge"].create(
            {"name": "Gate edge", "company_id": cls.company.id, "state": "active"}
        )

    def follow(self, edge=None):
        """The edge takes over everything there is."""
        version = self.keys._version_now() + 1
        (edge or self.edge).write({"keys_version": version, "snapshot_version": version})

    def signed_by(self):
        _body, signature = self.env["campus.snapshot"]._build(self.edge)
        return signature.partition(":")[0]

    def later(self):
        """As if what was done before had happened in earlier transactions."""
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE campus_key SET known_version = known_version - 10, activated_version = activated_version - 10"
        )
        self.env.cr.execute(
            "UPDATE campus_edge SET keys_version = keys_version - 5, snapshot_version = snapshot_version - 5"
        )
        self.env.invalidate_all()

    def test_the_first_key_is_made_when_it_is_needed_and_signs(self):
        self.assertEqual(self.current.mapped("state"), ["current"])
        self.assertEqual(self.keys._good_keys(self.company), self.current)
        header = self.current._sign(b"{}")
        ring = signing.KeyRing.from_wire(self.current._to_wire())
        signing.check_snapshot(ring, header, b"{}")

    def test_a_renewal_goes_step_by_step_and_two_keys_are_good_side_by_side(self):
        self.follow()
        self.later()
        draft = self.keys._prepare_next(self.company)
        ring = signing.KeyRing.from_wire(self.keys._good_keys(self.company)._to_wire())
        self.assertEqual([key.state for key in ring.keys], ["current", "previous"])
        self.assertEqual(self.signed_by(), self.current.name)
        with self.assertRaisesRegex(UserError, "Gate edge"):
            draft.action_activate()
        self.follow()
        draft.action_activate()
        self.assertEqual((draft.state, self.current.state), ("current", "previous"))
        self.assertEqual(self.signed_by(), draft.name)
        self.edge.snapshot_version = draft.activated_version
        with self.assertRaisesRegex(UserError, "Gate edge"):
            self.current.action_retire()
        self.edge.snapshot_version += 1
        self.current.action_retire()
        self.assertEqual(self.keys._good_keys(self.company), draft)
        self.assertFalse(self.current.sudo().private_seed)
        self.assertIn("1 working edges", " ".join(self.current.message_ids.mapped("body")))

    def test_an_edge_that_does_not_know_the_newest_key_gets_snapshots_signed_by_the_older_one(self):
        self.follow()
        self.later()
        draft = self.keys._prepare_next(self.company)
        self.edge.action_disable()
        draft.action_activate()
        self.edge.action_enable()
        self.assertEqual(self.signed_by(), self.current.name)
        self.follow()
        self.assertEqual(self.signed_by(), draft.name)

    def test_phones_keep_a_key_alive(self):
        draft = self.keys._prepare_next(self.company)
        self.follow()
        draft.action_activate()
        self.edge.snapshot_version += 1
        self.patch(type(self.keys), "_live_certificates", lambda key: 3)
        with self.assertRaisesRegex(UserError, "3 phones"):
            self.current.action_retire()

    def test_one_renewal_at_a_time(self):
        self.keys._prepare_next(self.company)
        with self.assertRaises(UserError):
            self.keys._prepare_next(self.company)

    def test_the_wizard_leads_through_the_steps(self):
        def wizard():
            return self.env["campus.key.rotate"].create({"company_id": self.company.id})

        self.assertEqual((wizard().step, wizard().is_ready), ("prepare", True))
        wizard().action_next()
        waiting = wizard()
        self.assertEqual((waiting.step, waiting.is_ready), ("activate", False))
        self.assertEqual(waiting.waiting_edge_ids, self.edge)
        self.follow()
        wizard().action_next()
        self.assertEqual(wizard().step, "retire")
        self.edge.snapshot_version += 1
        wizard().action_next()
        self.assertEqual(wizard().step, "prepare")

    def test_nobody_reads_the_private_half_and_only_device_managers_renew(self):
        device = new_test_user(
            self.env,
            "test_key_device",
            groups="campus_card.group_campus_card_device_manager",
            company_id=self.company.id,
            company_ids=[(6, 0, self.company.ids)],
        )
        auditor = new_test_user(
            self.env,
            "test_key_auditor",
            groups="campus_card.group_campus_card_auditor",
            company_id=self.company.id,
            company_ids=[(6, 0, self.company.ids)],
        )
        for user in (device, auditor, self.env.ref("base.user_admin")):
            keys = self.keys.with_user(user).with_company(self.company)
            self.assertNotIn("private_seed", keys.fields_get())
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self.current.with_user(user).read(["private_seed"])
        with self.assertRaises(AccessError):
            self.current.with_user(device).write({"state": "retired"})
        with self.assertRaises(UserError):
            self.current.with_user(auditor).action_retire()
        draft = self.keys.with_user(device)._prepare_next(self.company).with_user(device)
        self.follow()
        draft.action_activate()
        self.edge.snapshot_version += 1
        self.current.with_user(device).action_retire()
        self.assertEqual(self.current.state, "retired")

    def test_an_old_key_is_a_reminder_once(self):
        user = new_test_user(
            self.env,
            "test_key_reminded",
            groups="campus_card.group_campus_card_device_manager",
            company_id=self.company.id,
            company_ids=[(6, 0, self.company.ids)],
        )
        self.company.campus_device_user_id = user
        self.keys._cron_remind()
        self.assertFalse(self.current.activity_ids)
        self.current.activated_at = fields.Datetime.now() - timedelta(days=366)
        for _ in range(2):
            self.keys._cron_remind()
        self.assertEqual(self.current.activity_ids.user_id, user)
        self.assertEqual(len(self.current.activity_ids), 1)

    def test_keys_of_another_company_are_not_seen(self):
        device = new_test_user(
            self.env, "test_key_other", groups="campus_card.group_campus_card_device_manager"
        )
        self.assertFalse(self.keys.with_user(device).search([("company_id", "=", self.company.id)]))
