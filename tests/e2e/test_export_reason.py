"""Exporting data about people: the dialog asks for the reason, and the server keeps it with what was exported."""

import pytest
from playwright.sync_api import expect

SETUP = """
company = env.company
company._campus_setup()
env = env(context=dict(env.context, no_reset_password=True))
env["res.partner"].create({"name": "Export Lin", "campus_number": f"EXP-{login}", "is_campus_holder": True})
groups = env.ref("base.group_user") + env.ref("campus_card.group_campus_card_manager")
user = env["res.users"].create({"name": login, "login": login, "password": login, "lang": lang,
                                "group_ids": [(6, 0, groups.ids)]})
action = env.ref("campus_card.campus_holder_action")
env.cr.commit()
answer = {"action": action.id, "user": user.id}
"""
LINES = """
answer = env["campus.export.line"].search_read([("user_id", "=", user)], ["model", "export_id", "record_count"])
"""
REASONS = 'answer = env["campus.export"].search([("user_id", "=", user)]).mapped("reason")'


@pytest.mark.parametrize("lang", ["zh_CN", "en_US"])
def test_the_dialog_asks_for_the_reason_and_exports_with_it(server, visit, lang):
    made = server.run(SETUP, login=f"export-{lang}", lang=lang)
    manager = visit(lang).login(f"export-{lang}", page=f"/odoo/action-{made['action']}?view_type=list")
    page = manager.page
    page.locator(".o_list_view thead .o_list_record_selector input").first.check()
    page.locator(".o_control_panel .o_cp_action_menus .dropdown-toggle").last.click()
    page.locator(".o_menu_item:has(.fa-upload)").click()
    reason = page.locator("#o-campus-export-reason")
    expect(reason).to_be_visible()
    manager.shot("export reason")
    page.set_viewport_size({"width": 390, "height": 844})
    expect(reason).to_be_visible()
    manager.shot("export reason 390")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.set_viewport_size({"width": 1366, "height": 900})
    page.locator(".o_select_button").click()
    expect(page.locator(".o_notification")).to_be_visible()
    assert server.run(LINES, user=made["user"]) == []
    reason.fill("Student council, for the list of canteens")
    with page.expect_download():
        page.locator(".o_select_button").click()
    (line,) = server.run(LINES, user=made["user"])
    assert (line["model"], line["export_id"][1]) == (
        "res.partner",
        "Student council, for the list of canteens",
    )
    # for an hour nobody is asked again
    expect(reason).to_have_count(0)
    assert manager.errors == []


def test_a_list_that_is_exported_as_it_stands_asks_too(server, visit):
    made = server.run(SETUP, login="export-all", lang="en_US")
    manager = visit("en_US").login("export-all", page=f"/odoo/action-{made['action']}?view_type=list")
    page = manager.page
    expect(page.locator(".o_list_view")).to_be_visible()
    page.locator(".o_control_panel .o_cp_action_menus .fa-cog").first.click()
    page.locator(".o_export_all_menu").click()
    reason = page.locator("#o-campus-export-reason")
    reason.fill("For the register of the library")
    with page.expect_download():
        page.locator(".o_campus_export_go").click()
    assert server.run(REASONS, user=made["user"]) == ["For the register of the library"]
    page.locator(".o_control_panel .o_cp_action_menus .fa-cog").first.click()
    with page.expect_download():
        page.locator(".o_export_all_menu").click()
    assert len(server.run(LINES, user=made["user"])) == 2
