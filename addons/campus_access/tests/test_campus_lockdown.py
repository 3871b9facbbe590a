import psycopg2
from odoo.addons.campus_card.campus_core.access.lockdown import local_number
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .passage_common import DoorJournal, PassageCase


@tagged("post_install", "-at_install")
class TestCampusLockdown(PassageCase):
    def setUp(self):
        super().setUp()
        self.sent = []
        self.patch(self.env.registry["bus.bus"], "_sendone", lambda _bus, *message: self.sent.append(message))

    def raised(self, user=None, **values):
        values = {"zone_id": self.library.id, "level": "nobody", "reason": "threat", **values}
        orders = self.env["campus.lockdown"].with_user(user or self.guard)
        return self.env["campus.lockdown"].browse(orders.raise_order(**values))

    def wire(self):
        return self.env["campus.snapshot"]._small_parts(self.edge_record, 1, 0)["access"]["lockdowns"]

    def test_a_guard_raises_one_and_every_edge_is_told_at_once_and_in_the_list(self):
        order = self.raised()
        told = {"number": order.number, "zone": self.library.id, "level": "nobody"}
        pushed = [
            message for channel, _kind, message in self.sent if channel == self.edge_record.sudo().channel
        ]
        self.assertEqual(pushed, [{"type": "lockdown", "order": told}])
        self.assertEqual(self.wire(), {"orders": [told], "ended": []})

    def test_numbers_only_rise(self):
        numbers = [self.raised().number for _time in range(3)]
        self.assertEqual(numbers, sorted(set(numbers)))

    def test_who_raised_it_cannot_end_it_and_a_second_guard_can(self):
        order = self.raised()
        with self.assertRaises(UserError):
            order.with_user(self.guard).end_order("over")
        self.assertEqual(order.state, "active")
        order.with_user(self.guard_two).end_order("the police have said so")
        self.assertEqual((order.state, order.ended_by_id), ("ended", self.guard_two))
        self.assertEqual(self.wire(), {"orders": [], "ended": [order.number]})

    def test_the_database_keeps_two_people_too(self):
        order = self.raised()
        self.env.flush_all()
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(psycopg2.errors.CheckViolation),
            self.cr.savepoint(),
        ):
            self.env.cr.execute(
                "UPDATE campus_lockdown SET state = 'ended', ended_by_id = raised_by_id, ended_at = now() WHERE id = %s",
                [order.id],
            )

    def test_an_order_is_never_changed_revived_or_deleted(self):
        order = self.raised()
        order.with_user(self.guard_two).end_order("over")
        self.env.flush_all()
        for statement in (
            "UPDATE campus_lockdown SET level = 'staff' WHERE id = %s",
            "UPDATE campus_lockdown SET state = 'active', ended_by_id = NULL, ended_at = NULL WHERE id = %s",
            "DELETE FROM campus_lockdown WHERE id = %s",
        ):
            with (
                self.subTest(statement=statement),
                mute_logger("odoo.sql_db"),
                self.assertRaises(psycopg2.errors.RestrictViolation),
                self.cr.savepoint(),
            ):
                self.env.cr.execute(statement, [order.id])
        for call in (order.unlink, lambda: order.with_user(self.guard).write({"state": "active"})):
            with self.assertRaises(UserError):
                call()

    def test_edges_that_have_not_confirmed_are_listed_by_name(self):
        order = self.raised()
        self.assertEqual(order.unconfirmed, self.edge_record.name)
        self.edge_record._confirm_lockdown(order.number - 1)
        self.assertEqual(order.unconfirmed, self.edge_record.name)
        self.edge_record._confirm_lockdown(order.number)
        order.invalidate_recordset()
        self.assertFalse(order.unconfirmed)
        self.assertEqual((order.confirmed_count, order.edge_count), (1, 1))

    def test_the_heartbeat_confirms(self):
        order = self.raised()
        beat = {"version": "1", "uptime_s": 1, "snapshot": 0, "queue": 0, "head_seq": 0, "drift_ms": 0}
        self.edge_record._heartbeat({**beat, "lockdown": order.number})
        order.invalidate_recordset()
        self.assertEqual(order.edge_ids.mapped("edge_id"), self.edge_record)
        self.assertTrue(order.edge_ids.confirmed_at)

    def test_a_button_at_an_edge_gets_a_number_and_its_own_one_ends(self):
        self.journal.event("lockdown", rule=f"zone={self.library.id} level=staff")
        batch = self.journal.batch()
        self.send(batch)
        self.send(batch)
        order = self.env["campus.lockdown"].search([("edge_id", "=", self.edge.id)])
        number = local_number(batch["entries"][0][2])
        self.assertEqual((len(order), order.level, order.local_number), (1, "staff", number))
        self.assertEqual(self.wire()["ended"], [number])
        self.assertEqual([one["number"] for one in self.wire()["orders"]], [order.number])
        order.with_user(self.guard).end_order("a mistake")
        self.assertEqual(self.wire()["ended"], [number, order.number])

    def test_a_button_that_names_no_zone_of_ours_keeps_no_journal_waiting(self):
        self.journal.event("lockdown", rule="zone=999999 level=staff")
        self.journal.event("lockdown", rule="what?")
        self.assertEqual(len(self.send()), 2)
        self.assertFalse(self.env["campus.lockdown"].search([("edge_id", "=", self.edge.id)]))

    def test_a_button_locks_again_after_the_journal_began_anew_with_the_same_numbers(self):
        self.journal.event("lockdown", rule=f"zone={self.library.id} level=staff")
        self.send()
        self.journal = DoorJournal()
        self.journal.event("lockdown", rule=f"zone={self.library.id} level=staff")
        self.send()
        orders = self.env["campus.lockdown"].search([("edge_id", "=", self.edge.id)])
        self.assertEqual((len(orders), set(orders.mapped("state"))), (2, {"active"}))

    def test_a_drill_says_so(self):
        self.raised(drill=True)
        self.assertTrue(self.wire()["orders"][0]["is_drill"])

    def test_an_order_for_the_outside_reaches_every_edge_with_doors(self):
        order = self.raised(zone_id=self.outside.id)
        self.assertEqual(order.edge_ids.edge_id, self.edge_record)

    def test_only_guards_raise_and_end(self):
        order = self.raised()
        for group in ("base.group_user", "campus_access.group_campus_access_manager"):
            user = self.new_guard(f"nobody_{group[-5:]}", group)
            with self.subTest(group=group):
                with self.assertRaises(AccessError):
                    self.raised(user)
                with self.assertRaises(AccessError):
                    order.with_user(user).end_order("over")

    # -- edges that come later ------------------------------------------------------------

    def other_edge(self, state="active"):
        return self.env["campus.edge"].create({"name": "Back", "state": state})

    def new_reader(self, edge):
        values = {"name": "Back", "code": "T-BACK", "purpose": "door", "edge_id": edge.id}
        return self.env["campus.terminal"].create(values)

    def new_door(self, reader, zone=None):
        values = {"name": "Back door", "outer_zone_id": self.yard.id, "in_terminal_id": reader.id}
        return self.env["campus.door"].create({**values, "inner_zone_id": (zone or self.library).id})

    def assertJoined(self, order, edge):
        """The edge is told at once and with its next list, and it is among those that have not confirmed."""
        self.env.flush_all()
        self.env["campus.lockdown"]._push_unconfirmed()
        order.invalidate_recordset()
        self.assertIn(edge.name, (order.unconfirmed or "").split(", "))
        pushed = [
            message.get("order") for channel, _kind, message in self.sent if channel == edge.sudo().channel
        ]
        self.assertIn(order._wire_order(), pushed)
        part = self.env["campus.snapshot"]._small_parts(edge, 1, 0)["access"]
        self.assertEqual(part["lockdowns"]["orders"], [order._wire_order()])

    def test_an_edge_that_gets_a_door_in_the_zone_obeys_too(self):
        order = self.raised()
        edge = self.other_edge()
        self.new_door(self.new_reader(edge))
        self.assertJoined(order, edge)

    def test_a_door_that_is_moved_into_the_zone_brings_its_edge(self):
        gym = self.env["campus.zone"].create({"name": "Gym", "parent_id": self.yard.id})
        edge = self.other_edge()
        door = self.new_door(self.new_reader(edge), gym)
        order = self.raised()
        self.assertNotIn(edge, order.edge_ids.edge_id)
        door.inner_zone_id = self.library
        self.assertJoined(order, edge)

    def test_a_zone_that_is_moved_into_the_zone_brings_the_edges_of_its_doors(self):
        gym = self.env["campus.zone"].create({"name": "Gym", "parent_id": self.yard.id})
        edge = self.other_edge()
        self.new_door(self.new_reader(edge), gym)
        order = self.raised()
        gym.parent_id = self.library
        self.assertJoined(order, edge)

    def test_a_reader_that_is_moved_to_another_edge_makes_that_one_obey(self):
        order = self.raised()
        edge = self.other_edge()
        self.door.edge_id = edge
        self.assertJoined(order, edge)

    def test_an_edge_that_comes_out_of_the_archive_obeys_too(self):
        edge = self.other_edge()
        self.new_door(self.new_reader(edge))
        edge.active = False
        order = self.raised()
        self.assertNotIn(edge, order.edge_ids.edge_id)
        edge.active = True
        self.assertJoined(order, edge)

    def test_a_machine_that_is_paired_anew_has_confirmed_nothing(self):
        order = self.raised()
        self.beat(order.number, *self.wire()["orders"])
        order.invalidate_recordset()
        self.assertFalse(order.unconfirmed)
        self.edge_record._accept_key("k" * 43, "new machine", "1")
        order.invalidate_recordset()
        self.assertEqual((order.unconfirmed, self.edge_record.lockdown_number), (self.edge_record.name, 0))
        self.assertEqual([one["number"] for one in self.wire()["orders"]], [order.number])

    def test_an_edge_confirms_what_it_says_and_not_all_older_orders(self):
        older = self.raised(zone_id=self.yard.id)
        newer = self.raised()
        orders = self.wire()["orders"]
        self.beat(newer.number, orders[1])
        (older | newer).invalidate_recordset()
        self.assertEqual((older.unconfirmed, newer.unconfirmed), (self.edge_record.name, ""))
        self.beat(newer.number, *orders)
        older.invalidate_recordset()
        self.assertFalse(older.unconfirmed)

    def test_an_order_that_has_ended_is_given_to_nobody_new(self):
        order = self.raised()
        order.with_user(self.guard_two).end_order("over")
        edge = self.other_edge()
        self.new_door(self.new_reader(edge))
        self.env.flush_all()
        order.invalidate_recordset()
        self.assertNotIn(edge, order.edge_ids.edge_id)

    # -- an older database was restored --------------------------------------------------

    def beat(self, number, *orders):
        values = {"version": "1", "uptime_s": 1, "snapshot": 0, "queue": 0, "head_seq": 0, "drift_ms": 0}
        self.edge_record._heartbeat({**values, "lockdown": number, "lockdowns": list(orders)})

    def test_an_order_that_an_edge_obeys_and_a_restored_database_forgot_is_in_force_again(self):
        newest = self.raised().number
        told = {"number": newest + 7, "zone": self.library.id, "level": "nobody"}
        for _time in range(2):
            self.beat(newest + 7, *self.wire()["orders"], told)
        order = self.env["campus.lockdown"].search([("number", "=", newest + 7)])
        self.assertEqual((len(order), order.level, order.state), (1, "nobody", "active"))
        self.assertIn(self.edge_record.name, order.reason)
        self.assertTrue(order.edge_ids.confirmed_at)
        self.assertIn({"type": "lockdown", "order": told}, [message for *_to, message in self.sent])
        order.with_user(self.guard).end_order("over")
        self.assertEqual(order.state, "ended")

    def test_a_number_that_an_edge_has_heard_is_never_given_again(self):
        newest = self.raised().number
        self.beat(newest + 7)
        self.assertEqual(self.raised().number, newest + 8)
        # a number from nowhere must not use them up
        self.beat((1 << 31) - 1, {"number": (1 << 31) - 1, "zone": self.library.id})
        self.assertEqual(self.raised().number, newest + 9)

    def test_an_order_of_a_zone_that_is_not_there_is_left_out(self):
        self.beat(7, {"number": 7, "zone": 999_999})
        self.assertFalse(self.env["campus.lockdown"].search([("number", "=", 7)]))

    def test_an_order_that_has_ended_for_an_edge_is_not_shown_as_confirmed(self):
        order = self.raised()
        self.beat(order.number, *self.wire()["orders"])
        order.invalidate_recordset()
        self.assertFalse(order.unconfirmed)
        self.beat(order.number)
        order.invalidate_recordset()
        self.assertEqual(order.unconfirmed, self.edge_record.name)
