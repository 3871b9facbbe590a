"""A school with a kiosk in its lobby, and a person in front of it."""

from playwright.sync_api import expect

from support.topup import UNIVERSITY

SCHOOL = """
env["campus.kiosk"].create({"name": kiosk_name, "company_id": company.id})
env.cr.commit()
answer = {"company": company.id, "canteen": canteen.id}
"""
HOLDER = """
import uuid
env = env(context={**env.context, "no_reset_password": True, "tracking_disable": True})
company = env["res.company"].browse(company)
env.user.company_ids += company
env = env(context={**env.context, "allowed_company_ids": company.ids})
company = company.with_env(env)
department = env["campus.department"].search([("company_id", "=", company.id)], limit=1) or (
    env["campus.department"].create({"name": department_name, "code": "K-1", "company_id": company.id}))
holder = env["res.partner"].create({
    "name": name, "campus_number": number, "campus_role": "student", "company_id": company.id,
    "campus_department_id": department.id})
card = env["campus.card"].create({"partner_id": holder.id, "uid": uid, "company_id": company.id})
card._hand_over()
env["res.users"].create({
    "name": name, "login": number, "password": number, "lang": lang, "partner_id": holder.id,
    "company_id": company.id, "company_ids": [(6, 0, company.ids)],
    "group_ids": [(6, 0, env.ref("base.group_portal").ids)]})
def move(kind, account, minor):
    env["campus.ledger"]._post([{"uuid": str(uuid.uuid4()), "kind": kind, "wallet_id": card.wallet_id.id,
                                 "account_id": account.id, "amount_minor": minor}])
move("topup", env["campus.account"]._system("cash_desk"), 10000)
for minor in (1250, 880, 1500):
    move("purchase", env["campus.account"].browse(canteen), minor)
code = env["campus.emergency"]._renew(holder, company)
env.cr.commit()
answer = {"name": name, "number": number, "uid": uid, "code": code, "wallet": card.wallet_id.id,
          "card": card.id, "login": number}
"""
KEY = """
company = env["res.company"].browse(company)
env.user.company_ids += company
env.user.group_ids += env.ref("campus_card.group_campus_card_manager")
kiosk = env["campus.kiosk"].search([("company_id", "=", company.id)])
answer = kiosk.action_open_here()["url"]
env.cr.commit()
"""
NAMES = {
    "zh_CN": {
        "school_name": "湖滨大学",
        "shop_name": "第一食堂 · 3 号窗口",
        "kiosk_name": "一号楼大厅",
        "department_name": "物理学院",
        "name": "林晓雨",
    },
    "en_US": {
        "school_name": "Lakeside University",
        "shop_name": "Canteen 1, window 3",
        "kiosk_name": "Main Hall",
        "department_name": "Physics",
        "name": "Alice Lin",
    },
}
TARGET_PX = 56
TARGETS = """() => [...document.querySelectorAll("button, input, [data-go], summary")]
    .filter((element) => element.checkVisibility() && element.type !== "hidden")
    .map((element) => [element.textContent.trim() || element.name || element.ariaLabel, element.getBoundingClientRect()])
    .filter(([, box]) => Math.min(box.width, box.height) < TARGET)
    .map(([name, box]) => `${name}: ${Math.round(box.width)}x${Math.round(box.height)}`)"""


class School:
    """A university of its own for one language."""

    def __init__(self, server, language):
        self.server, self.language, self.count = server, language, 0
        names = NAMES[language]
        self.ids = server.run(
            UNIVERSITY + SCHOOL,
            name=names["school_name"],
            shop_name=names["shop_name"],
            kiosk_name=names["kiosk_name"],
        )

    def holder(self):
        """A new holder with 63.70 and a card: ``{name, number, uid, code, wallet, card, login}``."""
        self.count += 1
        chinese = self.language == "zh_CN"
        names = NAMES[self.language]
        return self.server.run(
            HOLDER,
            **self.ids,
            lang=self.language,
            name=names["name"],
            department_name=names["department_name"],
            number=f"K{'ZE'[chinese]}{self.count:04d}",
            uid=f"04{'AB'[chinese]}1{self.count:04d}",
        )

    def key_url(self):
        """Address with which a manager opens the kiosk in its browser."""
        return self.server.run(KEY, company=self.ids["company"])


class Lobby:
    """A person in front of the machine: holds up cards, presses keys, looks."""

    def __init__(self, visitor, school, size, scheme="light"):
        self.visitor, self.page, self.size, self.scheme = visitor, visitor.page, size, scheme
        # what would open the print dialog of a real machine is counted
        self.page.add_init_script("window.printed = 0; window.print = () => { window.printed++; };")
        self.page.set_viewport_size({"width": size[0], "height": size[1]})
        self.page.emulate_media(color_scheme=scheme)
        self.page.goto(school.key_url())
        expect(self.page.locator(".screen-start")).to_be_visible()

    def hold(self, text):
        """A reader types what it reads and presses Enter."""
        self.page.keyboard.type(text)
        self.page.keyboard.press("Enter")

    def press(self, keys):
        """Press keys on the screen, then the key that goes on."""
        for key in keys:
            self.page.locator(f".pad [data-key='{key}']:visible").click()
        self.page.locator(".pad-ok:visible").click()

    def go(self, part):
        self.page.locator(f"[data-go='/campus/kiosk/{part}']").first.click()

    def sees(self, selector):
        expect(self.page.locator(selector).first).to_be_visible()

    def shot(self, name):
        width, height = self.size
        return self.visitor.shot(f"kiosk {name} {width}x{height} {self.scheme}")

    def small_targets(self):
        """What is too small for a finger."""
        return self.page.evaluate(TARGETS.replace("TARGET", str(TARGET_PX)))
