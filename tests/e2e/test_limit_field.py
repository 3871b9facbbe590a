"""A limit of 0 is no limit: the wallet's form says so in words, where it can be typed over."""

from playwright.sync_api import expect

SETUP = """
company = env.company
company._campus_setup()
env = env(context=dict(env.context, no_reset_password=True))
holder = env["res.partner"].create({"name": "Limit Lin", "campus_number": "LIMIT-1", "is_campus_holder": True})
card = env["campus.card"].create({"partner_id": holder.id})
groups = env.ref("base.group_user") + env.ref("campus_card.group_campus_card_manager")
env["res.users"].create({"name": "limits", "login": "limits", "password": "limits", "lang": "zh_CN",
                         "group_ids": [(6, 0, groups.ids)]})
action = env.ref("campus_card.campus_wallet_action")
env.cr.commit()
answer = {"action": action.id, "wallet": card.wallet_id.id}
"""
SAVED = 'answer = env["campus.wallet"].browse(wallet).limit_day_minor'


def test_a_wallet_without_limits_says_so_in_words(server, visit):
    made = server.run(SETUP)
    manager = visit("zh_CN").login("limits", page=f"/odoo/action-{made['action']}/{made['wallet']}")
    page = manager.page
    words = {"limit_purchase": "不限", "limit_day": "不限", "pin_above": "从不"}
    for name, word in words.items():
        box = page.locator(f".o_field_widget[name={name}]")
        expect(box.locator("input")).to_have_attribute("placeholder", word)
        expect(box.locator("input")).to_have_value("")
        expect(box).not_to_contain_text("0.00")
    manager.shot("wallet without limits")
    page.locator(".o_field_widget[name=limit_day] input").fill("30")
    page.locator(".o_form_button_save").click()
    expect(page.locator(".o_form_saved, .o_form_status_indicator_buttons.invisible").first).to_be_attached()
    assert server.run(SAVED, wallet=made["wallet"]) == 3000
    assert manager.errors == []
