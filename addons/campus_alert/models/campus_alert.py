from odoo import api, fields, models
from odoo.addons.campus_card.db.columns import BigReference
from odoo.exceptions import UserError

STATES = [
    ("new", "New"),
    ("open", "In Progress"),
    ("done", "Handled"),
    ("false", "False Alarm"),
    ("late", "Too Late"),
]
# Fields that staff may change. The rule wrote the others, and they stay as they are.
STAFF_FIELDS = frozenset(("state", "note", "user_id", "activity_ids", "message_follower_ids"))


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
