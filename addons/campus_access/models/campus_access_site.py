from collections import defaultdict
from datetime import timezone

from odoo import api, models
from odoo.addons.campus_card.campus_core import errors
from odoo.addons.campus_card.campus_core.access import types, wire
from odoo.addons.campus_card.campus_core.access.decide import decide
from odoo.addons.campus_card.campus_core.errors import Refusal


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

    # -- a tap that asks the server -----------------------------------------------------

    @api.model
    def _verdict_of_tap(self, edge_id, terminal_id, card, refusal, now_ms):
        """What an edge would say to a card at a terminal now; None where the edge has no doors: a good card opens.

        Nobody keys a PIN or brings somebody along in a tap that asks: doors that need it stay shut.

        :param card: a ``ResolvedCard``
        :param refusal: why the card itself is refused, None if it is not
        """
        readers = self.env["campus.snapshot"]._access_doors(self.env["campus.edge"].browse(edge_id))
        door = readers.filtered(lambda one: terminal_id in (one.in_terminal_id | one.out_terminal_id).ids)[:1]
        if not door:
            return types.Verdict((Refusal(errors.ACCESS_DOOR_UNKNOWN),)) if readers else None
        site = self._site(door)
        partner = self.env["campus.card"].browse(card.card_id).partner_id
        side = types.IN if door.in_terminal_id.id == terminal_id else types.OUT
        person = types.Person(partner.id, self._rules_of(partner), refusal)
        return decide(
            site, site.doors[door.id], side, person, self._state(site, door, partner, now_ms), now_ms
        )

    @api.model
    def _state(self, site, door, partner, now_ms):
        """What the server knows at this moment of a person and of the zones around a door."""
        self.env.flush_all()
        position = self.env["campus.position"].search(
            [("partner_id", "=", partner.id), ("company_id", "=", door.company_id.id)]
        )
        zone, left = position.zone_id.id or None, position.left_zone_id.id or None
        entered = set(site.inside(zone)) - set(site.inside(left))
        orders = self.env["campus.lockdown"].search(
            [("state", "=", "active"), ("company_id", "=", door.company_id.id)]
        )
        is_here = position.door_id == door
        return types.State(
            zone=zone,
            entered=dict.fromkeys(entered, position.at_ms),
            door_side=position.side if is_here else None,
            door_ms=position.at_ms if is_here else 0,
            counts=self._counts(site),
            opened=self._opened_today(site, now_ms),
            lockdowns=tuple(
                types.Lockdown(one.number, one.zone_id.id, one.level, one.is_drill) for one in orders
            ),
        )

    @api.model
    def _counts(self, site):
        """``{zone id: how many are in it}`` of the zones with a limit."""
        limited = [zone.zone for zone in site.zones.values() if zone.limit]
        positions = self.env["campus.position"]
        return {zone: positions.search_count([("zone_id", "child_of", zone)]) for zone in limited}

    @api.model
    def _opened_today(self, site, now_ms):
        """The zones whose first person has come on the day of ``now_ms``."""
        self.env.cr.execute(
            "SELECT zone_id, at_ms FROM campus_zone_opened WHERE zone_id = ANY (%s)", [list(site.zones)]
        )
        today = site.calendar.local(now_ms).date()
        return frozenset(
            zone for zone, at_ms in self.env.cr.fetchall() if site.calendar.local(at_ms).date() == today
        )


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
