from odoo import api, fields, models
from odoo.exceptions import UserError

PLANNED, CANCELLED = "planned", "cancelled"


class CampusAccessVisit(models.Model):
    """Somebody from outside comes to see a host; the right ends with the visit, also at doors without a network."""

    _name = "campus.access.visit"
    _description = "Visit"
    _inherit = ["mail.thread"]
    _order = "valid_from desc, id desc"
    _check_company_auto = True

    visitor_name = fields.Char("Visitor", required=True, tracking=True)
    visitor_from = fields.Char("Comes From", help="Company or school.")
    partner_id = fields.Many2one(
        "res.partner", "Visitor's Record", readonly=True, copy=False, index=True, ondelete="restrict"
    )
    host_id = fields.Many2one(
        "res.partner",
        "Host",
        required=True,
        index=True,
        domain=[("is_campus_holder", "=", True)],
        ondelete="restrict",
        tracking=True,
    )
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    zone_id = fields.Many2one("campus.zone", "Where", required=True, check_company=True, ondelete="restrict")
    department_id = fields.Many2one(related="zone_id.department_id", store=True, index="btree_not_null")
    valid_from = fields.Datetime("From", required=True, default=fields.Datetime.now, tracking=True)
    valid_until = fields.Datetime("Until", required=True, tracking=True)
    needs_escort = fields.Boolean("With a Companion", default=True)
    reason = fields.Char("What For")
    state = fields.Selection(
        [(PLANNED, "Planned"), (CANCELLED, "Called Off")],
        required=True,
        default=PLANNED,
        readonly=True,
        copy=False,
        tracking=True,
    )
    right_id = fields.Many2one("campus.access.right", "Right", readonly=True, copy=False, ondelete="restrict")

    _times_check = models.Constraint("CHECK (valid_until > valid_from)", "A visit ends after it begins.")

    @api.depends("visitor_name", "host_id")
    def _compute_display_name(self):
        for visit in self:
            visit.display_name = f"{visit.visitor_name or ''} → {visit.host_id.name or ''}"

    @api.model_create_multi
    def create(self, vals_list):
        visits = super().create(vals_list)
        for visit in visits:
            visit._open()
        return visits

    def write(self, vals):
        res = super().write(vals)
        told = {"valid_from", "valid_until", "zone_id", "needs_escort"} & vals.keys()
        for visit in self if told else ():
            if visit.state != PLANNED:
                raise UserError(self.env._("This visit was called off."))
            visit.right_id.write(
                {name: value for name, value in visit._prepare_right_vals().items() if name != "kind"}
            )
        return res

    def action_call_off(self):
        """End the visit's right at once."""
        for visit in self:
            visit.right_id.active = False
            visit._campus_giving("state").state = CANCELLED

    def _open(self):
        """Make the visitor a holder for the time of the visit, and give the right."""
        if not self.partner_id:
            # sudo: who announces a visitor need not be able to make holders of other kinds
            visitor = self.env["res.partner"].sudo().create(self._prepare_visitor_vals())
            self._campus_giving("partner_id").partner_id = visitor
        right = self.env["campus.access.right"]._campus_giving("kind").create(self._prepare_right_vals())
        self._campus_giving("right_id").right_id = right

    def _prepare_visitor_vals(self):
        return {
            "name": self.visitor_name,
            # sudo: the number is the next one, whoever asks
            "campus_number": self.env["ir.sequence"].sudo().next_by_code("campus.access.visit"),
            "campus_role": "visitor",
            "company_id": self.company_id.id,
            "campus_department_id": self.department_id.id,
            "campus_valid_from": self.company_id._campus_local(self.valid_from).date(),
            "campus_valid_until": self.company_id._campus_local(self.valid_until).date(),
        }

    def _prepare_right_vals(self):
        return {
            "name": self.env._("Visit of %s", self.visitor_name),
            "kind": "visit",
            "company_id": self.company_id.id,
            "who": "people",
            "partner_ids": [(6, 0, self.partner_id.ids)],
            "zone_ids": [(6, 0, self.zone_id.ids)],
            "valid_from": self.valid_from,
            "valid_until": self.valid_until,
            "needs_escort": self.needs_escort,
        }
