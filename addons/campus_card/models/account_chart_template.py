from odoo import models


class AccountChartTemplate(models.AbstractModel):
    """A company that gets a chart of accounts also gets the accounts of the card."""

    _inherit = "account.chart.template"

    def _load(self, template_code, company, install_demo, force_create=True):
        """Set the campus card up as soon as the company has accounts to book on.

        A chart may be replaced while nothing has been booked, or to show demonstration data. Odoo
        then deletes the accounts and journals, ours included: they are let go first, and made again.
        """
        replaces = template_code != company.chart_template
        merchants = self.env["campus.account"]
        replaced = install_demo or not company.root_id._existing_accounting()
        if replaces and replaced and not company.parent_id:
            merchants = company._campus_forget_chart()
        res = super()._load(template_code, company, install_demo, force_create)
        # The environment may have been replaced together with the registry.
        company = self.env["res.company"].browse(company.id)
        company._campus_setup()
        # sudo: whoever loads a chart need not have rights on the ledger's accounts
        for merchant in self.env["campus.account"].sudo().browse(merchants.ids):
            merchant.gl_account_id = merchant.company_id.campus_clearing_account_id
        return res

    def _load_translations(self, langs=None, companies=None, template_data=None):
        res = super()._load_translations(langs, companies, template_data)
        set_up = [("campus_journal_id", "!=", False)]
        companies = companies or self.env["res.company"].search(set_up)
        companies.filtered("campus_journal_id")._campus_translate(langs)
        return res
