from collections import defaultdict
from datetime import timezone

from odoo import api, models
from odoo.addons.campus_card.campus_core.access import types, wire


class CampusAccessSite(models.AbstractModel):
    """Doors, zones, rights and schedules as the one decision of edge, server and "why" pages knows them."""

    _name = "campus.access.site"
    _description = "Doors for the Decision"

    @api.model
    def _site(self, doors):
        """Return the :class:`~campus_core.access.types.Site` of some doors of one company."""
        # sudo: a decision knows everything about a door, whoever asks for it
        doors = doors.sudo().filtered("active")
        company = doors.company_id[:1]
        zones = self._zones(doors)
        covering = self._covering(doors)
        # sudo: as above
        rights = self.env["campus.access.right"].sudo().browse(sorted(set().union(*covering.values(), ())))
        schedules = {one: one._to_core() for one in rights.schedule_id | doors.unlock_schedule_id}
        names = {one.id: wire.schedule_name(made) for one, made in schedules.items()}
        of_right = defaultdict(set)
        for door, ids in covering.items():
            for right in ids:
                of_right[right].add(door)
        return types.Site(
            doors={door.id: _door(door, names) for door in doors},
            zones={zone.id: _zone(zone, self._is_shared(zone)) for zone in zones},
            rules={right.id: _rule(right, of_right[right.id], names) for right in rights},
            schedules={names[one.id]: made for one, made in schedules.items()},
            calendar=company._campus_calendar() if company else types.Site().calendar,
        )

    @api.model
    def _zones(self, doors):
        """The zones of doors and all zones that they lie in."""
        near = doors.inner_zone_id | doors.outer_zone_id
        numbers = {int(number) for zone in near for number in (zone.parent_path or "").split("/") if number}
        return near.browse(sorted(numbers))

    @api.model
    def _is_shared(self, zone):
        """Whether doors of several edges lead into a zone that counts people."""
        if zone.passback_mode == types.OFF:
            return False
        # sudo: as in ``_site``
        doors = self.env["campus.door"].sudo()
        within = [("child_of", zone.ids)]
        inner, outer = (("inner_zone_id", *within[0]), ("outer_zone_id", *within[0]))
        leads = doors.search(["|", "&", inner, "!", outer, "&", outer, "!", inner])
        return len(leads.edge_ids) > 1

    @api.model
    def _covering(self, doors):
        """``{door id: set of ids of the rights that cover it}``, of rights in force."""
        self.env.flush_all()
        self.env.cr.execute(
            """SELECT door.id, "right".id
                 FROM campus_door door
                 JOIN campus_zone inner_zone ON inner_zone.id = door.inner_zone_id
                 JOIN campus_access_right_campus_zone_rel link
                      ON link.campus_zone_id = ANY (string_to_array(trim('/' FROM inner_zone.parent_path), '/')::integer[])
                 JOIN campus_access_right "right" ON "right".id = link.campus_access_right_id
                WHERE door.id = ANY (%(doors)s) AND "right".active AND "right".company_id = door.company_id
                UNION
               SELECT link.campus_door_id, "right".id
                 FROM campus_access_right_campus_door_rel link
                 JOIN campus_access_right "right" ON "right".id = link.campus_access_right_id
                WHERE link.campus_door_id = ANY (%(doors)s) AND "right".active""",
            {"doors": doors.ids},
        )
        found = {door.id: set() for door in doors}
        for door, right in self.env.cr.fetchall():
            found[door].add(right)
        return found

    @api.model
    def _rules_of(self, partner):
        """The numbers of the rights that a person has."""
        self.env.cr.execute(
            "SELECT right_id FROM campus_access_member WHERE partner_id = %s ORDER BY right_id", [partner.id]
        )
        return tuple(right for (right,) in self.env.cr.fetchall())


def moment_ms(moment):
    """A naive UTC moment of the database as milliseconds since 1970; None stays None."""
    return int(moment.replace(tzinfo=timezone.utc).timestamp() * 1000) if moment else None


def _door(door, names):
    return types.Door(
        door=door.id,
        outer=door.outer_zone_id.id,
        inner=door.inner_zone_id.id,
        name=door.name,
        sides=door._sides(),
        mode=door.mode,
        unlocked=names.get(door.unlock_schedule_id.id) if door.mode == types.UNLOCKED else None,
        passback=door._passback(),
        interlock=door.interlock or "",
        needs_pin=door.needs_pin,
        needs_second=door.needs_second,
        asks_on_leaving=door.asks_on_leaving,
    )


def _zone(zone, is_shared):
    return types.Zone(
        zone=zone.id,
        parent=zone.parent_id.id or None,
        name=zone.name,
        passback=zone._passback(),
        limit=zone.people_max,
        is_shared=is_shared,
        alone=zone.alone,
        needs_first=zone.needs_first,
    )


def _rule(right, doors, names):
    return types.Rule(
        rule=right.id,
        name=right.name,
        allow=right.effect == "allow",
        priority=right.priority,
        doors=frozenset(doors),
        schedule=names.get(right.schedule_id.id),
        from_ms=moment_ms(right.valid_from),
        until_ms=moment_ms(right.valid_until),
        spans=tuple((start, end) for start, end in right.spans or ()),
        needs_pin=right.needs_pin,
        needs_escort=right.needs_escort,
        is_first=right.is_first,
        is_staff=right.is_staff,
    )
