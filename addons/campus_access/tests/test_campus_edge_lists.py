from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .right_common import RightCase

W26, W34 = "w26_be", "w34_be"


@tagged("post_install", "-at_install")
class TestCampusEdgeLists(RightCase):
    """What only some edges are told: names at a muster point, numbers for controller boards."""

    roles = ("clerk", "devices", "manager")

    # -- names ----------------------------------------------------------------------------

    def test_only_a_muster_point_gets_names_and_only_of_people_with_a_right_there(self):
        self.assertEqual(self.part()["names"], [])
        since = self.new_moment()
        self.edge.is_muster_point = True
        self.assertEqual(self.part()["names"], [[self.wang.id, self.wang.name]])
        part = self.part(since)
        self.assertEqual((part["names"], "names" in part["whole"]), ([[self.wang.id, self.wang.name]], True))
        since = self.new_moment()
        self.edge.is_muster_point = False
        part = self.part(since)
        self.assertEqual((part["names"], "names" in part["whole"]), ([], True))

    def test_a_changed_name_and_a_lost_right_are_rows_of_the_next_delta(self):
        self.edge.is_muster_point = True
        since = self.new_moment()
        self.wang.name = "Wang Hao"
        self.assertEqual(self.part(since)["names"], [[self.wang.id, "Wang Hao"]])
        since = self.new_moment()
        self.wang.campus_department_id = self.arts
        self.settle()
        self.assertEqual(self.part(since)["names"], [[self.wang.id, ""]])

    # -- numbers ----------------------------------------------------------------------------

    def numbers(self, since=0):
        return dict(self.part(since)["numbers"])

    def test_only_an_edge_with_boards_gets_numbers(self):
        self.assertEqual(self.numbers(), {})
        self.edge.board_form = W34
        self.assertEqual(self.numbers(), {self.other_card.id: 0x04D4E5F6})
        self.edge.board_form = "w34_le"
        self.assertEqual(self.numbers(), {self.other_card.id: 0xF6E5D404})
        self.edge.board_form = W26
        self.assertEqual(self.numbers(), {self.other_card.id: 21258870})

    def test_changes_are_rows_of_the_next_delta(self):
        self.edge.board_form = W34
        since = self.new_moment()
        self.other_card.uid = "04D4E5F7"
        self.assertEqual(self.numbers(since), {self.other_card.id: 0x04D4E5F7})
        since = self.new_moment()
        self.wang.campus_department_id = self.arts
        self.settle()
        self.assertEqual(self.numbers(since), {self.other_card.id: 0})

    def test_cards_that_share_a_number_have_none_until_one_of_them_is_gone(self):
        self.edge.board_form = W26
        since = self.new_moment()
        twin = self.new_card(self.new_holder("Twin", "T0003", self.physics), "05D4E5F6")
        self.settle()
        self.assertEqual(self.numbers(since), {self.other_card.id: 0, twin.id: 0})
        self.assertEqual(self.numbers(), {})
        self.edge.invalidate_recordset(["board_twice"])
        self.assertIn("2 cards", self.edge.board_twice)
        since = self.new_moment()
        twin.uid = "05D4E500"
        self.assertEqual(self.numbers(since), {self.other_card.id: 21258870, twin.id: 21258624})
        self.edge.invalidate_recordset(["board_twice"])
        self.assertFalse(self.edge.board_twice)

    def test_the_uid_of_a_chip_that_has_to_prove_itself_is_no_number(self):
        self.edge.board_form = W34
        self.env["campus.chip"].sudo().create(
            {
                "uid": self.other_card.uid,
                "company_id": self.company.id,
                "key_version": 1,
                "counter": 1,
                "used_at": "2026-03-02 08:00:00",
            }
        )
        self.assertEqual(len(self.numbers()), 1)
        self.company.campus_chip_required = True
        self.assertEqual(self.numbers(), {})

    # -- who says so --------------------------------------------------------------------------

    def test_device_managers_alone_choose_it(self):
        self.edge.with_user(self.users["devices"]).write({"board_form": W34, "is_muster_point": True})
        guard = new_test_user(self.env, "lists_guard", groups="campus_access.group_campus_access_guard")
        for user in (guard, self.users["clerk"]):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self.edge.with_user(user).write({"is_muster_point": False})
