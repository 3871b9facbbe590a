from datetime import timedelta

from odoo import api, fields, models
from odoo.addons.campus_card.campus_core.alerts import quiet_hours

from ..const import CHANNELS, DELIVERY_BATCH, INBOX, MAIL, PUSH, RETRY_MINUTES, SENDING_MINUTES, SMS

CHANNEL_NAMES = [
    ("mail", "E-mail"),
    ("inbox", "Odoo Inbox"),
    ("push", "Phone (Push)"),
    ("sms", "SMS"),
]
assert tuple(key for key, _name in CHANNEL_NAMES) == CHANNELS


# Odoo's state of a notification -> state of the delivery.
QUEUE_STATES = {
    "ready": "queued",
    "process": "queued",
    "pending": "queued",
    "sent": "sent",
    "bounce": "failed",
    "exception": "failed",
    "canceled": "failed",
}


class CampusAlertDelivery(models.Model):
    """One alert to one person on one channel. It is sent once and tried again after a failure."""

    _name = "campus.alert.delivery"
    _description = "Alert Delivery"
    _order = "id"
    _rec_name = "alert_id"

    alert_id = fields.Many2one("campus.alert", required=True, readonly=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="alert_id.company_id", store=True)
    partner_id = fields.Many2one("res.partner", "To", required=True, readonly=True, ondelete="cascade")
    channel = fields.Selection(CHANNEL_NAMES, required=True, readonly=True)
    state = fields.Selection(
        [
            ("waiting", "Waiting"),
            ("sending", "Being Sent"),
            ("queued", "In Odoo's Queue"),
            ("sent", "Sent"),
            ("failed", "Failed"),
            ("skipped", "Not Possible"),
            ("dropped", "No Longer True"),
        ],
        required=True,
        default="waiting",
        readonly=True,
    )
    due_at = fields.Datetime("Not Before", required=True, readonly=True)
    sent_at = fields.Datetime(readonly=True)
    attempts = fields.Integer(readonly=True)
    error = fields.Char(readonly=True, help="The error text of the program, for an administrator.")
    why = fields.Char("Why Not", compute="_compute_why")
    notification_id = fields.Many2one("mail.notification", readonly=True, ondelete="set null")

    _once_unique = models.UniqueIndex(
        "(alert_id, partner_id, channel)", "An alert is sent once per person and channel."
    )
    _due_idx = models.Index("(due_at) WHERE state IN ('waiting', 'sending', 'failed')")
    _queued_idx = models.Index("(id) WHERE state = 'queued'")

    @api.model
    def _plan(self, alert, partner, channels, hold_night):
        """Queue deliveries, for a time after the person's quiet hours."""
        due_at = self._due_at(alert.company_id, partner, hold_night)
        self.create(
            [
                {"alert_id": alert.id, "partner_id": partner.id, "channel": channel, "due_at": due_at}
                for channel in CHANNELS
                if channel in channels
            ]
        )
        self.env.ref("campus_alert.ir_cron_deliver")._trigger(due_at)

    @api.model
    def _due_at(self, company, partner, hold_night):
        Source = self.env["campus.alert.source"]
        local = Source._to_local(company, fields.Datetime.now())
        # The end of one quiet time may lie in the other. Two rounds are enough.
        for quiet in (
            partner._campus_quiet_hours(),
            quiet_hours.NIGHT if hold_night else quiet_hours.NONE,
        ) * 2:
            local = quiet_hours.not_before(quiet, local)
        return Source._to_utc(company, local)

    @api.model
    def _cron_deliver(self):
        """Send what is due, read the state of what Odoo sends, and repeat what failed."""
        cron = self.env["ir.cron"]
        self._follow_queue()
        domain = self._due_domain()
        cron._commit_progress(remaining=self.search_count(domain))
        while due := self.search(domain, limit=DELIVERY_BATCH).try_lock_for_update().filtered_domain(domain):
            for delivery in due:
                if delivery._claim():
                    # Commit before sending: a later error must not undo that it was sent.
                    cron._commit_progress()
                delivery._deliver()
                # Commit after each one: what was sent must never be sent again.
                if not cron._commit_progress(1):
                    return

    @api.model
    def _due_domain(self):
        return [
            ("due_at", "<=", fields.Datetime.now()),
            "|",
            ("state", "=", "waiting"),
            "&",
            ("state", "in", ("failed", "sending")),
            ("attempts", "<=", len(RETRY_MINUTES)),
        ]

    @api.depends("error", "channel")
    @api.depends_context("lang")
    def _compute_why(self):
        for delivery in self:
            delivery.why = delivery._why_not() if delivery.error else False

    def _why_not(self):
        """Why it was not sent and what staff can do about it."""
        if self.channel == MAIL:
            return self.env._("The mail could not be sent. Check the address and the outgoing mail server.")
        return self.env._("The message could not be sent. It is tried again some times by itself.")

    def _claim(self):
        """Store that this one is being sent now, if sending asks another server. Returns whether it may be
        sent.

        If the result is never stored, it is sent again later: the phone replaces the first message by the
        second.
        """
        if self.channel != PUSH:
            return False
        later = fields.Datetime.now() + timedelta(minutes=SENDING_MINUTES)
        self.write({"state": "sending", "attempts": self.attempts + 1, "due_at": later})
        return True

    def _deliver(self):
        """Try once. The result is stored on the record; errors are not raised."""
        self.ensure_one()
        if self.alert_id._is_settled():
            self.write({"state": "dropped"})
            return
        if not self._is_possible():
            self.write({"state": "skipped"})
            return
        try:
            with self.env.cr.savepoint():
                vals = getattr(self, f"_send_{self.channel}")()
        except Exception as error:
            vals = {"state": "failed", "error": f"{type(error).__name__}: {error}"[:200]}
        counted = self.state == "sending"
        self.write({"attempts": self.attempts + (not counted), "error": False, **vals})
        if self.state == "failed":
            self._plan_retry()
        elif self.state == "sent":
            self.sent_at = fields.Datetime.now()

    def _plan_retry(self):
        if self.attempts <= len(RETRY_MINUTES):
            self.due_at = fields.Datetime.now() + timedelta(minutes=RETRY_MINUTES[self.attempts - 1])
            self.env.ref("campus_alert.ir_cron_deliver")._trigger(self.due_at)

    def _retry(self):
        """Try now, whatever the number of tries so far."""
        self.write({"due_at": fields.Datetime.now(), "attempts": 0})
        self.env.ref("campus_alert.ir_cron_deliver")._trigger()

    def _is_possible(self):
        """Whether this channel can reach the person."""
        partner = self.partner_id
        return {
            MAIL: lambda: bool(partner.email),
            INBOX: lambda: bool(partner.user_ids.filtered(lambda user: user._is_internal())),
            PUSH: lambda: bool(self._push_devices()),
            SMS: lambda: "sms.sms" in self.env and bool(partner.phone),
        }[self.channel]()

    # -- through Odoo's own messages ---------------------------------------------

    def _send_mail(self):
        if self.notification_id:
            return self._send_mail_again()
        lang = self._lang()
        alert = self.alert_id.with_context(lang=lang)
        layout = {"email_layout_xmlid": "mail.mail_notification_light"}
        if self.partner_id != alert.partner_id:
            return self._notify("email", alert.display_name, alert._message_to(self.partner_id), **layout)
        template = alert.rule_id.mail_template_id or self.env.ref("campus_alert.mail_template_alert")
        subject, body = (
            template._render_field(name, alert.ids, set_lang=lang, options=options)[alert.id]
            for name, options in (("subject", {}), ("body_html", {"post_process": True}))
        )
        return self._notify("email", subject, body, **layout)

    def _send_mail_again(self):
        """Put an e-mail that failed into Odoo's queue again."""
        mails = self.env["mail.mail"].search(
            [("mail_message_id", "=", self.notification_id.mail_message_id.id), ("state", "=", "exception")]
        )
        if not mails:
            self.notification_id = False
            return self._send_mail()
        mails.mark_outgoing()
        self.notification_id.write({"notification_status": "ready", "failure_type": False})
        self.env.ref("mail.ir_cron_mail_scheduler_action")._trigger()
        return {"state": "queued"}

    def _send_inbox(self):
        alert = self.alert_id.with_context(lang=self._lang())
        return self._notify("inbox", alert.display_name, alert._message_to(self.partner_id))

    def _notify(self, channel, subject, body, **values):
        alert = self.alert_id.with_context(lang=self._lang(), campus_alert_channel=channel)
        message = alert.message_notify(
            subject=subject,
            body=body,
            partner_ids=self.partner_id.ids,
            author_id=alert.company_id.partner_id.id,
            email_from=alert.company_id.email_formatted or self.env.user.email_formatted,
            force_send=False,
            force_email_lang=self._lang(),
            **values,
        )
        if channel == "email":
            self.env.ref("mail.ir_cron_mail_scheduler_action")._trigger()
        return self._taken_over(message)

    def _send_sms(self):
        alert = self.alert_id.with_context(lang=self._lang())
        message = alert._message_sms(
            alert._message_to(self.partner_id), partner_ids=self.partner_id.ids, put_in_queue=True
        )
        return self._taken_over(message)

    def _taken_over(self, message):
        """Values of a delivery that Odoo has in its queue."""
        notification = self.env["mail.notification"].search(
            [("mail_message_id", "=", message.id), ("res_partner_id", "=", self.partner_id.id)], limit=1
        )
        return {"notification_id": notification.id, **self._queue_vals(notification)}

    @api.model
    def _queue_vals(self, notification):
        state = QUEUE_STATES.get(notification.notification_status, "failed")
        error = state == "failed" and (notification.failure_reason or notification.failure_type or "unknown")
        return {"state": state, "error": error}

    @api.model
    def _follow_queue(self):
        """Read the state of the messages in Odoo's queue."""
        for delivery in self.search([("state", "=", "queued")], limit=1000):
            if not delivery.notification_id:
                delivery.write({"state": "failed", "error": self.env._("Odoo's message is gone.")})
                delivery._plan_retry()
                continue
            vals = delivery._queue_vals(delivery.notification_id)
            if vals["state"] == "queued":
                continue
            if vals["state"] == "sent":
                vals["sent_at"] = fields.Datetime.now()
            delivery.write(vals)
            if vals["state"] == "failed":
                delivery._plan_retry()

    def _lang(self):
        return self.partner_id.lang or self.alert_id.company_id.partner_id.lang or "en_US"
