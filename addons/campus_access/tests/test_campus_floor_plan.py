import base64
import io

from odoo.addons.campus_terminal.tests.tap_common import now_ms
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger
from PIL import Image
from psycopg2.errors import CheckViolation, UniqueViolation

from .passage_common import PassageCase


def picture():
    made = io.BytesIO()
    Image.new("RGB", (40, 20), "white").save(made, "PNG")
    return base64.b64encode(made.getvalue())


@tagged("post_install", "-at_install")
class TestCampusFloorPlan(PassageCase):
    """Doors on a picture: where they are is a manager's matter, how they are is everybody's who sees the plan."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = cls.new_guard("plan_manager", "campus_access.group_campus_access_manager")
        cls.clerk = cls.new_guard("plan_clerk", "campus_access.group_campus_access_clerk")
        cls.plan = cls.env["campus.floor.plan"].create(
            {"name": "Library, ground floor", "zone_id": cls.yard.id, "image": picture()}
        )

    def placed(self, x=250, y=700):
        self.plan.with_user(self.manager).place_door(self.library_door.id, x, y)

    def state(self, user=None):
        self.env.invalidate_all()
        found = self.plan.with_user(user or self.guard).live()
        return found.get(self.library_door.id, [None])[0]

    def beat(self, **values):
        beat = {"version": "1", "uptime_s": 1, "snapshot": 0, "queue": 0, "head_seq": 0, "drift_ms": 0}
        self.edge_record._heartbeat({**beat, **values})

    def test_a_manager_puts_a_door_on_the_plan_moves_it_and_takes_it_off(self):
        self.placed()
        self.placed(x=1000, y=0)
        shown = self.env["campus.floor.plan"].with_user(self.guard).open_plan(self.plan.id)
        self.assertEqual([(one["x"], one["y"]) for one in shown["plan"]["doors"]], [(1000, 0)])
        self.assertEqual(shown["plan"]["left"], [])
        self.plan.with_user(self.manager).take_off_door(self.library_door.id)
        shown = self.env["campus.floor.plan"].with_user(self.guard).open_plan(self.plan.id)
        self.assertEqual(shown["plan"]["doors"], [])
        self.assertEqual([one["id"] for one in shown["plan"]["left"]], self.library_door.ids)

    def test_nobody_else_moves_a_door(self):
        self.placed()
        for user in (self.guard, self.clerk):
            with self.subTest(user=user.login):
                plan = self.plan.with_user(user)
                with self.assertRaises(AccessError):
                    plan.place_door(self.library_door.id, 1, 1)
                with self.assertRaises(AccessError):
                    plan.take_off_door(self.library_door.id)
                with self.assertRaises(AccessError):
                    plan.spot_ids.write({"x": 1})
                self.assertFalse(plan.open_plan(plan.id)["may"]["place"])
        self.assertEqual(self.plan.spot_ids.x, 250)

    def test_a_door_is_inside_the_picture_and_on_it_once(self):
        self.placed()
        spot = self.plan.spot_ids
        for error, statement in (
            (CheckViolation, "UPDATE campus_floor_plan_spot SET x = 1001 WHERE id = %s"),
            (CheckViolation, "UPDATE campus_floor_plan_spot SET y = -1 WHERE id = %s"),
            (
                UniqueViolation,
                """INSERT INTO campus_floor_plan_spot (plan_id, door_id, x, y)
                   SELECT plan_id, door_id, 1, 1 FROM campus_floor_plan_spot WHERE id = %s""",
            ),
        ):
            with self.assertRaises(error), mute_logger("odoo.sql_db"), self.cr.savepoint():
                self.env.flush_all()
                self.env.cr.execute(statement, [spot.id])

    def test_a_door_of_another_company_is_refused(self):
        other = self.env["res.company"].create({"name": "Other school"})
        zones = self.env["campus.zone"].create(
            [{"name": name, "company_id": other.id} for name in ("Out", "In")]
        )
        door = self.env["campus.door"].create(
            {
                "name": "Elsewhere",
                "company_id": other.id,
                "outer_zone_id": zones[0].id,
                "inner_zone_id": zones[1].id,
            }
        )
        with self.assertRaises(UserError):
            self.plan.with_user(self.manager).place_door(door.id, 1, 1)

    def test_what_edges_tell_is_seen_on_the_plan(self):
        self.placed()
        self.edge_record.sudo().write({"last_seen_at": False, "health": "off"})
        self.assertEqual(self.state(), "unknown")
        self.beat()
        self.assertEqual(self.state(), "ready")
        began = now_ms() - 60_000
        told = (
            ("forced", "forced"),
            ("held_open", "forced"),
            ("closed", "closed"),
            ("held_open", "held_open"),
        )
        for number, (code, expected) in enumerate(told):
            self.journal.event(code, at_ms=began + 1000 * number)
            self.send()
            self.assertEqual(self.state(), expected)
        self.edge_record.sudo().health = "silent"
        self.assertEqual(self.state(), "held_open")
        self.journal.event("closed", at_ms=began + 9000)
        self.send()
        self.assertEqual(self.state(), "offline")

    def test_the_contact_of_a_door_is_seen(self):
        self.placed()
        other = self.new_other_door()
        self.beat(contacts=[[self.library_door.id, True], [other.id, True]])
        self.assertEqual(self.state(), "open")
        self.beat(contacts=[[self.library_door.id, False]])
        self.assertEqual(self.state(), "closed")
        # an edge says nothing of doors that are not its own
        self.env.cr.execute("SELECT door_id FROM campus_door_live WHERE is_open IS NOT NULL")
        self.assertEqual(self.env.cr.fetchall(), [(self.library_door.id,)])

    def new_other_door(self):
        zones = {"outer_zone_id": self.yard.id, "inner_zone_id": self.library.id}
        return self.env["campus.door"].create({"name": "Of no edge", **zones})

    def test_a_lockdown_is_seen_and_whether_it_is_confirmed(self):
        self.placed()
        self.beat()
        orders = self.env["campus.lockdown"].with_user(self.guard)
        order = self.env["campus.lockdown"].browse(orders.raise_order(self.yard.id, "nobody", "threat"))
        self.assertEqual(self.state(), "unconfirmed")
        self.beat(lockdown=order.number)
        self.assertEqual(self.state(), "locked_down")
        order.with_user(self.guard_two).end_order("over")
        self.assertEqual(self.state(), "ready")
        self.env["campus.lockdown"].with_user(self.guard).raise_order(
            self.yard.id, "nobody", "drill", drill=True
        )
        self.assertEqual(self.state(), "ready")

    def test_a_clerk_sees_what_happens_at_the_doors_of_the_own_departments_alone(self):
        self.placed()
        self.beat()
        self.clerk.campus_all_departments = False
        self.assertIsNone(self.state(self.clerk))
        department = self.env["campus.department"].create({"name": "Library", "code": "T-LIB"})
        self.library.own_department_id = department
        self.assertIsNone(self.state(self.clerk))
        self.clerk.campus_department_ids = department
        self.assertEqual(self.state(self.clerk), "ready")

    def test_guards_hear_of_a_lockdown_at_once(self):
        sent = []
        self.patch(self.env.registry["bus.bus"], "_sendone", lambda _bus, *message: sent.append(message))
        orders = self.env["campus.lockdown"].with_user(self.guard)
        order = self.env["campus.lockdown"].browse(orders.raise_order(self.yard.id, "nobody", "threat"))
        order.with_user(self.guard_two).end_order("over")
        told = [message for _channel, kind, message in sent if kind == "campus_doors"]
        self.assertEqual(told, [{"rows": [], "lockdown": order.number}] * 2)

    def test_an_archived_door_is_not_shown(self):
        self.placed()
        self.library_door.active = False
        shown = self.env["campus.floor.plan"].with_user(self.guard).open_plan(self.plan.id)
        self.assertEqual((shown["plan"]["doors"], shown["plan"]["left"]), ([], []))
