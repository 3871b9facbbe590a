"""Odoo shell: a large campus with doors; compiles all rights, then one changed person; prints ``RUN {...}``.

Environment: CAMPUS_ACCESS = {"holders": n, "doors": n, "rules": n, "changes": n, "decisions": n}.
"""

import json
import os
import random
import time

from odoo.addons.campus_card.campus_core.access import types, wire
from odoo.addons.campus_card.campus_core.access.decide import decide

wanted = json.loads(os.environ["CAMPUS_ACCESS"])
DRAW = random.Random(16)
DEPARTMENTS, DOORS_OF_EDGE, ROOMS_OF_FLOOR = 100, 20, 10
ROLES = ("student", "student", "student", "teacher", "staff")

# Copies of one row that Odoo made, with what differs.
PEOPLE = """
    INSERT INTO res_partner
    SELECT (jsonb_populate_record(model, jsonb_build_object(
               'id', nextval('res_partner_id_seq'), 'name', 'Holder ' || n, 'complete_name', 'Holder ' || n,
               'campus_number', 'B' || n, 'campus_role', (%(roles)s::text[])[1 + n %% 5],
               'campus_department_id', (%(departments)s::int[])[1 + n %% %(count)s]))).*
      FROM res_partner model, generate_series(1, %(holders)s) AS n WHERE model.id = %(model)s"""
WALLETS = """
    INSERT INTO campus_wallet
    SELECT (jsonb_populate_record(model, jsonb_build_object(
               'id', nextval('campus_wallet_id_seq'), 'partner_id', holder.id))).*
      FROM campus_wallet model, res_partner holder
     WHERE model.id = %(model)s AND holder.campus_number LIKE 'B%%'"""
CARDS = """
    INSERT INTO campus_card
    SELECT (jsonb_populate_record(model, jsonb_build_object(
               'id', nextval('campus_card_id_seq'), 'partner_id', wallet.partner_id, 'wallet_id', wallet.id,
               'uid', '04' || upper(lpad(to_hex(wallet.id), 6, '0')), 'number', 'BN' || wallet.id))).*
      FROM campus_card model, campus_wallet wallet JOIN res_partner holder ON holder.id = wallet.partner_id
     WHERE model.id = %(model)s AND holder.campus_number LIKE 'B%%'"""


def make_people(env, company):
    departments = env["campus.department"].create(
        [{"name": f"Department {n}", "code": f"B{n}"} for n in range(DEPARTMENTS)]
    )
    holder = env["res.partner"].create(
        {"name": "Model", "campus_number": "M1", "campus_role": "student", "company_id": company.id}
    )
    card = env["campus.card"].create({"partner_id": holder.id, "uid": "04FFFFFF"})
    card._hand_over()
    env.flush_all()
    env.cr.execute(
        PEOPLE,
        {
            "roles": list(ROLES),
            "departments": departments.ids,
            "count": DEPARTMENTS,
            "holders": wanted["holders"],
            "model": holder.id,
        },
    )
    env.cr.execute(WALLETS, {"model": card.wallet_id.id})
    env.cr.execute(CARDS, {"model": card.id})
    return departments


def make_places(env):
    """A building of 100 rooms for each hundred doors; returns ``(buildings and floors, doors)``."""
    zones = env["campus.zone"]
    outside = zones.create({"name": "Outside", "kind": "outside"})
    campus = zones.create({"name": "Campus", "kind": "campus", "parent_id": outside.id})
    floors_wanted = -(-wanted["doors"] // ROOMS_OF_FLOOR)
    buildings = zones.create(
        [{"name": f"Building {n}", "parent_id": campus.id} for n in range(-(-floors_wanted // 10))]
    )
    floors = zones.create(
        [
            {"name": f"Floor {n}", "parent_id": buildings[n // 10].id, "kind": "floor"}
            for n in range(floors_wanted)
        ]
    )
    rooms = zones.create(
        [
            {"name": f"Room {n}", "parent_id": floors[n // ROOMS_OF_FLOOR].id, "kind": "room"}
            for n in range(wanted["doors"])
        ]
    )
    edges = env["campus.edge"].create(
        [{"name": f"Edge {n}", "state": "active"} for n in range(-(-wanted["doors"] // DOORS_OF_EDGE))]
    )
    readers = env["campus.terminal"].create(
        [
            {"name": f"R{n}", "code": f"R{n}", "purpose": "door", "edge_id": edges[n // DOORS_OF_EDGE].id}
            for n in range(wanted["doors"])
        ]
    )
    doors = env["campus.door"].create(
        [
            {
                "name": f"Door {n}",
                "outer_zone_id": rooms[n].parent_id.id,
                "inner_zone_id": rooms[n].id,
                "in_terminal_id": readers[n].id,
            }
            for n in range(wanted["doors"])
        ]
    )
    return buildings | floors, doors


def make_rights(env, departments, zones):
    schedules = env["campus.schedule"].create(
        [{"name": f"Hours {n}", "window_ids": [(0, 0, {"start_min": 60 * n})]} for n in range(1, 11)]
    )
    values = []
    for number in range(wanted["rules"]):
        domain = [("campus_department_id", "child_of", [DRAW.choice(departments).id])]
        if number % 2:
            domain.append(("campus_role", "in", [DRAW.choice(ROLES)]))
        if number % 50 == 0:
            domain = [("campus_role", "=", DRAW.choice(ROLES))]
        values.append(
            {
                "name": f"Right {number}",
                "domain": repr(domain),
                "zone_ids": [(6, 0, [DRAW.choice(zones).id])],
                "schedule_id": DRAW.choice(schedules).id,
                "effect": "deny" if number % 25 == 7 else "allow",
            }
        )
    return env["campus.access.right"].create(values)


def seconds(work):
    began = time.perf_counter()
    answer = work()
    return time.perf_counter() - began, answer


def change_one(env, edges, departments):
    """``(ms, bytes)`` of one person who changes the department, until the edge's delta is made."""
    taken, sizes = [], []
    people = env["res.partner"].search([("campus_number", "=like", "B%")], limit=5000).ids
    for _ in range(wanted["changes"]):
        env.cr.commit()
        env.invalidate_all()
        since = env["campus.snapshot"]._version()
        edge, person = DRAW.choice(edges), env["res.partner"].browse(DRAW.choice(people))
        began = time.perf_counter()
        person.campus_department_id = DRAW.choice(departments)
        env.cr.precommit.run()
        env.cr.commit()
        built = env["campus.snapshot"]._build(edge, since)
        taken.append((time.perf_counter() - began) * 1000)
        sizes.append(len(built[0]) if built else 0)
    return sorted(taken)[len(taken) // 2], max(taken), max(sizes)


def mismatches(env, edges, doors):
    """Random decisions: as the edge knows it from its list, and as the server does."""
    found = 0
    for edge in DRAW.sample(list(edges), 5):
        part = env["campus.snapshot"]._access(edge, 0)
        on_edge = wire.site_from_wire(json.loads(json.dumps(part)))
        mine = doors.browse(list(on_edge.doors))
        on_server = env["campus.access.site"]._site(mine)
        profiles = {holder: part["profiles"][name] for _card, holder, name in part["people"]}
        people = env["res.partner"].search([("campus_number", "=like", "B%")], limit=20_000).ids
        for _ in range(wanted["decisions"] // 5):
            holder, door = DRAW.choice(people), DRAW.choice(mine)
            now_ms = 1_780_000_000_000 + DRAW.randrange(30_000_000_000)
            rules = (
                tuple(profiles.get(holder, ())),
                env["campus.access.site"]._rules_of(people_of(env, holder)),
            )
            one, other = (
                decide(site, site.doors[door.id], "in", types.Person(holder, listed), types.State(), now_ms)
                for site, listed in zip((on_edge, on_server), rules, strict=True)
            )
            found += one != other
    return found


def people_of(env, holder):
    return env["res.partner"].browse(holder)


def main(env):
    company = env.ref("base.main_company")
    env = env(
        context={"allowed_company_ids": [company.id], "tracking_disable": True, "mail_create_nolog": True}
    )
    company = company.with_env(env)
    company._campus_setup()
    departments = make_people(env, company)
    zones, doors = make_places(env)
    rights = make_rights(env, departments, zones)
    env["res.partner"]._cron_settle_access()
    env.cr.commit()
    with env.registry.cursor() as cr:
        cr._cnx.autocommit = True
        cr.execute("VACUUM ANALYZE")
        cr._cnx.autocommit = False
    env.invalidate_all()
    env.registry.clear_cache()
    env.cr.execute("TRUNCATE campus_access_member, campus_access_person, campus_access_profile")
    env.cr.commit()
    full_s, _changed = seconds(lambda: env["campus.access.right"]._refresh_all())
    env.cr.commit()
    again_s, _changed = seconds(lambda: env["campus.access.right"]._refresh_all())
    env.cr.commit()
    edges = doors.edge_ids
    list_s, part = seconds(lambda: env["campus.snapshot"]._access(edges[0], 0))
    env.cr.execute("SELECT count(*) FROM campus_access_member")
    members = env.cr.fetchone()[0]
    env["campus.snapshot"]._build(edges[0], 0)
    change_one(env, edges, departments)
    delta_ms, delta_max_ms, delta_bytes = change_one(env, edges, departments)
    run = {
        "holders": wanted["holders"],
        "doors": len(doors),
        "rules": len(rights),
        "members": members,
        "compile_full_s": round(full_s, 3),
        "compile_again_s": round(again_s, 3),
        "edge_list_s": round(list_s, 3),
        "edge_people": len(part["people"]),
        "compile_delta_ms": round(delta_ms, 1),
        "compile_delta_max_ms": round(delta_max_ms, 1),
        "delta_bytes": delta_bytes,
        "mismatches": mismatches(env, edges, doors),
    }
    print("RUN", json.dumps(run))


main(env)
