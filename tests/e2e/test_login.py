"""The smallest walk through the whole house: log in, see the backend in one's own language."""

import pytest
from playwright.sync_api import expect

CREATE_USER = """
env["res.users"].create({
    "name": login, "login": login, "password": login, "lang": language,
    "group_ids": [(4, env.ref("campus_card.group_campus_card_clerk").id)],
})
env.cr.commit()
"""
SEARCH = {"zh_CN": "搜索...", "en_US": "Search..."}


@pytest.mark.parametrize("language", ["zh_CN", "en_US"])
def test_a_clerk_logs_in_and_sees_the_backend_in_their_own_language(server, visit, language):
    login = f"login-{language}"
    server.run(CREATE_USER, login=login, language=language)
    clerk = visit(language).login_by_page(login)
    clerk.page.goto("/odoo/action-campus_card.campus_card_action")
    expect(clerk.page.locator(".o_control_panel")).to_be_visible()
    expect(clerk.page.locator(".o_searchview_input")).to_have_attribute("placeholder", SEARCH[language])
    clerk.shot("login backend")
    assert clerk.errors == []
