"""Every menu of the campus, opened by the administrator in one browser session."""

import pytest
from playwright.sync_api import expect

#: A user with every right there is, and what the menus show such a one.
MENUS = """
groups = env["res.groups"].browse(env["ir.model.data"].search([
    ("module", "=like", "campus_%"), ("model", "=", "res.groups"), ("name", "not like", "auditor"),
]).mapped("res_id"))
groups |= env.ref("base.group_system") + env.ref("point_of_sale.group_pos_manager")
user = env["res.users"].create({
    "name": "Menus", "login": f"menus-{lang}", "password": f"menus-{lang}", "lang": lang, "tz": "Asia/Shanghai",
    "group_ids": [(6, 0, (groups + env.ref("base.group_user")).ids)],
})
root = env.ref("campus_card.campus_menu_root")
every = env["ir.ui.menu"].search([("id", "child_of", root.id), ("action", "!=", False)])
seen = every.with_user(user)._visible_menu_ids()
env.cr.commit()
answer = {
    "menus": [[menu.id, menu.complete_name] for menu in every],
    "hidden": [menu.complete_name for menu in every if menu.id not in seen],
    "unexplained": [
        menu.complete_name for menu in every
        if menu.action._name == "ir.actions.act_window" and menu.action.target != "new"
        and menu.action.view_mode != "form" and not (menu.action.with_context(lang=lang).help or "").strip()
    ],
}
"""
OPEN = """
async (id) => {
    const { menu } = odoo.__WOWL_DEBUG__.root.env.services;
    return menu.selectMenu(id).then(() => "", (error) => String(error.data?.message || error));
}
"""
FAULTS = ".o_error_dialog, .modal .alert-danger, .o_notification_bar.bg-danger"


@pytest.mark.parametrize("lang", ["zh_CN"])
def test_every_menu_opens_without_an_error_and_says_what_an_empty_list_is_for(server, visit, lang):
    asked = server.run(MENUS, lang=lang)
    assert asked["hidden"] == []
    assert asked["unexplained"] == []
    admin = visit(lang).login(f"menus-{lang}")
    page = admin.page
    page.wait_for_selector(".o_main_navbar")
    page.wait_for_function("odoo.__WOWL_DEBUG__")
    failed = []
    for menu, name in asked["menus"]:
        refused = page.evaluate(OPEN, menu)
        expect(
            page.locator(".o_action_manager > *, .modal .o_form_view, .o_error_dialog").first
        ).to_be_visible()
        if refused or page.locator(FAULTS).count() or admin.errors:
            failed.append((name, refused, admin.errors[:], page.locator(FAULTS).all_inner_texts()))
            admin.errors.clear()
            admin.shot(f"menu failed {menu}")
        while left := page.locator(".modal").count():
            page.keyboard.press("Escape")
            expect(page.locator(".modal")).to_have_count(left - 1)
    assert len(asked["menus"]) > 30
    assert failed == []
