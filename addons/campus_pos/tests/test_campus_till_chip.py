from uuid import uuid4

from odoo.addons.campus_card.tests.chip_common import Chip, add_factory_key, add_key, nxp_messages
from odoo.tests import tagged

from .common import CampusPosCommon


@tagged("post_install", "-at_install")
class TestCampusTillChip(CampusPosCommon):
    """Cards whose chip proves itself, in front of a till."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.uid = Chip().uid
        _holder, cls.chip_card = cls.create_holder("Zhao Min", "P2023009", cls.uid)
        cls.top_up(cls.chip_card, 5000)
        add_key(cls.sudo_env, cls.company)

    def setUp(self):
        super().setUp()
        self.chip = Chip()

    def test_nxps_published_messages_pay_once_each(self):
        add_factory_key(self.sudo_env, self.company, number=2)
        messages = nxp_messages()
        self.assertTrue(messages)
        for number, (uid, _counter, address) in enumerate(messages):
            _holder, card = self.create_holder(f"Holder {number}", f"P99{number}", uid)
            self.top_up(card, 1000)
            # as a scanner types it, and as a reader with a driver of ours names it
            credential = address if number else f"sun:{address}"
            answer = self.authorise(100, credential)
            self.assertTrue(answer["ok"], answer)
            self.assertEqual(answer["holder"]["name"], f"Holder {number}")
            self.assertEqual(self.authorise(100, credential)["code"], "sun_replayed")
            self.assertEqual(self.money(card), (1000, 100))

    def test_asking_again_about_one_payment_is_one_use_of_the_message(self):
        message, uuid = self.chip.tap(), str(uuid4())
        answers = [self.authorise(1250, message, uuid) for _ in range(3)]
        self.assertTrue(answers[0]["ok"])
        self.assertEqual(answers[0], answers[1])
        self.assertEqual(answers[1], answers[2])
        self.assertEqual(self.money(self.chip_card), (5000, 1250))

    def test_after_too_large_a_sum_a_smaller_one_is_asked_with_the_same_message(self):
        message, uuid = self.chip.tap(), str(uuid4())
        self.assertEqual(self.authorise(9000, message, uuid)["code"], "insufficient")
        self.assertTrue(self.authorise(900, message, uuid, attempt=1)["ok"])

    def test_another_payment_with_the_same_message_moves_nothing_and_names_nobody(self):
        message = self.chip.tap()
        self.authorise(1250, message)
        answer = self.authorise(1250, message)
        self.assertEqual((answer["ok"], answer["code"]), (False, "sun_replayed"))
        self.assertFalse(answer["holder"])
        self.assertEqual(self.money(self.chip_card), (5000, 1250))

    def test_a_forged_message_moves_nothing_and_names_nobody(self):
        good = self.chip.tap()
        answer = self.authorise(1250, good[:-2] + ("00" if good[-2:] != "00" else "01"))
        self.assertEqual((answer["ok"], answer["code"]), (False, "sun_forged"))
        self.assertFalse(answer["holder"])
        self.assertTrue(self.authorise(1250, good)["ok"])

    def test_a_copy_of_the_uid_is_refused_once_the_chip_has_proven_itself(self):
        self.company.campus_chip_required = True
        self.assertTrue(self.authorise(100, self.uid)["ok"], "not yet")
        self.assertTrue(self.authorise(100, self.chip.tap())["ok"])
        for copied in (self.uid, f"UID:{self.uid}", ":".join(self.uid[i : i + 2] for i in range(0, 14, 2))):
            answer = self.authorise(100, copied)
            self.assertEqual((answer["ok"], answer["code"]), (False, "sun_needed"), copied)
        self.assertIn("copy", answer["message"])
        self.company.campus_chip_required = False
        self.assertTrue(self.authorise(100, self.uid)["ok"])

    def test_a_number_that_is_a_uid_is_no_way_around_the_proof(self):
        self.config.campus_accept_numbers = True
        self.company.campus_chip_required = True
        self.authorise(100, self.chip.tap())
        self.assertEqual(self.authorise(100, self.uid)["code"], "sun_needed")

    def test_a_bare_uid_pays_up_to_its_limit_and_a_chip_beyond(self):
        self.company.campus_uid_limit_minor = 1000
        self.assertTrue(self.authorise(1000, self.uid)["ok"])
        answer = self.authorise(1001, self.uid)
        self.assertEqual((answer["ok"], answer["code"]), (False, "limit_uid"))
        self.assertIn("10.00", answer["message"])
        self.assertTrue(self.authorise(1001, self.chip.tap())["ok"])
