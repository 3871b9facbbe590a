from unittest.mock import patch

from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import mute_logger

from .common import PortalCase

PAGES = ("/my/card", "/my/card/settings", "/my/card/help", "/my/card/offline")


@tagged("post_install", "-at_install")
class TestCampusPortalPages(PortalCase):
    def test_a_holder_sees_their_own_name_and_money_only(self):
        self.login(self.lin_user)
        page = self.url_open("/my/card").text
        self.assertIn("Lin Xiaoyu", page)
        self.assertIn("86.40", page)
        self.assertNotIn("Wang Haoran", page)
        self.assertNotIn("123.45", page)

    def test_every_page_forbids_frames_inline_scripts_and_foreign_files(self):
        self.login(self.lin_user)
        for url in PAGES:
            with self.subTest(url=url):
                response = self.url_open(url)
                self.assertEqual(response.status_code, 200)
                policy = response.headers["Content-Security-Policy"]
                self.assertIn("frame-ancestors 'none'", policy)
                self.assertIn("script-src 'self';", policy)
                self.assertNotIn("unsafe", policy)
                self.assertNotRegex(response.text, r"<script(?![^>]* src=)|\son[a-z]+=|style=")
                self.assertNotRegex(response.text, r"(src|href)=.https?://")

    def test_a_page_about_a_person_is_kept_by_no_proxy(self):
        self.login(self.lin_user)
        self.assertIn("no-store", self.url_open("/my/card").headers["Cache-Control"])

    def test_no_address_of_a_page_holds_a_number_of_the_holder(self):
        self.login(self.lin_user)
        page = self.url_open("/my/card").text
        for secret in (self.card.number, self.card.uid, self.lin.campus_number):
            self.assertNotRegex(page, f'(href|src|action)="[^"]*{secret}')

    def test_a_login_without_a_campus_number_is_told_so(self):
        user = new_test_user(self.env, login="test_guest", groups="base.group_portal")
        self.login(user)
        page = self.url_open("/my/card")
        self.assertEqual(page.status_code, 200)
        self.assertIn("No campus card here", page.text)
        self.assertEqual(self.url_open("/my/card/photo").status_code, 404)

    def test_a_refused_purchase_is_told_with_its_reason(self):
        merchant = self.env["campus.account"].create({"name": "Line 1", "code": "t-line", "kind": "merchant"})
        request = {
            "uuid": "5f0c7f5e-7c7a-4a0e-9b3e-0c5a3e7d0001",
            "kind": "purchase",
            "wallet_id": self.lin.campus_wallet_id.id,
            "account_id": merchant.id,
            "amount_minor": 990000,
        }
        self.assertFalse(self.env["campus.ledger"]._post([request])[0]["ok"])
        self.login(self.lin_user)
        page = self.url_open("/my/card").text
        self.assertIn("Payment of 9,900.00", page)
        self.assertIn("Not enough money: 86.40 left", page)

    def test_the_language_of_the_pages_is_the_holders_choice(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        self.login(self.lin_user)
        self.assertEqual(self.post("/my/card/language", code="zh_CN").status_code, 303)
        self.assertIn('lang="zh-CN"', self.url_open("/my/card").text)
        self.assertEqual(self.lin_user.lang, "zh_CN")
        self.post("/my/card/language", code="xx_XX")
        self.assertEqual(self.lin_user.lang, "zh_CN")

    def test_large_letters_are_there_from_the_first_byte(self):
        self.login(self.lin_user)
        self.opener.cookies["campus_type"] = "large"
        self.assertIn('class="large"', self.url_open("/my/card").text)

    def test_the_portal_home_leads_to_the_card(self):
        self.login(self.lin_user)
        self.assertIn('href="/my/card"', self.url_open("/my").text)


@tagged("post_install", "-at_install")
class TestCampusApp(HttpCase):
    def test_a_stranger_is_sent_to_the_login(self):
        for url in ("/my/card", "/my/card/settings", "/my/card/photo"):
            response = self.url_open(url, allow_redirects=False)
            self.assertEqual(response.status_code, 303, url)
            self.assertIn("/web/login", response.headers["Location"])

    def test_the_worker_may_serve_all_of_my(self):
        response = self.url_open("/my/card/worker.js")
        self.assertEqual(response.headers["Service-Worker-Allowed"], "/my")
        self.assertTrue(response.text.startswith("const APP = {"))

    def test_the_app_can_be_installed(self):
        manifest = self.url_open("/my/card/manifest.webmanifest").json()
        self.assertEqual(manifest["scope"], "/my")
        self.assertEqual(manifest["display"], "standalone")
        self.assertIn("maskable", {icon.get("purpose") for icon in manifest["icons"]})
        for icon in manifest["icons"]:
            self.assertEqual(self.url_open(icon["src"]).headers["Content-Type"], icon["type"])

    def test_a_file_of_the_app_is_kept_for_ever_and_an_old_version_is_gone(self):
        worker = self.url_open("/my/card/worker.js").text
        url = next(part for part in worker.split('"') if part.endswith("app.css"))
        response = self.url_open(url)
        self.assertIn("immutable", response.headers["Cache-Control"])
        old = url.replace(url.split("/")[-2], "000000000000")
        self.assertEqual(self.url_open(old).status_code, 404)
        self.assertEqual(self.url_open(url.replace("app.css", "worker.js/../const.py")).status_code, 404)

    def test_help_is_there_without_a_login(self):
        self.assertIn("Lost your card or phone?", self.url_open("/my/card/help").text)


@tagged("post_install", "-at_install")
class TestCampusErrorPages(PortalCase):
    """What the web server would answer in English is a page of the card, in the person's language."""

    def assertOurs(self, answer, code, *words):
        self.assertEqual(answer.status_code, code)
        self.assertIn("/app.css", answer.text)
        self.assertIn("script-src 'self';", answer.headers["Content-Security-Policy"])
        for word in words:
            self.assertIn(word, answer.text)

    def test_an_address_that_is_wrong_leads_back_to_the_card(self):
        self.login(self.lin_user)
        for url in ("/my/card/nothing", "/my/card/photo/9", "/card/nothing"):
            with self.subTest(url=url):
                self.assertOurs(
                    self.url_open(url), 404, "Nothing was found here", 'class="button" href="/my/card"'
                )

    def test_it_is_in_the_language_of_the_person(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        self.lin_user.lang = "zh_CN"
        self.login(self.lin_user)
        self.assertOurs(self.url_open("/my/card/nothing"), 404, 'lang="zh-CN"')

    def test_a_visitor_is_offered_no_card(self):
        answer = self.url_open("/card/nothing")
        self.assertOurs(answer, 404)
        self.assertNotIn('href="/my/card"', answer.text)

    def test_a_form_of_an_old_page_says_what_to_do(self):
        self.login(self.lin_user)
        with mute_logger("odoo.http"):
            answer = self.url_open("/my/card/language", data={"code": "en_US", "csrf_token": "old"})
        self.assertOurs(answer, 400, "Open it again")
        self.assertNotIn("CSRF", answer.text)

    def test_a_refusal_is_said_in_its_own_words(self):
        user = new_test_user(self.env, login="test_no_holder", groups="base.group_portal")
        self.login(user)
        answer = self.post("/my/card/lost/report")
        self.assertOurs(answer, 403, "You have no campus card here")

    def test_a_fault_of_the_server_is_told_without_its_details(self):
        self.login(self.lin_user)
        portal = self.env.registry["campus.portal"]
        with patch.object(portal, "_home_values", side_effect=KeyError("secret")), mute_logger("odoo.http"):
            answer = self.url_open("/my/card")
        self.assertOurs(answer, 500, "Something went wrong")
        self.assertNotIn("secret", answer.text)
