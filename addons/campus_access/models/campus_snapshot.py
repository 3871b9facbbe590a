from itertools import chain

from odoo import api, models
from odoo.addons.campus_card.campus_core.access import wire
from odoo.addons.campus_terminal.edge_auth import ACTIVE
from odoo.addons.campus_terminal.models.campus_snapshot import NOTIFICATION, SHOWN_STATES
from odoo.fields import Domain

from .campus_snapshot_lists import CHANGED, LISTS, Asked

_HOOK = "campus_access.push"
_PEOPLE = """
    SELECT coalesce(json_agg(json_build_array(card.id, card.partner_id, coalesce(list.name, ''))
                             ORDER BY card.id), '[]')::jsonb
      FROM campus_card card
      {join} campus_access_person person ON person.partner_id = card.partner_id
      {join} unnest(%(profiles)s::integer[], %(names)s::text[]) AS list(profile, name)
           ON list.profile = person.profile_id AND card.active AND card.state = ANY (%(states)s)
     WHERE card.company_id = %(company)s {changed}"""


class CampusSnapshot(models.AbstractModel):
    """What an edge with doors needs beside cards, see ``docs/dev/access_wire.md``."""

    _inherit = "campus.snapshot"

    @api.model
    def _small_parts(self, edge, version, since):
        parts = super()._small_parts(edge, version, since)
        access = self._access(edge, since)
        if access is None:
            return parts
        access["edge"] = edge.id
        access["positions"] = (
            self._changed_positions(edge, since) if since else self._positions_of_areas(edge)
        )
        access["holders"] = self._holders_of(edge, access)
        access["opened"] = self._opened_zones(edge)
        access["lockdowns"] = self.env["campus.lockdown"]._to_wire(edge)
        return {**parts, "access": access}

    @api.model
    def _is_changed(self, edge, since):
        return super()._is_changed(edge, since) or bool(self._changed_positions(edge, since, limit=1))

    @api.model
    def _access(self, edge, since):
        """The part ``access``; None for an edge without doors that had none before."""
        doors = self._access_doors(edge)
        is_site, is_whole = self._access_news(edge, since)
        if not doors and not (since and is_site):
            return None
        site = self.env["campus.access.site"]
        part = wire.site_to_wire(site._site(doors)) if is_site else {}
        covering = site._covering(doors)
        profiles, names = self._access_profiles(set().union(*covering.values(), ()))
        part["profiles"] = profiles
        part["people"] = self._access_people(edge, names, 0 if is_whole else since)
        asked = Asked(edge, doors, covering, profiles, names, 0 if is_site else since)
        part |= self._access_lists(asked)
        if is_site and since:
            part["whole"] = sorted(LISTS)
        return part

    @api.model
    def _access_doors(self, edge):
        """The doors that have a reader at this edge."""
        readers = Domain("in_terminal_id.edge_id", "=", edge.id) | Domain(
            "out_terminal_id.edge_id", "=", edge.id
        )
        # sudo: an edge is told of its doors, whoever asked for its list
        return self.env["campus.door"].sudo().search(readers)

    @api.model
    def _access_news(self, edge, since):
        """Whether the doors and rights have changed since, and whether also which people are needed."""
        if not since:
            return True, True
        self.env.cr.execute(
            """SELECT count(*) > 0, coalesce(bool_or(is_whole), FALSE) FROM campus_access_mark
                WHERE edge_id = %s AND changed_version >= %s""",
            [edge.id, since],
        )
        return self.env.cr.fetchone()

    @api.model
    def _access_profiles(self, rules):
        """``({name: [rule, ...]}, {number of a stored list: name})`` of lists with one of these rules in them."""
        self.env.cr.execute("SELECT id, rules FROM campus_access_profile WHERE rules && %s", [sorted(rules)])
        profiles, names = {}, {}
        for number, listed in self.env.cr.fetchall():
            known = sorted(rules.intersection(listed))
            names[number] = wire.profile(known)
            profiles[names[number]] = known
        return profiles, names

    @api.model
    def _access_people(self, edge, names, since):
        """``[[card, holder, profile], ...]``: all, or those that changed; no profile takes a person out."""
        query = _PEOPLE.format(
            join="LEFT JOIN" if since else "JOIN", changed=f"AND card.id IN ({CHANGED})" if since else ""
        )
        self.env.cr.execute(
            query,
            {
                "company": edge.company_id.id,
                "since": since,
                "states": list(SHOWN_STATES),
                "profiles": list(names),
                "names": list(names.values()),
            },
        )
        return self.env.cr.fetchone()[0]

    @api.model
    def _holders_of(self, edge, access):
        """``[[card, holder], ...]`` of people without a right here whose positions the list tells."""
        people = [row[0] for row in access["positions"]]
        if not people:
            return []
        self.env.cr.execute(
            """SELECT card.id, card.partner_id FROM campus_card card
                 LEFT JOIN campus_access_person person ON person.partner_id = card.partner_id
                 LEFT JOIN campus_access_profile profile ON profile.id = person.profile_id
                WHERE card.company_id = %s AND card.partner_id = ANY (%s)
                  AND NOT coalesce(profile.rules && %s, FALSE)
                ORDER BY card.id""",
            [edge.company_id.id, people, sorted(set(chain.from_iterable(access["profiles"].values())))],
        )
        return [list(row) for row in self.env.cr.fetchall()]

    @api.model
    def _changed_positions(self, edge, since, limit=None):
        """Positions of who has entered or left an area of the edge since a version, wherever they are now."""
        self.env.cr.execute(
            """WITH near AS MATERIALIZED (SELECT zone_id FROM campus_edge_area() WHERE edge_id = %s),
                    known AS MATERIALIZED (SELECT array_agg(zone_id) AS zones FROM near)
               SELECT json_build_array(position.partner_id, campus_zone_seen(position.zone_id, known.zones),
                                       position.at_ms, position.edge_number, position.number,
                                       campus_zone_seen(position.left_zone_id, known.zones))
                 FROM campus_position position CROSS JOIN known
                WHERE position.company_id = %s AND position.partner_id IN (
                      SELECT mark.partner_id FROM campus_position_area mark
                        JOIN near ON near.zone_id = mark.zone_id
                       WHERE mark.changed_version >= %s)
                ORDER BY position.partner_id LIMIT %s""",
            [edge.id, edge.company_id.id, since, limit],
        )
        return [row for (row,) in self.env.cr.fetchall()]

    @api.model
    def _positions_of_areas(self, edge):
        """Positions of all who are in an area of the edge, or have left one last."""
        self.env.cr.execute(
            """WITH near AS MATERIALIZED (SELECT zone_id FROM campus_edge_area() WHERE edge_id = %(edge)s),
                    known AS MATERIALIZED (SELECT array_agg(zone_id) AS zones FROM near),
                    place AS MATERIALIZED (
                   SELECT zone.id FROM campus_zone zone
                    WHERE zone.company_id = %(company)s AND EXISTS (
                          SELECT 1 FROM near WHERE near.zone_id IN (SELECT campus_zone_inside(zone.id))))
               SELECT json_build_array(partner_id, campus_zone_seen(zone_id, known.zones), at_ms, edge_number, number,
                                       campus_zone_seen(left_zone_id, known.zones))
                 FROM campus_position CROSS JOIN known
                WHERE company_id = %(company)s
                  AND (zone_id IN (SELECT id FROM place) OR left_zone_id IN (SELECT id FROM place))
                ORDER BY partner_id""",
            {"company": edge.company_id.id, "edge": edge.id},
        )
        return [row for (row,) in self.env.cr.fetchall()]

    @api.model
    def _announce_access(self):
        """Tell the edges with doors, once this transaction commits, that their next list has news."""
        precommit = self.env.cr.precommit
        if _HOOK not in precommit.data:
            precommit.data[_HOOK] = True
            precommit.add(self._tell_door_edges)

    @api.model
    def _tell_door_edges(self):
        self.env.cr.precommit.data.pop(_HOOK, None)
        self.env.cr.execute("SELECT campus_access_edges()")
        ids = self.env.cr.fetchone()[0]
        # sudo: who gives a right need not see devices, and nobody may see their channels
        edges = self.env["campus.edge"].sudo().search([("id", "in", ids), ("state", "=", ACTIVE)])
        payload = {"version": self.env["campus.key"]._version_now(), "cards": []}
        for edge in edges:
            self.env["bus.bus"]._sendone(edge.channel, NOTIFICATION, payload)
