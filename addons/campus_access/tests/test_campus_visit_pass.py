import base64
import datetime as dt
import re
import time
from unittest.mock import patch

from odoo import fields
from odoo.addons.campus_access.controllers import visitor
from odoo.addons.campus_card.campus_core.access import wire
from odoo.addons.campus_card.campus_core.credentials import qr_code
from odoo.addons.campus_card.campus_core.errors import CredentialError
from odoo.addons.campus_portal.tests.common import SoftPhone
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from .test_campus_portal_access import PortalAccessCase


@tagged("post_install", "-at_install")
class TestCampusVisitPass(PortalAccessCase):
    """The visitor's page, the code of the visitor's phone, and its end."""

    def setUp(self):
        super().setUp()
        now = fields.Datetime.now()
        self.visit = self.env["campus.access.visit"].create(
            {
                "visitor_name": "Zhou Qiming",
                "host_id": self.lin.id,
                "zone_id": self.arts_house.id,
                "valid_from": now - dt.timedelta(hours=1),
                "valid_until": now + dt.timedelta(hours=2),
                "needs_escort": False,
                "email": "zhou@example.com",
            }
        )
        self.phone = SoftPhone()
        self.address = f"/card/visit/{self.visit.sudo().token}"

    def open_page(self):
        """Open the page as nobody, and remember its token."""
        page = self.url_open(self.address)
        found = re.search(r'data-token="([^"]+)"', page.text)
        self.token = found and found.group(1)
        return page

    def enrol_visitor(self, phone=None, move=False, address=None):
        phone = phone or self.phone
        address = f"{address or self.address}/phone"
        challenge = self.post(f"{address}/challenge").json()["challenge"]
        values = {**phone.jwk(), "challenge": challenge, "proof": phone.proof(challenge)}
        answer = self.post(address, move="1" if move else "", **values).json()
        if answer["code"] == "ok":
            phone.certificate = base64.b64decode(answer["certificate"])
        return answer

    def test_the_page_tells_the_visitor_where_when_and_whom_and_nothing_else(self):
        page = self.open_page()
        self.assertEqual(page.status_code, 200)
        for text in ("Zhou Qiming", "Arts House", "Lin Xiaoyu"):
            self.assertIn(text, page.text)
        for secret in (self.lin.campus_number, self.lin.email or "@", self.visit.partner_id.campus_number):
            self.assertNotIn(secret, page.text)
        self.assertIn("no-store", page.headers["Cache-Control"])

    def test_the_visitor_s_phone_is_a_card_until_the_visit_ends(self):
        self.open_page()
        answer = self.enrol_visitor()
        self.assertEqual(answer["code"], "ok")
        end = self.visit._until_ms()
        self.assertTrue(end - 60_000 <= answer["expires_ms"] <= end)
        card, refusal = self.resolve(self.phone.code())
        self.assertEqual((card.partner_id, refusal), (self.visit.partner_id, None))
        self.assertTrue(self.visit.has_phone)
        # no network is needed: the campus's public key alone
        ring = self.env["campus.signing"].sudo()._key_ring(self.company)
        after = end + 60_000
        step = qr_code.step_of(after)
        late = qr_code.text_of(
            self.phone.certificate,
            step,
            self.phone.sign(qr_code.signed_message(self.phone.certificate, step)),
        )
        with self.assertRaises(CredentialError) as refused:
            qr_code.verify(late, ring, after, set(), qr_code.UsedSteps())
        self.assertEqual(refused.exception.code, "certificate_expired")

    def test_the_edge_gets_the_visitor_with_the_right_and_its_end(self):
        self.open_page()
        self.enrol_visitor()
        self.env.flush_all()
        part = self.env["campus.snapshot"]._access(self.edge, 0)
        card = self.visit.partner_id.campus_card_ids
        rights = {row[0]: part["profiles"][row[2]] for row in part["people"]}
        self.assertEqual(rights[card.id], [self.visit.right_id.id])
        rule = wire.site_from_wire(part).rules[self.visit.right_id.id]
        self.assertEqual(rule.until_ms, self.visit._until_ms() + rule.until_ms % 1000)
        self.assertEqual(rule.doors, {self.gate.id, self.arts_door.id})
        phones = self.env["campus.snapshot"]._snapshot_phones(self.company, 0)
        self.assertIn((card.id, False), [(row[0], row[3]) for row in phones])

    def test_who_comes_in_some_days_gets_the_code_today_and_no_door_opens_before(self):
        now = fields.Datetime.now()
        self.visit.write(
            {"valid_from": now + dt.timedelta(days=2), "valid_until": now + dt.timedelta(days=2, hours=2)}
        )
        self.open_page()
        self.assertEqual(self.enrol_visitor()["code"], "ok")
        self.assertEqual(self.resolve(self.phone.code())[1], "card_not_active")
        self.visit.partner_id.campus_card_ids._do("freeze")
        self.assertEqual(self.enrol_visitor()["code"], "card_frozen")

    def test_calling_off_ends_right_code_and_page(self):
        self.open_page()
        self.enrol_visitor()
        self.visit.action_call_off()
        self.env.flush_all()
        self.assertEqual(self.resolve(self.phone.code())[1], "phone_revoked")
        self.assertFalse(self.visit.right_id.active)
        self.assertEqual(self.open_page().status_code, 410)
        self.assertEqual(self.visit.sudo()._enrol_phone("", "", "", "", "x")["code"], "visit_over")

    def test_after_its_end_the_page_is_gone_and_no_phone_is_taken(self):
        later = self.visit.valid_until + dt.timedelta(minutes=1)
        with patch.object(fields.Datetime, "now", return_value=later):
            self.assertTrue(self.visit._is_over())
            self.assertEqual(self.visit.sudo()._enrol_phone("", "", "", "", "x")["code"], "visit_over")

    def test_a_second_phone_gets_the_code_only_by_taking_it_away(self):
        self.open_page()
        self.enrol_visitor()
        other = SoftPhone()
        self.assertEqual(self.enrol_visitor(other)["code"], "phone_elsewhere")
        self.assertEqual(self.enrol_visitor(other, move=True)["code"], "ok")
        self.env.flush_all()
        self.assertEqual(self.resolve(self.phone.code())[1], "phone_revoked")
        self.assertIsNone(self.resolve(other.code())[1])
        self.assertEqual(len(self.visit.partner_id.campus_card_ids), 1)

    def test_a_challenge_of_another_visit_or_of_a_holder_proves_nothing(self):
        self.open_page()
        other = self.visit.copy({"visitor_name": "Sun Li"})
        for challenge in (other.sudo()._enrol_challenge(), self.portal._phone_challenge()):
            answer = self.visit.sudo()._enrol_phone(
                **self.phone.jwk(), challenge=challenge, proof=self.phone.proof(challenge), device="x"
            )
            self.assertEqual(answer["code"], "code_forged")
        challenge = self.visit.sudo()._enrol_challenge()
        answer = self.portal._enrol_phone(
            **self.phone.jwk(), challenge=challenge, proof=self.phone.proof(challenge), device="x"
        )
        self.assertEqual(answer["code"], "code_forged")

    def test_an_address_that_is_guessed_finds_nothing_and_is_limited(self):
        for wrong in ("x" * 32, "0", "%", self.visit.sudo().token[:-1]):
            self.assertEqual(self.url_open(f"/card/visit/{wrong}").status_code, 404)
        with patch.object(visitor, "TRIES", 0):
            self.assertEqual(self.url_open(self.address).status_code, 400)

    def test_a_token_is_read_by_nobody_and_chosen_by_nobody(self):
        clerk = new_test_user(self.env, "t_visit_clerk", groups="campus_access.group_campus_access_manager")
        visit = self.visit.with_user(clerk)
        with self.assertRaises(AccessError):
            visit.read(["token"])
        with self.assertRaises(AccessError):
            visit.search([("token", "=like", "a%")])
        with self.assertRaises(AccessError):
            visit.write({"token": "a" * 32})
        copied = visit.copy()
        self.assertNotEqual(copied.sudo().token, self.visit.sudo().token)

    def test_the_pass_is_printed_and_sent_by_who_announces_visits(self):
        clerk = new_test_user(self.env, "t_visit_clerk", groups="campus_access.group_campus_access_manager")
        guard = new_test_user(self.env, "t_visit_guard", groups="campus_access.group_campus_access_guard")
        for verb in ("action_print", "action_send"):
            with self.subTest(verb=verb), self.assertRaises(UserError):
                getattr(self.visit.with_user(guard), verb)()
        self.visit.with_user(clerk).action_send()
        mail = self.env["mail.mail"].search([("email_to", "=", "zhou@example.com")])
        self.assertIn(self.visit.sudo().token, mail.body_html)
        self.assertEqual(mail.state, "outgoing")
        html, _kind = self.env["ir.actions.report"]._render_qweb_html(
            "campus_access.report_campus_visit", self.visit.ids
        )
        self.assertIn(b"data:image/png;base64,", html)
        self.visit.email = False
        with self.assertRaises(UserError):
            self.visit.with_user(clerk).action_send()
        self.visit.action_call_off()
        with self.assertRaises(UserError):
            self.visit.with_user(clerk).action_print()

    def test_a_longer_visit_lasts_longer_for_its_code_too(self):
        self.open_page()
        self.enrol_visitor()
        self.visit.valid_until = self.visit.valid_until + dt.timedelta(days=2)
        card = self.visit.partner_id.campus_card_ids
        last = self.company._campus_local(self.visit.valid_until).date()
        self.assertEqual((self.visit.partner_id.campus_valid_until, card.valid_until), (last, last))
        answer = self.enrol_visitor()
        self.assertGreater(answer["expires_ms"], int(time.time() * 1000) + 86_400_000)

    def test_another_place_has_another_way(self):
        self.assertEqual(self.visit.door_ids, self.gate)
        self.visit.zone_id = self.laboratory
        self.assertEqual(self.visit.door_ids, self.gate | self.physics_door)
        self.assertEqual(self.visit.right_id.zone_ids, self.laboratory)
        self.assertEqual(self.visit.right_id.door_ids, self.gate | self.physics_door)

    def test_a_clerk_gives_only_the_own_part_of_the_way(self):
        clerk = new_test_user(
            self.env,
            "t_way_clerk",
            groups="campus_access.group_campus_access_clerk",
            campus_department_ids=[(6, 0, self.physics.ids)],
        )
        visit = self.env["campus.access.visit"].with_user(clerk)
        made = visit.create(
            {
                "visitor_name": "Sun Li",
                "host_id": self.wang.id,
                "zone_id": self.laboratory.id,
                "valid_until": fields.Datetime.now() + dt.timedelta(hours=2),
            }
        )
        self.assertEqual(made.sudo().door_ids, self.physics_door)
        # the context is no way to more
        more = visit.with_context(campus_way_ids=self.gate.ids).create(
            {
                "visitor_name": "Sun Li",
                "host_id": self.wang.id,
                "zone_id": self.laboratory.id,
                "valid_until": fields.Datetime.now() + dt.timedelta(hours=2),
            }
        )
        self.assertEqual(more.sudo().door_ids, self.physics_door)
