"""A door of a real edge on a real server: a secretary opens it, a denial is explained, a guard locks it."""

import base64
import re
import struct
import zlib

import pytest
from playwright.sync_api import expect

from campus_edge.server import identity
from support.edge_rig import until
from support.gate import Gate
from support.portal import read_codes

STUDENT, STRANGER = "04D00A01", "04D00A02"
PHONE = {"width": 390, "height": 844}
SETUP = """
company = env.company
company._campus_setup()
env = env(context=dict(env.context, no_reset_password=True, tracking_disable=True))
physics = env["campus.department"].create({"name": "物理系", "code": "e2e-physics"})
def user(login, name, group, **values):
    return env["res.users"].create({
        "login": login, "password": login, "name": name, "lang": "zh_CN", "tz": "Asia/Shanghai",
        "odoobot_state": "disabled", "group_ids": [(6, 0, [env.ref(xmlid).id for xmlid in group])], **values})
holders = []
for login, name, number, uid in people:
    partner = env["res.partner"].create({
        "name": name, "campus_number": number, "campus_role": "student", "company_id": company.id,
        "campus_department_id": physics.id})
    user(login, name, ["base.group_portal"], partner_id=partner.id)
    env["campus.card"].create({"partner_id": partner.id, "uid": uid})._hand_over()
    holders.append(partner.id)
user("e2e_secretary", "系秘书", ["campus_access.group_campus_access_clerk"], campus_department_ids=[(6, 0, physics.ids)])
user("e2e_guard", "保安", ["campus_access.group_campus_access_guard"])
zones = env["campus.zone"]
outside = zones.create({"name": "校外", "kind": "outside"})
house = zones.create({"name": "物理实验楼", "parent_id": outside.id, "own_department_id": physics.id})
edge = env["campus.edge"].create({"name": "Physics house"})
reader = env["campus.terminal"].create({"name": "Physics house", "code": "D01", "edge_id": edge.id, "purpose": "door"})
door = env["campus.door"].create({
    "name": "实验楼正门", "outer_zone_id": outside.id, "inner_zone_id": house.id, "in_terminal_id": reader.id})
plan = env["campus.floor.plan"].create({
    "name": "实验楼一层", "zone_id": house.id, "image": picture, "spot_ids": [(0, 0, {"door_id": door.id, "x": 400, "y": 600})]})
answer = {"code": edge._new_pairing_code(), "edge": edge.id, "door": door.id, "plan": plan.id, "zone": house.id}
env.cr.commit()
"""
PASSAGES = """
answer = env["campus.passage"].sudo().search([("edge_id", "=", edge), ("kind", "!=", "event")], order="id").mapped(
    lambda passage: [passage.outcome, passage.code])
"""
VISIT = """
from datetime import datetime, timedelta
host = env["res.partner"].search([("campus_number", "=", "D2026001")])
visit = env["campus.access.visit"].create({
    "visitor_name": "周启明", "host_id": host.id, "zone_id": zone, "needs_escort": False,
    "valid_until": datetime.now() + timedelta(hours=2)})
answer = {"visit": visit.id, "right": visit.right_id.id, "path": "/card/visit/" + visit.sudo().token}
env.cr.commit()
"""
VISITED = """
answer = env["campus.passage"].sudo().search([("right_id", "=", right)]).mapped("outcome")
"""
CALL_OFF = """
env["campus.access.visit"].browse(visit).action_call_off()
env.cr.commit()
answer = True
"""
HIDE = """() => {
    const seen = (value) => Object.defineProperty(document, "visibilityState", { value, configurable: true });
    seen("hidden");
    document.dispatchEvent(new Event("visibilitychange"));
    seen("visible");
}"""
SPOT = """
spot = env["campus.floor.plan"].browse(plan).spot_ids
answer = [spot.x, spot.y]
"""


def png(width, height):
    """A white picture."""
    rows = b"".join(b"\0" + b"\xff" * width for _row in range(height))

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b"")
    )


@pytest.fixture(scope="module")
def made(server):
    people = [
        ("e2e_door_student", "林晓雨", "D2026001", STUDENT),
        ("e2e_door_stranger", "王强", "D2026002", STRANGER),
    ]
    return server.run(SETUP, people=people, picture=base64.b64encode(png(800, 600)).decode())


@pytest.fixture(scope="module")
def gate(server, made, tmp_path_factory):
    folder = tmp_path_factory.mktemp("gate")
    paired = identity.pair(made["code"], server.url, folder, allow_plain_http=True, ca_file=None)
    with Gate(paired, folder) as running:
        yield running


def choose(page, field, text):
    """Choose a record in a field by its name."""
    page.locator(f"[name={field}] input").first.fill(text)
    page.locator(".o-autocomplete--dropdown-item", has_text=text).first.click()


def choose_on_phone(page, field, text):
    """The same where the page is narrow: from cards."""
    page.locator(f"[name={field}] input").first.click()
    page.locator(".modal .o_kanban_record", has_text=text).last.click()


def test_a_secretary_makes_a_right_after_a_dry_run_and_the_door_opens(gate, visit):
    assert gate.tap(STUDENT) == "access_no_right"
    secretary = visit().login("e2e_secretary", page="/odoo/campus-rights/new")
    page = secretary.page
    page.locator("[name=name] input, [name=name] textarea").first.fill("物理系学生")
    page.locator("[name=who] input[type=radio]").nth(1).check()
    choose(page, "partner_ids", "林晓雨")
    choose(page, "zone_ids", "物理实验楼")
    trial = page.locator("div[name=trial]")
    expect(trial).to_contain_text("林晓雨")
    expect(page.locator("[name=sentence]")).to_contain_text("物理实验楼")
    secretary.shot("doors secretary dry run")
    # nothing is in force before it is saved, and looking at another tab saves nothing
    page.evaluate(HIDE)
    assert gate.answers(STUDENT, "access_no_right")
    page.locator(".breadcrumb-item a, .o_back_button").first.click()
    page.locator(".modal .btn-close").click()
    expect(trial).to_contain_text("林晓雨")
    assert gate.answers(STUDENT, "access_no_right")
    page.locator(".o_form_button_save").click()
    expect(page.locator(".o_form_saved, .o_form_button_save:not(:visible)").first).to_be_attached()
    assert gate.answers(STUDENT, "ok")
    assert secretary.errors == []


def test_a_denial_is_read_in_the_portal_with_its_reason(server, made, gate, visit):
    assert gate.answers(STRANGER, "access_no_right")
    assert gate.told()
    assert ["refused", "access_no_right"] in server.run(PASSAGES, edge=made["edge"])
    holder = visit().login("e2e_door_stranger", page="/my/card/doors")
    holder.page.set_viewport_size(PHONE)
    line = holder.page.locator(".recent li").first
    expect(line).to_contain_text("实验楼正门")
    expect(line).to_contain_text("没有通过此门的权限")
    line.get_by_role("button").click()
    expect(holder.page.locator(".recent li").first).to_contain_text("已")
    holder.shot("doors denial in the portal")
    assert holder.errors == []


def test_a_visitor_opens_the_door_with_the_phone_until_the_visit_is_called_off(server, made, gate, visit):
    announced = server.run(VISIT, zone=made["zone"])
    visitor = visit("zh_CN")
    visitor.page.set_viewport_size(PHONE)
    visitor.page.goto(announced["path"])
    expect(visitor.page.locator("main")).to_contain_text("周启明")
    visitor.page.get_by_role("button", name="显示开门码").click()
    visitor.page.wait_for_selector("#code[data-shown=ready] svg path[d^=M]")
    visitor.shot("doors visitor's code")

    def shown():
        (code,) = read_codes(visitor.shot("doors visitor's code"))
        return gate.scan(code)

    # the edge hears of the visitor a moment later
    assert until(lambda: shown() == "ok")
    assert gate.told()
    assert "granted" in server.run(VISITED, right=announced["right"])
    server.run(CALL_OFF, visit=announced["visit"])
    assert until(lambda: shown() == "phone_revoked")
    assert visitor.errors == []
    visitor.page.reload()
    expect(visitor.page.locator("main")).to_contain_text("来访已结束")
    assert not visitor.page.locator("#code").count()


def test_a_manager_drags_a_door_to_its_place(server, made, visit):
    manager = visit().login("admin", page="/odoo/campus-floor-plans")
    page = manager.page
    page.locator(".o_campus_plan_bar button", has_text=re.compile("移动门|Move doors")).click()
    door = page.locator(f".o_campus_plan_door[data-door='{made['door']}']")
    # the bar above the plan moves it down, and nothing is shown before the picture is there
    expect(page.locator(".o_campus_plan > .alert-info")).to_be_visible()
    expect(door).to_be_visible()
    picture = page.locator(".o_campus_plan_stage img").bounding_box()
    spot = door.bounding_box()
    page.mouse.move(spot["x"] + 15, spot["y"] + 15)
    page.mouse.down()
    page.mouse.move(picture["x"] + picture["width"] / 4, picture["y"] + picture["height"] / 2, steps=4)
    with page.expect_response(re.compile("place_door")):
        page.mouse.up()
    x, y = server.run(SPOT, plan=made["plan"])
    assert abs(x - 250) <= 2
    assert abs(y - 500) <= 2
    manager.shot("doors plan after dragging")
    assert manager.errors == []


def test_a_guard_locks_the_house_by_phone_and_sees_it_on_the_plan(server, made, gate, visit):
    assert gate.answers(STUDENT, "ok")
    guard = visit()
    page = guard.page
    page.set_viewport_size(PHONE)
    guard.login("e2e_guard", page="/odoo/campus-floor-plans")
    door = page.locator(f".o_campus_plan_door[data-door='{made['door']}']")
    expect(door).to_have_attribute("data-state", re.compile("closed|open"))
    # a finger that pulls a door moves the plan, and no door: the guard is no manager
    expect(door).to_be_visible()
    before = server.run(SPOT, plan=made["plan"])
    box = door.bounding_box()
    page.mouse.move(box["x"] + 15, box["y"] + 15)
    page.mouse.down()
    page.mouse.move(box["x"] + 80, box["y"] + 80, steps=4)
    page.mouse.up()
    assert server.run(SPOT, plan=made["plan"]) == before
    page.goto("/odoo/doors")
    page.locator(".o_campus_live_bar .btn-danger").click()
    dialog = page.locator(".modal")
    choose_on_phone(page, "zone_id", "物理实验楼")
    dialog.locator("[name=level] input[type=radio]").nth(1).check()
    dialog.locator("[name=reason] input, [name=reason] textarea").first.fill("威胁")
    guard.shot("doors guard raises a lockdown")
    dialog.locator("button[name=action_raise]").click()
    expect(page.locator(".o_form_view .o_field_widget[name=confirmed_count]").first).to_be_visible()
    assert gate.answers(STUDENT, "access_lockdown")
    assert gate.told()
    assert server.run(PASSAGES, edge=made["edge"])[-1] == ["refused", "access_lockdown"]
    page.goto("/odoo/campus-floor-plans")
    expect(door).to_have_attribute("data-state", "locked_down")
    door.click()
    card = page.locator(".o_campus_plan_card")
    expect(card).to_contain_text("已封锁")
    guard.shot("doors floor plan in a lockdown")
    card.get_by_role("button", name="最近通行记录").click()
    row = page.locator(".o_kanban_record:not(.o_kanban_ghost)").first
    expect(row).to_contain_text("实验楼正门")
    # nobody is named without a reason
    expect(page.locator(".o_kanban_view")).not_to_contain_text("林晓雨")
    guard.shot("doors last passages")
    assert guard.errors == []
