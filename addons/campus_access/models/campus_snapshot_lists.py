import time
from collections import namedtuple

from odoo import api, models
from odoo.addons.campus_card.campus_core.access import board_number
from odoo.addons.campus_terminal.models.campus_snapshot import SHOWN_STATES

# A zone is opened for a day of the campus; lists say it a little longer, whatever the time zones.
OPENED_KEPT_MS = 2 * 86_400_000
# Lists of the part ``access`` that are whole where doors or rights have changed.
LISTS = ("names", "numbers", "pins")
# ``covering``: ``{door id: ids of rights}``; ``profiles``, ``names``: as ``_access_profiles`` returns them;
# ``since``: a version, 0 for all rows.
Asked = namedtuple("Asked", "edge doors covering profiles names since")
CHANGED = """
    SELECT card_id FROM campus_snapshot_card WHERE company_id = %(company)s AND changed_version >= %(since)s
     UNION
    SELECT own.id FROM campus_card own
      JOIN campus_access_person changed ON changed.partner_id = own.partner_id
     WHERE changed.changed_version >= %(since)s"""
_PINS = """
    SELECT coalesce(json_agg(json_build_array(card.id, coalesce(pin.pin_hash, '')) ORDER BY card.id), '[]')::jsonb
      FROM campus_card card
      {join} campus_access_person person
           ON person.partner_id = card.partner_id AND person.profile_id = ANY (%(profiles)s)
          AND card.active AND card.state = ANY (%(states)s)
      {join} campus_door_pin pin ON pin.partner_id = person.partner_id AND pin.pin_hash IS NOT NULL
     WHERE card.company_id = %(company)s {changed}"""
_CHANGED_PINS = f"""
       AND card.id IN ({CHANGED}
     UNION
    SELECT own.id FROM campus_card own
      JOIN campus_door_pin changed ON changed.partner_id = own.partner_id
     WHERE changed.changed_version >= %(since)s)"""
_NAMES = """
    SELECT coalesce(json_agg(json_build_array(holder.id, CASE WHEN mine.is_there THEN holder.name ELSE '' END)
                             ORDER BY holder.id), '[]')::jsonb
      FROM res_partner holder
      {join} LATERAL (
           SELECT TRUE AS is_there FROM campus_access_person person
            WHERE person.partner_id = holder.id AND person.profile_id = ANY (%(profiles)s) AND EXISTS (
                  SELECT 1 FROM campus_card card
                   WHERE card.partner_id = holder.id AND card.company_id = %(company)s AND card.active
                     AND card.state = ANY (%(states)s))) AS mine ON TRUE
     WHERE TRUE {changed}"""
_CHANGED_NAMES = f"""
       AND holder.id IN (SELECT partner_id FROM campus_card WHERE id IN ({CHANGED})
                          UNION
                         SELECT partner_id FROM campus_access_person WHERE changed_version >= %(since)s)"""
# The UID of a chip that has to prove itself counts for nothing, so it gives no number.
_UIDS = """
    SELECT card.id, card.uid
      FROM campus_card card
      JOIN campus_access_person person ON person.partner_id = card.partner_id AND person.profile_id = ANY (%(profiles)s)
      JOIN res_company company ON company.id = card.company_id
      LEFT JOIN campus_chip chip ON chip.company_id = card.company_id AND chip.uid = card.uid
     WHERE card.company_id = %(company)s AND card.active AND card.state = ANY (%(states)s) AND card.uid IS NOT NULL
       AND NOT (chip.id IS NOT NULL AND coalesce(company.campus_chip_required, FALSE))"""
# The UIDs that changed cards have, or had.
_CHANGED_UIDS = f"""
    SELECT card.id, card.uid FROM campus_card card WHERE card.company_id = %(company)s AND card.id IN ({CHANGED})
     UNION
    SELECT card_id, uid FROM campus_card_uid WHERE card_id IN ({CHANGED})"""


class CampusSnapshot(models.AbstractModel):
    """Lists that only some edges get: PINs where a door asks for one, names at a muster point, numbers for boards."""

    _inherit = "campus.snapshot"

    @api.model
    def _access_lists(self, asked):
        """``{name of a list: rows}`` for an :class:`Asked`."""
        return {
            "pins": self._access_pins(asked),
            "names": self._access_names(asked),
            "numbers": self._access_numbers(asked),
        }

    @api.model
    def _access_pins(self, asked):
        """``[[card, hash], ...]`` of people with a right that asks for a PIN; an empty hash takes one away."""
        asking = self._asking_rights(asked)
        wanted = [number for number, name in asked.names.items() if asking.intersection(asked.profiles[name])]
        return self._list_rows(_PINS, _CHANGED_PINS, asked, wanted) if wanted else []

    @api.model
    def _access_names(self, asked):
        """``[[holder, name], ...]`` of people with a right, for a muster point; an empty name takes one away."""
        if not asked.edge.is_muster_point:
            return []
        return self._list_rows(_NAMES, _CHANGED_NAMES, asked, list(asked.names))

    @api.model
    def _access_numbers(self, asked):
        """``[[card, number], ...]`` of people with a right, for controller boards; number 0 takes one away."""
        form = asked.edge.board_form
        if not form:
            return []
        uids = self._board_uids(asked)
        numbers = board_number.numbers(uids, form)
        if not asked.since:
            return [[card, number] for card, number in sorted(numbers.items()) if number]
        self.env.cr.execute(_CHANGED_UIDS, self._list_values(asked, list(asked.names)))
        changed, touched = set(), set()
        for card, uid in self.env.cr.fetchall():
            changed.add(card)
            touched.add(board_number.number_of(uid, form) if uid else 0)
        # who shares a number with a changed card gets none, or gets it back
        changed |= {card for card, uid in uids.items() if board_number.number_of(uid, form) in touched - {0}}
        return [[card, numbers.get(card, 0)] for card in sorted(changed)]

    @api.model
    def _board_uids(self, asked):
        self.env.cr.execute(_UIDS, self._list_values(asked, list(asked.names)))
        return dict(self.env.cr.fetchall())

    @api.model
    def _board_left_out(self, edge):
        """How many cards with a right at the doors of an edge have no number for its boards."""
        doors = self._access_doors(edge)
        covering = self.env["campus.access.site"]._covering(doors)
        profiles, names = self._access_profiles(set().union(*covering.values(), ()))
        uids = self._board_uids(Asked(edge, doors, covering, profiles, names, 0))
        return list(board_number.numbers(uids, edge.board_form).values()).count(0)

    @api.model
    def _list_rows(self, query, changed, asked, profiles):
        """Run a query of this file for all rows, or for what has changed since."""
        join, where = ("LEFT JOIN", changed) if asked.since else ("JOIN", "")
        self.env.cr.execute(query.format(join=join, changed=where), self._list_values(asked, profiles))
        return self.env.cr.fetchone()[0]

    @api.model
    def _list_values(self, asked, profiles):
        return {
            "company": asked.edge.company_id.id,
            "since": asked.since,
            "states": list(SHOWN_STATES),
            "profiles": profiles,
        }

    @api.model
    def _asking_rights(self, asked):
        """The numbers of the rights that need a PIN at one of these doors: by the right, or by the door."""
        covered = set().union(*asked.covering.values(), ())
        at_door = set().union(*(asked.covering[door.id] for door in asked.doors if door.needs_pin), ())
        self.env.cr.execute(
            """SELECT id FROM campus_access_right
                WHERE effect = 'allow' AND id = ANY (%s) AND (needs_pin OR id = ANY (%s))""",
            [sorted(covered), sorted(at_door)],
        )
        return {right for (right,) in self.env.cr.fetchall()}

    @api.model
    def _opened_zones(self, edge):
        """``[[zone, time], ...]``: when zones around the doors of an edge were opened. A push cannot say it."""
        self.env.cr.execute(
            """SELECT opened.zone_id, opened.at_ms FROM campus_zone_opened opened
                 JOIN campus_edge_area() near ON near.zone_id = opened.zone_id AND near.edge_id = %s
                WHERE opened.at_ms > %s ORDER BY opened.zone_id""",
            [edge.id, int(time.time() * 1000) - OPENED_KEPT_MS],
        )
        return [list(row) for row in self.env.cr.fetchall()]
