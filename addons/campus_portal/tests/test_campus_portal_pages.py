from odoo.tests import HttpCase, new_test_user, tagged

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
