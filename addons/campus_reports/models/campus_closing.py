from zoneinfo import ZoneInfo

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_date, groupby

from ..day_entries import entries, missing_gl
from .campus_books_mixin import FINANCE

FINAL = {"closed_at", "closed_by_id", "line_ids", "move_ids", "transfer_count", "late_booking_id"}


class CampusClosing(models.Model):
    """The day close: it posts one entry per journal, then the day cannot change any more.

    The close runs in one transaction of its own and locks the company's day. So it sees every transfer of the
    day, and no other transfer can be booked on it. Either everything is done or nothing.
    """

    _name = "campus.closing"
    _inherit = ["campus.closing", "campus.books.mixin"]

    currency_id = fields.Many2one(related="company_id.currency_id")
    closed_at = fields.Datetime(readonly=True)
    closed_by_id = fields.Many2one("res.users", readonly=True, ondelete="restrict")
    line_ids = fields.One2many("campus.closing.line", "closing_id", string="Sums", readonly=True)
    move_ids = fields.One2many("account.move", "campus_closing_id", string="Journal Entries", readonly=True)
    move_count = fields.Integer(compute="_compute_move_count")
    transfer_count = fields.Integer(string="Transfers", readonly=True)
    moved = fields.Monetary(compute="_compute_totals", help="All transfers of the day, added up.")
    spent = fields.Monetary(compute="_compute_totals", help="Purchases less refunds.")
    loaded = fields.Monetary(
        string="Topped Up", compute="_compute_totals", help="Top-ups less their reversals."
    )

    @api.depends("move_ids")
    def _compute_move_count(self):
        # sudo: whoever may read the day may know how many entries there are
        for closing in self:
            closing.move_count = len(closing.sudo().move_ids)

    @api.depends("line_ids")
    def _compute_totals(self):
        for closing in self:
            lines = closing.line_ids
            closing.moved = sum(lines.mapped("amount"))
            closing.spent = lines._net("purchase")
            closing.loaded = lines._net("topup")

    @api.depends("date", "company_id")
    def _compute_display_name(self):
        for closing in self:
            closing.display_name = format_date(self.env, closing.date) if closing.date else ""

    # -- Actions -------------------------------------------------------------

    def action_open_transfers(self):
        """Open the transfers of the day."""
        self.ensure_one()
        return self._transfers_action(self.company_id, self.date)

    @api.model
    def _transfers_action(self, company, date):
        xmlid = "campus_reports.campus_transfer_report_day_action"
        action = self.env["ir.actions.act_window"]._for_xml_id(xmlid)
        day = fields.Date.to_string(date)
        action["domain"] = [("booking_date", "=", day), ("company_id", "=", company.id)]
        return action

    def action_open_moves(self):
        """Open the journal entries of the day."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("account.action_move_journal_line")
        action["domain"] = [("id", "in", self.move_ids.ids)]
        action["context"] = {"create": False}
        if len(self.move_ids) == 1:
            form = self.env.ref("account.view_move_form")
            action |= {"res_id": self.move_ids.id, "view_mode": "form", "views": [(form.id, "form")]}
        return action

    def action_download_xlsx(self):
        """Download the day as a spreadsheet."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_url",
            "url": f"/campus/reports/day/{self.company_id.id}/{self.date}.xlsx",
            "target": "download",
        }

    # -- Closing ---------------------------------------------------------------

    @api.model
    def _close_day(self, company, date):
        """Close one business day. Returns the id of its closing.

        Another transaction makes the closing, so the caller's transaction cannot read it yet.
        """
        self._check_may_close(company)
        with self.env["campus.ledger"]._own_transaction() as env:
            # sudo: finance reads closings and journal entries; the close alone writes them.
            closing = env["campus.closing"].sudo()._close_locked(company.with_env(env).sudo(), date)
            closing_id = closing.id
        self.env.invalidate_all()
        return closing_id

    @api.model
    def _close_until(self, company, date):
        """Close every open day with transfers up to ``date``, then ``date`` itself. Returns the ids.

        A closed day stays closed, so reasons that would always refuse the last day are checked first.
        """
        self._check_may_close(company)
        if refused := self.new({"company_id": company.id, "date": date})._day_blockers():
            raise UserError("\n".join(refused))
        days = self.env["campus.day.sums"]._open_days(company, self._closed_until(company), date)
        return [self._close_day(company, day) for day in sorted({*days, date})]

    def _check_may_close(self, company):
        user = self.env.user
        if not self.env.su and not (user.has_group(FINANCE) and company in user.company_ids):
            raise AccessError(self.env._("Only card finance of the company closes a day."))

    @api.model
    def _close_locked(self, company, date):
        # This statement must be the first. It waits for transactions that are posting, and all later
        # statements see what they posted.
        self.env["campus.ledger"]._lock_day(company, exclusive=True)
        self = self.with_company(company)
        plan = self._plan_close(company, date)
        if plan["blockers"]:
            raise UserError("\n".join(plan["blockers"]))
        closing = self.search([("company_id", "=", company.id), ("date", "=", date)])
        closing = closing or self.create({"company_id": company.id, "date": date})
        # Books are kept in the company's language, whoever closes the day.
        closing.with_context(lang=company.partner_id.lang)._post_entries(plan["entries"])
        closing.write({"line_ids": closing._prepare_closing_lines(plan["sums"])})
        closing.write(closing._prepare_closed_vals(plan["sums"]))
        return closing

    def write(self, vals):
        """Refuse changes to the content of a closed day. The database protects its state and its date."""
        if FINAL & vals.keys() and any(closing.state == "closed" for closing in self):
            raise UserError(self.env._("A closed day is final."))
        return super().write(vals)

    @api.model
    def _quote_close(self, company, date):
        """Dry-run twin of :meth:`_close_day`: same input, but it stores and locks nothing.

        :return: ``{blockers: [str], sums: [Sum], entries: {journal_id: [EntryLine]}}``
        """
        self._check_may_read(company)
        # sudo: the user may see accounts, journals and sums of the day here, even without rights to read them
        # one by one.
        return self.sudo().with_company(company)._plan_close(company.sudo(), date)

    @api.model
    def _plan_close(self, company, date):
        sums = self.env["campus.day.sums"]._sum_day(company, date)
        candidate = self.new({"company_id": company.id, "date": date})
        blockers = candidate._date_blockers() + candidate._sum_blockers(sums) + candidate._link_blockers(sums)
        if not blockers:
            blockers = candidate._lock_date_blockers(sums) + candidate._close_blockers()
        return {"blockers": blockers, "sums": sums, "entries": entries(sums)}

    def _close_blockers(self):
        """The reasons, as sentences, why this day cannot be closed. Other files add reasons of their own.

        ``self`` is a new record with ``company_id`` and ``date``; sums, order and lock dates were checked.
        """
        self.ensure_one()
        return []

    def _day_blockers(self):
        """The reasons of this day alone, independent of the days before it."""
        day, closed_until = format_date(self.env, self.date), self._closed_until(self.company_id)
        if self.date > self._business_today(self.company_id):
            return [self.env._("%s is not over yet.", day)]
        if closed_until and self.date <= closed_until:
            return [self.env._("%s is closed already; a closed day is final.", day)]
        return []

    def _date_blockers(self):
        if refused := self._day_blockers():
            return refused
        closed_until = self._closed_until(self.company_id)
        open_days = self.env["campus.day.sums"]._open_days(self.company_id, closed_until, self.date)
        earlier = [format_date(self.env, other) for other in open_days if other < self.date]
        if not earlier:
            return []
        shown = ", ".join(earlier[:5]) + (" …" if len(earlier) > 5 else "")
        return [self.env._("Days are closed in order. Still open: %s.", shown)]

    @api.model
    def _business_today(self, company):
        # sudo: the company's time zone is no secret
        zone = ZoneInfo(company.partner_id.sudo().tz or "UTC")
        return fields.Datetime.now().replace(tzinfo=ZoneInfo("UTC")).astimezone(zone).date()

    def _sum_blockers(self, sums):
        if sums and not all(row.journal_id for row in sums):
            return [self.env._("The company has no campus card journal. Choose one in the settings.")]
        kinds = self.env["campus.closing.line"]._kind_names()
        counters = self.env["campus.account"]
        reasons = []
        for row in missing_gl(sums):
            counter = counters.browse(row.counter_account_id)
            counter_gl = row.debit_gl_id if row.counter_is_debit else row.credit_gl_id
            if counter and not counter_gl:
                reasons.append(self.env._("“%s” has no general ledger account.", counter.display_name))
            else:
                reasons.append(
                    self.env._("A pocket plan used by “%s” has no liability account.", kinds[row.kind])
                )
        return list(dict.fromkeys(reasons))

    def _link_blockers(self, sums):
        """Check, with error texts of our own, that the accounts and journals can take the entries."""
        links, company = self.env["campus.account.links"], self.company_id
        gl_ids = {gl_id for row in sums for gl_id in (row.debit_gl_id, row.credit_gl_id) if gl_id}
        plans = self.env["campus.pocket.plan"].with_context(active_test=False)
        plans = plans.search([("company_id", "=", company.id), ("liability_account_id", "in", list(gl_ids))])
        counters = self.env["campus.account"].browse({row.counter_account_id for row in sums} - {None})
        problems = links._plan_problems(plans) + links._ledger_problems(counters)
        return problems + (links._company_problems(company) if sums else [])

    def _lock_date_blockers(self, sums):
        reasons = []
        for journal_id, _rows in groupby(sums, lambda row: row.journal_id):
            journal = self.env["account.journal"].browse(journal_id)
            locks = self.company_id._get_violated_lock_dates(self.date, False, journal)
            for lock_date, _field in locks:
                reasons.append(
                    self.env._(
                        "The books are locked until %(lock_date)s: nothing can be booked on %(day)s.",
                        lock_date=format_date(self.env, lock_date),
                        day=format_date(self.env, self.date),
                    )
                )
        return list(dict.fromkeys(reasons))

    # -- Journal entries -------------------------------------------------------

    def _post_entries(self, day_entries):
        """Make and post one journal entry per journal."""
        self.ensure_one()
        date = self._entry_date(self.env["account.journal"].browse(day_entries))
        moves = self.env["account.move"].create(
            [self._prepare_move_vals(journal_id, lines, date) for journal_id, lines in day_entries.items()]
        )
        moves._post(soft=False)
        if any(move.date != date or move.state != "posted" for move in moves):
            # Odoo would move an entry to a later date because of a lock date, in place of refusing it.
            raise UserError(self.env._("The books are locked on %s.", format_date(self.env, date)))

    def _entry_date(self, journals):
        """The date on which this day is booked in these journals."""
        return self.date

    def _prepare_move_vals(self, journal_id, lines, date):
        return {
            "move_type": "entry",
            "journal_id": journal_id,
            "company_id": self.company_id.id,
            "date": date,
            "ref": self.env._("Campus card, %s", format_date(self.env, self.date)),
            "campus_closing_id": self.id,
            "line_ids": [fields.Command.create(self._prepare_line_vals(line)) for line in lines],
        }

    def _prepare_line_vals(self, line):
        counter = self.env["campus.account"].browse(line.counter_account_id or [])
        amount = self.company_id.currency_id.round(line.amount_minor / 100)
        return {
            "account_id": line.gl_id,
            "partner_id": counter.partner_id.id,
            "name": self._line_label(line),
            "debit": amount if line.is_debit else 0.0,
            "credit": 0.0 if line.is_debit else amount,
        }

    def _line_label(self, line):
        if line.counter_account_id:
            name = self.env["campus.account"].browse(line.counter_account_id).display_name
        elif line.is_debit:
            name = self.env._("Taken off cards")
        else:
            name = self.env._("Put on cards")
        return f"{name} ({line.transfer_count})"

    def _prepare_closed_vals(self, sums):
        return {
            "state": "closed",
            "closed_at": fields.Datetime.now(),
            "closed_by_id": self.env.uid,
            "transfer_count": sum(row.transfer_count for row in sums),
        }

    def _prepare_closing_lines(self, sums):
        return [fields.Command.create(self.env["campus.closing.line"]._prepare_vals(row)) for row in sums]
