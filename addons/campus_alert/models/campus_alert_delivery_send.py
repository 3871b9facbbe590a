from odoo import api, fields, models

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


class CampusAlertDeliverySend(models.Model):
    """Sends e-mail, inbox messages and SMS through Odoo's own messages, which store their state."""

    _inherit = "campus.alert.delivery"

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
