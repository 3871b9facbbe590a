import datetime as dt

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import format_date

from ..campus_core import card_state
from ..models.campus_card_states import OVER_STATES
from ..models.campus_card_verbs import BEGINNINGS

# Who has no card but one of these gets a new one.
DONE_STATES = (card_state.EXPIRED, *OVER_STATES)
BATCH = 1000


class CampusCardIssue(models.TransientModel):
    """Make the cards of an intake in one go: one for each holder who has none."""

    _name = "campus.card.issue"
    _description = "Issue Cards for an Intake"

    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company)
    department_ids = fields.Many2many(
        "campus.department", string="Departments", help="With everything below them. Empty: all."
    )
    role = fields.Selection(
        selection=lambda self: (
            self.env["res.partner"]._fields["campus_role"]._description_selection(self.env)
        ),
        help="Empty: all roles.",
    )
    valid_from_after = fields.Date("Joined Since", help="Only holders who are valid from this day or later.")
    partner_ids = fields.Many2many("res.partner", string="Chosen Holders")
    skip_with_card = fields.Boolean(
        "Leave out who has a card of this kind",
        default=True,
        help="A card that is requested, being made, in use, frozen or lost counts.",
    )
    kind = fields.Selection(
        selection=lambda self: self.env["campus.card"]._fields["kind"]._description_selection(self.env),
        required=True,
        default="physical",
    )
    stage_id = fields.Many2one(
        "campus.card.stage",
        "Start In",
        required=True,
        domain=[("state", "in", BEGINNINGS)],
        default=lambda self: self.env["campus.card.stage"]._first_of(card_state.APPROVED),
    )
    valid_from = fields.Date(default=lambda self: self.env.company._campus_today())
    valid_until = fields.Date(help="Empty: as long as the holder is valid.")
    holder_count = fields.Integer("Cards to Make", compute="_compute_holder_count")
    over_count = fields.Integer("No Longer Valid", compute="_compute_holder_count")

    @api.model
    def default_get(self, fields):
        values = super().default_get(fields)
        if self.env.context.get("active_model") == "res.partner":
            values["partner_ids"] = [(6, 0, self.env.context.get("active_ids", []))]
        return values

    @api.depends(
        "company_id",
        "department_ids",
        "role",
        "valid_from_after",
        "partner_ids",
        "skip_with_card",
        "kind",
        "valid_from",
    )
    def _compute_holder_count(self):
        holders = self.env["res.partner"]
        for wizard in self:
            wizard.holder_count = holders.search_count(wizard._holder_domain())
            wizard.over_count = holders.search_count(wizard._wanted_domain() & ~wizard._valid_domain())

    def action_preview(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("campus_card.campus_holder_action")
        return {
            **action,
            "domain": list(self._holder_domain()),
            "target": "new",
            "context": {"create": False},
        }

    def action_issue(self):
        """Create the cards and show them."""
        self.ensure_one()
        holders = self.env["res.partner"].search(self._holder_domain(), order="campus_number")
        if not holders:
            raise UserError(self.env._("No holder is left who needs such a card."))
        self._check_dates(holders)
        cards = self.env["campus.card"].with_context(tracking_disable=True, mail_create_nolog=True)
        made = cards.browse()
        for start in range(0, len(holders), BATCH):
            batch = holders[start : start + BATCH]
            made += cards.create([self._prepare_card_vals(holder) for holder in batch])
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("New cards"),
            "res_model": "campus.card",
            "view_mode": "list,kanban,form",
            "views": [(False, "list"), (False, "kanban"), (False, "form")],
            "domain": [("id", "in", made.ids)],
        }

    def _check_dates(self, holders):
        """Name those whose card would end before it begins."""
        if not self.valid_until:
            return
        late = holders.filtered(lambda holder: self._first_day(holder) > self.valid_until)
        if late:
            shown = ", ".join(f"{holder.name} ({holder.campus_number})" for holder in late[:5])
            raise UserError(
                self.env._(
                    "These cards would end on %(until)s, before their first day: %(holders)s%(more)s.",
                    until=format_date(self.env, self.valid_until),
                    holders=shown,
                    more=" …" if len(late) > 5 else "",
                )
            )

    def _first_day(self, holder):
        """The card's first day: not before the holder's."""
        days = [day for day in (self.valid_from, holder.campus_valid_from) if day]
        return max(days, default=self.company_id._campus_today())

    def _holder_domain(self):
        """Return whom the wizard makes cards for: not for those who are no longer valid."""
        return self._wanted_domain() & self._valid_domain()

    def _valid_domain(self):
        first = max(self.valid_from or dt.date.min, self.company_id._campus_today())
        return Domain("campus_valid_until", "=", False) | Domain("campus_valid_until", ">=", first)

    def _wanted_domain(self):
        domain = Domain("is_campus_holder", "=", True) & Domain(
            "company_id", "in", [self.company_id.id, False]
        )
        if self.partner_ids:
            domain &= Domain("id", "in", self.partner_ids.ids)
        if self.department_ids:
            domain &= Domain("campus_department_id", "child_of", self.department_ids.ids)
        if self.role:
            domain &= Domain("campus_role", "=", self.role)
        if self.valid_from_after:
            domain &= Domain("campus_valid_from", ">=", self.valid_from_after)
        if self.skip_with_card:
            mine = Domain("company_id", "=", self.company_id.id) & Domain("kind", "=", self.kind)
            domain &= ~Domain("campus_card_ids", "any", mine & Domain("state", "not in", DONE_STATES))
        return domain

    def _prepare_card_vals(self, holder):
        return {
            "partner_id": holder.id,
            "company_id": self.company_id.id,
            "kind": self.kind,
            "stage_id": self.stage_id.id,
            "valid_from": self._first_day(holder),
            "valid_until": self.valid_until or holder.campus_valid_until,
        }
