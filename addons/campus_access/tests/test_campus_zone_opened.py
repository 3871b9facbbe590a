from odoo.addons.campus_card.campus_core.access import told, types
from odoo.addons.campus_card.campus_core.taps import wire
from odoo.tests import tagged

from .passage_common import PassageCase

DAY_MS = 86_400_000
NOTE = told.note(types.Verdict((), 7, is_first=True), 12)


@tagged("post_install", "-at_install")
class TestCampusZoneOpened(PassageCase):
    """The library waits for its first person, and has a second door at another edge."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.library.needs_first = True
        cls.back = cls.env["campus.edge"].create({"name": "Back", "state": "active"})
        reader = cls.env["campus.terminal"].create(
            {"name": "Back", "code": "T-BACK", "purpose": "door", "edge_id": cls.back.id}
        )
        cls.env["campus.door"].create(
            {
                "name": "Back door",
                "outer_zone_id": cls.yard.id,
                "inner_zone_id": cls.library.id,
                "in_terminal_id": reader.id,
            }
        )

    def opened(self, edge=None):
        return self.env["campus.snapshot"]._small_parts(edge or self.back, 1, 0)["access"]["opened"]

    def first(self, at_ms=None, **values):
        entry = {"at_ms": at_ms or self.journal.at_ms, "rule": NOTE, **values}
        self.journal.passage(self.card)
        whole = self.journal.waiting.pop()._replace(**entry)
        self.journal.waiting.append(whole)
        self.send()

    def test_who_has_opened_the_zone_at_one_edge_is_news_for_the_others(self):
        sent = []
        self.patch(self.env.registry["bus.bus"], "_sendone", lambda _bus, *message: sent.append(message))
        self.env.flush_all()
        self.env.cr.execute("UPDATE campus_snapshot_life SET base = base + 1")
        since = self.env["campus.key"]._version_now()
        self.first()
        self.assertEqual(self.opened(), [[self.library.id, self.journal.at_ms]])
        self.assertTrue(self.env["campus.snapshot"]._is_changed(self.back, since))
        self.env["campus.snapshot"]._tell_door_edges()
        # a push says that there is news, and not what: it opens nothing by itself
        told_back = [message for channel, _kind, message in sent if channel == self.back.sudo().channel]
        self.assertFalse([message for message in told_back if "opened" in message])
        self.assertIn([], [message.get("cards") for message in told_back])

    def test_others_open_nothing(self):
        self.journal.passage(self.card)
        self.send()
        self.assertEqual(self.opened(), [])

    def test_of_one_day_the_first_is_kept(self):
        self.first()
        self.first(self.journal.at_ms + 1)
        self.assertEqual(self.opened(), [[self.library.id, self.journal.at_ms]])

    def test_a_doubtful_clock_and_the_future_open_nothing_elsewhere(self):
        self.first(rule=f"{wire.DOUBTFUL_CLOCK}{NOTE}")
        self.first(self.journal.at_ms + DAY_MS)
        self.assertEqual(self.opened(), [])

    def test_what_is_long_ago_is_told_to_nobody(self):
        self.first(self.journal.at_ms - 3 * DAY_MS)
        self.assertEqual(self.opened(), [])
        self.first()
        self.assertEqual(len(self.opened()), 1)

    def test_a_zone_that_waits_for_nobody_is_not_noted(self):
        self.library.needs_first = False
        self.first()
        self.assertEqual(self.opened(), [])
