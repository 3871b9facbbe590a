import base64
import datetime as dt
from random import Random
from zoneinfo import ZoneInfo

from odoo import api, models

from ..generator import campus
from ..generator.portraits import portrait

BATCH = 500
#: State of a card -> the field with the time of the change.
SINCE = {
    "lost": "lost_at",
    "frozen": "frozen_at",
    "expired": "closed_at",
    "replaced": "closed_at",
    "returned": "closed_at",
}
#: A card in one of these states has not been issued.
IN_OFFICE = ("requested", "approved", "produced")


BATCH = 500


def encode(drawing):
    """A drawing as a value of Odoo's image fields."""
    return base64.b64encode(drawing.encode())


class CampusDemo(models.AbstractModel):
    """The holders and their cards. Cards are made in their present state; earlier states are not replayed."""

    _inherit = "campus.demo"

    @api.model
    def _load_cards(self, company, partners, plans):
        """:return: cards in the order of ``plans``"""
        # The cards of a person were made in the order of the plans.
        waiting = {
            partner.id: cards.sorted("id").ids
            for partner, cards in self.env["campus.card"]
            .search([("company_id", "=", company.id), ("partner_id", "in", partners.ids)])
            .grouped("partner_id")
            .items()
        }
        ids = [next(iter(waiting.get(partners[plan.person].id, [])), None) for plan in plans]
        if not any(ids):
            ids = self._create_cards(company, partners, plans).ids
        else:
            ids = [waiting[partners[plan.person].id].pop(0) for plan in plans]
        return self.env["campus.card"].browse(ids)

    @api.model
    def _create_cards(self, company, partners, plans):
        Card = self.env["campus.card"]
        Stage = self.env["campus.card.stage"]
        stages = {state: Stage._first_of(state).id for state in {plan.state for plan in plans}}
        wallets = self.env["campus.wallet"]._for_holder(partners, company)
        wallet_of = {wallet.partner_id.id: wallet.id for wallet in wallets}
        vals_list = []
        for plan in plans:
            vals = self._prepare_card_vals(plan)
            vals["partner_id"] = partners[plan.person].id
            vals["wallet_id"] = wallet_of[vals["partner_id"]]
            vals["company_id"] = company.id
            vals["stage_id"] = stages[plan.state]
            vals_list.append(vals)
        made = Card.browse()
        for start in range(0, len(vals_list), BATCH):
            made += Card.create(vals_list[start : start + BATCH])
        for plan, card in zip(plans, made, strict=True):
            if plan.replaces is not None:
                old = made[plan.replaces]
                card.replaces_id = old
                old.replaced_by_id = card
        return made

    @api.model
    def _prepare_card_vals(self, plan):
        vals = {
            "uid": plan.uid,
            "kind": plan.kind,
            "valid_from": plan.valid_from,
            "valid_until": plan.valid_until,
            "state_reason": plan.reason or False,
        }
        if plan.state not in IN_OFFICE:
            issued = plan.works_from or dt.datetime.combine(plan.valid_from, dt.time(10))
            vals["issued_at"] = self._to_utc(max(issued, issued.replace(hour=9)))
        if plan.state in SINCE:
            vals[SINCE[plan.state]] = self._to_utc(plan.works_until)
        if plan.state == "lost":
            vals["state_before_loss"] = "active"
        return vals

    @staticmethod
    def _to_utc(moment):
        """A local time of the school, as Odoo stores it."""
        local = moment.replace(tzinfo=ZoneInfo(campus.TZ))
        return local.astimezone(dt.timezone.utc).replace(tzinfo=None)

    # -- holders -----------------------------------------------------------------

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
