import logging
from collections import namedtuple
from datetime import datetime, timedelta

from odoo import api, fields, models
from odoo.addons.campus_card.campus_core.alerts import distance, forecast, odd_hour, windows
from odoo.addons.campus_card.campus_core.alerts.types import Hit
from odoo.addons.campus_card.campus_core.alerts.windows import Window
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL, split_every

from ..const import CHUNK_HOLDERS, COUNT, DISTANCE, FORECAST, HOURS, MATCH, ODD_HOUR, SKEW_S, SLICE_HOURS, SUM
from .campus_alert_source import KNOWN, Span

_logger = logging.getLogger(__name__)


#: A hit of the core and the record that it is about.
Found = namedtuple("Found", ["model", "res_id", "partner_id", "hit"])


class CampusAlertRuleRun(models.Model):
    """The job reads new events, rule by rule, and never makes the same alert twice. The core judges, here and in
    the dry run.

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

    # -- what the core finds -----------------------------------------------------

    def _find(self, span):
        """Yield lists of what the rule finds in ``span``, with the rights of the environment."""
        self.ensure_one()
        if self.measure == MATCH:
            yield from self._find_matching(span)
            return
        touched = self.env["campus.alert.source"]._touched(self, span)
        for partner_ids in split_every(CHUNK_HOLDERS, sorted(touched), list):
            first = min(touched[partner_id] for partner_id in partner_ids)
            yield [
                Found("res.partner", partner_id, partner_id, hit)
                for partner_id, hits in self._hits(partner_ids, span, first)
                for hit in hits
            ]

    def _hits(self, partner_ids, span, first):
        """Pairs of partner id and hit. ``first`` is the time of the earliest new event of these people."""
        Source = self.env["campus.alert.source"]
        since = self._looks_back_to(first)
        if self.measure == FORECAST:
            movements = Source._movements(self, partner_ids, span, since)
            last = Source._last_top_ups(self, partner_ids, since)
            for partner_id, moved in movements.items():
                yield (
                    partner_id,
                    forecast.announcements(
                        moved,
                        last_top_up_id=last.get(partner_id, 0),
                        taps_min=self.uses_min,
                        history_days=self.history_days,
                    ),
                )
            return
        for partner_id, events in Source._events(self, partner_ids, span, since).items():
            yield partner_id, self._judge(events)

    def _judge(self, events):
        """The hits among the events of one holder."""
        window = Window(self.unit, self.hours if self.unit == HOURS else 0)
        judges = {
            SUM: lambda: windows.crossings(events, self.threshold_minor, window),
            COUNT: lambda: windows.crossings(events, self.threshold_count, window, counting=True),
            ODD_HOUR: lambda: odd_hour.first_uses(
                events,
                history_days=self.history_days,
                uses_min=self.uses_min,
                spread_hours=self.spread_hours,
            ),
            DISTANCE: lambda: distance.too_far(
                events,
                speed_kmh=self.speed_kmh,
                slack_s=self.slack_s,
                metres_min=self.distance_min_m,
            ),
        }
        return judges[self.measure]()

    def _looks_back_to(self, first):
        """From which time (UTC) on events matter for an event at ``first``."""
        if self.measure in (ODD_HOUR, FORECAST):
            return first - timedelta(days=self.history_days + 1)
        if self.measure == DISTANCE:
            return first - timedelta(days=1)
        Source = self.env["campus.alert.source"]
        local = Source._to_local(self.company_id, first)
        window = Window(self.unit, self.hours if self.unit == HOURS else 0)
        # One hour more, for the day on which the clock changes.
        return Source._to_utc(self.company_id, windows.starts_at(window, local)) - timedelta(hours=1)

    def _find_matching(self, span):
        """Records that match now. Each gives one alert per period."""
        now = span.until - timedelta(seconds=1)
        if now < fields.Datetime.now() - timedelta(hours=1):
            # The database does not say what matched in the past, so only the present state is read.
            return
        local = self.env["campus.alert.source"]._to_local(self.company_id, now)
        hit = Hit(windows.period(self.unit, local.date()), local.replace(microsecond=0), 0, {})
        model = self.env[self.source_model]
        domain = self._parsed_domain() & Domain("company_id", "=", self.company_id.id)
        for records in split_every(CHUNK_HOLDERS, model.search(domain, order="id").ids, model.browse):
            yield [
                Found(
                    model._name,
                    record.id,
                    record.partner_id.id if "partner_id" in model._fields else False,
                    hit,
                )
                for record in records
            ]

    def _at_utc(self, hit):
        """A local time as Odoo stores it, in UTC."""
        moment: datetime = self.env["campus.alert.source"]._to_utc(self.company_id, hit.at)
        return moment.replace(microsecond=0)
