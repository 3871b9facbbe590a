from datetime import date, timedelta
from uuid import uuid4

from odoo.tests import Form, freeze_time, tagged

from .people_common import PeopleCase


@tagged("post_install", "-at_install")
class TestResolve(PeopleCase):
    roles = ()

    def resolve(self, text):
        return self.env["campus.card"]._resolve(text)

    def test_a_card_is_found_by_every_printed_form_of_its_uid(self):
        for text in ("04A1B2C3", "04:a1:b2:c3", "C3B2A104", "0077705923", "3283263748"):
            with self.subTest(text=text):
                self.assertEqual(self.resolve(text), (self.card, None))

    def test_the_form_of_the_desk_readers_decides_between_readings(self):
        digits = "11223344"
        as_hex = self.new_card(self.lin, digits)
        as_decimal = self.new_card(self.wang, f"{int(digits):08X}")
        self.assertEqual(self.resolve(digits)[0], as_hex)
        self.company.campus_uid_form = "dec_be"
        self.assertEqual(self.resolve(digits)[0], as_decimal)

    def test_a_scan_into_a_form_is_read_as_the_desk_readers_type(self):
        self.company.campus_uid_form = "dec_le"
        with Form(self.env["campus.card"]) as form:
            form.partner_id = self.lin
            form.uid = "3283263749"
        self.assertEqual(form.record.uid, "05A1B2C3")
        canonical = self.env["campus.card"].create({"partner_id": self.lin.id, "uid": "11223344"})
        self.assertEqual(canonical.uid, "11223344", "only scans are converted")

    def test_a_card_is_found_by_its_number_and_by_the_campus_number(self):
        self.assertEqual(self.resolve(self.card.number.lower()), (self.card, None))
        self.assertEqual(self.resolve(" T0001 "), (self.card, None))

    def test_what_is_no_card_is_unknown(self):
        for text in ("", None, "nobody", "DEADBEEF", "x" * 500):
            with self.subTest(text=text):
                card, code = self.resolve(text)
                self.assertEqual((card.ids, code), ([], "unknown_card"))

    def test_a_card_that_must_not_be_used_comes_with_its_reason(self):
        self.card.action_freeze()
        self.assertEqual(self.resolve(self.card.uid), (self.card, "card_frozen"))
        self.card.action_report_lost()
        self.assertEqual(self.resolve(self.card.uid), (self.card, "card_lost"))
        requested = self.env["campus.card"].create({"partner_id": self.wang.id, "uid": "04112233"})
        self.assertEqual(self.resolve("04112233"), (requested, "card_not_active"))

    def test_the_validity_of_card_and_holder_both_count(self):
        yesterday = date.today() - timedelta(days=1)
        self.card.write({"valid_from": date(2020, 1, 1), "valid_until": yesterday})
        self.assertEqual(self.resolve(self.card.uid)[1], "card_expired")
        self.card.valid_until = False
        self.lin.campus_valid_until = yesterday
        self.assertEqual(self.resolve(self.card.uid)[1], "card_expired")
        self.lin.write({"campus_valid_from": date.today() + timedelta(days=1), "campus_valid_until": False})
        self.assertTrue(self.resolve(self.card.uid)[1])

    def test_what_is_over_is_expired_at_every_door_also_where_the_other_has_not_begun(self):
        yesterday, tomorrow = (date.today() + timedelta(days=days) for days in (-1, 1))
        merchant = self.env["campus.account"].create({"name": "Line", "code": "t-over", "kind": "merchant"})
        request = {
            "wallet_id": self.card.wallet_id.id,
            "account_id": merchant.id,
            "amount_minor": 100,
            "card_id": self.card.id,
        }
        self.top_up(self.card.wallet_id, 1000)
        for own, holders in (
            ((tomorrow, False), (False, yesterday)),
            ((False, yesterday), (tomorrow, False)),
        ):
            self.card.write({"valid_from": own[0], "valid_until": own[1]})
            self.lin.write({"campus_valid_from": holders[0], "campus_valid_until": holders[1]})
            [answer] = self.env["campus.ledger"]._reserve([{**request, "uuid": str(uuid4())}])
            with self.subTest(own=own):
                self.assertEqual(
                    (self.resolve(self.card.uid)[1], answer["code"]), ("card_expired", "card_expired")
                )

    def test_the_campus_number_prefers_the_card_that_works(self):
        phone = self.new_card(self.lin, False, kind="phone")
        phone.action_freeze()
        self.assertEqual(self.resolve("T0001"), (self.card, None))

    def test_cards_of_another_company_are_unknown(self):
        other = self.env["res.company"].create({"name": "Another school"})
        card, code = self.env["campus.card"].with_company(other)._resolve(self.card.uid)
        self.assertEqual((card.ids, code), ([], "unknown_card"))

    def test_a_card_is_good_on_the_day_of_its_company(self):
        self.company.partner_id.tz = "Asia/Shanghai"
        with freeze_time("2026-03-05 17:00:00"):
            self.assertEqual(self.company._campus_today(), date(2026, 3, 6))
            card = self.env["campus.card"].create({"partner_id": self.lin.id})
            self.assertEqual(card.valid_from, date(2026, 3, 6))
            self.card.write({"valid_from": "2026-03-06", "valid_until": "2026-03-06"})
            till = self.card.with_context(tz="UTC")
            self.assertIsNone(till._refusal_code())
