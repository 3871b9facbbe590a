"""An alert on its way to a holder's phone: rule, server, push service, browser, notification.

The push service is a real HTTP endpoint on this machine and the message is opened with a
subscription's keys. The vendors' services cannot be reached from a closed network, so the last
metre is Chromium's own door for it: the message is handed to the worker that the page
registered, which shows a real notification.
"""

import importlib.util
import time
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from campus_cli import paths

WAIT_S = 90
PUSH_SERVICE = paths.ADDONS / "campus_alert" / "tests" / "push_service.py"
SCHOOL = """
company = env.company
company._campus_setup()
env["ir.config_parameter"].set_param("campus_alert.push_local_endpoints", "1")
user = env["res.users"].create({
    "name": "林晓雨", "login": login, "password": login, "lang": language,
    "group_ids": [(6, 0, [env.ref("base.group_portal").id])],
})
user.partner_id.write({"campus_number": login, "company_id": company.id, "email": False})
wallet = env["campus.wallet"]._for_holder(user.partner_id)
merchant = env["campus.account"].search([("code", "=", "phone-line")]) or env["campus.account"].create(
    {"name": "一号窗口", "code": "phone-line", "kind": "merchant"})
env["campus.alert.rule"].search([]).write({"active": False})
rule = env.ref("campus_alert.campus_alert_rule_day_spend")
rule.write({"active": True, "threshold_minor": 50000})
env.cr.commit()
answer = {"wallet": wallet.id, "merchant": merchant.id, "partner": user.partner_id.id}
"""
SPEND = """
import uuid
ledger = env["campus.ledger"]
desk = env["campus.account"]._system("cash_desk", env["campus.wallet"].browse(wallet).company_id)
def post(kind, account, minor):
    found = ledger._post([{"uuid": str(uuid.uuid4()), "kind": kind, "wallet_id": wallet,
                           "account_id": account, "amount_minor": minor}])[0]
    assert found["ok"], found
post("topup", desk.id, 100000)
post("purchase", merchant, 52340)
env.cr.commit()
env.ref("campus_alert.ir_cron_run")._trigger()
env.cr.commit()
"""
SHOWN = """(await (await navigator.serviceWorker.getRegistration("/my/card/alerts")).getNotifications())
    .map(({title, body, tag, data}) => ({title, body, tag, data}))[0]"""
WORDS = {
    "zh_CN": {"title": "一天消费超过 500", "body": "今天已支付", "button": "在此设备上通知我"},
    "en_US": {
        "title": "A day's spend over 500",
        "body": "Your card has paid",
        "button": "Tell me on this device",
    },
}


@pytest.fixture(scope="module")
def push():
    """The push service and browser keys that the addon's tests use."""
    spec = importlib.util.spec_from_file_location("push_service", PUSH_SERVICE)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def until_true(page, expression):
    """Evaluate a JavaScript expression (it may await) until it is true; its value."""
    until = time.monotonic() + WAIT_S
    while not (value := page.evaluate(f"async () => {expression}")):
        assert time.monotonic() < until, expression
        page.wait_for_timeout(100)
    return value


def register_worker(page):
    """Register the page's worker; the id under which Chromium knows the worker it registered."""
    session = page.context.new_cdp_session(page)
    found = []
    session.on(
        "ServiceWorker.workerRegistrationUpdated",
        lambda event: found.extend(
            one
            for one in event["registrations"]
            if one["scopeURL"].endswith("/my/card/alerts") and not one["isDeleted"]
        ),
    )
    session.send("ServiceWorker.enable")
    page.evaluate("navigator.serviceWorker.register('/my/card/alerts/worker.js', {scope: '/my/card/alerts'})")
    until_true(
        page,
        "(await navigator.serviceWorker.getRegistration('/my/card/alerts'))?.active?.state === 'activated'",
    )
    deadline = time.monotonic() + WAIT_S
    while not found:
        # Chromium's events are heard while the page is asked something
        page.evaluate("new Promise((resolve) => requestAnimationFrame(resolve))")
        assert time.monotonic() < deadline, "Chromium tells of no registration"
    return session, found[-1]["registrationId"]


def wait_until_sent(server, partner):
    """Wait for the server's own clock to find the alert and to send it."""
    states = "SELECT state, error FROM campus_alert_delivery WHERE channel = 'push' AND partner_id = %s"
    until = time.monotonic() + WAIT_S
    while (found := server.query(states % partner)) != [["sent", ""]]:
        assert time.monotonic() < until, found
        time.sleep(0.5)


@pytest.mark.parametrize("language", ["zh_CN", "en_US"])
def test_an_alert_reaches_the_phone(server, visit, push, language):
    login, words = f"phone-{language}", WORDS[language]
    school = server.run(SCHOOL, login=login, language=language)
    holder = visit(language)
    holder.context.grant_permissions(["notifications"], origin=server.url)
    page = holder.login(login, page="/my/card/alerts").page
    page.goto("/my/card/alerts")
    expect(page.get_by_role("button", name=words["button"])).to_be_visible()

    phone = push.UserAgent()
    with push.PushService() as service:
        subscription = phone.subscription(f"{service.url}/phone")
        answer = page.evaluate(
            """subscription => fetch("/my/card/alerts/push", {method: "POST",
                headers: {"Content-Type": "application/json"},
                body: JSON.stringify({jsonrpc: "2.0", method: "call", params: {subscription}})}).then(r => r.json())""",
            subscription,
        )
        assert answer["result"] == {"ok": True}
        server.run(SPEND, **school)
        wait_until_sent(server, school["partner"])
        ((_path, headers, body),) = service.received
    push.check_vapid(headers["Authorization"], service.url)
    text = phone.decrypt(body)

    session, registration = register_worker(page)
    origin = "{0.scheme}://{0.netloc}".format(urlsplit(server.url))
    session.send(
        "ServiceWorker.deliverPushMessage", {"origin": origin, "registrationId": registration, "data": text}
    )
    notification = until_true(page, SHOWN)
    assert notification["title"] == words["title"]
    assert words["body"] in notification["body"]
    assert "523.40" in notification["body"]

    page.goto(notification["data"]["url"])
    expect(page.locator(".alerts li").first).to_contain_text("523.40")
    holder.shot("alerts portal")
    page.set_viewport_size({"width": 390, "height": 844})
    holder.shot("alerts portal phone")
    assert holder.errors == []


def test_a_device_without_a_push_service_is_told_so(server, visit):
    login = "phone-alone"
    server.run(SCHOOL, login=login, language="en_US")
    holder = visit("en_US")
    holder.context.grant_permissions(["notifications"], origin=server.url)
    page = holder.login(login, page="/my/card/alerts").page
    page.goto("/my/card/alerts")
    page.get_by_role("button", name="Tell me on this device").click()
    expect(page.locator("[data-campus-push] [data-status]")).to_have_text(
        "That did not work. Please try again later."
    )
    assert server.query(
        "SELECT count(*) FROM mail_push_device device JOIN res_partner p ON p.id = device.partner_id "
        "WHERE p.campus_number = 'PHONE-ALONE'"
    ) == [["0"]]
