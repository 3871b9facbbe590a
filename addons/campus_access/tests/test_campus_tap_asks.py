import uuid as uuids
from unittest.mock import patch

from odoo.addons.campus_terminal.edge_auth import Edge
from odoo.addons.campus_terminal.taps.wallets import Wallets
from odoo.tests import tagged

from .passage_common import PassageCase


@tagged("post_install", "-at_install")
class TestCampusTapAsks(PassageCase):
    """A tap at a door that asks the server is decided by the rights, as an edge would."""

    def ask(self, **values):
        entry = {"terminal": "T-DOOR", "purpose": "door", "credential": f"uid:{self.card.uid}"}
        return self.tap(**{**entry, **values})

    def allow(self, **values):
        return self.env["campus.access.right"].create(
            {
                "name": "Readers",
                "who": "people",
                "partner_ids": [(6, 0, self.card.partner_id.ids)],
                "door_ids": [(6, 0, self.library_door.ids)],
                **values,
            }
        )

    def test_without_a_right_the_door_stays_shut_and_the_passage_says_why(self):
        self.assertAnswer(self.ask(), "refused", "access_no_right")
        row = self.rows()
        self.assertEqual((row.mode, row.outcome, row.reasons), ("ask", "refused", "access_no_right"))
        self.assertFalse(self.position())

    def test_with_a_right_it_opens_and_the_passage_names_it(self):
        right = self.allow()
        self.assertAnswer(self.ask(), "granted", "ok")
        row = self.rows()
        self.assertEqual(
            (row.right_id, row.right_name, row.partner_id), (right.id, "Readers", self.card.partner_id)
        )
        self.assertEqual(self.position().zone_id, self.library)

    def test_all_reasons_are_told_of_the_card_and_of_the_door(self):
        self.card.action_freeze()
        self.library_door.mode = "locked"
        self.assertAnswer(self.ask(), "refused", "card_frozen")
        self.assertEqual(self.rows().reasons, "card_frozen access_no_right access_door_locked")

    def test_a_right_that_denies_outweighs(self):
        self.allow()
        self.allow(name="Not these", effect="deny")
        self.assertAnswer(self.ask(), "refused", "access_denied")

    def test_lockdowns_and_full_zones_hold(self):
        self.allow()
        self.library.people_max = 1
        self.other_card.partner_id.flush_recordset()
        self.env["campus.position"]._take(
            self.company, [[self.wang.id, self.library.id, 1000, 7, 1, self.yard.id, None, None]]
        )
        self.assertAnswer(self.ask(), "refused", "access_zone_full")
        self.library.people_max = 0
        self.env["campus.lockdown"].with_user(self.guard).raise_order(self.library.id, "nobody", "threat")
        self.assertAnswer(self.ask(), "refused", "access_lockdown")

    def test_nobody_goes_in_twice_where_that_is_refused(self):
        self.allow()
        self.library.passback_mode = "hard"
        self.assertAnswer(self.ask(), "granted", "ok")
        self.assertAnswer(self.ask(at_ms=self.journal.at_ms + 60_000), "refused", "access_passback")
        self.assertAnswer(self.ask(terminal="T-DOOR-OUT", at_ms=self.journal.at_ms + 60_001), "granted", "ok")

    def test_a_door_that_needs_a_pin_stays_shut(self):
        self.allow(needs_pin=True)
        self.assertAnswer(self.ask(), "refused", "access_pin_needed")

    def test_the_first_person_is_waited_for(self):
        self.allow()
        self.library.needs_first = True
        self.assertAnswer(self.ask(), "refused", "access_first_missing")
        self.allow(name="Librarians", is_first=True)
        self.assertAnswer(self.ask(), "granted", "ok")
        self.assertTrue(self.rows()[-1:].right_id)

    def test_a_reader_of_no_door_is_refused_and_an_edge_without_doors_asks_for_a_good_card(self):
        reader = {"name": "Loose", "code": "T-LOOSE", "purpose": "door"}
        self.env["campus.terminal"].create({**reader, "edge_id": self.edge.id})
        self.assertAnswer(self.ask(terminal="T-LOOSE"), "refused", "access_door_unknown")
        values = {"name": "Bare", "uuid": str(uuids.uuid4()), "state": "active"}
        bare = self.env["campus.edge"].create(values)
        self.env["campus.terminal"].create({**reader, "code": "T-BARE", "edge_id": bare.id})
        self.patch(type(self), "edge", Edge(bare.id, self.company.id, bare.uuid, "active"))
        self.journal.start()
        self.assertAnswer(self.ask(terminal="T-BARE"), "granted", "ok")

    def test_payments_ask_no_rights_and_doors_lock_no_wallet(self):
        site = self.env.registry["campus.access.site"]
        with patch.object(site, "_verdict_of_tap", side_effect=AssertionError("a payment asked for rights")):
            self.assertAnswer(self.tap(uuid=str(uuids.uuid4())), "granted", "ok", 650)
        with patch.object(Wallets, "_lock", side_effect=AssertionError("a wallet was locked")):
            self.ask()
