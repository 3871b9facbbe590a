"""Two people decide about held taps at the same moment, on real connections."""

SETUP = """
import time
import uuid as uuids
from odoo.addons.campus_card.campus_core.taps import wire
from odoo.addons.campus_terminal.edge_auth import Edge

env.company._campus_setup()
# every tap is above what an edge may charge by itself, as it has been since the company is there: a cap that is
# lowered now counts for lists from after the transactions that are open, also those of other tests
assert env.company.campus_offline_tap_minor < min(amounts)
env.company.campus_debt_limit_minor = debt_limit_minor
holder = env["res.partner"].create({"name": "Sun Li", "campus_number": number})
card = env["campus.card"].create({"partner_id": holder.id, "uid": uid})
card._hand_over()
merchant = env["campus.account"].create({"name": "Line", "code": number.lower(), "kind": "merchant"})
record = env["campus.edge"].create({"name": number, "uuid": str(uuids.uuid4()), "state": "active"})
env["campus.terminal"].create({
    "name": "Line", "code": number, "edge_id": record.id, "merchant_id": merchant.id, "amount_mode": "keyed",
})
env.cr.commit()
edge = Edge(record.id, record.company_id.id, record.uuid, "active")
entries, prev = [], wire.ZERO_HASH
for seq, amount in enumerate(amounts, 1):
    entries.append(list(wire.TapEntry(
        seq, "tap", str(uuids.uuid4()), number, int(time.time() * 1000), "pay", f"uid:{uid}", card.id, amount,
        "told", "granted", "ok", None, 1 << 40)))
body = {"journal": str(uuids.uuid4()), "prev": prev, "head_seq": len(entries), "entries": entries}
codes = [one["code"] for one in env["campus.taps"].sudo()._take(edge, body)["answers"]]
env.cr.commit()
reviews = env["campus.tap.review"].search([("edge_id", "=", record.id)])
env.cr.commit()
answer = {"codes": codes, "reviews": reviews.sorted("id").ids, "wallet": card.wallet_id.id}
"""
# Each sees the database as it was before the other began.
BOTH = """
import threading
from odoo.exceptions import UserError

env.cr.commit()
both, said = threading.Barrier(2), {}

def press(name, call):
    with env.registry.cursor() as cr:
        own = env(cr=cr)
        own["campus.tap.review"].browse(reviews).mapped("state")
        both.wait()
        try:
            said[name] = call(own["campus.tap.review"])
        except UserError as error:
            said[name] = str(error)

calls = {
    "one by one": [lambda model: model.browse(reviews[0])._decide("charge", "Mine"),
                   lambda model: model.browse(reviews[1])._decide("charge", "Mine too")],
    "together": [lambda model: len(model.browse(reviews)._decide_all("charge", "Mine"))] * 2,
}
threads = [threading.Thread(target=press, args=pair) for pair in enumerate(calls[way])]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
env.cr.commit()
env.invalidate_all()
record = env["campus.wallet"].browse(wallet)
taps = env["campus.tap.review"].browse(reviews)
answer = {
    "said": [said.get(number) for number in range(2)], "debt": record.debt_minor,
    "charged": taps.mapped("charged_minor"), "states": taps.mapped("state"),
    "booked": sum(env["campus.transfer"].search([("wallet_id", "=", wallet)]).mapped("amount_minor")),
}
"""


def test_two_reviewers_together_do_not_exceed_the_ceiling_of_debt(server):
    made = server.run(SETUP, number="E2E-RV1", uid="04E27B01", amounts=[6000, 6000], debt_limit_minor=6000)
    assert made["codes"] == ["held", "held"]
    result = server.run(BOTH, way="one by one", reviews=made["reviews"], wallet=made["wallet"])
    assert (result["debt"], sorted(result["charged"])) == (6000, [0, 6000]), result
    assert sorted(result["states"]) == ["open", "settled"]
    assert sum("would owe more" in (words or "") for words in result["said"]) == 1, result["said"]


def test_two_who_press_charge_all_together_charge_each_tap_once(server):
    amounts = [6001, 6002, 6003, 6004]
    made = server.run(SETUP, number="E2E-RV2", uid="04E27B02", amounts=amounts, debt_limit_minor=30_000)
    assert made["codes"] == ["held"] * 4
    result = server.run(BOTH, way="together", reviews=made["reviews"], wallet=made["wallet"])
    assert (result["booked"], result["charged"]) == (sum(amounts), amounts), result
    assert set(result["states"]) == {"settled"}
    assert sum(result["said"]) == 4, "what one has decided is left out for the other"
