import datetime as dt

from odoo.tests import TransactionCase, tagged

from ..generator import doors

NOW = dt.datetime(2026, 11, 23, 13, 40)
SCALE = {"share": 0.02, "days": 1, "purchases": 5}


@tagged("post_install", "-at_install")
class TestDemoDoors(TransactionCase):
    """The house with twelve doors, and its week."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env["res.company"].create({"name": "Door University"})
        cls.demo = cls.env["campus.demo"]
        cls.demo._load_school(cls.company, NOW, **SCALE)
        cls.demo._load_access(cls.company, NOW, SCALE["share"])
        cls.Passage = cls.env["campus.passage"].sudo()

    def search(self, model, *domain, **options):
        return self.env[model].sudo().search([("company_id", "=", self.company.id), *domain], **options)

    def test_the_week_has_grants_refusals_with_reasons_and_two_alarms(self):
        passages = self.search("campus.passage")
        codes = {code for passage in passages for code in (passage.reasons or "").split()}
        self.assertLessEqual({"access_no_right", "access_outside_time", "access_denied"}, codes)
        self.assertTrue(codes & {"card_frozen", "card_lost"})
        granted = passages.filtered(lambda passage: passage.outcome == "granted")
        refused = passages.filtered(lambda passage: passage.outcome == "refused")
        self.assertGreater(len(granted), 2 * len(refused))
        self.assertTrue(all(passage.reason for passage in refused))
        self.assertTrue(all(passage.door_id for passage in passages))
        self.assertEqual(sorted(passages.filtered("is_alarm").mapped("code")), ["forced", "held_open"])

    def test_passages_are_of_the_last_week_and_in_the_order_of_one_journal(self):
        passages = self.search("campus.passage", order="seq")
        self.assertEqual(passages.mapped("seq"), list(range(1, len(passages) + 1)))
        self.assertEqual(len(set(passages.mapped("journal"))), 1)
        times = passages.mapped("occurred_at")
        self.assertEqual(times, sorted(times))
        local = [time + dt.timedelta(hours=8) for time in times]
        self.assertLessEqual(local[-1], NOW)
        self.assertGreaterEqual(local[0].date(), NOW.date() - dt.timedelta(days=6))

    def test_what_a_door_said_is_what_the_why_page_says(self):
        """Of the refusals for rights, which depend on nobody's place."""
        of_rights = ("access_no_right", "access_outside_time", "access_denied")
        refused = self.search("campus.passage", ("code", "in", of_rights), limit=25)
        self.assertTrue(refused)
        for passage in refused:
            why = self.env["campus.access.why"].new(
                {
                    "about": "person",
                    "company_id": self.company.id,
                    "partner_id": passage.partner_id.id,
                    "moment": passage.occurred_at,
                    "side": passage.side,
                }
            )
            line = why.line_ids.filtered(lambda line, door=passage.door_id: line.door_id == door)
            self.assertFalse(line.is_open, passage.code)

    def test_people_are_where_the_week_has_left_them(self):
        positions = self.search("campus.position")
        self.assertTrue(positions)
        campus = self.search("campus.zone", ("name", "=", "Shuyuan Campus"))
        inside = self.search("campus.zone", ("id", "child_of", campus.id))
        self.assertLessEqual(positions.zone_id, inside)

    def test_the_drill_was_ended_by_a_second_person_and_confirmed(self):
        drill = self.search("campus.lockdown")
        self.assertEqual((len(drill), drill.state, drill.is_drill), (1, "ended", True))
        self.assertNotEqual(drill.raised_by_id, drill.ended_by_id)
        self.assertEqual((drill.confirmed_count, drill.slowest_s), (1, 1))

    def test_one_request_waits_and_a_visitor_comes_today(self):
        requests = self.search("campus.access.request")
        self.assertEqual(requests.filtered(lambda one: one.state == "asked").partner_id.name, "林晓雨")
        visit = self.search("campus.access.visit")
        self.assertEqual((visit.host_id.name, len(visit.right_id)), ("韩立新", 1))
        self.assertEqual((visit.valid_from + dt.timedelta(hours=8)).date(), NOW.date())

    def test_names_are_chinese_in_the_tree_too(self):
        zones = self.search("campus.zone").with_context(lang="zh_CN")
        self.assertEqual(set(zones.mapped("name")), {zone.name for zone in doors.ZONES})
        lab = zones.filtered(lambda zone: zone.name.startswith("网络安全"))
        self.assertIn("信息书院", lab.complete_name)
        self.assertIn("信息书院", lab.display_name)
        self.assertIn("Informatics College", lab.with_context(lang="en_US").display_name)

    def test_the_barred_student_is_denied_at_the_computer_rooms(self):
        deny = self.search("campus.access.right", ("effect", "=", "deny"))
        self.assertEqual(deny.member_count, 1)
        self.assertEqual(set(deny._doors().mapped("in_terminal_id.code")), {"A04", "A06"})
