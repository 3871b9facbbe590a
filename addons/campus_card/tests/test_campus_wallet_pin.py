import os
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import freeze_time, tagged

from .. import pepper
from .people_common import PeopleCase


@tagged("post_install", "-at_install")
class TestCampusWalletPin(PeopleCase):
    """The PIN of a wallet: chosen by its holder, reset by staff who asked questions."""

    roles = ("clerk", "arts_clerk", "auditor", "finance")

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.wallet = cls.lin.campus_wallet_id or cls.env["campus.wallet"]._for_holder(cls.lin)

    def choose(self, new, again=None, old=None):
        return self.wallet._choose_pin(new, again or new, old)

    def test_a_pin_is_chosen_and_changed_with_the_old_one(self):
        self.assertTrue(self.choose("2580")["ok"])
        self.assertTrue(self.wallet.has_pin)
        self.assertEqual(self.choose("4071", old="9999")["code"], "pin_wrong")
        self.assertEqual(self.choose("4071")["code"], "pin_wrong", "the old one is asked for")
        self.assertTrue(self.choose("4071", old="2580")["ok"])
        self.assertEqual(self.wallet._check_pin("4071"), ("ok", {}))

    def test_what_is_no_pin_or_is_guessed_first_is_not_taken(self):
        for new in ("12", "abcd", "1111", "1234", "1212"):
            with self.assertRaises(ValidationError):
                self.choose(new)
        with self.assertRaises(ValidationError):
            self.choose("2580", "2581")
        self.assertFalse(self.wallet.has_pin)

    def test_the_lock_ends_after_a_quarter_of_an_hour_and_at_last_only_by_staff(self):
        self.choose("2580")
        with freeze_time("2026-03-02 08:00:00"):
            for _try in range(5):
                self.wallet._check_pin("1111")
            self.assertEqual(self.wallet._check_pin("2580"), ("pin_locked", {"minutes": 15}))
        with freeze_time("2026-03-02 08:15:01"):
            self.assertEqual(self.wallet._check_pin("2580"), ("ok", {}))
            self.assertFalse(self.wallet.pin_wrong, "a right one starts the count again")
        self.env.cr.execute("UPDATE campus_wallet SET pin_wrong = 15 WHERE id = %s", [self.wallet.id])
        self.assertEqual(self.wallet._check_pin("2580"), ("pin_locked", {"minutes": 0}))

    def test_a_pepper_that_comes_later_seals_the_pin_when_it_is_next_right(self):
        self.choose("2580")
        plain = self.wallet.sudo().pin_hash
        with patch.object(pepper, "_peppers", (b"n" * 16,)):
            self.assertEqual(self.wallet._check_pin("1111")[0], "pin_wrong")
            self.assertEqual(self.wallet.sudo().pin_hash, plain)
            self.assertEqual(self.wallet._check_pin("2580"), ("ok", {}))
            self.wallet.invalidate_recordset()
            self.assertNotEqual(self.wallet.sudo().pin_hash, plain)
            self.assertEqual(self.wallet._check_pin("2580"), ("ok", {}))
        # who has the database alone has nothing
        self.assertEqual(self.wallet._check_pin("2580")[0], "pin_wrong")

    def test_a_server_that_cannot_read_its_pepper_does_not_start(self):
        with (
            patch.dict(os.environ, {pepper.VARIABLE: "/no/such/file"}),
            self.assertRaisesRegex(RuntimeError, "/no/such/file cannot be used"),
        ):
            pepper.load()

    def test_the_hash_is_read_by_nobody_and_the_columns_are_written_by_nobody(self):
        self.choose("2580")
        for role in ("clerk", "finance", "auditor"):
            with self.assertRaises(AccessError):
                self.as_user(self.wallet, role).read(["pin_hash"])
        for values in ({"pin_hash": "x"}, {"pin_wrong": 0}, {"pin_set_at": False}):
            with self.assertRaises(AccessError):
                self.as_user(self.wallet, "clerk").write(values)

    def reset(self, role="clerk", **values):
        wizard = (
            self.env["campus.pin.reset"]
            .with_user(self.users[role])
            .create({"wallet_id": self.wallet.id, "document_seen": True, "said_number": "t0001", **values})
        )
        return wizard.action_reset()

    def test_staff_reset_a_pin_after_questions_and_learn_none(self):
        self.choose("2580")
        self.reset(said_card=self.card.number[-4:])
        self.assertFalse(self.wallet.has_pin)
        self.assertIn("PIN reset", self.lin.message_ids[:1].body)

    def test_the_last_top_up_is_as_good_as_the_card(self):
        self.top_up(self.wallet, 5050)
        self.choose("2580")
        self.reset(said_topup="50.50")
        self.assertFalse(self.wallet.has_pin)

    def test_the_holder_may_type_the_new_pin_at_the_desk(self):
        self.choose("2580")
        self.reset(said_card=self.card.number[-4:], new_pin="4071", again_pin="4071")
        self.assertEqual(self.wallet._check_pin("4071"), ("ok", {}))

    def test_wrong_answers_leave_the_pin(self):
        self.choose("2580")
        tail = self.card.number[-4:]
        for values in (
            {"said_number": "T0002", "said_card": tail},
            {"said_card": "0000"},
            {"said_topup": "1.00"},
            {"said_card": tail, "document_seen": False},
            {},
        ):
            with self.assertRaises(UserError):
                self.reset(**values)
        self.assertTrue(self.wallet.has_pin)

    def test_the_questions_are_not_guessed_at_length(self):
        for _try in range(5):
            self.env["campus.rate"]._may_try("pin.reset", self.wallet.id, 5, 3600)
        with self.assertRaisesRegex(UserError, "Too many"):
            self.reset(said_card=self.card.number[-4:])

    def test_a_clerk_of_another_department_and_an_auditor_reset_nothing(self):
        other = self.env["campus.wallet"]._for_holder(self.wang)
        other._choose_pin("2580", "2580")
        for role in ("arts_clerk", "auditor"):
            with self.assertRaises(AccessError):
                wizard = (
                    self.env["campus.pin.reset"]
                    .with_user(self.users[role])
                    .create(
                        {
                            "wallet_id": other.id,
                            "document_seen": True,
                            "said_number": "T0002",
                            "said_card": self.other_card.number[-4:],
                        }
                    )
                )
                wizard.action_reset()
        self.assertTrue(other.has_pin)

    def test_own_limits_go_down_only(self):
        self.wallet.write({"limit_purchase_minor": 5000, "limit_day_minor": 10000})
        self.wallet._set_own_limits(3000, 10000, 2000)
        force = self.wallet._limits_in_force()
        self.assertEqual((force.purchase_minor, force.day_minor, force.pin_above_minor), (3000, 10000, 2000))
        for looser in ((5001, 0, 0), (0, 10001, 0), (-1, 0, 0)):
            with self.assertRaises(ValidationError):
                self.wallet._set_own_limits(*looser)
        self.wallet.limit_purchase_minor = 1000
        self.assertEqual(self.wallet._limits_in_force().purchase_minor, 1000)

    def test_tries_are_counted_per_subject_and_forgotten(self):
        rate = self.env["campus.rate"]
        with freeze_time("2026-03-02 08:00:00"):
            self.assertEqual([rate._may_try("t", "a", 2, 60) for _ in range(3)], [True, True, False])
            self.assertTrue(rate._may_try("t", "b", 2, 60))
        with freeze_time("2026-03-02 08:01:00"):
            self.assertTrue(rate._may_try("t", "a", 2, 60))
