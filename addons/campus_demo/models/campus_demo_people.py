import base64
from random import Random

from odoo import api, models

from ..generator.portraits import portrait

BATCH = 500


def encode(drawing):
    """A drawing as a value of Odoo's image fields."""
    return base64.b64encode(drawing.encode())


class CampusDemo(models.AbstractModel):
    """The holders."""

    _inherit = "campus.demo"

    @api.model
    def _load_people(self, company, persons):
        """:return: partners in the order of ``persons``"""
        Partner = self.env["res.partner"]
        found = Partner.search([("company_id", "=", company.id), ("campus_number", "!=", False)])
        by_number = {partner.campus_number: partner for partner in found}
        departments = self.env["campus.department"].search([("company_id", "=", company.id)])
        by_code = {department.code: department.id for department in departments}
        left = self._left_people(company)
        vals_list = []
        for person in persons:
            if person.number in by_number:
                continue
            vals = self._prepare_holder_vals(company, person, by_code)
            if partner := left.get(person.email):
                partner.write(vals)
                by_number[person.number] = partner
            else:
                vals_list.append(vals)
        for start in range(0, len(vals_list), BATCH):
            made = Partner.create(vals_list[start : start + BATCH])
            by_number.update((partner.campus_number, partner) for partner in made)
        return Partner.browse([by_number[person.number].id for person in persons])

    @api.model
    def _left_people(self, company):
        """:return: {e-mail: partner} of people whose cards went with an earlier installation"""
        domain = [("company_id", "=", company.id), ("campus_number", "=", False), ("email", "!=", False)]
        return {partner.email: partner for partner in self.env["res.partner"].search(domain)}

    @api.model
    def _prepare_holder_vals(self, company, person, departments):
        vals = {
            "name": person.name,
            "email": person.email,
            "lang": "zh_CN",
            "tz": company.partner_id.tz,
            "company_id": company.id,
            "campus_number": person.number,
            "campus_role": person.role,
            "campus_department_id": departments[person.department],
            "campus_valid_from": person.valid_from,
            "campus_valid_until": person.valid_until,
            "campus_properties": {"level": person.level, "group": person.group, "room": person.room},
        }
        if person.photographed:
            vals["image_1920"] = encode(portrait(Random(person.number), person.female, person.young))
        return vals
