from odoo import api, models
from odoo.addons.campus_card.campus_core.access import wire
from odoo.addons.campus_terminal.edge_auth import ACTIVE
from odoo.addons.campus_terminal.models.campus_snapshot import NOTIFICATION, SHOWN_STATES
from odoo.fields import Domain

_HOOK = "campus_access.push"
_PEOPLE = """
    SELECT coalesce(json_agg(json_build_array(card.id, card.partner_id, coalesce(list.name, ''))
                             ORDER BY card.id), '[]')::jsonb
      FROM campus_card card
      {join} campus_access_person person ON person.partner_id = card.partner_id
      {join} unnest(%(profiles)s::integer[], %(names)s::text[]) AS list(profile, name)
           ON list.profile = person.profile_id AND card.active AND card.state = ANY (%(states)s)
     WHERE card.company_id = %(company)s {changed}"""
_CHANGED = """
       AND card.id IN (SELECT card_id FROM campus_snapshot_card
                        WHERE company_id = %(company)s AND changed_version >= %(since)s
                        UNION
                       SELECT own.id FROM campus_card own
                         JOIN campus_access_person changed ON changed.partner_id = own.partner_id
                        WHERE changed.changed_version >= %(since)s)"""


class CampusSnapshot(models.AbstractModel):
    """What an edge with doors needs beside cards, see ``docs/dev/access_wire.md``."""

    _inherit = "campus.snapshot"

    @api.model
    def _small_parts(self, edge, version, since):
        parts = super()._small_parts(edge, version, since)
        access = self._access(edge, since)
        return {**parts, "access": access} if access else parts

    @api.model
    def _access(self, edge, since):
        """The part ``access``; None for an edge without doors that had none before."""
        doors = self._access_doors(edge)
        is_site, is_whole = self._access_news(edge, since)
        if not doors and not (since and is_site):
            return None
        site = self.env["campus.access.site"]
        part = wire.site_to_wire(site._site(doors)) if is_site else {}
        rules = set().union(*site._covering(doors).values(), ())
        profiles, names = self._access_profiles(rules)
        part["profiles"] = profiles
        part["people"] = self._access_people(edge, names, 0 if is_whole else since)
        part["pins"] = self._access_pins(edge, doors, since)
        part["positions"] = self._access_positions(edge, doors, since)
        part["lockdowns"] = self._access_lockdowns(edge, doors)
        shown = self._access_names(edge, doors)
        return {**part, "names": shown} if shown else part

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
        query = _PEOPLE.format(join="LEFT JOIN" if since else "JOIN", changed=_CHANGED if since else "")
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
    def _access_pins(self, edge, doors, since):
        """Hook: ``[[card, hash], ...]`` for doors that ask for a PIN."""
        return []

    @api.model
    def _access_positions(self, edge, doors, since):
        """Hook: ``[[holder, zone or null, at_ms, edge, number, left or null], ...]``."""
        return []

    @api.model
    def _access_names(self, edge, doors):
        """Hook: ``[[holder, name], ...]`` for an edge that is a muster point."""
        return []

    @api.model
    def _access_lockdowns(self, edge, doors):
        """Hook: the orders for these doors, and the numbers of those that have ended."""
        return {"orders": [], "ended": []}

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
