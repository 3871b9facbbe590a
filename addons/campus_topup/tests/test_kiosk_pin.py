from odoo.addons.campus_portal.tests.common import SoftPhone
from odoo.tests import tagged

from ..const import KIOSK_PIN_TRIES, KIOSK_PIN_WINDOW_S
from .kiosk_common import KioskMoneyCase

WRONG = "9071"


@tagged("post_install", "-at_install")
class TestKioskPin(KioskMoneyCase):
    """A PIN is set by who proves to be the holder and changed by who knows it."""

    def choose(self, new="2580", again=None, **values):
        return self.ask("pin/set", new=new, again=again or new, **values).text

    def pin_is(self, text):
        self.wallet.invalidate_recordset()
        return self.wallet._check_pin(text)[0] == "ok"

    def emergency_code(self, holder=None):
        return self.env["campus.emergency"]._renew(holder or self.lin, self.company)

    def enrolled(self, user):
        phone = SoftPhone()
        self.login(user)
        self.enrol(phone)
        self.open_kiosk()
        return phone

    # -- the first -------------------------------------------------------------------

    def test_a_found_card_alone_sets_no_pin(self):
        self.assertIn("Show that it is your card", self.ask("pin").text)
        self.assertIn("Show first", self.choose())
        self.assertFalse(self.wallet.has_pin)

    def test_card_and_emergency_code_set_the_first_pin(self):
        self.assertIn("Choose a PIN", self.ask("pin/prove", code=self.emergency_code()).text)
        self.assertIn("Your PIN is stored", self.choose())
        self.assertTrue(self.pin_is("2580"))

    def test_card_and_phone_set_the_first_pin(self):
        phone = self.enrolled(self.lin_user)
        self.hold(self.card.uid)
        self.assertIn("Choose a PIN", self.ask("pin/prove", credential=phone.code()).text)
        self.choose()
        self.assertTrue(self.pin_is("2580"))

    def test_phone_and_card_set_it_in_the_other_order_too(self):
        phone = self.enrolled(self.lin_user)
        self.hold(phone.code())
        self.assertIn("plastic card", self.ask("pin").text)
        self.ask("pin/prove", credential=self.card.uid)
        self.choose()
        self.assertTrue(self.pin_is("2580"))

    def test_the_same_card_again_proves_nothing(self):
        second = self.new_card(self.lin, "04CC0001")
        for uid in (self.card.uid, second.uid):
            self.assertIn("You have shown this one already", self.ask("pin/prove", credential=uid).text)
        self.choose()
        self.assertFalse(self.wallet.has_pin)

    def test_a_phone_of_somebody_else_proves_nothing(self):
        phone = self.enrolled(self.wang_user)
        self.hold(self.card.uid)
        self.assertIn("somebody else", self.ask("pin/prove", credential=phone.code()).text)
        self.choose()
        self.assertFalse(self.wallet.has_pin)

    def test_an_emergency_code_of_somebody_else_proves_nothing(self):
        self.emergency_code()
        self.ask("pin/prove", code=self.emergency_code(self.wang))
        self.choose()
        self.assertFalse(self.wallet.has_pin)

    def test_a_form_cannot_say_that_it_is_the_holder(self):
        self.choose(is_identified="1", has_proven_pin="1", partner_id=self.lin.id)
        self.assertFalse(self.wallet.has_pin)

    def test_five_wrong_emergency_codes_lock(self):
        code = self.emergency_code()
        wrong = "00000000" if code != "00000000" else "11111111"
        for _try in range(5):
            self.ask("pin/prove", code=wrong)
        self.assertIn("locked until tomorrow", self.ask("pin/prove", code=code).text)

    def test_a_proof_is_for_this_session(self):
        self.ask("pin/prove", code=self.emergency_code())
        self.ask("end")
        self.hold(self.card.uid)
        self.assertIn("Show first", self.choose())

    # -- a change --------------------------------------------------------------------

    def test_the_present_pin_changes_it(self):
        self.wallet._store_pin(self.wallet._seal_pin("7391"))
        self.assertIn("Change your PIN", self.ask("pin").text)
        self.assertIn("Your PIN is stored", self.choose(old="7391"))
        self.assertTrue(self.pin_is("2580"))

    def test_without_the_present_pin_nothing_changes_it(self):
        self.wallet._store_pin(self.wallet._seal_pin("7391"))
        self.ask("pin/prove", code=self.emergency_code())
        for old in ("", WRONG):
            self.assertIn("The PIN is wrong", self.choose(old=old))
        self.assertTrue(self.pin_is("7391"))

    def test_five_wrong_pins_lock_also_the_right_one(self):
        self.wallet._store_pin(self.wallet._seal_pin("7391"))
        for _try in range(5):
            page = self.choose(old=WRONG)
        self.assertIn("15", page)
        self.assertNotIn("stored", self.choose(old="7391"))
        self.assertEqual(self.wallet._check_pin("7391")[0], "pin_locked")

    def test_a_bad_choice_is_said_and_stores_nothing(self):
        self.ask("pin/prove", code=self.emergency_code())
        for new, again in (("1234", "1234"), ("2580", "2581"), ("25", "25"), ("abcd", "abcd"), ("", "")):
            self.assertIn('role="alert"', self.ask("pin/set", new=new, again=again).text)
            self.assertFalse(self.wallet.has_pin)

    def test_guesses_at_one_kiosk_are_limited_whoever_they_are_for(self):
        self.wallet._store_pin(self.wallet._seal_pin("7391"))
        for _try in range(KIOSK_PIN_TRIES):
            self.env["campus.rate"]._may_try("kiosk pin", self.kiosk.id, KIOSK_PIN_TRIES, KIOSK_PIN_WINDOW_S)
        self.assertIn("Too many tries", self.choose(old="7391"))
        self.assertTrue(self.pin_is("7391"))

    def test_no_pin_is_in_a_page_or_a_log(self):
        self.wallet._store_pin(self.wallet._seal_pin("739146"))
        with self.assertLogs(level="DEBUG") as logs:
            page = self.choose(new="258063", again="258064", old="739146")
        said = "\n".join(record.getMessage() for record in logs.records if record.name != "odoo.sql_db")
        for text in (page, said):
            for secret in ("258063", "258064", "739146"):
                self.assertNotIn(secret, text)

    def test_nobody_sets_a_pin_without_key_and_session(self):
        self.refused_everywhere("pin", "pin/prove", "pin/set")
