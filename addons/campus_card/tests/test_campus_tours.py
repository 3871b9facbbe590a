from odoo.tests import HttpCase, tagged

from .people_common import PeopleCase


@tagged("post_install", "-at_install")
class TestCampusTours(PeopleCase, HttpCase):
    roles = ("clerk",)

    def test_a_clerk_takes_cash_at_the_counter(self):
        self.start_tour("/odoo/campus", "campus_counter_tour", login="test_clerk")
        self.assertEqual(self.card.wallet_id.balance_minor, 5000)

    def test_a_clerk_works_on_the_card_board(self):
        self.users["clerk"].campus_department_ids = self.arts
        holder = self.new_holder("Zhao Ming", "T0500", self.arts)
        card = self.env["campus.card"].create({"partner_id": holder.id, "kind": "phone"})
        self.start_tour("/odoo/campus-cards", "campus_card_board_tour", login="test_clerk")
        self.assertEqual(card.state, "active")
