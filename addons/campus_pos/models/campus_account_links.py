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
