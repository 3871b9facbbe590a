from unittest.mock import patch

from odoo.addons.campus_card.campus_core.credentials import qr_code, signing
from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import PortalCase, SoftPhone

PAYMENT = {"uuid": "5f0c7f5e-7c7a-4a0e-9b3e-0c5a3e7d0002", "amount_minor": 500}
OTHER = {"uuid": "5f0c7f5e-7c7a-4a0e-9b3e-0c5a3e7d0003", "amount_minor": 500}


@tagged("post_install", "-at_install")
class TestCampusPhone(PortalCase):
    def setUp(self):
        super().setUp()
        self.login(self.lin_user)
        self.phone = SoftPhone()

    def test_an_enrolled_phone_is_a_card_of_its_holder(self):
        answer = self.enrol(self.phone)
        self.assertEqual(answer["code"], "ok")
        card, refusal = self.resolve(self.phone.code())
        self.assertIsNone(refusal)
        self.assertEqual(
            (card.kind, card.partner_id, card.wallet_id), ("phone", self.lin, self.card.wallet_id)
        )

    def test_a_screenshot_is_worthless(self):
        self.enrol(self.phone)
        code = self.phone.code()
        self.assertIsNone(self.resolve(code, PAYMENT)[1])
        self.assertEqual(self.resolve(code, OTHER)[1], "code_replayed")
        self.assertEqual(self.resolve(code)[1], "code_replayed")

    def test_asking_again_about_one_payment_uses_the_code_once(self):
        self.enrol(self.phone)
        code = self.phone.code()
        self.assertIsNone(self.resolve(code, PAYMENT)[1])
        self.assertIsNone(self.resolve(code, PAYMENT)[1])
        # also when the cashier took half a minute to decide
        with patch.object(qr_code, "step_of", return_value=qr_code.parse(code).step + 4):
            self.assertIsNone(self.resolve(code, PAYMENT)[1])
            self.assertEqual(self.resolve(code, OTHER)[1], "code_stale")

    def test_a_code_of_a_minute_ago_is_stale(self):
        self.enrol(self.phone)
        for off in (-6, 6):
            self.assertEqual(self.resolve(self.phone.code(off))[1], "code_stale")

    def test_the_steps_beside_the_present_one_are_good(self):
        self.enrol(self.phone)
        for off in (-1, 0, 1):
            self.assertIsNone(self.resolve(self.phone.code(off))[1])

    def test_a_forged_certificate_is_refused(self):
        self.enrol(self.phone)
        genuine = qr_code.read_certificate(self.phone.certificate)
        forger = signing.generate(lambda n: b"x" * n)
        self.phone.certificate = qr_code.issue_certificate(
            forger,
            genuine.key_id,
            card=genuine.card,
            phone=genuine.phone,
            certificate=1,
            public_key=genuine.public_key,
            not_before_ms=genuine.not_before_ms,
            valid_minutes=100,
        )
        self.assertEqual(self.resolve(self.phone.code())[1], "code_forged")

    def test_a_stolen_certificate_is_worth_nothing_without_the_key(self):
        self.enrol(self.phone)
        thief = SoftPhone()
        thief.certificate = self.phone.certificate
        self.assertEqual(self.resolve(thief.code())[1], "code_forged")

    def test_moving_to_a_new_phone_asks_first_and_stops_the_old_one(self):
        self.enrol(self.phone)
        new = SoftPhone()
        asked = self.enrol(new)
        self.assertEqual(asked["code"], "phone_elsewhere")
        self.assertNotIn("certificate", asked)
        self.assertIsNone(self.resolve(self.phone.code())[1])
        self.assertEqual(self.enrol(new, move=True)["code"], "ok")
        self.assertEqual(self.resolve(self.phone.code(1))[1], "phone_revoked")
        self.assertIsNone(self.resolve(new.code())[1])
        self.assertEqual(self.enrol(self.phone)["code"], "phone_revoked")

    def test_renewing_keeps_the_phone_and_changes_the_certificate(self):
        self.enrol(self.phone)
        first = qr_code.read_certificate(self.phone.certificate)
        self.enrol(self.phone)
        second = qr_code.read_certificate(self.phone.certificate)
        self.assertEqual(first.phone, second.phone)
        self.assertLess(first.certificate, second.certificate)

    def test_a_key_of_the_campus_lives_as_long_as_a_phone_that_it_signed(self):
        self.enrol(self.phone)
        phone = self.env["campus.phone"].search([], order="id desc", limit=1)
        keys = self.env["campus.key"].search([("company_id", "=", phone.company_id.id)])
        key = keys.filtered(lambda key: key.name == phone.signing_key)
        self.assertTrue(key)
        before = key._live_certificates()
        phone.expires_at = "2020-01-01"
        self.assertEqual(key._live_certificates(), before - 1)

    def test_a_phone_that_does_not_own_its_key_is_not_enrolled(self):
        challenge = self.post("/my/card/phone/challenge").json()["challenge"]
        other = SoftPhone()
        values = {**self.phone.jwk(), "challenge": challenge, "proof": other.proof(challenge)}
        self.assertEqual(self.post("/my/card/phone", **values).json()["code"], "code_forged")

    def test_a_challenge_is_good_for_its_own_login_only(self):
        challenge = self.post("/my/card/phone/challenge").json()["challenge"]
        self.login(self.wang_user)
        values = {**self.phone.jwk(), "challenge": challenge, "proof": self.phone.proof(challenge)}
        self.assertEqual(self.post("/my/card/phone", **values).json()["code"], "code_forged")

    def test_noise_is_refused_and_makes_no_phone(self):
        for values in (
            {},
            {"x": "!", "y": "é"},
            {"x": "A" * 43, "y": "A" * 43},
            {"challenge": "AAAA", "proof": "AAAA"},
        ):
            self.assertEqual(self.post("/my/card/phone", **values).json()["code"], "code_forged")
        self.assertFalse(self.env["campus.phone"].search([("partner_id", "=", self.lin.id)]))

    def test_enrolling_is_limited(self):
        codes = [self.post("/my/card/phone").json()["code"] for _try in range(21)]
        self.assertEqual(codes[-1], "rate_limited")
        self.assertEqual(codes[-2], "code_forged")

    def test_nobody_gets_around_a_freeze_with_a_phone(self):
        self.card._do("freeze")
        self.assertEqual(self.enrol(self.phone)["code"], "card_frozen")

    def test_who_has_given_back_all_cards_cannot_make_a_new_one(self):
        self.card._do("return_")
        self.assertEqual(self.enrol(self.phone)["code"], "unknown_card")

    def test_the_holder_takes_the_card_off_the_phone(self):
        self.enrol(self.phone)
        self.assertEqual(self.post("/my/card/phone/remove").status_code, 303)
        self.assertEqual(self.resolve(self.phone.code())[1], "phone_revoked")

    def test_removing_a_phone_touches_nobody_elses(self):
        self.enrol(self.phone)
        self.login(self.wang_user)
        self.post("/my/card/phone/remove")
        self.assertIsNone(self.resolve(self.phone.code())[1])

    def test_a_code_of_another_company_is_unknown_here(self):
        self.enrol(self.phone)
        other = self.env["res.company"].create({"name": "Another school"})
        cards = self.env["campus.card"].with_company(other)
        self.assertIn(cards._resolve_credential(self.phone.code())[1], ("code_forged", "key_unknown"))

    def test_garbage_behind_the_prefix_is_no_card(self):
        for text in ("CC1.", "CC1.AAAA", "cc1." + "A" * 296, "qr:CC1." + "1" * 296):
            self.assertIn(self.resolve(text)[1], ("credential_malformed", "key_unknown"))

    def test_the_office_may_revoke_phones_and_write_nothing_else(self):
        self.enrol(self.phone)
        phone = self.env["campus.phone"].search([("partner_id", "=", self.lin.id)])
        with self.assertRaises(AccessError):
            self.as_user(phone, "clerk").write({"public_key": "02" * 33})
        with self.assertRaises(AccessError):
            phone.with_user(self.lin_user).read(["public_key"])
        self.as_user(phone, "clerk").action_revoke()
        self.assertEqual(self.resolve(self.phone.code())[1], "phone_revoked")

    # -- what edges are told -------------------------------------------------------------

    def told(self, since=0):
        return self.env["campus.snapshot"]._snapshot_phones(self.company, since)

    def test_an_edge_is_told_which_phones_carry_cards_and_which_no_longer(self):
        self.enrol(self.phone)
        phone = self.env["campus.phone"].search([("partner_id", "=", self.lin.id)])
        self.assertIn([phone.card_id.id, phone.id, 1, False], self.told())
        self.post("/my/card/phone/remove")
        self.assertIn([phone.card_id.id, phone.id, 1, True], self.told())

    def test_an_edge_that_was_told_is_told_changes_only(self):
        self.env.cr.execute("SELECT campus_snapshot_now()")
        later = self.env.cr.fetchone()[0] + 1
        self.enrol(self.phone)
        self.assertEqual(self.told(since=later), [])

    def test_the_campus_key_signs_certificates_and_its_predecessor_is_still_believed(self):
        self.enrol(self.phone)
        keys = self.env["campus.key"].sudo()._good_keys(self.company)
        current = keys.filtered(lambda key: key.state == "current")
        self.assertEqual(qr_code.read_certificate(self.phone.certificate).key_id, current.name)
        new = self.env["campus.key"].sudo()._generate(self.company)
        current.state = "previous"
        current.flush_recordset()
        new.state = "current"
        self.assertIsNone(self.resolve(self.phone.code())[1])
        current.state = "retired"
        self.assertEqual(self.resolve(self.phone.code(1))[1], "key_unknown")
        self.enrol(self.phone)
        self.assertEqual(qr_code.read_certificate(self.phone.certificate).key_id, new.name)
        self.assertIsNone(self.resolve(self.phone.code(1))[1])
