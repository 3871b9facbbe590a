from datetime import datetime, timedelta

from odoo import api, fields, models
from odoo.addons.campus_card.campus_core.devices import checkup, heartbeat
from odoo.addons.campus_card.campus_core.taps import wire
from odoo.addons.campus_card.db.columns import BigInteger, Uuid
from odoo.addons.campus_card.html_text import to_html
from odoo.tools import format_datetime

from ..const import ACTIVE
from ..edge_http import server_time_ms

HEARTBEAT_INTERVAL_S = 30
# A request may be dated two minutes ahead and is good for two minutes after that.
NONCE_KEPT_MS = 2 * wire.CLOCK_WINDOW_MS + 60_000
FAILURE_KEPT_MS = 3_600_000
DEVICE_ACTIVITY = "campus_terminal.mail_activity_type_device"
NEEDS_SOMEBODY = (checkup.SILENT, checkup.SICK)


UID_HOUR_ACTIVITY = "campus_terminal.mail_activity_type_uid_hour"
EPOCH = datetime(1970, 1, 1)


class CampusEdge(models.Model):
    """How an edge is: what it said last, the health that follows, and who is told."""

    _inherit = "campus.edge"

    version = fields.Char(readonly=True, copy=False)
    last_seen_at = fields.Datetime("Last Heartbeat", readonly=True, copy=False)
    started_at = fields.Datetime("Running Since", readonly=True, copy=False)
    snapshot_version = BigInteger("Confirmed Snapshot", readonly=True, copy=False, default=0)
    snapshot_at = fields.Datetime(
        "Up to Date", readonly=True, copy=False, help="When the edge last had everything the server had."
    )
    keys_version = BigInteger(readonly=True, copy=False, default=0)
    queue_length = fields.Integer("Taps Not Sent", readonly=True, copy=False)
    journal = Uuid(readonly=True, copy=False)
    reported_seq = BigInteger("Newest in the Journal", readonly=True, copy=False)
    drift_ms = fields.Integer("Clock Difference (ms)", readonly=True, copy=False)
    tamper = fields.Boolean("Housing Open", readonly=True, copy=False)
    fault = fields.Char(readonly=True, copy=False, help="Stable code of what the server holds against it.")
    health = fields.Selection(
        [
            (checkup.OK, "Well"),
            (checkup.LATE, "Late"),
            (checkup.SILENT, "Silent"),
            (checkup.SICK, "Sick"),
            (checkup.OFF, "Not in Use"),
        ],
        default=checkup.OFF,
        required=True,
        readonly=True,
        copy=False,
        index=True,
        tracking=True,
    )
    health_since = fields.Datetime(readonly=True, copy=False)
    health_reasons = fields.Char(readonly=True, copy=False)
    health_text = fields.Char("Why", compute="_compute_health_text")

    @api.depends("health_reasons", "fault")
    @api.depends_context("lang")
    def _compute_health_text(self):
        names = self._health_reason_names()
        for edge in self:
            reasons = (edge.health_reasons or "").split(",")
            edge.health_text = " ".join(names[reason] for reason in reasons if reason in names)

    @api.model
    def _health_reason_names(self):
        return {
            checkup.FAULT: self.env._("Its journal differs from what the server has of it."),
            checkup.TAMPER: self.env._("The housing was opened."),
            checkup.READER: self.env._("A reader does not answer."),
            checkup.CLOCK: self.env._("Its clock is wrong."),
            checkup.NEVER_SEEN: self.env._("It has never been heard of."),
            checkup.NO_HEARTBEAT: self.env._("No heartbeat comes."),
            checkup.QUEUE: self.env._("Many taps have not been sent yet."),
            checkup.SNAPSHOT: self.env._("Its list of cards is old."),
        }

    def _set_state(self, state, allowed):
        done = super()._set_state(state, allowed)
        self._update_health(fields.Datetime.now())
        return done

    def _heartbeat(self, values):
        """Store what the edge says of itself (JSON as received); raises ``WireError``.

        Plain SQL: a heartbeat is no news for a chatter. Only a change of health is written as such,
        where automation rules see it.
        """
        self.ensure_one()
        beat = heartbeat.parse(values)
        version = self.env["campus.snapshot"]._version()
        snapshot = beat.snapshot if beat.snapshot <= version else 0
        is_current = snapshot and not self.env["campus.snapshot"]._is_changed(self, snapshot)
        now = fields.Datetime.now()
        self.env.cr.execute(
            """UPDATE campus_edge
                  SET version = %s, last_seen_at = %s, started_at = %s, snapshot_version = %s,
                      snapshot_at = CASE WHEN %s OR coalesce(snapshot_version, 0) < %s THEN %s
                                         ELSE snapshot_at END,
                      keys_version = greatest(keys_version, %s), queue_length = %s, journal = %s,
                      reported_seq = %s, drift_ms = %s, tamper = %s
                WHERE id = %s""",
            [
                *(beat.version, now, now - timedelta(seconds=beat.uptime_s), snapshot),
                *(bool(is_current), snapshot, now, snapshot, beat.queue, beat.journal),
                *(beat.head_seq, beat.drift_ms, beat.tamper, self.id),
            ],
        )
        self._store_readers(beat.readers)
        self._note_lost(beat.lost)
        self.invalidate_recordset(flush=False)
        self._update_health(now)
        return version

    def _confirm_snapshot(self, since):
        """Note that the edge has taken over version ``since``: it asks for what came later."""
        self.env.cr.execute(
            """UPDATE campus_edge
                  SET snapshot_version = %s, keys_version = greatest(keys_version, %s), snapshot_at = %s
                WHERE id = %s AND coalesce(snapshot_version, 0) < %s AND %s <= campus_snapshot_version()""",
            [since, since, fields.Datetime.now(), self.id, since, since],
        )
        if self.env.cr.rowcount:
            self.invalidate_recordset(["snapshot_version", "keys_version", "snapshot_at"], flush=False)

    def _store_readers(self, readers):
        if readers:
            self.env.cr.execute(
                """UPDATE campus_terminal terminal
                      SET reader_state = said.state, reader_detail = nullif(said.detail, ''),
                          reader_since = CASE WHEN terminal.reader_state IS DISTINCT FROM said.state
                                              THEN now() AT TIME ZONE 'UTC' ELSE terminal.reader_since END
                     FROM unnest(%s::text[], %s::text[], %s::text[]) AS said(code, state, detail)
                    WHERE terminal.edge_id = %s AND terminal.code = said.code
                      AND (terminal.reader_state, terminal.reader_detail)
                          IS DISTINCT FROM (said.state, nullif(said.detail, ''))""",
                [*(list(column) for column in zip(*readers, strict=True)), self.id],
            )
            self.terminal_ids.invalidate_recordset(
                ["reader_state", "reader_since", "reader_detail"], flush=False
            )

    def _update_health(self, now):
        """Set the health of these edges; a change is written, tracked and told."""
        for edge in self:
            health, reasons = checkup.health(edge._health_report(now), edge._health_limits())
            text = ",".join(reasons) or False
            if health != edge.health:
                edge.write({"health": health, "health_since": now, "health_reasons": text})
                edge._tell_health()
            elif text != edge.health_reasons:
                edge.with_context(tracking_disable=True).health_reasons = text

    def _health_report(self, now):
        def age_s(moment):
            return int((now - moment).total_seconds()) if moment else None

        bad = self.terminal_ids.filtered(
            lambda terminal: terminal.enabled and terminal.reader_state in heartbeat.BAD_READER_STATES
        )
        return checkup.Report(
            in_use=self.state == ACTIVE and self.active,
            seen_age_s=age_s(self.last_seen_at),
            snapshot_age_s=age_s(self.snapshot_at),
            drift_ms=self.drift_ms,
            queue=self.queue_length,
            tamper=self.tamper,
            fault=bool(self.fault),
            bad_readers=len(bad),
        )

    def _health_limits(self):
        company = self.company_id
        return checkup.Limits(
            interval_s=HEARTBEAT_INTERVAL_S,
            silent_after_s=company.campus_silent_after_min * 60,
            snapshot_age_s=company.campus_snapshot_age_h * 3600,
        )

    def _tell_health(self):
        """One activity per incident: made when an edge needs somebody, done when it is well again."""
        self.ensure_one()
        if self.health not in NEEDS_SOMEBODY:
            self.activity_feedback([DEVICE_ACTIVITY])
        elif self.responsible_id and not self.activity_search([DEVICE_ACTIVITY]):
            edge = self.with_context(lang=self.responsible_id.lang)
            edge.activity_schedule(
                DEVICE_ACTIVITY,
                user_id=self.responsible_id.id,
                # what a machine says about itself is text, whatever it says
                note=to_html(edge.health_text),
            )

    def _mark_fault(self, code):
        """Hold ``code`` (such as ``journal_fork``) against the edge until somebody has looked at it."""
        self.with_context(tracking_disable=True).write({"fault": code})
        self._update_health(fields.Datetime.now())

    def action_clear_fault(self):
        """Somebody has looked at it: the fault is settled."""
        self.write({"fault": False})
        self._update_health(fields.Datetime.now())

    @api.model
    def _cron_health(self):
        """Notice who has fallen silent, and who has charged too much on bare UIDs; every minute."""
        self.search([("active", "=", True)])._update_health(fields.Datetime.now())
        self._tell_uid_hours()

    @api.model
    def _cron_forget(self):
        """Drop nonces and failures that no window reaches back to, and marks that others supersede."""
        now_ms = server_time_ms()
        self.env.cr.execute("DELETE FROM campus_edge_nonce WHERE seen_ms < %s", [now_ms - NONCE_KEPT_MS])
        self.env.cr.execute("DELETE FROM campus_edge_failure WHERE seen_ms < %s", [now_ms - FAILURE_KEPT_MS])
        self.env.cr.execute(
            """DELETE FROM campus_snapshot_mark mark
                WHERE EXISTS (SELECT 1 FROM campus_snapshot_mark later
                               WHERE later.company_id = mark.company_id
                                 AND later.edge_id IS NOT DISTINCT FROM mark.edge_id
                                 AND later.changed_version > mark.changed_version)"""
        )

    # -- bare UIDs of an hour ----------------------------------------------------

    uid_hour_told = BigInteger(readonly=True, copy=False, help="Last hour (since 1970) that was told of.")

    @api.model
    def _tell_uid_hours(self):
        self.env.cr.execute(
            """SELECT head.edge_id, head.uid_hit_hour
                 FROM campus_edge_head head JOIN campus_edge edge ON edge.id = head.edge_id
                WHERE head.uid_hit_hour > coalesce(edge.uid_hour_told, 0)"""
        )
        for edge_id, hour in self.env.cr.fetchall():
            # sudo: the field is written by this job alone, whoever starts it
            edge = self.browse(edge_id).sudo()
            edge.with_context(tracking_disable=True).uid_hour_told = hour
            edge._tell_uid_hour(hour)

    def _tell_uid_hour(self, hour):
        """One line in the edge's chatter for each hour, and one activity until somebody has seen to it."""
        self.ensure_one()
        company = self.company_id
        user = self.responsible_id.filtered("active") or company._campus_device_user()
        edge = self.with_context(lang=user.lang or self.env.lang)
        text = edge.env._(
            "In the hour from %(time)s this edge has charged as much as it may to plain cards (%(limit)s), and "
            "the server has refused the rest. Is the place that busy? Then raise the limit in the settings. If not, "
            "the edge may be in wrong hands: revoke it.",
            time=format_datetime(edge.env, EPOCH + timedelta(hours=hour), tz=company.partner_id.tz or "UTC"),
            limit=company.currency_id.format(company.campus_uid_hour),
        )
        edge.message_post(body=text)
        if user and not edge.activity_search([UID_HOUR_ACTIVITY]):
            edge.activity_schedule(UID_HOUR_ACTIVITY, user_id=user.id, note=to_html(text))
