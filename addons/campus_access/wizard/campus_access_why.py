from odoo import api, fields, models
from odoo.addons.campus_card.campus_core import errors
from odoo.addons.campus_card.campus_core.access import types
from odoo.addons.campus_card.campus_core.access.decide import decide
from odoo.addons.campus_card.campus_core.taps import rules

from ..models.campus_access_site import moment_ms


class CampusAccessWhy(models.TransientModel):
    """Who can open a door at a moment and by which right, and which doors a person can open."""

    _name = "campus.access.why"
    _description = "Who Can Open What"

    about = fields.Selection(
        [("door", "Who can open this door?"), ("person", "Which doors can this person open?")],
        required=True,
        default="person",
    )
    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company)
    door_id = fields.Many2one("campus.door")
    side = fields.Selection(
        [(types.IN, "On the way in"), (types.OUT, "On the way out")], required=True, default="in"
    )
    partner_id = fields.Many2one("res.partner", "Person", domain=[("is_campus_holder", "=", True)])
    moment = fields.Datetime("When", required=True, default=fields.Datetime.now)
    line_ids = fields.One2many(
        "campus.access.why.line", "why_id", compute="_compute_line_ids", store=True, readonly=False
    )

    @api.depends("about")
    @api.depends_context("lang")
    def _compute_display_name(self):
        self.display_name = self.env._("Who Can Open What")

    @api.depends("about", "door_id", "side", "partner_id", "moment")
    def _compute_line_ids(self):
        for why in self:
            rows = []
            if why.moment and why.about == "door" and why.door_id:
                rows = why._of_door()
            elif why.moment and why.about == "person" and why.partner_id:
                rows = why._of_person()
            why.line_ids = [(5,), *((0, 0, row) for row in rows)]

    def _of_door(self):
        """A row for each list of rights that people have: there are few, and all people of one pass alike."""
        door = self.door_id
        site, state = self.env["campus.access.site"]._site(door), self._state()
        self.env.flush_all()
        self.env.cr.execute(
            """SELECT min(profile.id), count(DISTINCT person.partner_id), mine.rules
                 FROM campus_access_profile profile
                 JOIN campus_access_person person ON person.profile_id = profile.id
                 JOIN LATERAL (SELECT array_agg(one ORDER BY one) AS rules FROM unnest(profile.rules) AS one
                                WHERE one = ANY (%s)) AS mine ON mine.rules IS NOT NULL
                GROUP BY mine.rules""",
            [list(site.rules)],
        )
        rows = []
        for _number, count, held in self.env.cr.fetchall():
            verdict = self._decide(site, door, types.Person(0, tuple(held)), state)
            row = self._row(site, door, verdict)
            rows.append({**row, "people_count": count, "rules": held})
        return sorted(rows, key=lambda row: (not row["is_open"], -row["people_count"]))

    def _of_person(self):
        doors = self.env["campus.door"].search([("company_id", "=", self.company_id.id)])
        site = self.env["campus.access.site"]._site(doors)
        held = self.env["campus.access.site"]._rules_of(self.partner_id)
        person, state = types.Person(self.partner_id.id, held, self._card_refusal()), self._state()
        rows = [self._row(site, door, self._decide(site, door, person, state)) for door in doors]
        return sorted(rows, key=lambda row: not row["is_open"])

    def _decide(self, site, door, person, state):
        """The decision that a reader makes, of somebody of whom no passage is known."""
        return decide(site, site.doors[door.id], self.side, person, state, moment_ms(self.moment))

    def _state(self):
        """What is known of the moment beside people: the lockdowns that were, or are, in force then."""
        # sudo: whoever asks who can open a door is told that it is locked down
        orders = self.env["campus.lockdown"].sudo()
        then = [("company_id", "=", self.company_id.id), ("raised_at", "<=", self.moment)]
        lasting = ["|", ("state", "=", "active"), ("ended_at", ">", self.moment)]
        return types.State(lockdowns=tuple(order._to_core() for order in orders.search(then + lasting)))

    def _card_refusal(self):
        """Why no card of the person opens anything on the day of the moment; None if one does."""
        day = self.company_id._campus_local(self.moment).date()
        # sudo: who gives rights does not read cards; only whether one is good is told
        holder = self.partner_id.sudo()
        cards = holder.campus_card_ids.filtered(lambda card: card.company_id == self.company_id)
        refusals = [
            rules.card_refusal(
                card.state,
                rules.later(card.valid_from or None, holder.campus_valid_from or None),
                rules.earlier(card.valid_until or None, holder.campus_valid_until or None),
                day,
            )
            for card in cards.sorted("id", reverse=True)
        ]
        if not refusals:
            return errors.Refusal(errors.CARD_NOT_ACTIVE)
        return None if None in refusals else refusals[0]

    def _row(self, site, door, verdict):
        explain = self.env["campus.ledger"]._explain
        steps = [reason for reason in verdict.reasons if reason.code in STEPS]
        against = [reason for reason in verdict.reasons if reason.code not in STEPS]
        said = [explain({"code": one.code, "numbers": dict(one.numbers)}) for one in against + steps]
        rights = self.env["campus.access.right"].search([("id", "in", [verdict.rule or 0, *verdict.others])])
        return {
            "door_id": door.id,
            "right_id": verdict.rule if verdict.rule in rights.ids else False,
            "right_name": site.rules[verdict.rule].name if verdict.rule in site.rules else False,
            "is_open": not against,
            "reasons": "\n".join(said),
            "codes": " ".join(sorted({reason.code for reason in verdict.reasons})),
            "others": ", ".join(site.rules[one].name for one in verdict.others),
        }


#: What a person can still do at the reader: it is said, but the door does open then.
STEPS = frozenset((errors.ACCESS_PIN_NEEDED, errors.ACCESS_SECOND_MISSING, errors.ACCESS_ESCORT_MISSING))


class CampusAccessWhyLine(models.TransientModel):
    """A door with what its reader would say, and the right that decides."""

    _name = "campus.access.why.line"
    _description = "Answer Who Can Open What"

    why_id = fields.Many2one("campus.access.why", required=True, ondelete="cascade")
    door_id = fields.Many2one("campus.door", readonly=True)
    right_id = fields.Many2one("campus.access.right", "Right", readonly=True)
    right_name = fields.Char("By Right", readonly=True)
    is_open = fields.Boolean("Opens", readonly=True)
    reasons = fields.Text("What the Reader Says", readonly=True)
    codes = fields.Char("Codes", readonly=True)
    others = fields.Char("Would Decide Otherwise", readonly=True)
    people_count = fields.Integer("People", readonly=True)
    rules = fields.Json(readonly=True)

    def action_view_people(self):
        """Return the list of the people whom this line is about; only those that the user may see."""
        self.ensure_one()
        domain = [("campus_right_ids", "in", [rule]) for rule in self.rules or [0]]
        return {
            "type": "ir.actions.act_window",
            "name": self.door_id.name,
            "res_model": "res.partner",
            "views": [(self.env.ref("campus_access.campus_member_view_list").id, "list")],
            "domain": domain,
        }
