import time
from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.addons.campus_card.campus_core.errors import WireError
from odoo.addons.campus_card.campus_core.taps.journal_chain import parse_batch
from odoo.tests import tagged

from ..taps import frame
from ..taps.batch import Batch
from .tap_common import TapCase


@tagged("post_install", "-at_install")
class TestCampusTapsLease(TapCase):
    """What an edge sells of its leases, and what keeps that within bounds."""

    roles = ()

    def test_a_lease_covers_what_the_edge_sold_alone(self):
        lease = {"uuid": "0190f3e0-0000-7000-8000-00000000aaaa",
                 "wallet_id": self.wallet.id, "account_id": self.merchant.id, "amount_minor": 1000,
                 "purpose": "lease", "origin": f"campus.edge,{self.edge.id}"}  # fmt: skip
        self.assertTrue(self.env["campus.ledger"]._reserve([lease])[0]["ok"])
        self.journal.told(card=self.card.id, amount_minor=350)
        self.assertAnswer(self.send()[0], "granted", "ok", 650)
        self.assertEqual(self.reviews(), [])

    def test_who_pays_here_often_gets_a_lease_that_no_limit_counts(self):
        self.company.write({"campus_lease_taps": 2, "campus_lease_minor": 200})
        self.journal.add(at_ms=int(time.time() * 1000))
        self.send()
        self.assertEqual(self.edge_record._lease_regulars(), {})
        self.journal.add(at_ms=int(time.time() * 1000))
        self.send()
        self.assertEqual(self.edge_record._lease_regulars(), {self.card.id: self.wallet.id})
        self.assertEqual(self.edge_record._renew_leases(), (1, 0))
        self.env.invalidate_all()
        self.assertEqual(self.wallet.available_minor, 100)
        self.wallet.limit_day_minor = 800
        self.assertAnswer(self.tap(terminal="T-KEY", amount_minor=100), "granted", "ok", 0)

    def lease(self):
        """Give the holder's card a lease of 2.00 at this edge."""
        self.company.write({"campus_lease_taps": 1, "campus_lease_minor": 200})
        self.journal.add(at_ms=int(time.time() * 1000))
        self.send()
        self.assertEqual(self.edge_record._renew_leases(), (1, 0))

    def test_an_edge_makes_nobody_a_regular_by_saying_so(self):
        self.company.write({"campus_lease_taps": 1, "campus_lease_minor": 200})
        self.journal.told(terminal="T-KEY", amount_minor=2_147_483_647, at_ms=int(time.time() * 1000))
        self.assertAnswer(self.send()[0], "granted", "held")
        self.assertEqual(self.edge_record._lease_regulars(), {})

    def test_a_lease_that_was_spent_comes_again_when_the_edge_may_be_alone_again(self):
        """A stolen edge would else take a wallet's money lease by lease, which no cap counts."""
        self.lease()
        self.journal.told(terminal="T-KEY", amount_minor=200, card=self.card.id)
        self.assertAnswer(self.send()[0], "granted", "ok", 450)
        self.assertEqual(self.edge_record._renew_leases(), (0, 0))
        later = fields.Datetime.now() + timedelta(hours=self.company.campus_snapshot_age_h, minutes=1)
        with patch.object(fields.Datetime, "now", return_value=later):
            self.assertEqual(self.edge_record._lately_spent(), set())
            self.assertEqual(self.edge_record._renew_leases(), (1, 0))

    def test_a_lease_stays_when_the_server_was_only_slow(self):
        self.lease()
        uuid = self.journal.add()
        self.send()
        self.journal.told(kind="final", uuid=uuid, amount_minor=350, card=self.card.id)
        self.journal.told(credential="uid:04D4E5F6", terminal="T-KEY", amount_minor=1)
        self.journal.add(terminal="T-KEY", amount_minor=1)
        self.assertEqual([answer["code"] for answer in self.send()], ["ok", "ok", "ok"])
        self.assertEqual(len(self.edge_record._open_leases()), 1)

    def test_the_first_batch_of_an_edge_is_one(self):
        """What an edge has sold alone is summed up under the lock of its row, which the first batch makes."""
        self.tap()
        batch = Batch(self.registry, self.edge, parse_batch(self.journal_of_one()), False)
        with self.assertRaises(WireError) as refused:
            frame.begin_head(self.cr, batch)
        self.assertEqual(refused.exception.code, "try_again")

    def journal_of_one(self):
        """The batch of an edge that has not sent anything yet."""
        self.journal.start()
        self.journal.add()
        return self.journal.batch()
