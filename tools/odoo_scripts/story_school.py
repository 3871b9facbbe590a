"""Odoo shell: one small school per language for the canteen story; prints what a test must know.

Each school is a company of its own with the Chinese chart of accounts, a canteen till
with three products, and one user per duty whose login is also the password.

Environment: CAMPUS_STORY = {"languages": [code, ...]}.
"""

import datetime as dt
import json
import os
from zoneinfo import ZoneInfo

from odoo.fields import Command

# In English and in Chinese. Prices are in cents without taxes, so they are what the cards pay.
SCHOOL = ("Jiangzhou University", "江州大学")
TILL = ("Canteen 1, Counter 3", "一食堂三号窗口")
CASH = ("Cash", "现金")
PRODUCTS = (
    (("Braised Pork Set", "红烧肉套餐"), 1550),
    (("Rice", "米饭"), 100),
    (("Soy Milk", "豆浆"), 320),
)
CARD = "campus_card.group_campus_card_"
USERS = {
    "office": (("Wang Jing", "王静"), CARD + "manager"),
    "clerk": (("Li Xiaolan", "李晓兰"), CARD + "clerk"),
    "cashier": (("Zhang Wei", "张伟"), "point_of_sale.group_pos_user"),
    "finance": (("Chen Min", "陈敏"), CARD + "finance"),
}


def time_zone():
    """Shanghai, or Tokyo if the day in Shanghai might end during the test."""
    return "Asia/Tokyo" if dt.datetime.now(ZoneInfo("Asia/Shanghai")).hour == 23 else "Asia/Shanghai"


def make_school(env, language):
    """A company with books, cards, a till and its users."""

    def say(texts):
        return texts[language == "zh_CN"]

    company = env["res.company"].create(
        {
            "name": say(SCHOOL),
            "country_id": env.ref("base.cn").id,
            "currency_id": env.ref("base.CNY").id,
        }
    )
    company.partner_id.write({"lang": language, "tz": time_zone()})
    env["account.chart.template"].try_loading("cn", company, install_demo=False)
    env = env(context={"lang": language, "tracking_disable": True, "allowed_company_ids": [company.id]})
    company.with_env(env)._campus_setup_pos()
    return {
        "company": company.id,
        "name": company.name,
        "time_zone": time_zone(),
        "users": {
            duty: make_user(env, f"story-{duty}-{language}", say(names), group)
            for duty, (names, group) in USERS.items()
        },
        "till": make_till(env, say(TILL), say(CASH)),
        "products": [make_product(env, say(names), minor) for names, minor in PRODUCTS],
    }


def make_user(env, login, name, group):
    env["res.users"].create(
        {
            "name": name,
            "login": login,
            "password": login,
            "lang": env.context["lang"],
            "tz": time_zone(),
            "company_id": env.company.id,
            "company_ids": [Command.set(env.company.ids)],
            "group_ids": [Command.set([env.ref("base.group_user").id, env.ref(group).id])],
        }
    )
    return login


def make_till(env, name, cash_name):
    journal = env["account.journal"].create({"name": cash_name, "type": "cash", "code": "TILL"})
    cash = env["pos.payment.method"].create({"name": cash_name, "journal_id": journal.id})
    till = env["pos.config"].create({"name": name, "payment_method_ids": [Command.set(cash.ids)]})
    till._campus_setup_pos()
    return {"name": name, "cash": cash_name}


def make_product(env, name, price_minor):
    env["product.product"].create(
        {
            "name": name,
            "company_id": env.company.id,
            "available_in_pos": True,
            "list_price": price_minor / 100,
            "taxes_id": [Command.clear()],
        }
    )
    return {"name": name, "price_minor": price_minor}


wanted = json.loads(os.environ["CAMPUS_STORY"])
env = env(user=env.ref("base.user_root"), su=True)
env.ref("base.CNY").active = True
# A browser under test on a busy machine types slower than a card reader.
env["ir.config_parameter"].set_param("barcode.max_time_between_keys_in_ms", "3000")
schools = {language: make_school(env, language) for language in wanted["languages"]}
env.cr.commit()
# A running server must not use what it has cached before.
env.registry.signal_changes()
print("STORY " + json.dumps(schools))
