from datetime import datetime, timedelta

from odoo.addons.campus_card.campus_core.access import types, wire
from odoo.addons.campus_card.campus_core.access.decide import decide
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import new_test_user, tagged

from .access_common import AccessCase

PHYSICISTS = "[('campus_department_id', 'child_of', [%s])]"


@tagged("post_install", "-at_install")
class TestCampusAccessRight(AccessCase):
    """Who has which right is kept as people change, and edges are told of what changed."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rights = cls.env["campus.access.right"]
        cls.right = cls.new_right("Physicists", cls.physics_house, domain=PHYSICISTS % cls.physics.id)
        cls.env["res.partner"]._settle_access()

    @classmethod
    def new_right(cls, name, zone, **values):
        return cls.env["campus.access.right"].create(
            {
                "name": name,
                "zone_ids": [(6, 0, zone.ids)],
                "domain": "[('campus_role', '=', 'student')]",
                **values,
            }
        )

    def settle(self):
        self.env["res.partner"]._settle_access()

    def members(self, right):
        self.env.flush_all()
        self.env.cr.execute("SELECT partner_id FROM campus_access_member WHERE right_id = %s", [right.id])
        return self.env["res.partner"].browse(sorted(one for (one,) in self.env.cr.fetchall()))

    def part(self, since=0, edge=None):
        self.env.flush_all()
        return self.env["campus.snapshot"]._access(edge or self.edge, since)

    def version(self):
        self.env.flush_all()
        return self.env["campus.key"]._version_now()

    def new_moment(self):
        """What is done from now on is newer than what was done before."""
        self.env.flush_all()
        self.env.cr.execute("UPDATE campus_snapshot_life SET base = base + 1")
        return self.version()

    def profile_of(self, part, card):
        found = {one: part["profiles"].get(name) for one, _holder, name in part["people"]}
        return found.get(card.id)

    # -- who ------------------------------------------------------------------------

    def test_a_right_has_the_people_of_its_domain(self):
        self.assertEqual(self.members(self.right), self.wang)
        self.assertEqual(self.right.member_count, 1)

    def test_who_changes_gets_and_loses_rights(self):
        self.lin.campus_department_id = self.physics
        self.wang.campus_department_id = self.arts
        self.settle()
        self.assertEqual(self.members(self.right), self.lin)
        self.lin.campus_department_id = self.music
        self.settle()
        self.assertFalse(self.members(self.right))

    def test_a_new_holder_has_the_rights_at_once(self):
        new = self.new_holder("Zhao", "T0003", self.physics)
        self.settle()
        self.assertIn(new, self.members(self.right))
        new.active = False
        self.settle()
        self.assertNotIn(new, self.members(self.right))

    def test_only_rights_that_ask_for_the_changed_field_are_looked_at(self):
        by_role = self.new_right("Students", self.campus)
        self.assertEqual(
            (self.right.field_names, by_role.field_names), ("campus_department_id", "campus_role")
        )
        self.env.cr.execute("DELETE FROM campus_access_member WHERE right_id = %s", [by_role.id])
        self.lin.campus_department_id = self.physics
        self.settle()
        self.assertFalse(self.members(by_role))
        self.lin.campus_role = "teacher"
        self.settle()
        self.lin.campus_role = "student"
        self.settle()
        self.assertEqual(self.members(by_role), self.lin)

    def test_a_change_by_sql_alone_is_found_by_the_job(self):
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE res_partner SET campus_department_id = %s WHERE id = %s", [self.physics.id, self.lin.id]
        )
        self.env["res.partner"]._cron_settle_access()
        self.assertIn(self.lin, self.members(self.right))

    def test_many_people_are_left_to_the_job(self):
        people = [{"name": f"New {n}", "campus_number": f"TN{n}"} for n in range(201)]
        made = self.env["res.partner"].create(
            [{**one, "campus_department_id": self.physics.id} for one in people]
        )
        self.settle()
        self.assertEqual(self.right.member_count, 1)
        self.env["res.partner"]._cron_settle_access()
        self.right.invalidate_recordset()
        self.assertEqual(self.right.member_count, 1 + len(made))

    def test_a_department_that_moves_takes_its_people_along(self):
        chemistry = self.env["campus.department"].create({"name": "Chemistry", "code": "T-CHE"})
        self.lin.campus_department_id = chemistry
        self.settle()
        chemistry.parent_id = self.physics
        self.assertIn(self.lin, self.members(self.right))

    def test_tags_and_chosen_people_have_rights(self):
        tag = self.env["res.partner.category"].create({"name": "Choir"})
        by_tag = self.new_right("Choir", self.campus, domain=f"[('category_id', 'in', [{tag.id}])]")
        chosen = self.new_right("Lin", self.campus, who="people", partner_ids=[(6, 0, self.lin.ids)])
        self.assertEqual(self.members(chosen), self.lin)
        self.lin.category_id = tag
        self.settle()
        self.assertEqual(self.members(by_tag), self.lin)
        self.lin.category_id = False
        self.settle()
        self.assertFalse(self.members(by_tag))

    def test_a_domain_that_doors_cannot_follow_is_refused_by_name(self):
        for domain in (
            "[('email', '=', 'x')]",
            "[('user_ids.password', '=like', 'a%')]",
            "[('campus_department_id', 'ilike', 'Phys')]",
            "[('campus_department_id.code', '=', 'T-PHY')]",
            "[('campus_role', '=', uid)]",
            "[('campus_role', ",
        ):
            with self.subTest(domain=domain), self.assertRaises(ValidationError):
                self.new_right("Bad", self.campus, domain=domain)

    # -- what edges are told ----------------------------------------------------------

    def test_an_edge_gets_its_doors_rules_and_people(self):
        part = self.part()
        site = wire.site_from_wire(part)
        self.assertEqual(
            {door.name for door in site.doors.values()},
            {"Gate", "Arts door", "Physics door", "Laboratory door"},
        )
        rule = site.rules[self.right.id]
        self.assertEqual(rule.doors, frozenset((self.physics_door.id, self.laboratory_door.id)))
        self.assertEqual(self.profile_of(part, self.other_card), [self.right.id])
        self.assertNotIn(self.card.id, [card for card, _holder, _profile in part["people"]])

    def test_an_edge_without_doors_gets_no_part(self):
        other = self.env["campus.edge"].create({"name": "Canteen"})
        self.assertIsNone(self.part(edge=other))

    def test_a_changed_person_is_one_row(self):
        since = self.new_moment()
        self.lin.campus_department_id = self.physics
        self.settle()
        part = self.part(since)
        self.assertNotIn("doors", part)
        self.assertEqual([row[:2] for row in part["people"]], [[self.card.id, self.lin.id]])
        self.assertEqual(self.profile_of(part, self.card), [self.right.id])
        since = self.new_moment()
        self.lin.campus_department_id = self.arts
        self.settle()
        self.assertEqual(self.part(since)["people"], [[self.card.id, self.lin.id, ""]])

    def test_a_changed_right_sends_the_doors_and_the_people_again(self):
        since = self.new_moment()
        self.right.needs_pin = True
        part = self.part(since)
        self.assertTrue(wire.site_from_wire(part).rules[self.right.id].needs_pin)
        self.assertEqual(part["people"], [])
        since = self.new_moment()
        self.right.zone_ids = [(6, 0, self.laboratory.ids)]
        self.assertEqual(len(self.part(since)["people"]), 1)

    def test_what_edges_need_not_know_is_no_news(self):
        since = self.new_moment()
        self.edge.name = "Renamed"
        self.lin.phone = "123"
        self.settle()
        self.env.flush_all()
        self.env.cr.execute("SELECT campus_snapshot_news(%s, %s)", [self.company.id, self.edge.id])
        self.assertLessEqual(self.env.cr.fetchone()[0], since)

    def test_each_change_of_a_place_or_time_is_news_for_edges_with_doors(self):
        schedule = self.new_schedule("Hours", {})
        self.right.schedule_id = schedule
        changes = (
            lambda: self.gate.write({"mode": "locked"}),
            lambda: self.campus.write({"people_max": 3}),
            lambda: schedule.window_ids.write({"start_min": 60}),
            lambda: schedule.write({"exception_ids": [(0, 0, {"day": "2026-12-24", "is_closed": True})]}),
            lambda: self.env["campus.holiday"].create({"name": "Free", "day": "2026-12-24"}),
            lambda: self.env["campus.term"].create(
                {"name": "T", "first_day": "2030-01-01", "last_day": "2030-02-01"}
            ),
            lambda: self.company.partner_id.write({"tz": "Europe/Berlin"}),
            lambda: self.gate.out_terminal_id.write({"code": "T-other"}),
            lambda: self.right.unlink(),
        )
        for number, change in enumerate(changes):
            with self.subTest(change=number):
                since = self.new_moment()
                change()
                self.assertIn("doors", self.part(since))

    def test_the_server_decides_as_the_edge_does(self):
        self.right.schedule_id = self.new_schedule("Office", {"start_min": 480, "end_min": 1080})
        part = self.part()
        on_edge = wire.site_from_wire(part)
        on_server = self.env["campus.access.site"]._site(self.physics_door)
        rules = tuple(self.profile_of(part, self.other_card))
        self.assertEqual(rules, self.env["campus.access.site"]._rules_of(self.wang))
        for hour in range(0, 24 * 8, 3):
            now_ms = int((datetime(2026, 11, 30) + timedelta(hours=hour)).timestamp() * 1000)
            one, other = (
                decide(
                    site,
                    site.doors[self.physics_door.id],
                    "in",
                    types.Person(1, rules),
                    types.State(),
                    now_ms,
                )
                for site in (on_edge, on_server)
            )
            self.assertEqual(one, other)

    # -- who may give what --------------------------------------------------------------

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

    def test_the_page_says_who_can_open_a_door_and_by_which_right(self):
        deny = self.new_right("No students", self.physics_house, effect="deny", priority=20)
        why = self.env["campus.access.why"].create({"about": "door", "door_id": self.physics_door.id})
        by_rules = {tuple(line.rules): line for line in why.line_ids}
        both = by_rules[tuple(sorted((self.right.id, deny.id)))]
        self.assertFalse(both.is_open)
        self.assertEqual((both.right_id, both.others, both.people_count), (deny, "Physicists", 1))
        people = self.env["res.partner"].search(both.action_view_people()["domain"])
        self.assertEqual(people, self.wang)
