from datetime import date

import chinese_calendar
import holidays as holidays_of_the_world
from odoo import api, fields, models
from odoo.exceptions import UserError

from ..campus_core import working_days

CHINA = "CN"


class CampusHolidayFill(models.TransientModel):
    """Proposes the holidays of a year, with the days that are worked in exchange; nothing is kept unasked."""

    _name = "campus.holiday.fill"
    _description = "Fill in Holidays"

    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company)
    year = fields.Integer(required=True, default=lambda self: self._default_year())
    country_id = fields.Many2one("res.country", required=True, default=lambda self: self._default_country())
    line_ids = fields.One2many(
        "campus.holiday.fill.line", "fill_id", compute="_compute_line_ids", store=True, readonly=False
    )
    is_unannounced = fields.Boolean(compute="_compute_is_unannounced")

    @api.model
    def _default_year(self):
        company = self.env.company
        return self.env["campus.holiday"]._missing_year(company) or company._campus_today().year

    @api.model
    def _default_country(self):
        return self.env.company.country_id or self.env["res.country"].search([("code", "=", CHINA)], limit=1)

    @api.depends("year", "country_id")
    def _compute_is_unannounced(self):
        for fill in self:
            fill.is_unannounced = fill.country_id.code == CHINA and not _announced(fill.year)

    @api.depends("year", "country_id", "company_id")
    def _compute_line_ids(self):
        for fill in self:
            known = set(fill._known_days())
            found = [row for row in fill._proposed() if row["day"] not in known]
            fill.line_ids = [(5,), *((0, 0, row) for row in sorted(found, key=lambda row: row["day"]))]

    def _known_days(self):
        return self.env["campus.holiday"].search([("company_id", "=", self.company_id.id)]).mapped("day")

    def _proposed(self):
        """Rows for the year: of China from the State Council's notice, else from the general rules."""
        if not self.country_id or not 1900 < self.year < 2200:
            return []
        if self.country_id.code == CHINA and _announced(self.year):
            return _of_china(self.year)
        return self._of_country()

    def _of_country(self):
        try:
            english, chinese = (
                holidays_of_the_world.country_holidays(
                    self.country_id.code, years=self.year, language=language
                )
                for language in ("en_US", "zh_CN")
            )
        except NotImplementedError as error:
            raise UserError(
                self.env._("No list of holidays is known for %s. Enter them by hand.", self.country_id.name)
            ) from error
        return [
            {"day": day, "kind": "holiday", "name": name, "name_zh": chinese.get(day) or name}
            for day, name in english.items()
        ]

    def action_apply(self):
        """Keep what the lines say. Days that are in the list already stay as they are."""
        known = set(self._known_days())
        for line in self.line_ids.filtered(lambda line: line.day not in known):
            made = (
                self.env["campus.holiday"]
                .with_context(lang="en_US")
                .create(
                    {
                        "name": line.name,
                        "day": line.day,
                        "kind": line.kind,
                        "like_day": line.like_day if line.kind == "working" else False,
                        "company_id": self.company_id.id,
                    }
                )
            )
            if self.env["res.lang"]._get_data(code="zh_CN"):
                made.with_context(lang="zh_CN").name = line.name_zh or line.name
        return self.env["ir.actions.act_window"]._for_xml_id("campus_card.campus_holiday_action")


class CampusHolidayFillLine(models.TransientModel):
    """A day that is proposed; it can be changed or taken away before it is kept."""

    _name = "campus.holiday.fill.line"
    _description = "Proposed Holiday"
    _order = "day"

    fill_id = fields.Many2one("campus.holiday.fill", required=True, ondelete="cascade")
    day = fields.Date(required=True)
    name = fields.Char(required=True)
    name_zh = fields.Char("Chinese Name")
    kind = fields.Selection([("holiday", "Holiday"), ("working", "Working day")], required=True)
    like_day = fields.Date("Happens As On")


def _announced(year):
    """Whether the notice about this year is in the library that we have."""
    return any(day.year == year for day in chinese_calendar.constants.holidays)


def _of_china(year):
    lists = chinese_calendar.constants
    worked, free = (
        {day: name for day, name in days.items() if abs(day.year - year) <= 1}
        for days in (lists.workdays, lists.in_lieu_days)
    )
    like = working_days.pair(worked, free)
    chinese = {holiday.value: holiday.chinese for holiday in lists.Holiday}
    rows = []
    for kind, days in (("holiday", lists.holidays), ("working", lists.workdays)):
        for day, name in days.items():
            if date(year, 1, 1) <= day <= date(year, 12, 31):
                rows.append(
                    {
                        "day": day,
                        "kind": kind,
                        "name": name,
                        "name_zh": chinese.get(name, name),
                        "like_day": like.get(day, False) if kind == "working" else False,
                    }
                )
    return rows
