import re
from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.addons.campus_card.campus_core.credentials import slow_hash
from odoo.tests import freeze_time, tagged

from .common import PortalCase


@tagged("post_install", "-at_install")
class TestCampusEmergency(PortalCase):
    def setUp(self):
        super().setUp()
        self.login(self.lin_user)
        self.merchant = self.env["campus.account"].create(
            {"name": "Line 1", "code": "t-line", "kind": "merchant"}
        )

    def new_code(self):
        page = self.post("/my/card/emergency/new").text
        return re.search(r'class="figures">\s*(\d{4} \d{4})', page).group(1)

    def pay(self, code, amount_minor=500, number="T0001", number_of_try=1):
        """What a till does: resolve, then set the money aside. The refusal code, None when paid."""
        uuid = f"5f0c7f5e-7c7a-4a0e-9b3e-{number_of_try:012d}"
        payment = {"uuid": uuid, "amount_minor": amount_minor}
        card, refusal = self.resolve(f"emergency:{number}#{code}", payment)
        if refusal:
            return refusal
        request = {
            **payment,
            "wallet_id": card.wallet_id.id,
            "account_id": self.merchant.id,
            "card_id": card.id,
            "purpose": "pos",
        }
        answer = self.env["campus.ledger"]._reserve([request])[0]
        return None if answer["ok"] else answer["code"]

    def test_the_code_pays_a_meal_and_is_named_in_the_history(self):
        code = self.new_code()
        self.assertIsNone(self.pay(code))
        self.env["campus.ledger"]._capture([{"uuid": "5f0c7f5e-7c7a-4a0e-9b3e-000000000001"}])
        self.assertIn("emergency code", self.url_open("/my/card").text)

    def test_the_code_is_shown_once(self):
        code = self.new_code()
        self.assertNotIn(code, self.url_open("/my/card/emergency").text)
        record = self.env["campus.emergency"].search([("partner_id", "=", self.lin.id)])
        self.assertNotIn(code.replace(" ", ""), record.sudo().hashed)

    def test_the_code_pays_once_a_day(self):
        code = self.new_code()
        self.assertIsNone(self.pay(code))
        self.assertEqual(self.pay(code, number_of_try=2), "emergency_used")
        with freeze_time(fields.Datetime.now() + timedelta(days=1, minutes=1)):
            self.env["campus.credential.use"].search([]).sudo().write(
                {"used_at": fields.Datetime.now() - timedelta(days=1)}
            )
            self.assertIsNone(self.pay(code, number_of_try=3))

    def test_asking_again_about_one_payment_is_one_use(self):
        code = self.new_code()
        self.assertIsNone(self.pay(code))
        self.assertIsNone(self.pay(code))

    def test_a_cancelled_or_refused_payment_does_not_use_the_code_up(self):
        code = self.new_code()
        self.assertIsNone(self.pay(code))
        self.env["campus.ledger"]._release([{"uuid": "5f0c7f5e-7c7a-4a0e-9b3e-000000000001", "reason": "t"}])
        self.company.campus_emergency_cap_minor = 999999
        self.assertEqual(self.pay(code, 90000, number_of_try=2), "insufficient")
        self.assertIsNone(self.pay(code, number_of_try=3))

    def test_the_cap_is_the_companys(self):
        code = self.new_code()
        self.company.campus_emergency_cap_minor = 800
        self.assertEqual(self.pay(code, 801), "emergency_cap")
        self.assertIsNone(self.pay(code, 800))

    def test_whoever_asks_for_more_hears_the_cap(self):
        self.company.campus_emergency_cap_minor = 800
        numbers = self.env["campus.card"]._refusal_numbers("emergency_cap")
        self.assertEqual(numbers, {"limit_minor": 800})
        answer = {"code": "emergency_cap", "numbers": numbers}
        self.assertIn("8.00", self.env["campus.ledger"]._explain(answer))

    def test_five_wrong_tries_lock_the_code_until_the_next_day(self):
        code = self.new_code()
        wrong = "0000 0000" if code != "0000 0000" else "1111 1111"
        for number_of_try in range(5):
            self.assertEqual(self.pay(wrong, number_of_try=number_of_try), "emergency_wrong")
        self.assertEqual(self.pay(code, number_of_try=9), "emergency_locked")
        # a new code is no way around it
        self.assertEqual(self.pay(self.new_code(), number_of_try=10), "emergency_locked")
        with freeze_time(fields.Datetime.now() + timedelta(days=1)):
            self.assertEqual(self.pay(wrong, number_of_try=11), "emergency_wrong")

    def test_a_number_without_a_code_answers_like_a_wrong_code(self):
        self.assertEqual(self.pay("1234 5678", number="T0002"), "emergency_wrong")
        self.assertEqual(self.pay("1234 5678", number="nobody"), "emergency_wrong")

    def test_a_number_without_a_code_takes_as_long_as_a_wrong_code(self):
        self.new_code()
        rounds = []
        for number in ("T0001", "T0002", "nobody"):
            with patch.object(slow_hash.hashlib, "scrypt", wraps=slow_hash.hashlib.scrypt) as scrypt:
                self.pay("0000 0000", number=number)
            rounds.append([call.kwargs["n"] for call in scrypt.call_args_list])
        self.assertEqual(rounds, [[2**slow_hash.COST_LOG2]] * 3)

    def test_the_code_of_one_holder_is_nothing_with_the_number_of_another(self):
        code = self.new_code()
        self.assertEqual(self.pay(code, number="T0002"), "emergency_wrong")

    def test_the_code_opens_nothing_but_a_payment(self):
        code = self.new_code()
        self.assertEqual(self.resolve(f"emergency:T0001#{code}")[1], "emergency_wrong")

    def test_a_new_code_makes_the_old_one_worthless(self):
        old, new = self.new_code(), self.new_code()
        self.assertEqual(self.pay(old), "emergency_wrong")
        self.assertIsNone(self.pay(new))

    def test_new_codes_are_limited(self):
        for _try in range(10):
            self.new_code()
        page = self.post("/my/card/emergency/new").text
        self.assertNotIn('class="figures"', page)
        self.assertIn("Too many new codes today", page)

    def test_a_frozen_wallet_stops_the_code(self):
        code = self.new_code()
        self.post("/my/card/lost/report")
        self.assertEqual(self.pay(code), "card_lost")

    def test_malformed_codes_cost_no_try(self):
        code = self.new_code()
        for text in ("", "T0001", "T0001#12", "#", "T0001#123456789"):
            payment = {"uuid": "5f0c7f5e-7c7a-4a0e-9b3e-0000000000aa", "amount_minor": 1}
            self.assertEqual(self.resolve(f"emergency:{text}", payment)[1], "credential_malformed")
        self.assertIsNone(self.pay(code))
