"""A device manager adds the keys of chips on the screen, sees them once, and retires them."""

import pytest
from playwright.sync_api import expect

PHONE = {"width": 390, "height": 844}
MASTER = "00112233445566778899AABBCCDDEEFF"
SETUP = """
env.company._campus_setup()
env["res.users"].create({
    "name": "Qian Li", "login": f"chips-{language}", "password": f"chips-{language}", "lang": language,
    "group_ids": [(4, env.ref("campus_card.group_campus_card_device_manager").id)],
})
env.cr.commit()
"""
WORDS = {
    "en_US": {"retire": "Retire", "retired": "Retired"},
    "zh_CN": {"retire": "停用", "retired": "已停用"},
}


@pytest.mark.parametrize("language", ["en_US", "zh_CN"])
def test_a_version_is_added_with_typed_keys_that_nobody_sees_again_and_retired(server, visit, language):
    server.run(SETUP, language=language)
    words = WORDS[language]
    manager = visit(language).login(f"chips-{language}", page="/odoo/campus-chip-keys")
    page = manager.page
    page.locator(".o_list_button_add").first.click()
    drawn = page.locator("[name=meta_typed] input").input_value()
    assert len(drawn) == len(MASTER), "a key is drawn, and shown for the machine that writes the chips"
    page.locator("[name=master_typed] input").fill(MASTER.lower())
    manager.shot("chip key new")
    page.set_viewport_size(PHONE)
    manager.shot("chip key new phone")
    page.set_viewport_size({"width": 1366, "height": 900})
    page.locator(".o_form_button_save").click()
    page.get_by_role("button", name=words["retire"], exact=True).wait_for()
    number = page.locator(".o_field_widget[name=number]").inner_text()
    assert server.query(f"SELECT master_key, meta_key FROM campus_chip_key WHERE number = {number}") == [
        [MASTER, drawn]
    ]
    page.reload()
    page.get_by_role("button", name=words["retire"], exact=True).wait_for()
    manager.shot("chip key")
    shown = page.content().upper()
    assert MASTER not in shown and drawn not in shown
    page.get_by_role("button", name=words["retire"], exact=True).click()
    page.locator(".modal .btn-primary").click()
    expect(page.locator(".o_statusbar_status .o_arrow_button_current")).to_have_text(words["retired"])
    page.goto("/odoo/campus-chip-keys")
    expect(page.locator(".o_data_row").first).to_contain_text(words["retired"])
    manager.shot("chip keys")
    assert server.query(
        f"SELECT count(*) FROM campus_chip_key WHERE number = {number} AND master_key IS NULL"
    ) == [["1"]]
    assert manager.errors == []
