from datetime import timedelta

from odoo import api, fields, models


class CampusAlertTrial(models.Model):
    """One line of a dry run: an alert that the rule would have made."""

    _name = "campus.alert.trial"
    _description = "Dry Run Line"
    _order = "happened_at desc, id desc"
    _log_access = True

    rule_id = fields.Many2one("campus.alert.rule", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="rule_id.company_id", store=True)
    partner_id = fields.Many2one("res.partner", "Holder", ondelete="cascade", index="btree_not_null")
    subject_model = fields.Char(required=True)
    subject_id = fields.Many2oneReference("Record", model_field="subject_model", required=True)
    happened_at = fields.Datetime("When", required=True)
    facts = fields.Json()
    explanation = fields.Char(compute="_compute_explanation")

    @api.depends("facts")
    @api.depends_context("lang")
    def _compute_explanation(self):
        for line in self:
            line.explanation = line.rule_id._explain(line.facts or {})

    @api.autovacuum
    def _gc_old(self):
        """Delete old results of dry runs."""
        self.search([("create_date", "<", fields.Datetime.now() - timedelta(days=7))]).unlink()
