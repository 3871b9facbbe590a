import base64
import datetime as dt

from odoo import api, models
from odoo.addons.campus_access.models.campus_schedule_window import WEEKDAYS
from odoo.tools import file_open

from ..generator import doors
from ..generator.term import academic_year
from .campus_demo import LANGUAGE


class CampusDemo(models.AbstractModel):
    """A house with twelve doors: zones, readers, schedules, rights."""

    _inherit = "campus.demo"

    @api.model
    def _load_doors(self, company, walks, partners):
        """:return: {code of a terminal: (door, side)} of the house's readers"""
        self._load_calendar(company, walks.now.date())
        zones = self._load_zones(company)
        schedules = self._load_schedules(company)
        readers = self._load_readers(company)
        found = self._load_house_doors(company, zones, schedules, readers)
        self._load_plans(company, zones, found)
        self._load_rights(company, walks, partners, zones, schedules, found)
        return {
            code: (door, side)
            for door in found.values()
            for side, code in (("in", door.in_terminal_id.code), ("out", door.out_terminal_id.code))
            if code
        }

    @api.model
    def _translated(self, record, name):
        record.update_field_translations("name", {LANGUAGE: name})
        return record

    @api.model
    def _load_calendar(self, company, today):
        """The terms of this academic year, and the holidays of its years."""
        year = academic_year(today)
        terms = self.env["campus.term"]
        if not terms.search_count([("company_id", "=", company.id)]):
            for name, zh, first, last in (
                ("First term", "第一学期", dt.date(year, 9, 1), dt.date(year + 1, 1, 17)),
                ("Second term", "第二学期", dt.date(year + 1, 2, 21), dt.date(year + 1, 7, 11)),
            ):
                vals = {"company_id": company.id, "first_day": first, "last_day": last}
                made = terms.create({**vals, "name": f"{name} {year}/{(year + 1) % 100:02d}"})
                self._translated(made, f"{year}–{year + 1} 学年{zh}")
        days = self.env["campus.holiday"].search([("company_id", "=", company.id)]).mapped("day")
        for missing in sorted({year, year + 1} - {day.year for day in days}):
            fill = self.env["campus.holiday.fill"].create({"company_id": company.id, "year": missing})
            fill.action_apply()

    @api.model
    def _load_zones(self, company):
        """:return: {key: zone}"""
        Zone = self.env["campus.zone"]
        known = Zone.search([("company_id", "=", company.id)]).grouped("name")
        departments = self.env["campus.department"].search([("company_id", "=", company.id)]).grouped("code")
        found = {}
        for planned in doors.ZONES:
            zone = known.get(planned.name_en)
            if not zone:
                zone = Zone.create(
                    {
                        "name": planned.name_en,
                        "kind": planned.kind,
                        "company_id": company.id,
                        "parent_id": found[planned.parent].id if planned.parent else False,
                        "own_department_id": departments[planned.own].id if planned.own else False,
                        **planned.values,
                    }
                )
                zone.with_context(lang=LANGUAGE).name = planned.name
            found[planned.key] = zone
        return found

    @api.model
    def _load_schedules(self, company):
        """:return: {key: schedule}"""
        Schedule = self.env["campus.schedule"]
        known = Schedule.search([("company_id", "=", company.id)]).grouped("name")
        found = {}
        for planned in doors.SCHEDULES:
            found[planned.key] = known.get(planned.name_en) or self._translated(
                Schedule.create(
                    {
                        "name": planned.name_en,
                        "company_id": company.id,
                        "holidays": planned.holidays,
                        "window_ids": [(0, 0, self._window_vals(*times)) for times in planned.times],
                    }
                ),
                planned.name,
            )
        return found

    @api.model
    def _window_vals(self, days, start, end, weeks):
        held = {name: str(number) in days for number, name in enumerate(WEEKDAYS, 1)}
        listed = {"weeks": "list", "week_list": weeks} if weeks else {}
        return {**held, "start_min": start, "end_min": end, **listed}

    @api.model
    def _load_readers(self, company):
        """:return: {code: terminal} of the house's edge"""
        Edge, Terminal = self.env["campus.edge"], self.env["campus.terminal"]
        domain = [("company_id", "=", company.id), ("name", "=", doors.EDGE_NAME)]
        edge = Edge.search(domain) or Edge.create(
            {
                "name": doors.EDGE_NAME,
                "place": doors.EDGE_PLACE,
                "company_id": company.id,
                "responsible_id": self._staff("device").id,
            }
        )
        found = edge.terminal_ids.grouped("code")
        for door in doors.DOORS:
            for code, where, zh in (
                (door.code, "in", "进"),
                *([(door.out_code, "out", "出")] if door.out else []),
            ):
                if code in found:
                    continue
                vals = {"code": code, "purpose": "door", "edge_id": edge.id, "company_id": company.id}
                found[code] = Terminal.create({**vals, "name": f"{door.name_en}, {where}"})
                found[code].with_context(lang=LANGUAGE).name = f"{door.name}·{zh}"
        return found

    @api.model
    def _load_house_doors(self, company, zones, schedules, readers):
        """:return: {code: door}"""
        Door = self.env["campus.door"]
        known = Door.search([("company_id", "=", company.id)]).grouped("name")
        return {
            planned.code: known.get(planned.name_en)
            or self._translated(
                Door.create(
                    {
                        "name": planned.name_en,
                        "company_id": company.id,
                        "outer_zone_id": zones[planned.outer].id,
                        "inner_zone_id": zones[planned.inner].id,
                        "in_terminal_id": readers[planned.code].id,
                        "out_terminal_id": readers[planned.out_code].id if planned.out else False,
                        "mode": "unlocked" if planned.unlocked else "normal",
                        "unlock_schedule_id": schedules[planned.unlocked].id if planned.unlocked else False,
                        **planned.values,
                    }
                ),
                planned.name,
            )
            for planned in doors.DOORS
        }

    @api.model
    def _load_plans(self, company, zones, found):
        Plan = self.env["campus.floor.plan"]
        known = set(Plan.search([("company_id", "=", company.id)]).mapped("name"))
        for planned in doors.PLANS:
            if planned.name_en in known:
                continue
            with file_open(f"campus_demo/static/img/{planned.picture}", "rb") as picture:
                plan = Plan.create(
                    {
                        "name": planned.name_en,
                        "company_id": company.id,
                        "zone_id": zones[planned.zone].id,
                        "image": base64.b64encode(picture.read()),
                    }
                )
            self._translated(plan, planned.name)
            for code, (x, y) in planned.spots.items():
                plan.place_door(found[code].id, x, y)

    @api.model
    def _load_rights(self, company, walks, partners, zones, schedules, found):
        Right = self.env["campus.access.right"]
        known = set(Right.search([("company_id", "=", company.id)]).mapped("name"))
        departments = self.env["campus.department"].search([("company_id", "=", company.id)])
        numbers = {department.code: department.id for department in departments}
        for planned in doors.RIGHTS:
            people = [partners[i].id for role in planned.people for i in walks.people[role]]
            if planned.name in known or (planned.people and not people):
                continue
            who = {"who": "people", "partner_ids": [(6, 0, people)]}
            if planned.who:
                who = {"who": "domain", "domain": planned.who.format(**numbers, garden=walks.garden)}
            Right.create(
                {
                    "name": planned.name,
                    "company_id": company.id,
                    "zone_ids": [(6, 0, [zones[key].id for key in planned.zones])],
                    "door_ids": [(6, 0, [found[code].id for code in planned.doors])],
                    "schedule_id": schedules[planned.schedule].id if planned.schedule else False,
                    **who,
                    **planned.values,
                }
            )
