from odoo import api, models


class CampusAccountLinks(models.AbstractModel):
    """Merchants that sell with an Odoo till are booked on the clearing account, because the till's session
    books the income.
    """

    _inherit = "campus.account.links"

    @api.model
    def _ledger_problems(self, accounts):
        problems = super()._ledger_problems(accounts)
        # sudo: whoever sets a link may not be allowed to see the tills
        tills = self.env["pos.config"].sudo().with_context(active_test=False)
        sold = tills.search([("campus_account_id", "in", accounts.ids)]).campus_account_id
        for merchant in accounts & sold.with_env(accounts.env):
            # sudo: the error must name the account, also to users who may not read it
            clearing = merchant.company_id.sudo().campus_clearing_account_id
            if merchant.gl_account_id and merchant.gl_account_id != clearing:
                problems.append(
                    self.env._(
                        "“%(name)s” sells over a till, whose session books the income: its account is %(clearing)s, "
                        "not %(account)s.",
                        name=merchant.display_name,
                        clearing=clearing.display_name,
                        # sudo: as for the clearing account
                        account=merchant.gl_account_id.sudo().display_name,
                    )
                )
        return problems


class PosConfig(models.Model):
    _inherit = "pos.config"

    @api.constrains("campus_account_id")
    def _check_campus_account_link(self):
        links = self.env["campus.account.links"]
        # sudo: as for reading the field
        links._raise(links._ledger_problems(self.sudo().campus_account_id))


class ResCompany(models.Model):
    _inherit = "res.company"

    def write(self, vals):
        """When the company's clearing account changes, its tills and their payment method change too."""
        if "campus_clearing_account_id" not in vals:
            return super().write(vals)
        before = {company: company.campus_clearing_account_id for company in self}
        res = super().write(vals)
        for company, old in before.items():
            if old and company.campus_clearing_account_id not in (old, self.env["account.account"]):
                company._campus_move_clearing(old)
        return res

    def _campus_move_clearing(self, old):
        # sudo: whoever chooses the clearing account need not be a manager of tills
        tills = self.env["pos.config"].sudo().with_context(active_test=False)
        merchants = tills.search([("company_id", "=", self.id)]).campus_account_id
        merchants.filtered(
            lambda merchant: merchant.gl_account_id == old
        ).gl_account_id = self.campus_clearing_account_id
        # sudo: as for the tills
        self.sudo()._campus_pos_method().outstanding_account_id = self.campus_clearing_account_id
