import datetime as dt

from odoo import api, fields, models


class CampusCloseDay(models.TransientModel):
    """Shows what the close of a day would book, then closes it."""

    _name = "campus.close.day"
    _description = "Close a Day"

    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company)
    date = fields.Date(string="Business Day", required=True, default=lambda self: self._default_date())
    blockers = fields.Text(compute="_compute_preview")
    can_close = fields.Boolean(compute="_compute_preview")
    locked_until = fields.Date(compute="_compute_preview")
    can_ask_late = fields.Boolean(compute="_compute_preview")
    late_reason = fields.Char("Reason", help="Why the days were not closed before the books were locked.")
    earlier_days = fields.Integer(compute="_compute_preview")
    transfer_count = fields.Integer(string="Transfers", compute="_compute_preview")
    preview = fields.Html(string="Entries", compute="_compute_preview", sanitize=False)

    @api.model
    def _default_date(self):
        """The first open day with transfers before today, else yesterday. Today is not over; whoever wants to
        close it must choose it.
        """
        company = self.env.company
        Closing = self.env["campus.closing"]
        yesterday = Closing._business_today(company) - dt.timedelta(days=1)
        closed_until = Closing._closed_until(company)
        open_days = self.env["campus.day.sums"]._open_days(company, closed_until, yesterday)
        return open_days[0] if open_days else yesterday

    @api.depends("date", "company_id")
    def _compute_preview(self):
        for wizard in self:
            date = wizard.date or wizard._default_date()
            Closing = self.env["campus.closing"]
            plan = Closing._quote_close(wizard.company_id, date)
            open_days = self.env["campus.day.sums"]._open_days(
                wizard.company_id, Closing._closed_until(wizard.company_id), date
            )
            wizard.earlier_days = len([day for day in open_days if day < date])
            wizard.blockers = "\n".join(plan["blockers"])
            wizard.can_close = not plan["blockers"]
            wizard.transfer_count = sum(row.transfer_count for row in plan["sums"])
            wizard.locked_until, wizard.can_ask_late = wizard._lock(date, plan)
            wizard.preview = wizard._render_preview(date, plan)

    def _lock(self, date, plan):
        """``(last locked date, whether a late booking can be asked for)`` if the books are locked on this
        day.
        """
        # sudo: whoever may see the preview of the day may know its journals and locks
        closing = self.env["campus.closing"].sudo()
        journals = self.env["account.journal"].sudo().browse(plan["entries"])
        locked_until = closing._locked_until(self.company_id.sudo(), date, journals)
        late = self.env["campus.late.booking"].sudo()
        waiting = [("company_id", "=", self.company_id.id), ("state", "=", "requested")]
        if not locked_until or late._for_day(self.company_id, date):
            return locked_until, False
        return locked_until, not late.search_count(waiting, limit=1)

    def _render_preview(self, date, plan):
        # sudo: whoever may see the preview of the day may see its entries and accounts; nothing is written
        closing = self.env["campus.closing"].sudo()
        return self.env["ir.qweb"]._render(
            "campus_reports.day_entries",
            {
                "entries": closing._readable_entries(self.company_id, plan["entries"]),
                "currency": self.company_id.currency_id,
            },
        )

    def action_open_transfers(self):
        """Open the transfers that this day would book."""
        self.ensure_one()
        return self.env["campus.closing"]._transfers_action(self.company_id, self.date)

    def action_close(self):
        """Close this day."""
        self.ensure_one()
        closing_id = self.env["campus.closing"]._close_day(self.company_id, self.date)
        return self._open(closing_id)

    def action_ask_late(self):
        """Ask a second person to approve that the locked days are booked on the first date that is not
        locked.
        """
        self.ensure_one()
        late = self.env["campus.late.booking"]._ask(self.company_id, self.locked_until, self.late_reason)
        return {
            "type": "ir.actions.act_window",
            "res_model": late._name,
            "res_id": late.id,
            "view_mode": "form",
            "views": [(False, "form")],
        }

    def action_close_until(self):
        """Close this day and the open days before it, one after the other."""
        self.ensure_one()
        closing_ids = self.env["campus.closing"]._close_until(self.company_id, self.date)
        return self._open(closing_ids[-1])

    def _open(self, closing_id):
        return {
            "type": "ir.actions.act_window",
            "res_model": "campus.closing",
            "res_id": closing_id,
            "view_mode": "form",
            "views": [(False, "form")],
        }
