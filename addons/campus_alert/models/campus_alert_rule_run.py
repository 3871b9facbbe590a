import logging
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..const import SKEW_S, SLICE_HOURS
from .campus_alert_source import KNOWN, Span

_logger = logging.getLogger(__name__)


class CampusAlertRuleRun(models.Model):
    """The job reads new events, rule by rule, and never makes the same alert twice.

    Everything that was posted before ``cursor_at`` has been read. A transaction that is still open may have
    posted earlier and become visible later. Therefore the cursor never passes the start of the oldest open
    transaction. Events that are read twice make no second alert: an alert is unique per rule, record and
    period.
    """

    _inherit = "campus.alert.rule"

    cursor_at = fields.Datetime(
        "Read Until", default=fields.Datetime.now, required=True, readonly=True, copy=False
    )
    last_error = fields.Char(readonly=True, copy=False)

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            vals.setdefault("cursor_at", fields.Datetime.now())
            if not self.env.su:
                # A rule that somebody writes starts switched off, so that it can be tried first.
                vals.setdefault("active", False)
        giving = self._campus_giving("cursor_at", "active")
        return super(CampusAlertRuleRun, giving).create(vals_list).with_env(self.env)

    def write(self, vals):
        """A rule that is switched on again reads only events from now on."""
        if vals.get("active"):
            giving = self._campus_giving("cursor_at")
            super(CampusAlertRuleRun, giving).write({"cursor_at": fields.Datetime.now()})
        return super().write(vals)

    def action_switch_on(self):
        """Switch the rule on. It reads events from now on."""
        self.write({"active": True})

    def action_switch_off(self):
        """Switch the rule off."""
        self.write({"active": False})

    @api.model
    def _cron_run(self):
        rules = self.search([("active", "=", True)], order="sequence, id")
        cron = self.env["ir.cron"]
        cron._commit_progress(remaining=len(rules))
        for rule in rules:
            if not rule._run():
                # The job's time is used up. The next run continues here.
                return
            cron._commit_progress(1)

    def _run(self):
        """Read all new events in slices. Returns False if the job's time is used up."""
        self.ensure_one()
        now = fields.Datetime.now()
        horizon = self._horizon(now)
        while True:
            until = min(self.cursor_at + timedelta(hours=SLICE_HOURS), now + timedelta(seconds=1))
            if not self._run_slice(Span(KNOWN, self.cursor_at, until)):
                return True
            if until > now:
                self._move_cursor(horizon)
                return True
            self._move_cursor(until)
            if not self.env["ir.cron"]._commit_progress():
                return False

    def _run_slice(self, span):
        """Make the alerts of one slice. An error is stored on the rule and stops only this rule."""
        try:
            with self.env.cr.savepoint():
                for found in self._find(span):
                    self.env["campus.alert"]._raise(self, found)
        except (UserError, ValueError) as error:
            _logger.warning("Alert rule %s failed: %s", self.id, error)
            self.last_error = str(error) if isinstance(error, UserError) else self._technical_problem()
            return False
        if self.last_error:
            self.last_error = False
        return True

    @api.model
    def _technical_problem(self):
        return self.env._(
            "The filter or the program has a fault. Open the filter and save it again; "
            "if that does not help, ask an administrator, who finds the reason in the log."
        )

    def _move_cursor(self, moment):
        if moment > self.cursor_at:
            self.cursor_at = moment

    @api.model
    def _horizon(self, now):
        """The time before which no further events can appear."""
        # Within one transaction PostgreSQL always shows the same list of sessions.
        self.env.cr.execute("SELECT pg_stat_clear_snapshot()")
        ((oldest,),) = self.env.execute_query(
            SQL(
                """SELECT min(xact_start) AT TIME ZONE 'UTC' FROM pg_stat_activity
                    WHERE datname = current_database() AND pid <> pg_backend_pid()
                      AND backend_type = 'client backend'"""
            )
        )
        return (min(oldest, now) if oldest else now).replace(microsecond=0) - timedelta(seconds=SKEW_S)
