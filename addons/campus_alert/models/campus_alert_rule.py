import ast

from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Domain
from odoo.tools.safe_eval import safe_eval

from ..const import HOURS, MATCH, MEASURES, SOURCE_MODELS


class CampusAlertRule(models.Model):
    """What is watched, which condition raises an alert, and what happens then."""

    _name = "campus.alert.rule"
    _description = "Alert Rule"
    _inherit = ["mail.thread"]
    _order = "sequence, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True, tracking=True)
    active = fields.Boolean(default=True, tracking=True)
    sequence = fields.Integer(default=10)
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    severity = fields.Selection(
        [("info", "Information"), ("warning", "Warning"), ("danger", "Danger")],
        required=True,
        default="warning",
        tracking=True,
    )

    # -- What is watched ----------------------------------------------------
    source = fields.Selection(
        [("transfer", "Transfers"), ("tap", "Taps"), ("card", "Cards"), ("edge", "Edges")],
        "Watch",
        required=True,
        default="transfer",
        tracking=True,
    )
    source_model = fields.Char(compute="_compute_source_model")
    measure = fields.Selection(
        [
            ("sum", "Sum of amounts is over"),
            ("count", "Number is over"),
            ("match", "A record matches"),
            ("odd_hour", "First use at an odd hour"),
            ("distance", "Two places too far apart"),
            ("forecast", "Balance will not last another day"),
        ],
        "Condition",
        required=True,
        default="sum",
        tracking=True,
    )
    domain = fields.Char(
        "Filter",
        required=True,
        default="[]",
        tracking=True,
        help="Of transfers only purchases and their refunds count, unless the filter names other kinds.",
    )
    unit = fields.Selection(
        [
            ("day", "In one day"),
            ("week", "In one week"),
            ("month", "In one month"),
            ("hours", "Within some hours"),
        ],
        "Window",
        required=True,
        default="day",
        tracking=True,
        help="Also how often the same holder is alerted at most.",
    )
    hours = fields.Integer(default=1)
    threshold_minor = fields.Integer("Threshold (cents)", tracking=True)
    threshold_amount = fields.Monetary(
        "Over", compute="_compute_threshold_amount", inverse="_inverse_threshold_amount"
    )
    threshold_count = fields.Integer("More Than", default=1, tracking=True)
    card_moment = fields.Selection(
        [
            ("create_date", "Requested"),
            ("issued_at", "Issued"),
            ("lost_at", "Reported lost"),
            ("frozen_at", "Frozen"),
            ("closed_at", "Expired, replaced or returned"),
        ],
        "Date of the Card",
        default="create_date",
    )
    history_days = fields.Integer("Days of History", default=60)
    uses_min = fields.Integer(
        "Uses Needed", default=20, help="With fewer uses the usual hours of the holder are not known."
    )
    spread_hours = fields.Integer(
        "Hours Around", default=1, help="An hour is usual if the card was used in the hours next to it."
    )
    speed_kmh = fields.Integer("Fastest Way (km/h)", default=30)
    slack_s = fields.Integer("Clock Tolerance (s)", default=120)
    distance_min_m = fields.Integer("Ignore Below (m)", default=200)

    _numbers_check = models.Constraint(
        """CHECK (hours BETWEEN 1 AND 744 AND threshold_minor >= 0 AND threshold_count >= 0
           AND history_days BETWEEN 1 AND 400 AND uses_min BETWEEN 0 AND 1000 AND spread_hours BETWEEN 0 AND 6
           AND speed_kmh BETWEEN 1 AND 2000 AND slack_s BETWEEN 0 AND 86400 AND distance_min_m >= 0
           AND late_after_h BETWEEN 1 AND 8760)""",
        "A number in this rule is too small or too large.",
    )

    # -- What happens -------------------------------------------------------
    notify_holder = fields.Boolean("Tell the Holder", tracking=True)
    holder_may_mute = fields.Boolean(
        "Holder May Mute",
        default=True,
        help="If not set, the channels below are used, whatever the holder has chosen.",
    )
    staff_ids = fields.Many2many(
        "res.users", string="Tell Staff", domain=[("share", "=", False)], check_company=True
    )
    channel_mail = fields.Boolean("E-mail", default=True)
    channel_inbox = fields.Boolean("Odoo Inbox", default=True)
    channel_push = fields.Boolean("Phone (Push)", default=True)
    channel_sms = fields.Boolean("SMS")
    hold_night = fields.Boolean(
        "Not at Night", default=True, help="What is found at night is told at seven in the morning."
    )
    mail_template_id = fields.Many2one(
        "mail.template",
        domain=[("model", "=", "campus.alert")],
        default=lambda self: self.env.ref("campus_alert.mail_template_alert", raise_if_not_found=False),
    )
    message = fields.Text(translate=True, help="The text for the holder. If empty, the explanation is used.")
    freeze = fields.Selection(
        [("card", "The holder's active cards"), ("wallet", "The holder's wallet")], tracking=True
    )
    activity_user_id = fields.Many2one("res.users", "Activity For", domain=[("share", "=", False)])
    # A server action runs with all rights. So only users with all rights may choose one.
    server_action_id = fields.Many2one(
        "ir.actions.server",
        domain=[("model_id.model", "=", "campus.alert")],
        groups="base.group_system",
        ondelete="restrict",
    )
    late_after_h = fields.Integer(
        "Too Late After (h)",
        default=24,
        help="What is found later than this, for example after a stop of the server, is only stored: nobody "
        "is told and nothing is done.",
    )
    alert_ids = fields.One2many("campus.alert", "rule_id", readonly=True)
    alert_count = fields.Integer("Alerts", compute="_compute_alert_count")

    @api.depends("source")
    def _compute_source_model(self):
        for rule in self:
            rule.source_model = SOURCE_MODELS.get(rule.source)

    @api.depends("threshold_minor")
    def _compute_threshold_amount(self):
        for rule in self:
            rule.threshold_amount = rule.threshold_minor / 100

    def _inverse_threshold_amount(self):
        for rule in self:
            rule.threshold_minor = self.env["campus.amount"]._to_minor(rule.threshold_amount)

    def _compute_alert_count(self):
        counts = dict(
            self.env["campus.alert"]._read_group([("rule_id", "in", self.ids)], ["rule_id"], ["__count"])
        )
        for rule in self:
            rule.alert_count = counts.get(rule._origin, 0)

    @api.onchange("source")
    def _onchange_source(self):
        self.domain = "[]"
        if self.source and self.measure not in MEASURES[self.source]:
            self.measure = MEASURES[self.source][0]

    @api.constrains("source", "measure", "card_moment", "unit")
    def _check_measure(self):
        for rule in self:
            if rule.measure not in MEASURES[rule.source]:
                raise ValidationError(
                    self.env._("“%(rule)s”: this condition is not possible here.", rule=rule.name)
                )
            if rule.source == "card" and rule.measure != MATCH and not rule.card_moment:
                raise ValidationError(self.env._("“%s”: choose which date of the card counts.", rule.name))
            if rule.measure == MATCH and rule.unit == HOURS:
                raise ValidationError(
                    self.env._(
                        "“%s”: say how often a matching record is reported: day, week or month.", rule.name
                    )
                )

    @api.constrains("domain", "source")
    def _check_domain(self):
        """Run the filter once with the rights of the person who writes it.

        Later the job runs it with all rights. Without this check, a filter on a field that its author may not
        read would show the author what the field contains.
        """
        for rule in self:
            try:
                with self.env.cr.savepoint(flush=False):
                    self.env[rule.source_model].search(rule._parsed_domain(), limit=1)
            except AccessError:
                # says what its author may not read
                raise
            except Exception as error:
                raise ValidationError(
                    self.env._(
                        "The filter of “%s” does not work: it is not complete, or names a field that is not "
                        "there. Open it, and choose fields and values from the lists.",
                        rule.name,
                    )
                ) from error

    def _parsed_domain(self):
        """The filter as a Domain. It may use the names ``time`` and ``datetime``."""
        self.ensure_one()
        text = (self.domain or "[]").strip()
        try:
            return Domain(ast.literal_eval(text))
        except (ValueError, SyntaxError):
            return Domain(safe_eval(text, {"context_today": lambda: fields.Date.context_today(self)}))

    def action_view_alerts(self):
        """Open the list of this rule's alerts."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("campus_alert.campus_alert_action")
        return {**action, "domain": [("rule_id", "=", self.id)], "context": {}}
