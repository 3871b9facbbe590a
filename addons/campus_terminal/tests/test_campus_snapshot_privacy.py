import secrets

from odoo.addons.campus_card.campus_core.credentials import signing
from odoo.addons.campus_card.campus_core.shown_name import shown_name
from odoo.addons.campus_card.campus_core.taps import alone
from odoo.addons.campus_card.tests.people_common import PeopleCase
from odoo.exceptions import AccessError
from odoo.tests import tagged

from .edge_common import EdgeHttpCase, SignedClient
from .tap_common import TapCase

PATH = "/campus/v1/snapshot"
NAMES = ("李明", "欧阳娜娜", "艾合买提·买买提", "Lin Xiaoyu", " Anna Maria  Rossi ", "Bo", "X", "", "O'Neil")


@tagged("post_install", "-at_install")
class TestCampusSnapshotPrivacy(EdgeHttpCase):
    """What the disk of an edge says to whoever carries it off."""

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

    def snapshot(self, since=0, client=None):
        answer = (client or self.client).get(f"{PATH}?since={since}")
        return answer.json() if answer.status_code == 200 else None

    def row(self, snapshot):
        return next(row for row in snapshot["cards"] if row[0] == self.card.id)

    def settle(self):
        """As if all that this test did were committed long ago."""
        self.env["campus.key"]._good_keys(self.company)
        self.env.flush_all()
        for table in ("campus_snapshot_card", "campus_snapshot_mark"):
            self.env.cr.execute(f"UPDATE {table} SET changed_version = campus_snapshot_version() - 1")
        self.env.cr.execute("UPDATE campus_edge SET whole_version = 0")
        self.env.invalidate_all()

    def test_each_edge_has_a_salt_of_its_own(self):
        key = signing.generate(secrets.token_bytes)
        other = SignedClient(self, self.new_edge(key).uuid, key)
        ours, theirs = self.snapshot(), self.snapshot(client=other)
        self.assertNotEqual(ours["salt"], theirs["salt"])
        for snapshot in (ours, theirs):
            self.assertEqual(self.row(snapshot)[1], alone.card_key(snapshot["salt"], "04A1B2C3"))
        self.assertNotEqual(self.row(ours)[1], self.row(theirs)[1])
        # and keeps it
        self.assertEqual(self.snapshot()["salt"], ours["salt"])

    def test_a_machine_that_is_paired_anew_gets_another_salt_and_a_whole_list(self):
        self.snapshot()
        self.settle()
        first = self.snapshot()
        self.edge._accept_key(self.edge.public_key, "new machine", "1")
        again = self.snapshot(first["version"])
        self.assertEqual(again["since"], 0)
        self.assertNotEqual(again["salt"], first["salt"])

    def test_nobody_reads_a_salt(self):
        manager = self.env.ref("base.user_admin")
        with self.assertRaises(AccessError):
            self.edge.with_user(manager).read(["snapshot_salt"])
        with self.assertRaises(AccessError):
            self.edge.with_user(manager).write({"whole_version": 0})

    def test_names_go_where_a_display_shows_them_and_as_it_does(self):
        self.settle()
        before = self.snapshot()
        self.assertEqual(self.row(before)[5], "")
        self.assertNotIn("Xiaoyu", str(before))
        self.gate.shows_names = True
        shown = self.snapshot(before["version"])
        self.assertEqual((shown["since"], self.row(shown)[5]), (0, "Lin X."))
        self.assertIn("shortened names", self.edge.message_ids[0].body)
        self.settle()
        # a change is a change again
        self.assertIsNone(self.snapshot(self.snapshot()["version"]))
        self.gate.shows_names = False
        hidden = self.snapshot(shown["version"])
        self.assertEqual((hidden["since"], self.row(hidden)[5]), (0, ""))

    def test_a_display_that_moves_takes_the_names_along(self):
        key = signing.generate(secrets.token_bytes)
        other_edge = self.new_edge(key)
        other = SignedClient(self, other_edge.uuid, key)
        self.gate.shows_names = True
        self.assertEqual(self.row(self.snapshot(client=other))[5], "")
        self.settle()
        version = self.snapshot()["version"]
        self.gate.edge_id = other_edge
        self.assertEqual(self.row(self.snapshot(version))[5], "")
        self.assertEqual(self.row(self.snapshot(version, other))[5], "Lin X.")
        self.gate.active = False
        self.assertEqual(self.row(self.snapshot(version, other))[5], "")

    def test_database_and_displays_shorten_a_name_alike(self):
        for name in NAMES:
            self.env.cr.execute("SELECT campus_shown_name(%s)", [name])
            self.assertEqual(self.env.cr.fetchone()[0], shown_name(name))


@tagged("post_install", "-at_install")
class TestCampusTapNames(TapCase):
    def test_a_display_that_names_people_is_told_the_short_name(self):
        self.assertEqual(self.tap()["name"], "")
        self.breakfast.shows_names = True
        self.assertEqual(self.tap()["name"], "Lin X.")
