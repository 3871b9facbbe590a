from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import format_date

from .campus_books_mixin import FINANCE

TYPE_LATE_BOOKING = "campus_reports.mail_activity_type_late_booking"


class CampusLateBooking(models.Model):
    """A late booking: for card days that were still open when the books were locked.

    One person of card finance asks and gives the reason, another one approves. Then the entries of these days
    are booked on the first date that is not locked. The days themselves keep their dates.
    """

    _name = "campus.late.booking"
    _description = "Late Booking"
    _inherit = ["campus.books.mixin"]
    _order = "id desc"
    _rec_name = "locked_until"

    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    locked_until = fields.Date(
        string="Days Until", required=True, readonly=True, help="The books are locked up to this date."
    )
    reason = fields.Text(required=True, readonly=True)
    state = fields.Selection(
        [("requested", "Waiting"), ("approved", "Approved"), ("refused", "Refused")],
        required=True,
        readonly=True,
        default="requested",
        index=True,
        tracking=True,
    )
    requested_by_id = fields.Many2one("res.users", required=True, readonly=True, ondelete="restrict")
    decided_by_id = fields.Many2one("res.users", readonly=True, tracking=True, ondelete="restrict")
    decided_at = fields.Datetime(readonly=True)
    closing_ids = fields.One2many("campus.closing", "late_booking_id", string="Days", readonly=True)
    can_decide = fields.Boolean(compute="_compute_can_decide")

    _two_people = models.Constraint(
        "CHECK(state = 'requested' OR (decided_by_id IS NOT NULL AND decided_by_id <> requested_by_id))",
        "A late booking is decided by another person than the one who asked for it.",
    )

    @api.depends("state", "requested_by_id")
    @api.depends_context("uid")
    def _compute_can_decide(self):
        may = self.env.user.has_group(FINANCE)
        for late in self:
            late.can_decide = may and late.state == "requested" and late.requested_by_id != self.env.user

    @api.constrains("reason")
    def _check_reason(self):
        if any(not (late.reason or "").strip() for late in self):
            raise ValidationError(self.env._("A late booking needs a reason."))

    def write(self, vals):
        if self.filtered(lambda late: late.state != "requested") and vals.keys() & {
            "company_id", "locked_until", "reason", "state", "requested_by_id", "decided_by_id", "decided_at"
        }:  # fmt: skip
            raise UserError(self.env._("A late booking that is decided stays as it is."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("A late booking is refused, never deleted."))

    # -- Verbs -------------------------------------------------------------------

    @api.model
    def _ask(self, company, locked_until, reason):
        """Ask to book the days up to ``locked_until`` on the first date that is not locked."""
        self.env["campus.closing"]._check_may_close(company)
        waiting = [("company_id", "=", company.id), ("state", "=", "requested")]
        if self.search_count(waiting, limit=1):
            raise UserError(self.env._("A late booking waits for a second person already."))
        # sudo: nobody may write late bookings by hand; whether this user may ask was checked
        late = self.sudo().create(
            {
                "company_id": company.id,
                "locked_until": locked_until,
                "reason": reason,
                "requested_by_id": self.env.uid,
            }
        )
        late._remind_finance(TYPE_LATE_BOOKING, late.reason)
        return late.with_env(self.env)

    def _finance_users(self):
        return super()._finance_users() - self.requested_by_id

    def action_approve(self):
        """Approve. It must be another person than the one who asked."""
        self._decide("approved")

    def action_refuse(self):
        """Refuse the late booking."""
        self._decide("refused")

    def _decide(self, state):
        self.check_access("read")
        for late in self:
            self.env["campus.closing"]._check_may_close(late.company_id)
            if late.state != "requested":
                raise UserError(self.env._("This late booking is decided already."))
            if late.requested_by_id == self.env.user:
                raise AccessError(self.env._("You asked for it, so another person has to decide."))
        # sudo: nobody may write late bookings by hand; whether this user may decide was checked
        self.sudo().write(
            {"state": state, "decided_by_id": self.env.uid, "decided_at": fields.Datetime.now()}
        )
        # sudo: the activity ends for all who were asked, not only for the one who decided
        self.sudo().activity_feedback([TYPE_LATE_BOOKING])

    @api.model
    def _for_day(self, company, date):
        """The approved late booking for a day of the company, or an empty record."""
        domain = [("company_id", "=", company.id), ("state", "=", "approved"), ("locked_until", ">=", date)]
        return self.search(domain, order="locked_until", limit=1)

    @api.depends("locked_until")
    def _compute_display_name(self):
        for late in self:
            day = format_date(self.env, late.locked_until) if late.locked_until else ""
            late.display_name = self.env._("Late booking of days until %s", day)
