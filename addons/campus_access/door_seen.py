"""What is heard of doors, read with one question to the database: for plans and for the doors' health."""

from odoo.addons.campus_card.campus_core import schedule
from odoo.addons.campus_card.campus_core.access import door_state, types
from odoo.addons.campus_card.campus_core.devices import checkup, heartbeat

_SEEN = """
    SELECT door.id, campus_ms(live.forced_at), campus_ms(live.held_at), campus_ms(live.closed_at), campus_ms(live.passed_at),
           coalesce(readers.is_heard, FALSE), coalesce(readers.was_heard, FALSE), campus_ms(readers.seen_at),
           orders.number, orders.confirmed, live.is_open
      FROM campus_door door
      LEFT JOIN campus_door_live live ON live.door_id = door.id
     CROSS JOIN LATERAL (
          SELECT bool_or(edge.health <> ALL (%(silent)s)
                         AND coalesce(terminal.reader_state, '') <> ALL (%(bad)s)) AS is_heard,
                 bool_or(edge.last_seen_at IS NOT NULL) AS was_heard, max(edge.last_seen_at) AS seen_at
            FROM campus_terminal terminal JOIN campus_edge edge ON edge.id = terminal.edge_id
           WHERE terminal.id IN (door.in_terminal_id, door.out_terminal_id)) AS readers
     CROSS JOIN LATERAL (
          SELECT count(*) AS number, count(*) FILTER (WHERE (
                 SELECT bool_and(line.confirmed_at IS NOT NULL)
                   FROM campus_lockdown_edge line JOIN campus_terminal terminal ON terminal.edge_id = line.edge_id
                  WHERE line.lockdown_id = lockdown.id
                    AND terminal.id IN (door.in_terminal_id, door.out_terminal_id))) AS confirmed
            FROM campus_lockdown lockdown
           WHERE lockdown.state = 'active' AND NOT lockdown.is_drill AND lockdown.company_id = door.company_id
             AND (lockdown.zone_id IN (SELECT campus_zone_inside(door.inner_zone_id))
                  OR lockdown.zone_id IN (SELECT campus_zone_inside(door.outer_zone_id)))) AS orders
     WHERE door.id = ANY (%(doors)s)"""


def seen_doors(env, doors, now_ms):
    """``{door: (Seen, when its edge was heard last)}``; times in milliseconds since 1970, 0 for never."""
    # sudo: who reads doors is told how they are, whoever may read edges and lockdowns
    doors = doors.sudo()
    env.flush_all()
    values = {
        "silent": [checkup.SILENT, checkup.OFF],
        "bad": [*heartbeat.BAD_READER_STATES, heartbeat.STOPPED],
        "doors": doors.ids,
    }
    env.cr.execute(_SEEN, values)
    found = {}
    for door_id, *times, is_heard, was_heard, heard_ms, lockdowns, confirmed, is_open in env.cr.fetchall():
        door = doors.browse(door_id)
        has_contact = is_open is not None or any(times)
        seen = door_state.Seen(
            door.mode, is_heard, was_heard, *times, has_contact, bool(is_open), is_free(door, now_ms), lockdowns,
            confirmed,
        )  # fmt: skip
        found[door.sudo(False)] = (seen, heard_ms)
    return found


def is_free(door, now_ms):
    """Say whether a door is open to all now."""
    times = door.unlock_schedule_id
    if door.mode != types.UNLOCKED or not times:
        return False
    return schedule.is_open(times._to_core(), door.company_id._campus_calendar(), now_ms)
