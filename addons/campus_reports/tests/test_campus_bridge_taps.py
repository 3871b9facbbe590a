from odoo.addons.campus_terminal.tests.tap_common import TapCase
from odoo.tests import tagged

from .common import OwnCompanyCase
from .sabotage import Sabotage


@tagged("post_install", "-at_install")
class TestCampusBridgeTaps(Sabotage, TapCase, OwnCompanyCase):
    def tapped(self, **values):
        answer = self.tap(**values)
        return self.env["campus.tap"].search([("uuid", "=", answer["uuid"])])

    def setUp(self):
        super().setUp()
        self.merchant.gl_account_id = self.company._campus_ref("campus_sales")

    def test_taps_fit(self):
        self.tapped()
        self.tapped(terminal="T-KEY", amount_minor=99_999)
        self.journal.told(amount_minor=200, terminal="T-KEY")
        self.journal.told("refused", amount_minor=200, terminal="T-KEY")
        uuid = self.journal.add()
        self.send()
        self.journal.add(kind="final", uuid=uuid, mode="told", outcome="refused", code="abandoned")
        self.send()
        bridge = self.check()
        self.assertTrue(bridge.is_balanced, bridge.finding_ids.read())

    def test_a_tap_with_another_amount_card_or_outcome_shows(self):
        tap, refused = self.tapped(), self.tapped(terminal="T-KEY", amount_minor=99_999)
        self.behind("campus_tap", "UPDATE campus_tap SET amount_minor = 1 WHERE id = %s", tap.id)
        self.assertFound("tap", tap, "Lin Xiaoyu")
        finding = self.assertFound("tap_money", tap)
        self.assertEqual((finding.expected, finding.found), (0.01, 3.5))
        self.behind("campus_tap", "UPDATE campus_tap SET amount_minor = 1 WHERE id = %s", refused.id)
        self.assertFound("tap", refused)

    def test_a_deleted_tap_shows_with_its_number(self):
        for _number in range(3):
            tap = self.tapped(credential="uid:DEADBEEF")
        self.tapped(credential="uid:DEADBEEF")
        self.behind("campus_tap", "DELETE FROM campus_tap WHERE id = %s", tap.id)
        self.assertFound("taps_gone", self.edge_record, "1 taps are missing", "missing numbers: 3")

    def test_the_last_tap_deleted_shows_with_its_number(self):
        self.tapped(credential="uid:DEADBEEF")
        tap = self.tapped(credential="uid:DEADBEEF")
        self.behind("campus_tap", "DELETE FROM campus_tap WHERE id = %s", tap.id)
        self.assertFound("taps_gone", self.edge_record, "missing numbers: 2")

    def test_a_tap_that_was_replaced_by_another_shows(self):
        tap = self.tapped()
        self.behind(
            "campus_tap", "UPDATE campus_tap SET uuid = gen_random_uuid(), seal = 7 WHERE id = %s", tap.id
        )
        self.assertFound("taps_gone", self.edge_record)
