from datetime import datetime, time, timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..const import MATCH, TRIAL_DAYS_MAX, TRIAL_LINES_MAX
from .campus_alert_source import HAPPENED, Span


class CampusAlertRuleTrial(models.Model):
    """Dry run: what a rule would have found on past days. It sends nothing and stores only the list of
    results.
    """

    _inherit = "campus.alert.rule"

    trial_from = fields.Date("From", default=lambda self: self._default_trial_from(), copy=False)
    trial_to = fields.Date("To", default=lambda self: self._default_trial_to(), copy=False)
    trial_at = fields.Datetime("Last Dry Run", readonly=True, copy=False)
    trial_hit_count = fields.Integer("Alerts Found", readonly=True, copy=False)
    trial_holder_count = fields.Integer("Holders Concerned", readonly=True, copy=False)
    trial_line_ids = fields.One2many("campus.alert.trial", "rule_id", "Would Have Found", readonly=True)

    @api.model
    def _default_trial_to(self):
        """The last day of last month."""
        return fields.Date.context_today(self).replace(day=1) - timedelta(days=1)

    @api.model
    def _default_trial_from(self):
        return self._default_trial_to().replace(day=1)

    def action_try(self):
        """Run the rule over the chosen days and show what it would have found."""
        self.ensure_one()
        self.check_access("write")
        if not self.trial_from or not self.trial_to or self.trial_from > self.trial_to:
            raise UserError(self.env._("Choose a first and a last day for the dry run."))
        if (self.trial_to - self.trial_from).days > TRIAL_DAYS_MAX:
            raise UserError(self.env._("A dry run covers %s days at most.", TRIAL_DAYS_MAX))
        found = self._try(self.trial_from, self.trial_to)
        self.trial_line_ids.unlink()
        self.env["campus.alert.trial"].create(
            [self._prepare_trial_vals(one) for one in found[-TRIAL_LINES_MAX:]]
        )
        self.write(
            {
                "trial_at": fields.Datetime.now(),
                "trial_hit_count": len(found),
                "trial_holder_count": len({one.res_id for one in found}),
            }
        )
        return True

    def _try(self, first, last):
        """What the rule would have found on the days from ``first`` to ``last``, oldest first.

        It reads with the rights of the user, so it shows no holders whom the user may not see.
        """
        Source = self.env["campus.alert.source"]
        since = Source._to_utc(self.company_id, datetime.combine(first, time()))
        until = Source._to_utc(self.company_id, datetime.combine(last + timedelta(days=1), time()))
        if self.measure == MATCH:
            until = max(until, fields.Datetime.now())
        found = [
            one
            for chunk in self._find(Span(HAPPENED, since, until))
            for one in chunk
            if self.measure == MATCH or since <= self._at_utc(one.hit) < until
        ]
        return sorted(found, key=lambda one: (one.hit.at, one.res_id))

    def _prepare_trial_vals(self, found):
        return {
            "rule_id": self.id,
            "partner_id": found.partner_id,
            "subject_model": found.model,
            "subject_id": found.res_id,
            "happened_at": self._at_utc(found.hit),
            "facts": dict(found.hit.facts),
        }
