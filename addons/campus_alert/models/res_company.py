from odoo import models


class ResCompany(models.Model):
    """Every company starts with the rules of the addon."""

    _inherit = "res.company"

    def _campus_setup(self):
        done = super()._campus_setup()
        # sudo: every new company gets the rules, whatever rights its creator has
        self.sudo()._campus_setup_alert_rules()
        return done

    def _campus_setup_alert_rules(self):
        """Copy the rules of the addon from the first company to companies without any rule."""
        Rule = self.env["campus.alert.rule"].with_context(active_test=False)
        shipped_ids = (
            self.env["ir.model.data"]
            .search([("module", "=", "campus_alert"), ("model", "=", "campus.alert.rule")])
            .mapped("res_id")
        )
        shipped = Rule.browse(shipped_ids).exists()
        for company in self - shipped.company_id:
            if not Rule.search_count([("company_id", "=", company.id)], limit=1):
                for rule in shipped.sorted("sequence"):
                    rule.copy({"company_id": company.id, "staff_ids": False, "activity_user_id": False})
