from datetime import datetime, timedelta

from odoo.addons.campus_card.campus_core.access import types, wire
from odoo.addons.campus_card.campus_core.access.decide import decide
from odoo.exceptions import ValidationError
from odoo.tests import tagged

from .right_common import RightCase


@tagged("post_install", "-at_install")
@tagged("post_install", "-at_install")
class TestCampusAccessRight(RightCase):
    """Who has which right is kept as people change, and edges are told of what changed."""

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
