from odoo import api, models


class CampusAccountLinks(models.AbstractModel):
    """What sells over a till of Odoo is booked on the clearing account: the till's session books the income."""

    _inherit = "campus.account.links"

    @api.model
    def _ledger_problems(self, accounts):
        problems = super()._ledger_problems(accounts)
        # sudo: who sets a link need not see the tills
        tills = self.env["pos.config"].sudo().with_context(active_test=False)
        sold = tills.search([("campus_account_id", "in", accounts.ids)]).campus_account_id
        for merchant in accounts & sold.with_env(accounts.env):
            # sudo: accounts of the books are named to who chooses a wrong one
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
        """Tills and their payment method go along with the company's clearing account."""
        if "campus_clearing_account_id" not in vals:
            return super().write(vals)
        before = {company: company.campus_clearing_account_id for company in self}
        res = super().write(vals)
        for company, old in before.items():
            if old and company.campus_clearing_account_id not in (old, self.env["account.account"]):
                company._campus_move_clearing(old)
        return res

    def _campus_move_clearing(self, old):
        # sudo: who chooses the clearing account need not be a manager of tills
        tills = self.env["pos.config"].sudo().with_context(active_test=False)
        merchants = tills.search([("company_id", "=", self.id)]).campus_account_id
        merchants.filtered(
            lambda merchant: merchant.gl_account_id == old
        ).gl_account_id = self.campus_clearing_account_id
        # sudo: as for the tills
        self.sudo()._campus_pos_method().outstanding_account_id = self.campus_clearing_account_id
