"""Doors of a real edge on a real server: PINs from the portal, a controller board, names for a muster."""

import time

import pytest
from playwright.sync_api import expect

from campus_core.access.board import ALWAYS, NEVER
from campus_core.taps import alone
from campus_edge.doors import boards
from campus_edge.doors.board_config import BoardConfig
from campus_edge.ports.uhppote_port import BoardEvent
from campus_edge.protocols import osdp_reports
from campus_edge.server import identity
from support.edge_rig import until
from support.stall import Stall

ALARM_WITHIN_S = 2.0
UID = "04E2D00A"
SERIAL = 423187757
SETUP = """
company = env.company
company._campus_setup()
holder = env["res.partner"].create({"name": "Qian Mei", "campus_number": "20260077", "campus_role": "staff"})
env["res.users"].with_context(no_reset_password=True).create({
    "login": "e2e_qian", "password": "e2e_qian", "name": "Qian Mei", "partner_id": holder.id, "lang": "zh_CN",
    "group_ids": [(6, 0, env.ref("base.group_portal").ids)]})
card = env["campus.card"].create({"partner_id": holder.id, "uid": uid})
card._hand_over()
edge = env["campus.edge"].create({"name": "Laboratory", "board_form": "w34_be", "is_muster_point": True})
outside = env["campus.zone"].create({"name": "Outside", "kind": "outside"})
laboratory = env["campus.zone"].create({"name": "Laboratory", "kind": "room", "parent_id": outside.id})
reader = env["campus.terminal"].create({"name": "Lab", "code": "E2E-LAB", "purpose": "door", "edge_id": edge.id})
env["campus.door"].create({"name": "Lab door", "outer_zone_id": outside.id, "inner_zone_id": laboratory.id,
                           "in_terminal_id": reader.id, "needs_pin": True})
hall = env["campus.zone"].create({"name": "Hall", "parent_id": outside.id})
reader = env["campus.terminal"].create({"name": "Hall", "code": "E2E-HALL", "purpose": "door", "edge_id": edge.id})
env["campus.door"].create({"name": "Hall door", "outer_zone_id": outside.id, "inner_zone_id": hall.id,
                           "in_terminal_id": reader.id})
env["campus.access.right"].create({"name": "Qian", "who": "people", "partner_ids": [(6, 0, holder.ids)],
                                   "zone_ids": [(6, 0, (laboratory | hall).ids)]})
answer = {"code": edge._new_pairing_code(), "edge": edge.id, "card": card.id, "holder": holder.id}
env.cr.commit()
"""
PASSAGES = "SELECT code, partner_id FROM campus_passage WHERE edge_id = {} ORDER BY id"
OF_BOARD = "SELECT partner_id, code FROM campus_passage WHERE credential LIKE 'board:423187757:%' ORDER BY id"


@pytest.fixture(scope="module")
def made(server):
    return server.run(SETUP, uid=UID)


@pytest.fixture(scope="module")
def door(server, made, tmp_path_factory):
    folder = tmp_path_factory.mktemp("door")
    paired = identity.pair(made["code"], server.url, folder, allow_plain_http=True, ca_file=None)
    with pytest.MonkeyPatch.context() as patch:
        # a card is shown again faster than people do
        patch.setattr(osdp_reports, "CARD_HOLD_MS", 0)
        patch.setattr(alone, "DUPLICATE_MS", 0)
        with Stall(paired, folder, terminal="E2E-LAB", relay=0) as running:
            yield running


def go_in(door, keys):
    """Card and PIN; what the reader was told to do, and when the PIN was keyed."""
    door.show(UID)
    door.shows("Key the door PIN")
    door.reader.is_opened()
    at = time.monotonic()
    door.reader.press(keys)
    assert until(door.reader.is_opened)
    assert until(lambda: texts_of(told(door)))
    commands = told(door)
    with door.reader.wire.lock:
        door.reader.wire.device.commands.clear()
    return at, commands[: commands.index(texts_of(commands)[0]) + 1]


def told(door):
    """What the reader was told to do, but for the stars, which follow the speed of the keys."""
    with door.reader.wire.lock:
        commands = list(door.reader.wire.device.commands)
    return [one for one in commands if one["name"] != "TEXT" or "*" not in one["data"]]


def texts_of(commands):
    return [one for one in commands if one["name"] == "TEXT"]


def test_a_pin_from_the_portal_opens_and_the_one_under_duress_calls_the_guards(server, made, door, visit):
    visitor = visit("zh_CN").login("e2e_qian", page="/my/card/doors/pin")
    page = visitor.page
    page.fill("input[name=proof]", "e2e_qian")
    page.fill("input[name=new]", "2580")
    page.fill("input[name=again]", "2580")
    page.locator("form.sheet button").click()
    expect(page.locator(".note-good")).to_be_visible()
    page.set_viewport_size({"width": 390, "height": 844})
    visitor.shot("door pin")
    assert until(lambda: door.edge.snapshot.access.pin(made["card"]))

    query = PASSAGES.format(made["edge"])
    person = str(made["holder"])
    _at, plain = go_in(door, "2580#")
    assert until(lambda: server.query(query) == [["ok", person]])
    at, forced = go_in(door, "2581#")
    assert until(lambda: ["duress", person] in server.query(query))
    took_s = time.monotonic() - at
    assert took_s < ALARM_WITHIN_S, f"{took_s:.2f} s"
    assert forced == plain


def test_a_board_gets_the_card_and_its_passage_is_the_persons(server, made, door, tmp_path):
    """The board's own protocol is tried with its library in ``tests/unit/test_edge_uhppote.py``."""
    edge = door.edge
    around = boards.Around(
        edge.snapshot, edge.journal, edge.clock, tmp_path, edge.doors.is_free, edge.doors.is_locked,
        lambda: edge.snapshot.version, edge.doors.board_took, edge.sender.wake,
    )  # fmt: skip
    board = boards.Board(BoardConfig(SERIAL, "", (("E2E-HALL", ""),)), around)
    number = int(UID, 16)
    assert board.wanted().plan.cards[number].doors == (ALWAYS, NEVER, NEVER, NEVER)
    swipe = BoardEvent(1, boards.SWIPE, 1, True, number, True, 1, None)
    board.keep([swipe, swipe._replace(seq=2, number=number + 1, granted=False, reason=6)])
    assert until(lambda: server.query(OF_BOARD) == [[str(made["holder"]), "ok"], ["", "unknown_card"]], 30)


def test_a_muster_point_lists_people_by_name(door):
    zones = {
        zone["name"]: [one["name"] for one in zone["people"]] for zone in door.edge.doors.muster()["zones"]
    }
    assert zones == {"Hall": ["Qian Mei"], "Laboratory": []}
