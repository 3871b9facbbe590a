import psycopg2
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from .people_common import GROUPS
from .security_common import SecurityCase


@tagged("post_install", "-at_install")
class TestEvidence(SecurityCase):
    """Who signed, and what a right hangs on, is not deleted."""

    def assertStays(self, record, words):
        with self.assertRaisesRegex(UserError, words), self.cr.savepoint():
            record.unlink()
        self.assertTrue(record.exists())

    def test_a_user_who_decided_something_stays_and_is_named(self):
        manager = new_test_user(self.env, "evidence_manager", groups=GROUPS["manager"])
        self.correction.with_user(manager).action_refuse()
        self.assertStays(manager, "named in Correction and stays: archive the user")
        self.assertEqual(self.correction.decided_by_id, manager)
        manager.active = False
        self.assertEqual(self.correction.decided_by_id, manager)

    def test_a_user_who_did_nothing_can_go(self):
        nobody = new_test_user(self.env, "evidence_nobody", groups=GROUPS["clerk"])
        nobody.unlink()
        self.assertFalse(nobody.exists())

    def test_who_turns_a_grant_into_money_that_can_be_paid_out_leaves_a_trace(self):
        manager = new_test_user(self.env, "evidence_manager", groups=GROUPS["manager"])
        plan = self.env["campus.pocket.plan"].search(
            [("code", "=", "subsidy"), ("company_id", "=", self.company.id)]
        )
        self.assertFalse(plan.refundable)
        for refundable in (True, False):
            plan.with_user(manager).with_context(tracking_disable=False).refundable = refundable
            self.env.flush_all()
            self.cr.precommit.run()
            plan.invalidate_recordset()
            message = plan.message_ids[0]
            self.assertEqual(message.author_id, manager.partner_id)
            self.assertEqual(message.sudo().tracking_value_ids.field_id.name, "refundable")

    # -- departments ---------------------------------------------------------------

    def limited(self, department):
        return new_test_user(
            self.env, "evidence_clerk", groups=GROUPS["clerk"], campus_department_ids=[(6, 0, department.ids)]
        )

    def sees(self, user):
        return self.env["res.partner"].with_user(user).search([("is_campus_holder", "=", True)])

    def test_a_department_with_people_or_rights_on_it_stays(self):
        self.assertStays(self.arts, "people belong to|sub-departments|foreign key|required")
        empty = self.env["campus.department"].create({"name": "Empty", "code": "EMPTY"})
        clerk = self.limited(empty)
        self.assertStays(empty, "may see only Empty")
        clerk.campus_department_ids = False
        empty.unlink()

    def test_a_clerk_whose_departments_were_taken_away_sees_nobody(self):
        clerk = self.limited(self.arts)
        self.assertFalse(clerk.campus_all_departments)
        self.assertIn(self.lin, self.sees(clerk))
        self.assertNotIn(self.wang, self.sees(clerk))
        clerk.campus_department_ids = False
        self.assertFalse(self.sees(clerk))
        self.assertFalse(self.env["campus.card"].with_user(clerk).search([]))
        self.assertFalse(self.env["campus.wallet"].with_user(clerk).search([]))
        self.assertFalse(self.env["campus.transfer"].with_user(clerk).search([]))
        clerk.campus_all_departments = True
        self.assertIn(self.wang, self.sees(clerk))

    def test_a_department_that_is_gone_in_the_database_opens_nothing(self):
        empty = self.env["campus.department"].create({"name": "Empty", "code": "EMPTY"})
        clerk = self.limited(empty)
        self.cr.execute("DELETE FROM campus_department_user_rel WHERE department_id = %s", empty.ids)
        self.cr.execute("DELETE FROM campus_department WHERE id = %s", empty.ids)
        self.env.invalidate_all()
        self.env.registry.clear_cache()
        self.assertFalse(self.sees(clerk))

    def test_a_department_with_people_is_not_archived_without_a_word(self):
        self.music.active = False
        with self.assertRaisesRegex(UserError, "people belong to"):
            self.arts.active = False
        self.music.active = True
        with self.assertRaisesRegex(UserError, "sub-departments"):
            self.arts.active = False

    def test_a_merged_department_gives_its_people_and_rights_to_another(self):
        clerk = self.limited(self.arts)
        singer = self.new_holder("Singer", "T0031", self.music)
        gone = self.new_holder("Gone", "T0032", self.arts)
        gone.active = False
        target = self.env["campus.department"].create({"name": "Humanities", "code": "HUM"})
        merge = self.env["campus.department.merge"].with_user(self.users["manager"])
        merge.create({"source_id": self.arts.id, "target_id": target.id}).action_merge()
        self.assertFalse(self.arts.active)
        self.assertEqual((self.lin | gone).campus_department_id, target)
        self.assertEqual(self.music.parent_id, target)
        # a file that still has the old code leads to the new department
        self.assertEqual(self.arts._heir(), target)
        self.assertEqual(clerk.campus_department_ids, target)
        self.assertEqual(self.sees(clerk) & (self.lin | singer | self.wang), self.lin | singer)

    def test_a_manager_brings_an_archived_department_back(self):
        department = self.env["campus.department"].create({"name": "Summer School", "code": "SUM"})
        by_manager = department.with_user(self.users["manager"])
        by_manager.action_archive()
        self.assertFalse(department.active)
        by_manager.action_unarchive()
        self.assertTrue(department.active)
        # one that was merged is nobody's part any more; what it is part of is not entered by hand
        department._merge_into(self.physics)
        with self.assertRaises(AccessError), self.cr.savepoint():
            by_manager.write({"active": True, "merged_into_id": self.arts.id})
        by_manager.action_unarchive()
        self.assertEqual(department._heir(), department)

    def test_who_may_not_merge_and_what_cannot_be_merged(self):
        arts = self.arts
        for role in ("clerk", "auditor"):
            with self.subTest(role), self.assertRaises(UserError), self.cr.savepoint():
                arts.with_user(self.users[role])._merge_into(self.physics.with_user(self.users[role]))
        limited = new_test_user(
            self.env, "evidence_part", groups=GROUPS["manager"], campus_department_ids=[(6, 0, arts.ids)]
        )
        with self.assertRaisesRegex(UserError, "sees all departments"):
            arts.with_user(limited)._merge_into(self.physics.with_user(limited))
        for target in (arts, self.music):
            with self.subTest(target.name), self.assertRaisesRegex(UserError, "below it"):
                arts._merge_into(target)
        other = self.env["res.company"].create({"name": "Another school"})
        foreign = self.env["campus.department"].create({"name": "X", "code": "X", "company_id": other.id})
        with self.assertRaisesRegex(UserError, "two companies"):
            arts._merge_into(foreign)

    # -- empty means everything ------------------------------------------------------

    def test_a_merchant_that_limits_a_plan_is_not_deleted(self):
        shop = self.env["campus.account"].create(
            {"name": "Only Here", "code": "only-here", "kind": "merchant"}
        )
        plan = self.env["campus.pocket.plan"].search([("code", "=", "meal")], limit=1)
        plan.merchant_ids = shop
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(psycopg2.IntegrityError),
            self.cr.savepoint(),
        ):
            shop.unlink()
            self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual(plan.merchant_ids, shop)
