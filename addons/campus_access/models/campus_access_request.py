from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

ASKED, GRANTED, REFUSED, WITHDRAWN = "asked", "granted", "refused", "withdrawn"


class CampusAccessRequest(models.Model):
    """Somebody asks for a right for a while; who is in charge of the place grants it, with an end."""

    _name = "campus.access.request"
    _description = "Request for Access"
    _inherit = ["mail.thread"]
    _order = "id desc"
    _check_company_auto = True

    partner_id = fields.Many2one(
        "res.partner",
        "Who",
        required=True,
        index=True,
        domain=[("is_campus_holder", "=", True)],
        ondelete="restrict",
    )
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    zone_id = fields.Many2one("campus.zone", "Where", required=True, check_company=True, ondelete="restrict")
    department_id = fields.Many2one(related="zone_id.department_id", store=True, index="btree_not_null")
    schedule_id = fields.Many2one("campus.schedule", check_company=True, ondelete="restrict")
    valid_from = fields.Datetime("From", required=True, default=fields.Datetime.now)
    valid_until = fields.Datetime("Until", required=True)
    reason = fields.Text("What For", required=True)
    state = fields.Selection(
        [(ASKED, "Asked"), (GRANTED, "Granted"), (REFUSED, "Refused"), (WITHDRAWN, "Withdrawn")],
        required=True,
        default=ASKED,
        readonly=True,
        copy=False,
        index=True,
        tracking=True,
    )
    answer = fields.Text(copy=False, help="The person who asked reads it.")
    approver_id = fields.Many2one(
        "res.users", "Decided By", readonly=True, copy=False, ondelete="restrict", tracking=True
    )
    right_id = fields.Many2one("campus.access.right", "Right", readonly=True, copy=False, ondelete="restrict")

    _times_check = models.Constraint("CHECK (valid_until > valid_from)", "A right ends after it begins.")
    _answer_check = models.Constraint(
        "CHECK (state <> 'granted' OR (approver_id IS NOT NULL AND right_id IS NOT NULL))",
        "A granted request has somebody who granted it, and a right.",
    )

    @api.depends("partner_id", "zone_id")
    def _compute_display_name(self):
        for request in self:
            request.display_name = f"{request.partner_id.name or ''}: {request.zone_id.display_name or ''}"

    def write(self, vals):
        frozen = {"partner_id", "zone_id", "schedule_id", "valid_from", "valid_until", "company_id"}
        if frozen & vals.keys() and any(request.state != ASKED for request in self):
            raise UserError(self.env._("A request that was answered is not changed. Ask again instead."))
        return super().write(vals)

    def action_grant(self):
        """Make the right; it ends by itself."""
        for request in self:
            request._check_open()
            if request.valid_until <= fields.Datetime.now():
                raise UserError(self.env._("The time that was asked for is over."))
            right = (
                self.env["campus.access.right"]._campus_giving("kind").create(request._prepare_right_vals())
            )
            request._decide(GRANTED, right)

    def action_refuse(self):
        """Say no; the answer says why."""
        for request in self:
            request._check_open()
            request._decide(REFUSED)

    def action_withdraw(self):
        """Take the request back, or end what was granted."""
        for request in self:
            if request.state not in (ASKED, GRANTED):
                raise UserError(self.env._("This request is over already."))
            if request.right_id:
                request.right_id.active = False
            request._campus_giving("state").state = WITHDRAWN

    def _check_open(self):
        if self.state != ASKED:
            raise UserError(self.env._("This request was answered already."))
        if self.partner_id == self.env.user.partner_id:
            raise AccessError(self.env._("Somebody else decides about your own request."))

    def _decide(self, state, right=None):
        self._campus_giving("state", "approver_id", "right_id").write(
            {"state": state, "approver_id": self.env.user.id, "right_id": right.id if right else False}
        )

    def _prepare_right_vals(self):
        return {
            "name": self.env._("Request of %s", self.partner_id.name),
            "kind": "grant",
            "company_id": self.company_id.id,
            "who": "people",
            "partner_ids": [(6, 0, self.partner_id.ids)],
            "zone_ids": [(6, 0, self.zone_id.ids)],
            "schedule_id": self.schedule_id.id,
            "valid_from": self.valid_from,
            "valid_until": self.valid_until,
        }
