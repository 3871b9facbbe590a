from datetime import datetime, timedelta

from odoo.addons.campus_card.campus_core.access import wire
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from .right_common import PHYSICISTS, RightCase


@tagged("post_install", "-at_install")
class TestCampusAccessRightDesk(RightCase):
    """Who may give rights where, and what the pages, requests and visits say and do."""

    def test_a_clerk_gives_rights_at_places_of_the_own_departments_alone(self):
        clerk = new_test_user(
            self.env,
            "t_access_clerk",
            groups="campus_access.group_campus_access_clerk",
            campus_department_ids=[(6, 0, self.arts.ids)],
        )
        rights = self.rights.with_user(clerk)
        values = {"name": "Mine", "domain": "[('campus_role', '=', 'student')]"}
        mine = rights.create({**values, "zone_ids": [(6, 0, self.arts_house.ids)]})
        for places in (
            {"zone_ids": [(6, 0, self.physics_house.ids)]},
            {"zone_ids": [(6, 0, self.campus.ids)]},
            {"zone_ids": [(6, 0, self.arts_house.ids)], "door_ids": [(6, 0, self.laboratory_door.ids)]},
        ):
            with self.subTest(places=places), self.assertRaises(AccessError):
                rights.create({**values, **places})
        with self.assertRaises(AccessError):
            mine.door_ids = self.gate
        with self.assertRaises(AccessError):
            self.right.with_user(clerk).needs_pin = True
        with self.assertRaises(AccessError):
            mine.is_staff = True
        self.assertEqual(rights.search([]), mine)

    def test_a_room_of_another_department_is_no_part_of_the_own_building(self):
        room = self.new_zone("Guest room", self.arts_house, own_department_id=self.physics.id)
        self.new_door("Guestdoor", self.arts_house, room)
        clerk = new_test_user(
            self.env,
            "t_access_clerk2",
            groups="campus_access.group_campus_access_clerk",
            campus_department_ids=[(6, 0, self.arts.ids)],
        )
        with self.assertRaisesRegex(AccessError, "Guestdoor"):
            self.rights.with_user(clerk).create(
                {"name": "All", "domain": "[]", "zone_ids": [(6, 0, self.arts_house.ids)]}
            )

    def test_a_right_says_in_words_what_it_does(self):
        self.assertIn("Physics", self.right.sentence)
        self.assertIn("Physics House", self.right.sentence)

    def test_the_dry_run_lists_who_gains_and_loses_before_it_is_saved(self):
        draft = self.right.new(origin=self.right)
        draft.domain = PHYSICISTS % self.arts.id
        self.assertIn("Lin Xiaoyu", draft.trial)
        self.assertIn("Wang Haoran", draft.trial)
        self.assertEqual(self.members(self.right), self.wang)
        draft.zone_ids = self.arts_house
        self.assertIn("Arts door", draft.trial)

    def test_the_dry_run_says_who_keeps_the_doors_by_another_right_and_when(self):
        draft = self.right.new(origin=self.right)
        draft.domain = PHYSICISTS % self.arts.id
        self.assertNotIn("another right", draft.trial)
        other = self.right.copy({"name": "Another", "domain": self.right.domain})
        draft = self.right.new(origin=self.right)
        draft.domain = PHYSICISTS % self.arts.id
        self.assertIn("<dt>Of them, another right still opens these doors for</dt><dd>1</dd>", draft.trial)
        other.effect = "deny"
        draft = self.right.new(origin=self.right)
        draft.domain = PHYSICISTS % self.arts.id
        self.assertNotIn("another right", draft.trial)
        draft.valid_until = datetime(2040, 1, 1)
        self.assertIn("<dt>Times</dt>", draft.trial)
        refusal = other.new(origin=other)
        refusal.domain = PHYSICISTS % self.arts.id
        self.assertIn("People who are refused from now on", refusal.trial)

    # -- for a while ----------------------------------------------------------------------

    def test_a_request_is_granted_with_an_end_by_somebody_else(self):
        manager = new_test_user(self.env, "t_acc_manager", groups="campus_access.group_campus_access_manager")
        manager.partner_id.campus_number = "T0009"
        requests = self.env["campus.access.request"].with_user(manager)
        until = datetime(2040, 1, 1)
        values = {"zone_id": self.laboratory.id, "valid_until": until, "reason": "Experiment"}
        own = requests.create({**values, "partner_id": manager.partner_id.id})
        with self.assertRaises(AccessError):
            own.action_grant()
        request = requests.create({**values, "partner_id": self.lin.id})
        request.action_grant()
        self.assertEqual(request.approver_id, manager)
        self.assertEqual(self.members(request.right_id), self.lin)
        rule = wire.site_from_wire(self.part()).rules[request.right_id.id]
        self.assertEqual(rule.until_ms, 2208988800000)
        with self.assertRaises(UserError):
            request.action_grant()
        with self.assertRaises(UserError):
            request.valid_until = datetime(2050, 1, 1)
        request.action_withdraw()
        self.assertFalse(self.members(request.right_id))

    def test_a_visit_gives_a_right_from_its_start_to_its_end(self):
        visit = self.env["campus.access.visit"].create(
            {
                "visitor_name": "Guest",
                "host_id": self.lin.id,
                "zone_id": self.arts_house.id,
                "valid_from": datetime(2026, 12, 1, 8),
                "valid_until": datetime(2026, 12, 1, 10),
            }
        )
        rule = wire.site_from_wire(self.part()).rules[visit.right_id.id]
        self.assertEqual(rule.until_ms - rule.from_ms, 2 * 3600 * 1000)
        self.assertTrue(rule.needs_escort)
        self.assertEqual(self.members(visit.right_id), visit.partner_id)
        visit.valid_until = datetime(2026, 12, 1, 11)
        rule = wire.site_from_wire(self.part()).rules[visit.right_id.id]
        self.assertEqual(rule.until_ms - rule.from_ms, 3 * 3600 * 1000)
        visit.action_call_off()
        self.assertFalse(self.members(visit.right_id))

    # -- why -------------------------------------------------------------------------------

    def test_the_page_says_which_doors_a_person_can_open_and_why(self):
        why = self.env["campus.access.why"].create({"about": "person", "partner_id": self.wang.id})
        lines = {line.door_id: line for line in why.line_ids}
        self.assertTrue(lines[self.physics_door].is_open)
        self.assertEqual(lines[self.physics_door].right_id, self.right)
        self.assertFalse(lines[self.arts_door].is_open)
        self.assertIn("No right", lines[self.arts_door].reasons)
        self.other_card._apply("freeze") if hasattr(
            self.other_card, "_apply"
        ) else self.other_card.action_freeze()
        why = self.env["campus.access.why"].create({"about": "person", "partner_id": self.wang.id})
        self.assertFalse(any(why.line_ids.mapped("is_open")))

    def test_the_page_knows_lockdowns_and_how_long_a_card_is_valid_as_readers_do(self):
        def codes(moment):
            values = {"about": "person", "partner_id": self.wang.id, "moment": moment}
            lines = self.env["campus.access.why"].create(values).line_ids
            return lines.filtered(lambda line: line.door_id == self.physics_door).codes or ""

        now, orders = datetime.now().replace(microsecond=0), self.env["campus.lockdown"]
        drill = orders._raise(self.physics_house, "nobody", "Drill", is_drill=True)
        self.assertEqual(codes(now + timedelta(minutes=1)), "")
        order = orders._raise(self.physics_house, "staff", "Threat")
        self.assertEqual(codes(now + timedelta(minutes=1)), "access_lockdown")
        self.assertEqual(codes(now - timedelta(minutes=1)), "", "it was not in force then")
        order.end_order("Over")
        self.assertEqual(codes(now + timedelta(minutes=1)), "")
        drill.end_order("Over")
        self.wang.campus_valid_until = now.date() + timedelta(days=3)
        self.assertEqual(codes(now + timedelta(days=1)), "")
        self.assertEqual(
            codes(now + timedelta(days=9)), "card_expired", "a card is valid as long as its holder"
        )

    def test_the_page_says_who_can_open_a_door_and_by_which_right(self):
        deny = self.new_right("No students", self.physics_house, effect="deny", priority=20)
        why = self.env["campus.access.why"].create({"about": "door", "door_id": self.physics_door.id})
        by_rules = {tuple(line.rules): line for line in why.line_ids}
        both = by_rules[tuple(sorted((self.right.id, deny.id)))]
        self.assertFalse(both.is_open)
        self.assertEqual((both.right_id, both.others, both.people_count), (deny, "Physicists", 1))
        people = self.env["res.partner"].search(both.action_view_people()["domain"])
        self.assertEqual(people, self.wang)
