from datetime import timedelta

from odoo import fields
from odoo.addons.campus_card.tests.people_common import PeopleCase
from odoo.tests import tagged


@tagged("post_install", "-at_install")
class TestCampusLease(PeopleCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.campus_lease_minor = 2000
        cls.edge = cls.env["campus.edge"].create({"name": "Canteen edge", "state": "active"})
        cls.merchant = cls.env["campus.account"].create(
            {"name": "Line 1", "code": "test-line", "kind": "merchant"}
        )
        cls.env["campus.terminal"].create(
            {
                "name": "Line 1",
                "code": "L1",
                "edge_id": cls.edge.id,
                "merchant_id": cls.merchant.id,
                "amount_mode": "keyed",
            }
        )
        cls.top_up(cls.card.wallet_id, 5000)
        cls.top_up(cls.other_card.wallet_id, 1500)

    def setUp(self):
        super().setUp()
        self.regulars = {self.card.id: self.card.wallet_id.id}
        self.patch(type(self.edge), "_lease_regulars", lambda edge: dict(self.regulars))

    def test_a_regular_gets_a_lease_that_the_snapshot_carries(self):
        self.assertEqual(self.edge._renew_leases(), (1, 0))
        self.assertEqual(self.card.wallet_id.available_minor, 3000)
        [[card, uuid, amount_minor, until_ms]] = self.env["campus.snapshot"]._snapshot_leases(self.edge)
        self.assertEqual((card, amount_minor), (self.card.id, 2000))
        held = self.env["campus.reservation"].search([("uuid", "=", uuid)])
        self.assertEqual((held.purpose, held.origin), ("lease", f"campus.edge,{self.edge.id}"))
        hours = (until_ms / 1000 - fields.Datetime.now().timestamp()) / 3600
        self.assertAlmostEqual(hours, self.company.campus_lease_hours, delta=0.1)
        self.assertEqual((self.edge.lease_count, self.edge.lease_total), (1, 20.0))

    def test_a_fresh_lease_is_left_alone_and_a_half_spent_time_makes_it_anew(self):
        self.edge._renew_leases()
        first = self.edge._open_leases()
        self.assertEqual(self.edge._renew_leases(), (0, 0))
        self.assertEqual(self.edge._open_leases(), first)
        self.company.campus_lease_hours = 200
        self.assertEqual(self.edge._renew_leases(), (1, 1))
        self.assertNotEqual(self.edge._open_leases()[0]["uuid"], first[0]["uuid"])
        self.assertEqual(self.card.wallet_id.available_minor, 3000)

    def test_who_has_less_than_a_lease_keeps_all_of_it(self):
        self.regulars[self.other_card.id] = self.other_card.wallet_id.id
        self.assertEqual(self.edge._renew_leases(), (1, 0))
        self.assertEqual(self.other_card.wallet_id.available_minor, 1500)

    def test_who_is_no_regular_any_more_gets_the_money_back(self):
        self.edge._renew_leases()
        self.regulars.clear()
        self.assertEqual(self.edge._renew_leases(), (0, 1))
        self.assertEqual(self.card.wallet_id.available_minor, 5000)

    def test_zero_switches_leases_off(self):
        self.edge._renew_leases()
        self.company.campus_lease_minor = 0
        self.edge._renew_leases()
        self.assertEqual((self.edge._open_leases(), self.card.wallet_id.available_minor), ([], 5000))

    def test_a_change_of_leases_is_news_for_this_edge_alone(self):
        other = self.env["campus.edge"].create({"name": "Library edge", "state": "active"})
        self.env.flush_all()
        for table in ("campus_snapshot_card", "campus_snapshot_mark"):
            self.env.cr.execute(f"UPDATE {table} SET changed_version = campus_snapshot_version() - 1")
        snapshot = self.env["campus.snapshot"]
        version = snapshot._version()
        self.assertFalse(snapshot._is_changed(self.edge, version))
        self.edge._renew_leases()
        self.assertTrue(snapshot._is_changed(self.edge, version))
        self.assertFalse(snapshot._is_changed(other, version))

    def test_only_edges_that_are_online_and_have_sent_everything_get_leases(self):
        seen = []
        self.patch(type(self.edge), "_renew_leases", lambda edge: seen.append(edge.id))
        for health, queue, wanted in (
            ("ok", 0, 1),
            ("late", 0, 1),
            ("ok", 3, 0),
            ("silent", 0, 0),
            ("sick", 0, 0),
        ):
            self.edge.write({"health": health, "queue_length": queue})
            seen.clear()
            self.env["campus.edge"]._cron_leases()
            with self.subTest(health=health, queue=queue):
                self.assertEqual(seen.count(self.edge.id), wanted)

    def test_a_lease_runs_out_like_every_reservation(self):
        self.edge._renew_leases()
        lease = self.edge._open_leases()[0]
        self.assertLess(lease["expires_at"], fields.Datetime.now() + timedelta(hours=49))
        expired = {"uuid": lease["uuid"], "reason": "expired", "state": "expired"}
        self.env["campus.ledger"]._release([expired])
        self.assertEqual(self.card.wallet_id.available_minor, 5000)
        self.assertEqual(self.edge._renew_leases(), (1, 0))
