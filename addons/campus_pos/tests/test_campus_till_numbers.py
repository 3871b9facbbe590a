from unittest.mock import patch

from odoo.tests import tagged

from .common import CampusPosCommon


@tagged("post_install", "-at_install")
class TestCampusTillNumbers(CampusPosCommon):
    """Numbers that are typed at a till, and cards that are no longer in use."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.top_up(cls.lin_card, 5000)

    def test_a_number_pays_only_where_the_till_accepts_numbers(self):
        self.assertEqual(self.authorise(100, "P2023001")["code"], "unknown_card")
        self.assertEqual(self.authorise(100, self.lin_card.number)["code"], "unknown_card")
        self.config.campus_accept_numbers = True
        self.assertTrue(self.authorise(100, "P2023001")["ok"])
        self.assertTrue(self.authorise(100, self.lin_card.number)["ok"])

    def test_a_number_is_known_in_every_writing(self):
        self.config.campus_accept_numbers = True
        for writing in ("p2023001", "Ｐ２０２３００１", " ｐ2023001 ", self.lin_card.number.lower()):
            self.assertTrue(self.authorise(100, writing)["ok"], writing)

    def test_a_number_is_good_for_no_more_than_a_bare_uid(self):
        self.config.campus_accept_numbers = True
        self.company.campus_uid_limit_minor = 1000
        self.assertEqual(self.authorise(1001, "P2023001")["code"], "limit_uid")
        self.assertTrue(self.authorise(1000, "P2023001")["ok"])
        self.company.campus_chip_required = True
        chip = self.sudo_env["campus.chip"]
        with patch.object(type(chip), "_of_cards", lambda _self, ids: set(ids)):
            self.assertEqual(self.authorise(100, "P2023001")["code"], "sun_needed")

    def test_a_replaced_card_says_that_it_was_replaced(self):
        for verb, code, words in (
            ("replace", "card_replaced", "was replaced"),
            ("return_", "card_returned", "given back"),
        ):
            _holder, card = self.create_holder("Sun Li", f"P-{verb}", f"04FF{len(verb):04X}")
            if verb == "replace":
                card.replaced_by_id = self.wang_card
            card._do(verb)
            answer = self.authorise(100, card.uid)
            self.assertEqual(answer["code"], code)
            self.assertIn(words, answer["message"])
