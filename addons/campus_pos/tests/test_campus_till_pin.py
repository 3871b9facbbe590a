from uuid import uuid4

from odoo.exceptions import ValidationError
from odoo.tests import tagged

from .common import CampusPosCommon


@tagged("post_install", "-at_install")
class TestCampusTillPin(CampusPosCommon):
    """Above a sum a day the till asks for the PIN, and the server believes no till."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.top_up(cls.lin_card, 50000)
        cls.wallet = cls.lin_card.wallet_id
        cls.wallet.pin_above_minor = 2000
        cls.wallet._store_pin(cls.wallet._seal_pin("2580"))

    def test_below_the_sum_nobody_asks_and_above_it_the_pin_pays(self):
        self.assertTrue(self.authorise(2000)["ok"])
        uuid = str(uuid4())
        answer = self.authorise(1, uuid=uuid)
        self.assertEqual(answer["code"], "pin_needed")
        self.assertEqual(answer["numbers"]["limit_minor"], 2000)
        self.assertTrue(self.authorise(1, uuid=uuid, attempt=1, pin="2580")["ok"])
        self.assertEqual(self.money(self.lin_card), (50000, 2001))

    def test_the_same_question_with_the_pin_is_answered_once(self):
        uuid = str(uuid4())
        answers = [self.authorise(3000, uuid=uuid, pin="2580") for _ in range(3)]
        self.assertTrue(answers[0]["ok"])
        self.assertEqual(answers[0], answers[2])
        self.assertEqual(self.money(self.lin_card), (50000, 3000))

    def test_a_wrong_pin_is_counted_and_the_fifth_locks_also_the_right_one(self):
        for left in (4, 3, 2, 1):
            answer = self.authorise(3000, pin="1111")
            self.assertEqual((answer["code"], answer["numbers"]), ("pin_wrong", {"tries": left}))
        self.assertEqual(self.authorise(3000, pin="1111")["code"], "pin_locked")
        self.assertEqual(self.authorise(3000, pin="2580")["code"], "pin_locked")
        self.assertEqual(self.money(self.lin_card), (50000, 0))
        self.assertTrue(self.authorise(100)["ok"], "small sums need no PIN")

    def test_a_wrong_pin_refuses_also_what_needs_none(self):
        self.assertEqual(self.authorise(100, pin="1111")["code"], "pin_wrong")

    def test_a_holder_without_a_pin_is_told_where_to_choose_one(self):
        self.wallet._store_pin(False)
        answer = self.authorise(3000, pin="2580")
        self.assertEqual(answer["code"], "pin_not_set")
        self.assertIn("portal", answer["message"])

    def test_rubbish_is_no_pin_and_is_not_counted(self):
        for rubbish in (2580, ["2580"], "2" * 17, True):
            with self.assertRaises(ValidationError):
                self.authorise(3000, pin=rubbish)
        self.assertFalse(self.wallet.pin_wrong)

    def test_the_holders_own_sum_counts_when_it_is_tighter(self):
        self.wallet._set_own_limits(0, 0, 500)
        self.assertEqual(self.authorise(501)["numbers"]["limit_minor"], 500)
