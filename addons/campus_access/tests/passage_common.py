from odoo.addons.campus_card.campus_core.access import told
from odoo.addons.campus_card.campus_core.access.types import Verdict
from odoo.addons.campus_card.campus_core.errors import Refusal
from odoo.addons.campus_terminal.tests.tap_common import Journal, TapCase
from odoo.tests import new_test_user

from ..passage_rows import new_uuid


class DoorJournal(Journal):
    """Writes passages and events as an edge does."""

    def passage(self, card, reasons=(), rule=7, age_s=12, **values):
        """A passage that was granted, or refused for ``reasons``."""
        verdict = Verdict(tuple(Refusal(code) for code in reasons), rule)
        at_ms = values.get("at_ms", self.at_ms)
        defaults = {
            "uuid": new_uuid(at_ms), "terminal": "T-DOOR", "purpose": "door", "credential": f"uid:{card.uid}",
            "card": card.id, "mode": "told", "outcome": "refused" if reasons else "granted",
            "code": reasons[0] if reasons else "ok", "rule": told.note(verdict, age_s),
        }  # fmt: skip
        return self.add(**defaults | values)

    def event(self, code, after="", card=None, **values):
        """An event at the door, after a passage or by itself."""
        defaults = {
            "uuid": new_uuid(values.get("at_ms", self.at_ms)), "kind": "event", "terminal": "T-DOOR",
            "purpose": "door", "credential": f"event:{after}", "card": card and card.id, "mode": "told", "code": code,
        }  # fmt: skip
        return self.add(**defaults | values)


class PassageCase(TapCase):
    """The edge's door leads from the yard into the library, with a reader on both sides."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        zone = cls.env["campus.zone"].create
        cls.outside = zone({"name": "Outside", "kind": "outside"})
        cls.yard = zone({"name": "Yard", "kind": "campus", "parent_id": cls.outside.id})
        cls.library = zone({"name": "Library", "parent_id": cls.yard.id})
        cls.assembly = zone({"name": "Assembly Point", "parent_id": cls.yard.id})
        cls.door_out = cls.env["campus.terminal"].create(
            {"name": "Door, inside", "code": "T-DOOR-OUT", "purpose": "door", "edge_id": cls.edge.id}
        )
        cls.library_door = cls.env["campus.door"].create(
            {
                "name": "Library door",
                "outer_zone_id": cls.yard.id,
                "inner_zone_id": cls.library.id,
                "in_terminal_id": cls.door.id,
                "out_terminal_id": cls.door_out.id,
            }
        )
        cls.guard = cls.new_guard("guard_one")
        cls.guard_two = cls.new_guard("guard_two")

    @classmethod
    def new_guard(cls, login, group="campus_access.group_campus_access_guard"):
        return new_test_user(cls.env, login, groups=group, context={"no_reset_password": True})

    def setUp(self):
        super().setUp()
        self.journal = DoorJournal()
        self.Passage = self.env["campus.passage"].sudo()

    def rows(self, **values):
        domain = [("edge_id", "=", self.edge.id), *((name, "=", value) for name, value in values.items())]
        return self.Passage.search(domain, order="id")

    def position(self, partner=None):
        partner = partner or self.card.partner_id
        return self.env["campus.position"].sudo().search([("partner_id", "=", partner.id)])
