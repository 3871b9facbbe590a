from odoo.addons.campus_card.campus_core.credentials import kiosk_rules
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from ..models.campus_kiosk import CARDS_A_MINUTE
from .common import PortalCase, SoftPhone
from .kiosk_common import KioskBrowser

PARTS = ("card", "home", "touch", "end", "language", "lost", "lost/report", "lost/mine")


class KioskCase(KioskBrowser, PortalCase):
    roles = ("clerk", "manager", "auditor")

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.kiosk = cls.env["campus.kiosk"].create({"name": "Lobby"})


@tagged("post_install", "-at_install")
class TestCampusKiosk(KioskCase):
    """What a person does at the machine, and when it forgets them."""

    def test_a_card_shows_money_of_its_holder_and_of_nobody_else(self):
        self.open_kiosk()
        page = self.hold(self.card.uid)
        self.assertIn("86.40", page)
        self.assertIn("Lin Xiaoyu", page)
        self.assertNotIn("123.45", page)

    def test_a_phone_is_as_good_as_a_card(self):
        phone = SoftPhone()
        self.login(self.lin_user)
        self.enrol(phone)
        self.open_kiosk()
        self.assertIn("86.40", self.hold(phone.code()))

    def test_a_number_alone_shows_nothing(self):
        self.open_kiosk()
        for text in ("T0001", self.card.number, "", "x" * 900):
            self.assertNotIn("86.40", self.hold(text))
            self.assertEqual(self.secret, "")

    def test_a_lost_card_shows_nothing_of_its_holder_to_its_finder(self):
        self.card._do("report_lost")
        self.open_kiosk()
        page = self.hold(self.card.uid)
        self.assertNotIn("Lin Xiaoyu", page)
        self.assertIn("reported lost", page)

    def test_the_next_card_ends_the_session_before_it(self):
        self.open_kiosk()
        self.hold(self.card.uid)
        first = self.secret
        self.assertIn("123.45", self.hold(self.other_card.uid))
        self.assertEqual(self.ask("home", session=first).status_code, 410)
        self.assertIn("123.45", self.ask("home").text)

    def test_a_refused_card_ends_the_session_before_it_too(self):
        self.open_kiosk()
        self.hold(self.card.uid)
        first = self.secret
        self.hold("04FFFFFFFF")
        self.assertEqual(self.ask("home", session=first).status_code, 410)

    def test_a_loss_is_reported_with_number_and_emergency_code(self):
        code = self.env["campus.emergency"]._renew(self.lin, self.company)
        self.open_kiosk()
        wrong = "00000000" if code != "00000000" else "11111111"
        page = self.ask("lost/report", number="T0001", code=wrong).text
        self.assertIn("do not match", page)
        self.assertEqual(self.card.state, "active")
        self.assertIn("Everything is frozen", self.ask("lost/report", number="T0001", code=code).text)
        self.assertEqual(self.card.state, "lost")
        loss = self.env["campus.loss"].search([("partner_id", "=", self.lin.id)])
        self.assertEqual(loss.channel, "kiosk")

    def test_guessing_at_the_kiosk_locks_the_emergency_code(self):
        code = self.env["campus.emergency"]._renew(self.lin, self.company)
        self.open_kiosk()
        wrong = "00000000" if code != "00000000" else "11111111"
        for _try in range(5):
            self.ask("lost/report", number="T0001", code=wrong)
        self.assertIn("locked", self.ask("lost/report", number="T0001", code=code).text)
        self.assertEqual(self.card.state, "active")

    def test_one_key_left_is_enough_to_freeze_everything_after_a_question(self):
        self.open_kiosk()
        self.hold(self.card.uid)
        self.assertIn("Freeze everything now?", self.ask("lost/mine").text)
        self.assertEqual(self.card.state, "active")
        self.assertIn("Everything is frozen", self.ask("lost/mine", sure="1").text)
        self.assertEqual(self.card.state, "lost")
        self.assertEqual(self.lin.campus_wallet_id.state, "frozen")
        self.assertEqual(self.ask("home").status_code, 410)
        loss = self.env["campus.loss"].search([("partner_id", "=", self.lin.id)])
        self.assertEqual((loss.channel, bool(loss.identity)), ("kiosk", True))

    def test_a_language_is_for_one_visit(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        self.open_kiosk()
        self.assertEqual(self.ask("language", code="xx_XX").cookies.get("campus_kiosk_language"), None)
        self.ask("language", code="zh_CN")
        self.assertIn('lang="zh-CN"', self.start_page())
        self.assertEqual(self.ask("end").status_code, 204)
        self.assertIn('lang="en-US"', self.start_page())


@tagged("post_install", "-at_install")
class TestCampusKioskRights(KioskCase):
    """Who has no right to it gets nothing of it."""

    def test_a_browser_without_the_key_gets_nothing(self):
        self.open_kiosk()
        self.hold(self.card.uid)
        self.opener.cookies.clear()
        self.assertIn("not set up", self.start_page())
        for part in PARTS:
            answer = self.ask(part, credential=self.card.uid)
            self.assertEqual(answer.status_code, 403, part)
            self.assertNotIn("86.40", answer.text)

    def test_what_is_no_key_opens_nothing(self):
        self.open_kiosk()
        self.opener.cookies.clear()
        self.start_page()
        for key in ("", "1", "1.", f"{self.kiosk.id}.x", f"-1.{self.key}", f"²{self.key}", "9" * 30 + ".x"):
            self.post("/campus/kiosk/open", key=key)
            self.assertIn("not set up", self.start_page(), key)

    def test_a_new_key_makes_the_old_one_worthless(self):
        self.open_kiosk()
        self.hold(self.card.uid)
        self.as_user(self.kiosk, "manager").action_open_here()
        self.assertEqual(self.ask("home").status_code, 403)
        self.assertIn("not set up", self.start_page())

    def test_a_kiosk_that_was_retired_shows_nothing_any_more(self):
        self.open_kiosk()
        self.hold(self.card.uid)
        self.kiosk.active = False
        self.env.flush_all()
        self.assertEqual(self.ask("home").status_code, 403)

    def test_a_kiosk_of_another_company_does_not_know_the_card(self):
        other = self.env["res.company"].create({"name": "Another school"})
        self.users["manager"].company_ids += other
        kiosk = self.env["campus.kiosk"].create({"name": "Elsewhere", "company_id": other.id})
        self.open_kiosk(kiosk)
        page = self.hold(self.card.uid)
        self.assertIn("not known", page)
        self.assertNotIn("Lin Xiaoyu", page)

    def test_a_session_of_another_kiosk_is_none_here(self):
        self.open_kiosk()
        self.hold(self.card.uid)
        secret = self.secret
        self.open_kiosk(self.env["campus.kiosk"].create({"name": "Library"}))
        self.assertEqual(self.ask("home", session=secret).status_code, 410)

    def test_what_is_no_secret_is_no_session(self):
        self.open_kiosk()
        self.hold(self.card.uid)
        for secret in ("", "1", "x" * 43, self.secret[:-1], self.secret + "x", "y" * 4000):
            self.assertEqual(self.ask("home", session=secret).status_code, 410, secret)
        self.assertEqual(self.ask("home").status_code, 200)

    def test_no_field_of_a_form_names_another_holder(self):
        self.open_kiosk()
        self.hold(self.card.uid)
        page = self.ask("home", partner_id=self.wang.id, kiosk=self.kiosk.id, wallet="2", card_id="2").text
        self.assertIn("86.40", page)
        self.assertNotIn("123.45", page)

    def test_a_session_ends_when_nobody_touches_the_screen(self):
        self.open_kiosk()
        self.hold(self.card.uid)
        self.time_passes(kiosk_rules.IDLE_S - 1)
        self.assertEqual(self.ask("touch").status_code, 204)
        self.time_passes(kiosk_rules.IDLE_S - 1)
        self.assertEqual(self.ask("touch").status_code, 204)
        self.time_passes(kiosk_rules.IDLE_S + kiosk_rules.GRACE_S)
        answer = self.ask("home")
        self.assertEqual(answer.status_code, 410)
        self.assertNotIn("86.40", answer.text)

    def test_touching_does_not_make_a_session_everlasting(self):
        self.open_kiosk()
        self.hold(self.card.uid)
        for _touch in range(2 * kiosk_rules.SESSION_MAX_S // kiosk_rules.IDLE_S):
            self.time_passes(kiosk_rules.IDLE_S - 1)
            if self.ask("touch").status_code == 410:
                break
        else:
            self.fail("the session never ended")

    def test_done_is_done(self):
        self.open_kiosk()
        self.hold(self.card.uid)
        answer = self.ask("end")
        self.assertEqual(answer.status_code, 204, answer.text)
        self.assertEqual(self.ask("home").status_code, 410)

    def test_a_card_that_is_frozen_elsewhere_ends_its_session(self):
        self.open_kiosk()
        self.hold(self.card.uid)
        self.card._do("freeze")
        self.env.flush_all()
        self.assertEqual(self.ask("home").status_code, 410)

    def test_tries_at_a_kiosk_are_limited(self):
        self.open_kiosk()
        pages = [self.ask("lost/report", number="nobody", code="12345678").text for _try in range(11)]
        self.assertIn("Too many tries", pages[-1])

    def test_cards_at_a_kiosk_are_limited(self):
        self.open_kiosk()
        self.assertIn("86.40", self.hold(self.card.uid))
        for _try in range(CARDS_A_MINUTE):
            self.env["campus.rate"]._may_try("kiosk card", self.kiosk.id, CARDS_A_MINUTE, 60)
        self.assertIn("Too many tries", self.hold(self.card.uid))

    def test_parts_are_posted_by_the_page_itself_only(self):
        self.open_kiosk()
        self.hold(self.card.uid)
        self.assertEqual(self.url_open("/campus/kiosk/home").status_code, 405)
        self.token = "x"
        with self.assertLogs("odoo.http", "WARNING"):
            self.assertEqual(self.ask("home").status_code, 400)

    def test_no_part_is_kept_or_takes_anything_from_elsewhere(self):
        self.open_kiosk()
        for answer in (self.url_open("/campus/kiosk"), self.ask("card", credential=self.card.uid)):
            self.assertIn("no-store", answer.headers["Cache-Control"])
            policy = answer.headers["Content-Security-Policy"]
            self.assertIn("default-src 'none'", policy)
            self.assertIn("frame-ancestors 'none'", policy)
            self.assertNotIn("unsafe", policy)
        self.assertNotIn(self.secret, self.ask("home").text)

    def test_the_log_says_nothing_about_a_person(self):
        self.open_kiosk()
        with self.assertLogs(level="DEBUG") as logs:
            self.hold(self.card.uid)
            self.ask("home")
        said = "\n".join(record.getMessage() for record in logs.records if record.name != "odoo.sql_db")
        for secret in (self.card.uid, self.secret, "Lin Xiaoyu", "T0001", "86.40"):
            self.assertNotIn(secret, said)

    def test_only_managers_set_up_kiosks(self):
        for role in ("clerk", "auditor"):
            with self.assertRaises(AccessError):
                self.as_user(self.kiosk, role).action_open_here()
        with self.assertRaises(AccessError):
            self.as_user(self.kiosk, "manager").read(["key_hash"])

    def test_nobody_reads_sessions(self):
        self.open_kiosk()
        self.hold(self.card.uid)
        portal = new_test_user(self.env, login="test_kiosk_portal", groups="base.group_portal")
        for user in (self.users["manager"], portal):
            with self.assertRaises(AccessError):
                self.kiosk_session().with_user(user).read(["partner_id"])

    def test_old_sessions_are_forgotten(self):
        self.open_kiosk()
        self.hold(self.card.uid)
        self.time_passes(3 * 86400)
        self.env["campus.kiosk.session"]._gc_old()
        self.assertFalse(self.kiosk_session())
