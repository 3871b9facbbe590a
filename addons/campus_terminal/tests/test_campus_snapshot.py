import gzip
import json
import secrets

from odoo.addons.campus_card.campus_core.credentials import signing
from odoo.addons.campus_card.campus_core.taps import alone
from odoo.addons.campus_card.tests.people_common import PeopleCase
from odoo.tests import tagged

from .edge_common import EdgeHttpCase

PATH = "/campus/v1/snapshot"


@tagged("post_install", "-at_install")
class TestCampusSnapshot(EdgeHttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company._campus_setup()
        cls.arts = cls.env["campus.department"].create({"name": "Arts", "code": "T-ART"})
        cls.lin = PeopleCase.new_holder.__func__(cls, "Lin Xiaoyu", "T0001", cls.arts)
        cls.card = PeopleCase.new_card.__func__(cls, cls.lin, "04A1B2C3")
        cls.gate = cls.env["campus.terminal"].create(
            {"name": "Gate", "code": "G1", "purpose": "gate", "edge_id": cls.edge.id}
        )

    def snapshot(self, since=None, **headers):
        answer = self.client.get(PATH if since is None else f"{PATH}?since={since}", headers=headers)
        self.assertEqual(answer.status_code, 200, answer.text)
        return answer.json()

    def row_of(self, snapshot, card):
        return next((row for row in snapshot["cards"] if row[0] == card.id), None)

    def pretend_committed(self):
        """Date what this test's own transaction changed before now, as commits would have."""
        self.edge._snapshot_salt()
        self.env["campus.key"]._good_keys(self.company)
        self.env.flush_all()
        for table in ("campus_snapshot_card", "campus_snapshot_mark"):
            self.env.cr.execute(f"UPDATE {table} SET changed_version = campus_snapshot_version() - 1")
        self.env.cr.execute("UPDATE campus_key SET known_version = campus_snapshot_version() - 1")

    def test_everything_for_an_edge_that_has_nothing(self):
        snapshot = self.snapshot()
        self.assertEqual(snapshot["since"], 0)
        self.assertEqual(
            self.row_of(snapshot, self.card),
            [
                self.card.id,
                alone.card_key(snapshot["salt"], "04A1B2C3"),
                "active",
                self.card.valid_from.isoformat(),
                None,
                "",
                0,
            ],
        )
        self.assertEqual([terminal["code"] for terminal in snapshot["terminals"]], ["G1"])
        self.assertEqual(
            snapshot["limits"],
            {
                "tap_minor": 5000,
                "card_minor": 10000,
                "edge_minor": 500000,
                "snapshot_age_s": 86400,
                "uid_minor": 0,
            },
        )
        self.assertEqual(snapshot["currency"], self.company.currency_id.name)
        self.assertEqual(snapshot["bus"]["channel"], self.edge.sudo().channel)
        self.assertEqual((snapshot["phones"], snapshot["leases"], snapshot["removed"]), ([], [], []))

    def test_it_is_signed_by_the_campus_key_also_when_it_is_compressed(self):
        for encoding in ("identity", "gzip"):
            answer = self.client.get(PATH, headers={"Accept-Encoding": encoding})
            self.assertEqual(answer.headers.get("Content-Encoding", "identity"), encoding)
            body = answer.content
            keys = signing.KeyRing.from_wire(json.loads(body)["keys"])
            signing.check_snapshot(keys, answer.headers["Campus-Signature"], body)
        self.assertLess(len(gzip.compress(body)), len(body))

    def test_no_uid_and_no_other_company_is_in_it(self):
        other = self.env["res.company"].create({"name": "Other Campus"})
        text = json.dumps(self.snapshot())
        self.assertNotIn("04A1B2C3", text)
        edge = self.new_edge(signing.generate(secrets.token_bytes), company_id=other.id, name="Other")
        body, _signature = self.env["campus.snapshot"]._build(edge)
        self.assertEqual(json.loads(body)["cards"], [])
        self.assertNotEqual(json.loads(body)["salt"], self.snapshot()["salt"])

    def test_nothing_new_is_304(self):
        self.pretend_committed()
        version = self.snapshot()["version"]
        answer = self.client.get(f"{PATH}?since={version}")
        self.assertEqual((answer.status_code, answer.content), (304, b""))

    def test_a_frozen_card_is_the_whole_delta(self):
        other = PeopleCase.new_card.__func__(type(self), self.lin, "04D4E5F6")
        self.pretend_committed()
        version = self.snapshot()["version"]
        self.card.action_freeze()
        delta = self.snapshot(version)
        self.assertEqual([row[:1] + row[2:3] for row in delta["cards"]], [[self.card.id, "frozen"]])
        self.assertEqual((delta["since"], delta["removed"]), (version, []))
        self.assertIsNotNone(self.row_of(self.snapshot(), other))

    def test_a_returned_card_is_removed(self):
        self.pretend_committed()
        version = self.snapshot()["version"]
        self.card.action_return()
        delta = self.snapshot(version)
        self.assertEqual((delta["cards"], delta["removed"]), ([], [self.card.id]))
        self.assertIsNone(self.row_of(self.snapshot(), self.card))

    def test_whoever_changes_what_an_edge_is_shown_the_delta_has_it(self):
        wallet = self.card.wallet_id
        for what, change in (
            ("wallet frozen", wallet.action_freeze),
            ("wallet open", wallet.action_unfreeze),
            ("wallet limit", lambda: wallet.write({"limit_purchase_minor": 700})),
            ("holder's end", lambda: self.lin.write({"campus_valid_until": "2030-07-01"})),
            ("holder's start", lambda: self.lin.write({"campus_valid_from": "2027-09-01"})),
            ("card's end", lambda: self.card.write({"valid_until": "2029-07-01"})),
            ("holder's name", lambda: self.lin.write({"name": "Lin Xiaoyu Mei"})),
            ("chip", lambda: self.card.write({"uid": "04A1B2C4"})),
            ("taken back", self.card.action_return),
            ("archived", lambda: self.card.write({"active": False})),
            (
                "plain SQL",
                lambda: self.env.cr.execute("UPDATE campus_card SET active = TRUE, state = 'lost'"),
            ),
        ):
            self.pretend_committed()
            version = self.snapshot()["version"]
            change()
            delta = self.snapshot(version)
            with self.subTest(what=what):
                self.assertIn(self.card.id, [row[0] for row in delta["cards"]] + delta["removed"])
        row = self.row_of(delta, self.card)
        self.assertEqual(row[2:], ["lost", "2027-09-01", "2029-07-01", "", 700])

    def test_a_frozen_or_closed_wallet_shuts_its_cards(self):
        self.card.wallet_id.action_freeze()
        self.assertEqual(self.row_of(self.snapshot(), self.card)[2], alone.WALLET_FROZEN)
        self.card.wallet_id.action_close()
        self.assertEqual(self.row_of(self.snapshot(), self.card)[2], alone.WALLET_CLOSED)
        pushed = self.env["campus.snapshot"]._changed_now(self.company)["cards"]
        self.assertIn([self.card.id, alone.WALLET_CLOSED], pushed)

    def test_a_list_says_the_least_of_all_limits_of_a_wallet(self):
        wallet = self.card.wallet_id
        for values, least in (
            ({}, 0),
            ({"limit_day_minor": 900}, 900),
            ({"limit_purchase_minor": 800}, 800),
            ({"pin_above_minor": 700}, 700),
            ({"own_limit_day_minor": 600}, 600),
            ({"own_pin_above_minor": 500}, 500),
            ({"own_limit_purchase_minor": 400}, 400),
        ):
            wallet.sudo().write(values)
            with self.subTest(values=values):
                self.assertEqual(self.row_of(self.snapshot(), self.card)[6], least)

    def test_terminals_limits_and_keys_are_a_change_too(self):
        for what, change in (
            ("terminal", lambda: self.gate.write({"enabled": False})),
            ("limit", lambda: self.company.write({"campus_offline_tap": 12.5})),
            ("limit of a bare UID", lambda: self.company.write({"campus_uid_limit": 30})),
            ("key", lambda: self.env["campus.key"]._generate(self.company)),
        ):
            self.pretend_committed()
            version = self.snapshot()["version"]
            change()
            with self.subTest(what=what):
                self.assertEqual(self.snapshot(version)["cards"], [])
        self.assertEqual(self.snapshot()["limits"]["tap_minor"], 1250)

    def test_versions_of_the_future_and_of_another_life_get_everything(self):
        self.pretend_committed()
        version = self.snapshot()["version"]
        self.assertEqual(self.snapshot(version + 10)["since"], 0)
        self.env.cr.execute("UPDATE campus_snapshot_life SET life = 'another database'")
        self.assertEqual(self.snapshot(version)["since"], 0)
        self.assertGreater(self.snapshot()["version"], version + (1 << 31))

    def test_a_database_that_was_put_back_moves_its_versions_away_once_an_hour(self):
        self.pretend_committed()
        version = self.snapshot()["version"]
        # an edge that was offline since may not take what it has for what is here
        self.assertEqual(self.snapshot(version + 10)["since"], 0)
        moved = self.snapshot()["version"]
        self.assertGreater(moved, version + (1 << 31))
        self.assertEqual(self.snapshot(version)["since"], 0)
        self.assertEqual(self.snapshot(moved + 10)["since"], 0)
        self.assertLess(self.snapshot()["version"], moved + (1 << 31))
        self.env.cr.execute("UPDATE campus_snapshot_life SET noticed_at = noticed_at - interval '2 h'")
        self.snapshot(moved + 10)
        self.assertGreater(self.snapshot()["version"], moved + (1 << 31))

    def test_since_must_be_a_version(self):
        for since in ("-1", "1e3", "x", "9" * 17, "%00", "１"):
            answer = self.client.get(
                f"{PATH}?since={since}" if since.isascii() else f"{PATH}?since=%EF%BC%91"
            )
            with self.subTest(since=since):
                self.assert_refused(answer, 400, "malformed")

    def test_an_edge_that_is_switched_off_gets_no_snapshot(self):
        self.edge.action_disable()
        self.assert_refused(self.client.get(PATH), 403, "edge_disabled")
