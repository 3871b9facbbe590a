"""Odoo shell: hand batches of taps to ``campus.taps`` without HTTP, from one process per edge.

Environment: CAMPUS_TAPS = {"uids", "edges", "size", "seconds"}. Prints DIRECT and JSON.
"""

import json
import os
import random
import sys
import time
import uuid

import odoo
from odoo import sql_db
from odoo.addons.campus_card.campus_core.taps import wire
from odoo.addons.campus_terminal.edge_auth import Edge
from odoo.modules.registry import Registry

wanted = json.loads(os.environ["CAMPUS_TAPS"])
database, company_id = env.cr.dbname, env.company.id


def batches(edge, count, draw):
    journal, seq, prev = str(uuid.uuid4()), 0, wire.ZERO_HASH
    made = []
    for _ in range(count):
        first, entries = prev, []
        now_ms = time.time_ns() // 1_000_000
        for _number in range(wanted["size"]):
            seq += 1
            text = f"{now_ms:012x}7{seq & 0xFFF:03x}8{draw.getrandbits(60):015x}"
            entry = wire.TapEntry(
                seq,
                "tap",
                str(uuid.UUID(text)),
                edge["terminal"],
                now_ms,
                "pay",
                f"uid:{draw.choice(wanted['uids'])}",
                None,
                None,
                "ask",
                None,
                None,
                None,
                0,
            )
            prev = wire.chain_hash(prev, entry)
            entries.append(list(entry))
        made.append({"journal": journal, "head_seq": seq, "prev": first, "entries": entries})
    return made


def work(edge, pipe):
    sql_db.close_all()
    count = max(4, int(25_000 * wanted["seconds"] / wanted["size"])) if wanted["size"] > 1 else 5000
    made = batches(edge, count, random.Random(edge["uuid"] + str(time.time())))
    who = Edge(edge["id"], company_id, edge["uuid"], "active")
    taps, began = 0, time.monotonic()
    for body in made:
        if time.monotonic() - began > wanted["seconds"]:
            break
        with Registry(database).cursor() as cr:
            taken = odoo.api.Environment(cr, 1, {"allowed_company_ids": [company_id]})["campus.taps"]._take(
                who, body
            )
        assert all(answer["outcome"] == "granted" for answer in taken["answers"]), taken["answers"][0]
        taps += wanted["size"]
    os.write(pipe, json.dumps([taps, time.monotonic() - began]).encode() + b"\n")
    sys.stdout.flush()
    os._exit(0)


env.cr.rollback()
reader, writer = os.pipe()
for edge in wanted["edges"]:
    if os.fork() == 0:
        work(edge, writer)
os.close(writer)
rates = []
with os.fdopen(reader) as lines:
    rates += [json.loads(line) for line in lines]
assert len(rates) == len(wanted["edges"]), "a process has failed"
print("DIRECT " + json.dumps({"taps_per_s": round(sum(taps / seconds for taps, seconds in rates), 1)}))
