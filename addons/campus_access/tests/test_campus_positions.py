import io

from odoo.addons.campus_terminal.edge_auth import Edge
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from pypdf import PdfReader

from .passage_common import DoorJournal, PassageCase


@tagged("post_install", "-at_install")
class TestCampusPositions(PassageCase):
    def setUp(self):
        super().setUp()
        self.sent = []
        self.patch(self.env.registry["bus.bus"], "_sendone", lambda _bus, *message: self.sent.append(message))

    def pushed(self, edge):
        return [
            message["positions"]
            for channel, _kind, message in self.sent
            if channel == edge.sudo().channel and message.get("type") == "positions"
        ]

    def other_edge(self):
        """A second edge with a door of the library; returns its record and what sends for it."""
        edge = self.env["campus.edge"].create({"name": "Back", "state": "active"})
        terminal = self.env["campus.terminal"].create(
            {"name": "Back", "code": "T-BACK", "purpose": "door", "edge_id": edge.id}
        )
        self.env["campus.door"].create(
            {
                "name": "Back door",
                "outer_zone_id": self.yard.id,
                "inner_zone_id": self.library.id,
                "in_terminal_id": terminal.id,
            }
        )
        self.env.flush_all()
        return edge, Edge(edge.id, self.company.id, edge.uuid, "active")

    def test_the_newest_passage_says_where_somebody_is_in_whatever_order_they_come(self):
        at_ms = self.journal.at_ms
        self.journal.passage(self.card, at_ms=at_ms, terminal="T-DOOR-OUT")
        self.send()
        self.journal.passage(self.card, at_ms=at_ms - 60_000)
        self.send()
        self.assertEqual(self.position().zone_id, self.yard)
        self.assertEqual(self.position().left_zone_id, self.library)

    def test_a_passage_in_the_future_does_not_hide_those_that_follow(self):
        """The edge's clock was a day ahead, and was set."""
        now_ms = self.journal.at_ms
        self.journal.passage(self.card, at_ms=now_ms + 86_400_000)
        self.journal.passage(self.card, terminal="T-DOOR-OUT", at_ms=now_ms)
        self.send()
        self.assertEqual(self.position().zone_id, self.yard)
        self.assertEqual(self.position().at_ms, now_ms)
        self.journal.passage(self.card, at_ms=now_ms + 86_400_000)
        self.send()
        self.assertEqual(self.position().zone_id, self.library)
        self.assertLess(self.position().at_ms, now_ms + 3_600_000, "when it was heard of, at the latest")

    def test_who_was_refused_stays_where_they_are(self):
        self.journal.passage(self.card, ["access_no_right"])
        self.send()
        self.assertFalse(self.position())

    def test_who_did_not_go_through_is_still_outside(self):
        at_ms = self.journal.at_ms
        passage = self.journal.passage(self.card)
        self.journal.event("not_passed", passage, self.card, at_ms=at_ms + 5000)
        self.send()
        self.assertEqual(self.position().zone_id, self.yard)

    def test_other_edges_of_the_area_are_told_at_once_and_the_own_edge_is_not(self):
        back, _edge = self.other_edge()
        self.journal.passage(self.card)
        self.send()
        holder = self.card.partner_id.id
        row = [holder, self.library.id, self.journal.at_ms, self.edge.id, 1, self.yard.id]
        self.assertEqual(self.pushed(back), [[row]])
        self.assertFalse(self.pushed(self.edge_record))

    def test_an_edge_without_doors_of_the_area_hears_nothing(self):
        far = self.env["campus.edge"].create({"name": "Far", "state": "active"})
        self.journal.passage(self.card)
        self.send()
        self.assertFalse(self.pushed(far))

    def test_the_snapshot_has_the_whole_area_once_and_then_what_has_changed(self):
        back, _edge = self.other_edge()
        snapshots = self.env["campus.snapshot"]
        self.journal.passage(self.card)
        self.send()
        whole = snapshots._small_parts(back, 1, 0)["access"]
        row = [self.card.partner_id.id, self.library.id, self.journal.at_ms, self.edge.id, 1, self.yard.id]
        self.assertEqual((whole["edge"], whole["positions"]), (back.id, [row]))
        # The card has no right there: its holder is told, or the edge would count a second person.
        self.assertEqual(whole["holders"], [[self.card.id, self.card.partner_id.id]])
        version = snapshots._version()
        self.assertEqual(snapshots._changed_positions(back, version), [row], "of this very transaction")
        self.assertFalse(snapshots._changed_positions(back, version + (1 << 30)))

    def test_who_is_in_a_room_behind_another_edge_is_in_the_building_for_the_edge_at_its_door(self):
        """It knows no such room: without that it would refuse to let them out, and not count them."""
        back, _edge = self.other_edge()
        room = self.env["campus.zone"].create({"name": "Room", "parent_id": self.library.id})
        terminal = self.env["campus.terminal"].create(
            {"name": "Room", "code": "T-ROOM", "purpose": "door", "edge_id": self.edge.id}
        )
        places = {"outer_zone_id": self.library.id, "inner_zone_id": room.id}
        self.env["campus.door"].create({"name": "Room", "in_terminal_id": terminal.id, **places})
        self.journal.passage(self.card, terminal="T-ROOM")
        self.send()
        row = [self.card.partner_id.id, self.library.id, self.journal.at_ms, self.edge.id, 1, self.library.id]
        self.assertEqual(self.pushed(back), [[row]])
        snapshots = self.env["campus.snapshot"]
        self.assertEqual(snapshots._small_parts(back, 1, 0)["access"]["positions"], [row])
        self.assertEqual(snapshots._changed_positions(back, snapshots._version()), [row])
        own = snapshots._small_parts(self.edge_record, 1, 0)["access"]["positions"]
        self.assertEqual([one[1] for one in own], [room.id])

    def test_who_has_left_the_area_for_another_is_told_too(self):
        """Somebody leaves by a door of this edge, and goes on through doors that it does not know."""
        back, _edge = self.other_edge()
        gym = self.env["campus.zone"].create({"name": "Gym", "parent_id": self.outside.id})
        position = self.env["campus.position"]
        holder, at_ms = self.card.partner_id.id, self.journal.at_ms
        position._take(self.company, [[holder, self.library.id, at_ms, 7, 1, self.yard.id, None, None]])
        position._take(self.company, [[holder, self.outside.id, at_ms + 1, 7, 2, self.yard.id, None, None]])
        position._take(self.company, [[holder, gym.id, at_ms + 2, 8, 1, self.outside.id, None, None]])
        changed = self.env["campus.snapshot"]._changed_positions(back, 0)
        self.assertEqual([row[:2] for row in changed], [[holder, gym.id]])

    def test_a_guard_forgives_with_a_reason_that_stays(self):
        self.journal.passage(self.card)
        self.send()
        position = self.position()
        wizard = (
            self.env["campus.position.forgive"].with_user(self.guard).with_context(active_ids=position.ids)
        )
        with self.assertRaises(UserError):
            wizard.create({"reason": " "}).action_forgive()
        wizard.create({"reason": "left through the fire exit"}).action_forgive()
        self.env.invalidate_all()
        self.assertFalse(self.position().zone_id)
        entry = self.Passage.search([("code", "=", "forgiven"), ("user_id", "=", self.guard.id)])
        self.assertEqual((entry.note, entry.partner_id), ("left through the fire exit", self.card.partner_id))

    def test_only_guards_forgive(self):
        self.journal.passage(self.card)
        self.send()
        for group in ("base.group_user", "campus_access.group_campus_access_clerk"):
            user = self.new_guard(f"other_{group[-5:]}", group)
            with self.subTest(group=group), self.assertRaises(AccessError):
                self.env["campus.position.forgive"].with_user(user).create({"reason": "no"})

    def test_the_assembly_point_counts_down_whatever_the_state_of_the_card(self):
        reader = self.env["campus.terminal"].create(
            {"name": "Assembly", "code": "T-MUSTER", "purpose": "door", "edge_id": self.edge.id}
        )
        self.env["campus.door"].create(
            {
                "name": "Assembly point",
                "outer_zone_id": self.yard.id,
                "inner_zone_id": self.assembly.id,
                "in_terminal_id": reader.id,
            }
        )
        self.env.flush_all()
        self.journal.passage(self.card)
        self.send()
        muster = self.env["campus.muster"].with_user(self.guard)
        self.assertEqual(muster.count(self.library.id), {"inside": 1})
        self.card.action_report_lost()
        self.journal.event("mustered", "", self.card, terminal="T-MUSTER", at_ms=self.journal.at_ms + 1)
        self.send()
        self.assertEqual(muster.count(self.library.id), {"inside": 0})
        self.assertEqual(self.position().zone_id, self.assembly)
        self.assertEqual(self.position().card_state, "warning")

    def test_the_list_names_people_once_a_reason_was_stated_and_they_see_it(self):
        self.journal.passage(self.card)
        self.send()
        as_guard = self.position().with_user(self.guard)
        self.assertEqual(as_guard.person, "•••")
        muster = self.env["campus.muster"].with_user(self.guard)
        wizard = muster.create({"zone_id": self.library.id, "reason": "fire drill"})
        wizard.action_show()
        self.env.invalidate_all()
        self.assertEqual(as_guard.person, self.card.partner_id.name)
        self.assertEqual([line["name"] for line in wizard._lines()], [self.card.partner_id.name])
        self.assertIn(f"/{wizard.id}", wizard.action_print()["url"])
        printed = PdfReader(io.BytesIO(wizard._paper())).pages[0].extract_text()
        self.assertIn(self.card.partner_id.name, printed)
        self.assertIn("1 people", printed)
        looks = self.env["campus.look.person"].search([("partner_id", "=", self.card.partner_id.id)])
        # Once for the screen, once for the paper.
        self.assertEqual(looks.look_id.mapped("reason"), ["fire drill", "fire drill"])

    def test_positions_are_forgotten_with_the_passages(self):
        old = self.journal.at_ms - 100 * 86_400_000
        self.patch(DoorJournal, "at_ms", old)
        self.journal.passage(self.card, at_ms=old)
        self.send()
        self.env["campus.passage.erasure"]._cron_erase()
        self.assertFalse(self.position())

    def test_the_list_says_how_old_the_news_of_each_edge_is(self):
        back, _edge = self.other_edge()
        far = self.env["campus.edge"].create({"name": "Far", "state": "active"})
        self.edge_record.sudo().write({"last_seen_at": "2026-03-02 01:00:00", "queue_length": 12})
        muster = self.env["campus.muster"].with_user(self.guard).create({"zone_id": self.library.id})
        self.assertIn("Back has never been heard of.", muster.news)
        self.assertIn("12 entries that it has not sent yet", muster.news)
        self.assertNotIn(far.name, muster.news)
        self.assertIn("Back has never", muster.action_show()["name"])
        back.sudo().last_seen_at = "2026-03-02 01:00:05"
        self.assertTrue(muster._news()[0]["words"].startswith(self.edge_record.name), "the oldest first")
