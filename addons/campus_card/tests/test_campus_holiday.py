from datetime import date

from freezegun import freeze_time
from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, TransactionCase, tagged
from odoo.tools import mute_logger
from psycopg2.errors import CheckViolation, UniqueViolation


@tagged("post_install", "-at_install")
class TestCampusHoliday(TransactionCase):
    """Holidays and terms are records of one table that all rules ask."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env["res.company"].create(
            {"name": "School of days", "country_id": cls.env.ref("base.cn").id}
        )
        cls.env = cls.env(context={**cls.env.context, "allowed_company_ids": cls.company.ids})
        cls.company = cls.company.with_env(cls.env)
        cls.days = cls.env["campus.holiday"]

    def fill(self, year, **values):
        with Form(self.env["campus.holiday.fill"]) as form:
            form.year = year
            for name, value in values.items():
                form[name] = value
        form.record.action_apply()
        return form.record

    def test_the_wizard_pairs_days_worked_in_exchange_with_the_free_days(self):
        self.fill(2026)
        calendar = self.company._campus_calendar()
        self.assertEqual(calendar.working_days[date(2026, 2, 14)], date(2026, 2, 20))
        self.assertEqual(calendar.working_days[date(2026, 10, 10)], date(2026, 10, 7))
        self.assertTrue(calendar.is_holiday(date(2026, 2, 17)))
        self.assertFalse(calendar.is_holiday(date(2026, 2, 14)))

    def test_what_is_in_the_list_stays_as_it_is(self):
        kept = self.days.create({"name": "Our own", "day": date(2026, 10, 1), "kind": "working"})
        self.fill(2026)
        self.fill(2026)
        self.assertEqual(kept.name, "Our own")
        self.assertEqual(self.days.search_count([("day", "=", date(2026, 10, 1))]), 1)

    def test_a_year_without_a_notice_says_so(self):
        self.assertFalse(self.env["campus.holiday.fill"].new({"year": 2026}).is_unannounced)
        self.assertTrue(self.env["campus.holiday.fill"].new({"year": 2090}).is_unannounced)

    def test_other_countries_have_their_holidays(self):
        self.fill(2027, country_id=self.env.ref("base.de"))
        self.assertIn(date(2027, 10, 3), self.company._campus_calendar().holidays)

    def test_a_country_that_nobody_knows_is_refused_by_name(self):
        nowhere = self.env["res.country"].create({"name": "Nowhere", "code": "QQ"})
        with self.assertRaisesRegex(UserError, "Nowhere"):
            self.fill(2027, country_id=nowhere)

    def test_the_overview_warns_in_autumn_that_next_year_is_missing(self):
        self.fill(2026)
        with freeze_time("2026-09-30 12:00:00"):
            self.assertIsNone(self.days._missing_year(self.company))
        with freeze_time("2026-11-30 12:00:00"):
            self.assertEqual(self.days._missing_year(self.company), 2027)
            self.assertEqual(self.env["campus.overview"].get_overview()["holidays_missing"], 2027)
        self.fill(2027)
        with freeze_time("2026-11-30 12:00:00"):
            self.assertIsNone(self.days._missing_year(self.company))

    def test_terms_do_not_overlap(self):
        terms = self.env["campus.term"]
        term = terms.create({"name": "Autumn", "first_day": date(2026, 9, 3), "last_day": date(2027, 1, 15)})
        self.assertEqual(term.week_count, 20)
        with self.assertRaisesRegex(ValidationError, "overlap"):
            terms.create({"name": "Spring", "first_day": date(2027, 1, 15), "last_day": date(2027, 6, 30)})

    def test_the_database_refuses_what_makes_no_sense(self):
        day = date(2026, 5, 5)
        self.days.create({"name": "Free", "day": day})
        with self.assertRaises(UniqueViolation), mute_logger("odoo.sql_db"), self.env.cr.savepoint():
            self.days.create({"name": "Again", "day": day})
        with self.assertRaises(CheckViolation), mute_logger("odoo.sql_db"), self.env.cr.savepoint():
            self.days.create({"name": "Like", "day": date(2026, 5, 6), "like_day": day})
