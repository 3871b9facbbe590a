import logging
from datetime import timedelta

from odoo import api, fields, models
from odoo.addons.campus_card.campus_core import card_state
from odoo.addons.campus_card.db.columns import BigReference
from odoo.addons.campus_card.html_text import to_html
from odoo.exceptions import UserError

from ..const import CHANNELS, FORECAST

STATES = [
    ("new", "New"),
    ("open", "In Progress"),
    ("done", "Handled"),
    ("false", "False Alarm"),
    ("late", "Too Late"),
]
# Fields that staff may change. The rule wrote the others, and they stay as they are.
STAFF_FIELDS = frozenset(("state", "note", "user_id", "activity_ids", "message_follower_ids"))


_logger = logging.getLogger(__name__)


class CampusAlert(models.Model):
    """What a rule has found: about whom, when and why. There is one alert per rule, record and period."""

    _name = "campus.alert"
    _description = "Alert"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "happened_at desc, id desc"

    rule_id = fields.Many2one(
        "campus.alert.rule", required=True, readonly=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    severity = fields.Selection(related="rule_id.severity", store=True)
    subject_model = fields.Char(required=True, readonly=True)
    subject_id = BigReference("Record", model_field="subject_model", required=True, readonly=True)
    partner_id = fields.Many2one(
        "res.partner", "Holder", readonly=True, index="btree_not_null", ondelete="cascade"
    )
    department_id = fields.Many2one(
        related="partner_id.campus_department_id", store=True, index="btree_not_null"
    )
    period = fields.Char(required=True, readonly=True, help="The rule alerts once in it.")
    happened_at = fields.Datetime("When", required=True, readonly=True, index=True)
    facts = fields.Json(readonly=True)
    explanation = fields.Char(compute="_compute_texts")
    message = fields.Text(compute="_compute_texts")
    state = fields.Selection(
        STATES, required=True, default="new", tracking=True, index=True, group_expand=True, copy=False
    )
    user_id = fields.Many2one(
        "res.users", "Handled By", tracking=True, domain=[("share", "=", False)], ondelete="restrict"
    )
    note = fields.Text()
    seen_at = fields.Datetime("Read by the Holder", readonly=True)
    action_error = fields.Char("Not Done", readonly=True)
    delivery_ids = fields.One2many("campus.alert.delivery", "alert_id", "Deliveries", readonly=True)
    failed_count = fields.Integer(compute="_compute_failed_count")

    _once_unique = models.UniqueIndex(
        "(rule_id, subject_model, subject_id, period)", "This alert has been raised already."
    )

    @api.depends("facts", "rule_id.message")
    @api.depends_context("lang")
    def _compute_texts(self):
        for alert in self:
            rule, facts = alert.rule_id, alert.facts or {}
            alert.explanation = rule._explain(facts)
            alert.message = rule._message_for(facts, alert.partner_id.name)

    @api.depends("rule_id.name", "partner_id.name")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for alert in self:
            subject = alert.partner_id.name or alert._subject().display_name
            alert.display_name = f"{alert.rule_id.name}: {subject}" if subject else alert.rule_id.name

    @api.depends("delivery_ids.state")
    def _compute_failed_count(self):
        for alert in self:
            alert.failed_count = len(alert.delivery_ids.filtered(lambda one: one.state == "failed"))

    def _subject(self):
        """The record that the alert is about; an empty record if it was deleted."""
        self.ensure_one()
        if self.subject_model not in self.env:
            return self.env["res.partner"]
        return self.env[self.subject_model].browse(self.subject_id).exists()

    def write(self, vals):
        if not self.env.su and not vals.keys() <= STAFF_FIELDS | {"active"}:
            raise UserError(self.env._("What a rule has found is not changed afterwards."))
        return super().write(vals)

    def action_open(self):
        """Set the alerts back to *open*."""
        self.write({"state": "open", "user_id": self.env.uid})

    def action_done(self):
        """Set the alerts to *done*."""
        self.write({"state": "done", "user_id": self.env.uid})
        self.activity_feedback(["campus_alert.mail_activity_type_alert"])

    def action_false_alarm(self):
        """Set the alerts to *false alarm*."""
        self.write({"state": "false", "user_id": self.env.uid})
        self.activity_feedback(["campus_alert.mail_activity_type_alert"])

    def action_view_subject(self):
        """Open the record that the alert is about."""
        self.ensure_one()
        if self.partner_id and self.subject_model == "res.partner":
            return self.partner_id.action_open_campus_holder()
        return {
            "type": "ir.actions.act_window",
            "res_model": self.subject_model,
            "res_id": self.subject_id,
            "views": [(False, "form")],
        }

    def action_retry(self):
        """Send again the deliveries that failed."""
        self.check_access("write")
        # sudo: nobody may write deliveries by hand; the right on the alert was checked.
        self.sudo().delivery_ids.filtered(lambda one: one.state == "failed")._retry()

    # -- made and acted on -------------------------------------------------------

    @api.model
    def _raise(self, rule, found):
        """Store what was found if it is new. Then act on it, unless it was found too late.

        :param found: list of ``Found``
        :return: the new alerts
        """
        known = self._known(rule, found)
        vals_list = [
            self._prepare_alert_vals(rule, one)
            for one in found
            if (one.model, one.res_id, one.hit.period) not in known
        ]
        quiet = self.with_context(mail_create_nolog=True, mail_create_nosubscribe=True, mail_notrack=True)
        alerts = quiet.create(vals_list).with_env(self.env)
        fresh = alerts.filtered(lambda alert: alert.state == "new")
        for alert in fresh:
            alert._act()
        return alerts

    @api.model
    def _known(self, rule, found):
        rows = self._read_group(
            [
                ("rule_id", "=", rule.id),
                ("subject_id", "in", [one.res_id for one in found]),
                ("period", "in", list({one.hit.period for one in found})),
            ],
            ["subject_model", "subject_id", "period"],
        )
        return set(rows)

    @api.model
    def _prepare_alert_vals(self, rule, found):
        happened_at = rule._at_utc(found.hit)
        late = happened_at < fields.Datetime.now() - timedelta(hours=rule.late_after_h)
        return {
            "rule_id": rule.id,
            "company_id": rule.company_id.id,
            "subject_model": found.model,
            "subject_id": found.res_id,
            "partner_id": found.partner_id,
            "period": found.hit.period,
            "happened_at": happened_at,
            "facts": dict(found.hit.facts),
            "state": "late" if late else "new",
        }

    def _act(self):
        """Do what the rule says. If an action is refused, the alert says so and the other actions are still
        done.
        """
        self.ensure_one()
        errors = []
        for step in (self._freeze, self._plan_deliveries, self._schedule_activity, self._run_server_action):
            try:
                with self.env.cr.savepoint():
                    step()
            except UserError as error:
                _logger.warning("Alert %s: %s refused", self.id, step.__name__)
                errors.append(str(error))
        if errors:
            self.action_error = " ".join(errors)

    def _freeze(self):
        rule, holder = self.rule_id, self.partner_id
        if rule.freeze == "card":
            cards = holder.campus_card_ids.filtered(
                lambda card: card.company_id == self.company_id and card.state == card_state.ACTIVE
            )
            cards._do(card_state.FREEZE, rule.with_context(lang=holder.lang).name)
        elif rule.freeze == "wallet":
            holder.campus_wallet_ids.filtered(
                lambda wallet: wallet.company_id == self.company_id and wallet.state == "open"
            ).action_freeze()

    def _schedule_activity(self):
        user = self.rule_id.activity_user_id
        if user:
            alert = self.with_context(lang=user.lang)
            alert.activity_schedule(
                "campus_alert.mail_activity_type_alert",
                user_id=user.id,
                note=to_html(alert.explanation),
            )

    def _run_server_action(self):
        # sudo: only administrators may choose the action of a rule (groups on the field); it runs with their
        # rights.
        action = self.rule_id.sudo().server_action_id
        if action:
            action.with_context(active_model=self._name, active_id=self.id, active_ids=self.ids).run()

    def _plan_deliveries(self):
        rule, deliveries = self.rule_id, self.env["campus.alert.delivery"]
        if rule.notify_holder and self.partner_id:
            channels = self.env["campus.alert.preference"]._channels(rule, self.partner_id)
            deliveries._plan(self, self.partner_id, channels, rule.hold_night)
        default = {channel for channel in CHANNELS if rule[f"channel_{channel}"]}
        for partner in self._staff_to_tell():
            deliveries._plan(self, partner, default, False)

    def _staff_to_tell(self):
        staff = self.rule_id.staff_ids.partner_id
        return staff - self.partner_id if self.rule_id.notify_holder else staff

    def _is_settled(self):
        """Whether the reason for the alert is gone before anybody was told."""
        if self.state == "false":
            return True
        if self.rule_id.measure != FORECAST:
            return False
        wallet = self.partner_id.with_company(self.company_id).campus_wallet_id
        # The holder has topped up in the meantime: there is nothing to say.
        return wallet.available_minor > self.facts["average"]

    def _message_to(self, partner):
        """The message: holders get the text of the rule, staff get the name and the reason."""
        if partner == self.partner_id:
            return self.message
        return f"{self.display_name}: {self.explanation}"

    def _notify_get_recipients(self, message, msg_vals=False, **kwargs):
        """Use the channel of the delivery, not the one in the user's preferences."""
        recipients = super()._notify_get_recipients(message, msg_vals=msg_vals, **kwargs)
        channel = self.env.context.get("campus_alert_channel")
        if channel:
            for recipient in recipients:
                recipient["notif"] = channel
        return recipients

    def _notify_thread_by_web_push(self, message, recipients_data, msg_vals=False, **kwargs):
        """Send no web push here: a delivery of its own does it, once."""
        if self.env.context.get("campus_alert_channel"):
            return None
        return super()._notify_thread_by_web_push(message, recipients_data, msg_vals=msg_vals, **kwargs)
