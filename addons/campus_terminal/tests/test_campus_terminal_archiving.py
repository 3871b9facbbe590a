from odoo.addons.campus_card.tests.people_common import PeopleCase
from odoo.exceptions import UserError
from odoo.tests import tagged


@tagged("post_install", "-at_install")
class TestCampusTerminalArchiving(PeopleCase):
    roles = ("finance",)

    def test_a_merchant_of_a_terminal_is_not_archived(self):
        shop = self.env["campus.account"].create({"name": "Shop", "code": "t-shop", "kind": "merchant"})
        edge = self.env["campus.edge"].create({"name": "Gate"})
        terminal = self.env["campus.terminal"].create(
            {"name": "Shop 1", "code": "s1", "edge_id": edge.id, "purpose": "pay", "merchant_id": shop.id,
             "amount_mode": "fixed", "amount_minor": 100}
        )  # fmt: skip
        with self.assertRaisesRegex(UserError, "Shop 1"):
            self.as_user(shop, "finance").active = False
        terminal.active = False
        self.as_user(shop, "finance").active = False
