import datetime as dt
from random import Random

from odoo import api, models

from ..generator import daily, doors, walks
from ..generator.cards import cards
from ..generator.people import people
from ..generator.person import STUDENT, TEACHER
from ..generator.term import DAYS, Term


class CampusDemo(models.AbstractModel):
    """Doors: the house, its week, a drill, a visit, requests, and a look of a guard."""

    _inherit = "campus.demo"

    @api.model
    def _load_access(self, company, now, share=1.0):
        """:param now: local time of the school, as for :meth:`_load_school`"""
        self = self._here(company)
        seed = f"campus/{company.id}"
        term = Term.ending(now.date(), DAYS)
        persons = people(Random(f"{seed}/people"), term.end, share)
        plans = cards(Random(f"{seed}/cards"), persons, term.end)
        partners = self._load_people(company, persons)
        records = self._load_cards(company, partners, plans)
        week = walks.Walks(seed, persons, plans, now, term)
        with self._timed("doors"):
            readers = self._load_doors(company, week, partners)
            self._load_in_charge(company)
            drill = self._load_drill(company, week)
        with self._timed("passages"):
            self._load_passages(company, week, readers, partners, self._shown_cards(plans, records), drill)
        with self._timed("visits"):
            self._load_visit(company, now)
            self._load_requests(company, now)
            self._load_look(company, now)
            self._load_door_pin(company)
            self._load_refusal_dispute(company)

    @api.model
    def _shown_cards(self, plans, records):
        """:return: {person: the card that is shown at doors}; a good one where there is one"""
        pairs = [(plan, card) for plan, card in zip(plans, records, strict=True) if plan.kind != "phone"]
        found = {plan.person: card for plan, card in pairs if plan.state in ("lost", "frozen")}
        return found | {plan.person: card for plan, card in pairs if plan.state == "active"}

    @api.model
    def _load_drill(self, company, week):
        """A lockdown drill of the house that a guard raised and a manager ended."""
        Lockdown = self.env["campus.lockdown"]
        if found := Lockdown.search([("company_id", "=", company.id), ("is_drill", "=", True)], limit=1):
            return found
        zone = self._zone(company, doors.HOUSE)
        raised_at, ended_at = map(self._to_utc, week.drill)
        order = Lockdown._raise(
            zone,
            "staff",
            daily.DRILL_REASON,
            is_drill=True,
            raised_by_id=self._staff("guard").id,
            raised_at=raised_at,
        )
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE campus_lockdown_edge SET confirmed_at = %s WHERE lockdown_id = %s",
            [raised_at + dt.timedelta(seconds=1), order.id],
        )
        self.env["campus.lockdown.edge"].invalidate_model(["confirmed_at"])
        # sudo: an order is ended by its verb alone, and this one has ended days ago
        order.sudo().write(
            {
                "state": "ended",
                "ended_by_id": self._staff("manager").id,
                "ended_at": ended_at,
                "end_reason": daily.DRILL_END,
            }
        )
        return order

    @api.model
    def _zone(self, company, key):
        name = next(zone.name_en for zone in doors.ZONES if zone.key == key)
        return self.env["campus.zone"].search([("company_id", "=", company.id), ("name", "=", name)])

    @api.model
    def _load_visit(self, company, now):
        Visit = self.env["campus.access.visit"]
        host = self._wallet_of_role(company, TEACHER).partner_id
        if not host or Visit.search_count([("company_id", "=", company.id)], limit=1):
            return
        planned = daily.VISIT
        first, last = (dt.datetime.combine(now.date(), moment) for moment in (planned.first, planned.last))
        Visit.create(
            {
                "visitor_name": planned.visitor,
                "visitor_from": planned.comes_from,
                "reason": planned.reason,
                "host_id": host.id,
                "company_id": company.id,
                "zone_id": self._zone(company, planned.zone).id,
                "valid_from": self._to_utc(first),
                "valid_until": self._to_utc(last),
                "needs_escort": False,
            }
        )

    @api.model
    def _load_requests(self, company, now):
        """One request waits; another was granted."""
        Request = self.env["campus.access.request"]
        if Request.search_count([("company_id", "=", company.id)], limit=1):
            return
        for planned in daily.REQUESTS:
            holder = self._wallet_of_role(company, planned.role).partner_id
            if not holder:
                continue
            request = Request.create(
                {
                    "partner_id": holder.id,
                    "company_id": company.id,
                    "zone_id": self._zone(company, planned.zone).id,
                    "valid_from": self._to_utc(now),
                    "valid_until": self._to_utc(now + dt.timedelta(days=planned.days)),
                    "reason": planned.reason,
                }
            )
            if planned.answer:
                # sudo: the loader may do what the secretary does
                decided = request.with_user(self._staff("secretary")).sudo()
                decided.answer = planned.answer
                decided.action_grant()
            self._backdate(request, self._to_utc(now - dt.timedelta(hours=planned.hours_ago)))

    @api.model
    def _load_look(self, company, now):
        """A guard has looked at the student's passages; she reads it in the portal."""
        # sudo: looks are written down by the server alone
        Look = self.env["campus.look"].sudo()
        student = self._wallet_of_role(company, STUDENT).partner_id
        if not student or Look.search_count([("company_id", "=", company.id)], limit=1):
            return
        look = Look.create(
            {
                "user_id": self._staff("guard").id,
                "company_id": company.id,
                "scope": "person",
                "reason": daily.LOOK_REASON,
                "looked_at": self._to_utc(now - dt.timedelta(days=2, hours=3)),
            }
        )
        look._add_people(student)

    @api.model
    def _load_door_pin(self, company):
        """The door PIN of the teacher, which the manual names. Normally only its holder knows a PIN."""
        holder, pins = self._wallet_of_role(company, TEACHER).partner_id, self.env["campus.door.pin"]
        if holder and not pins._of(holder):
            pins._store(holder, pins._seal(daily.DOOR_PIN, daily.DOOR_PIN))

    @api.model
    def _load_refusal_dispute(self, company):
        """The student says that a door should have opened."""
        student = self._wallet_of_role(company, STUDENT).partner_id
        # sudo: nobody may read who a passage is of; holders dispute their own
        passages, disputes = self.env["campus.passage"].sudo(), self.env["campus.passage.dispute"].sudo()
        refused = [("partner_id", "=", student.id), ("outcome", "=", "refused")]
        passage = passages.search(refused, limit=1) if student else passages
        if passage and not disputes.search_count([("company_id", "=", company.id)], limit=1):
            disputes._of_passage(passage)
