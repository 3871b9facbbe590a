from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger
from psycopg2.errors import UniqueViolation

from .access_common import AccessCase


@tagged("post_install", "-at_install")
class TestCampusPlaces(AccessCase):
    """Zones are a tree, and a reader belongs to one side of one door."""

    def test_a_zone_lies_in_no_zone_inside_it(self):
        with self.assertRaises(UserError):
            self.campus.parent_id = self.laboratory

    def test_a_zone_has_the_department_of_the_zone_around_it(self):
        self.assertEqual(self.laboratory.department_id, self.physics)
        self.physics_house.own_department_id = self.arts
        self.assertEqual(self.laboratory.department_id, self.arts)
        self.assertEqual(self.laboratory_door.department_id, self.arts)

    def test_a_zone_in_use_is_not_archived(self):
        with self.assertRaisesRegex(UserError, "Laboratory door"):
            self.laboratory.active = False
        self.laboratory_door.active = False
        self.laboratory.active = False

    def test_a_reader_is_on_one_side_of_one_door(self):
        with self.assertRaises(ValidationError):
            self.arts_door.out_terminal_id = self.gate.in_terminal_id
        with self.assertRaises(UniqueViolation), mute_logger("odoo.sql_db"), self.env.cr.savepoint():
            self.env.cr.execute(
                "UPDATE campus_door SET in_terminal_id = %s WHERE id = %s",
                [self.gate.in_terminal_id.id, self.arts_door.id],
            )

    def test_a_reader_of_a_till_is_no_door(self):
        merchant = self.env["campus.account"].create({"name": "Shop", "code": "T-shop", "kind": "merchant"})
        till = self.new_reader("T-till", purpose="pay", amount_mode="keyed", merchant_id=merchant.id)
        with self.assertRaisesRegex(ValidationError, "not set up for doors"):
            self.arts_door.in_terminal_id = till

    def test_zones_of_another_company_are_refused(self):
        other = self.env["res.company"].create({"name": "Other school"})
        zone = self.env["campus.zone"].create({"name": "Elsewhere", "company_id": other.id})
        with self.assertRaises(UserError):
            self.gate.inner_zone_id = zone
