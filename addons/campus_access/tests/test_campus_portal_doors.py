from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tests import new_test_user, tagged

from .passage_common import PassageCase


@tagged("post_install", "-at_install")
class TestCampusPortalDoors(PassageCase):
    def setUp(self):
        super().setUp()
        context = {"no_reset_password": True}
        self.user = new_test_user(self.env, "door_holder", groups="base.group_portal", context=context)
        self.user.partner_id = self.card.partner_id
        self.journal.passage(self.card, ["access_no_right", "access_passback"])
        self.send()
        self.row = self.rows()
        self.portal = self.env["campus.portal"].with_user(self.user)

    def test_holders_read_their_own_passages_with_all_reasons(self):
        [passage] = self.portal._doors_values()["trail"]
        self.assertEqual(
            (passage["door"], passage["refused"], passage["disputed"]), ("Library door", True, False)
        )
        self.assertEqual(passage["reason"], self.row._explain_reasons())

    def test_holders_read_which_doors_are_theirs(self):
        self.assertEqual(self.portal._doors_values()["doors"], [])
        right = self.env["campus.access.right"].create(
            {
                "name": "Readers",
                "who": "people",
                "partner_ids": [(6, 0, self.card.partner_id.ids)],
                "door_ids": [(6, 0, self.library_door.ids)],
            }
        )
        self.assertEqual(self.portal._doors_values()["doors"], ["Library door"])
        right.effect = "deny"
        self.assertEqual(self.portal._doors_values()["doors"], [])
        right.write(
            {"effect": "allow", "valid_from": "2020-01-01 00:00:00", "valid_until": "2020-02-01 00:00:00"}
        )
        self.assertEqual(self.portal._doors_values()["doors"], [])

    def test_nobody_sees_or_disputes_the_passage_of_another(self):
        other = new_test_user(
            self.env, "other_holder", groups="base.group_portal", context={"no_reset_password": True}
        )
        other.partner_id.campus_number = "P4711"
        portal = self.env["campus.portal"].with_user(other)
        self.assertFalse(portal._doors_values()["trail"])
        self.assertFalse(portal._dispute_passage(self.row.id))
        for model in ("campus.passage", "campus.look", "campus.position", "campus.passage.dispute"):
            with self.subTest(model=model), self.assertRaises(AccessError):
                self.env[model].with_user(other).search([])

    def test_a_refusal_is_disputed_once_and_its_answer_is_read(self):
        self.assertTrue(self.portal._dispute_passage(self.row.id))
        self.assertTrue(self.portal._dispute_passage(self.row.id))
        dispute = self.env["campus.passage.dispute"].search([("uuid", "=", self.row.uuid)])
        self.assertEqual((len(dispute), dispute.door_id), (1, self.library_door))
        manager = self.new_guard("boss", "campus_access.group_campus_access_manager")
        dispute.with_user(manager).answer = "Your right begins on Monday."
        dispute.with_user(manager).action_answer()
        [passage] = self.portal._doors_values()["trail"]
        self.assertEqual((passage["disputed"], passage["answer"]), (True, "Your right begins on Monday."))

    def test_who_has_looked_is_told(self):
        look = self.env["campus.passage.look"].with_user(self.guard)
        look = look.with_context(active_model="campus.passage", active_ids=self.row.ids)
        look.create({"reason": "case 31"}).action_look()
        [seen] = self.portal._doors_values()["looks"]
        self.assertEqual((seen["who"], seen["reason"]), (self.guard.name, "case 31"))

    def test_rules_about_taps_see_passages(self):
        rule = self.env["campus.alert.rule"].create(
            {
                "name": "Refused",
                "source": "tap",
                "measure": "count",
                "unit": "hours",
                "hours": 1,
                "threshold_count": 1,
                "domain": "[('outcome', '=', 'refused')]",
            }
        )
        self.assertTrue(self.env["campus.alert.source"]._matching_passages(rule, Domain.TRUE))
        rule.domain = "[('amount_minor', '>', 1)]"
        self.assertIsNone(self.env["campus.alert.source"]._matching_passages(rule, Domain.TRUE))

    def test_an_answered_dispute_ends_with_the_passages(self):
        self.portal._dispute_passage(self.row.id)
        dispute = self.env["campus.passage.dispute"].search([("uuid", "=", self.row.uuid)])
        # of a passage long ago
        dispute.sudo().occurred_at = "2020-03-02 08:00:00"
        self.env["campus.passage.erasure"]._cron_erase()
        self.assertTrue(dispute.exists(), "an open one waits for its answer")
        dispute.answer = "Your right begins on Monday."
        dispute.action_answer()
        self.env["campus.passage.erasure"]._cron_erase()
        self.assertFalse(dispute.exists())
