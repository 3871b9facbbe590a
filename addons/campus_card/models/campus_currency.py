from odoo import api, models
from odoo.exceptions import UserError, ValidationError

#: Decimals of a currency in which the ledger can count: it counts cents.
DIGITS = 2


class ResCurrency(models.Model):
    """A currency in which the card holds money keeps its two decimal digits."""

    _inherit = "res.currency"

    def _campus_counts_cents(self):
        return self.decimal_places == DIGITS

    @api.constrains("rounding")
    def _check_campus_digits(self):
        for currency in self.filtered(lambda currency: not currency._campus_counts_cents()):
            # sudo: whoever changes a currency changes it for every company
            using = self.env["res.company"].sudo().search([("currency_id", "=", currency.id)])
            using.filtered(lambda company: company._campus_holds_money())._campus_check_currency()


class ResCompany(models.Model):
    """Cents are whole numbers in the ledger: a currency with other decimals cannot be a card's."""

    _inherit = "res.company"

    def _campus_holds_money(self):
        """Whether the company has wallets or merchants."""
        self.ensure_one()
        domain = [("company_id", "=", self.id), ("kind", "in", ("pocket", "debt", "merchant"))]
        # sudo: who sets a company up need not see the ledger
        accounts = self.env["campus.account"].sudo().with_context(active_test=False)
        return bool(accounts.search_count(domain, limit=1))

    def _campus_check_currency(self):
        """Refuse companies whose currency has no cents."""
        for company in self:
            currency = company.currency_id
            if not currency._campus_counts_cents():
                raise UserError(
                    self.env._(
                        "The campus card counts in cents. %(company)s has the currency %(currency)s with "
                        "%(digits)s decimals, and the card needs one with two.",
                        company=company.name,
                        currency=currency.name,
                        digits=currency.decimal_places,
                    )
                )

    @api.constrains("currency_id")
    def _check_campus_currency(self):
        for company in self:
            if company._campus_holds_money():
                company._campus_check_currency()

    def write(self, vals):
        if "currency_id" in vals:
            for company in self:
                if company.currency_id.id != vals["currency_id"] and company._campus_has_moved_money():
                    raise ValidationError(
                        self.env._(
                            "Money was moved on cards of %(company)s in %(currency)s: the currency stays.",
                            company=company.name,
                            currency=company.currency_id.name,
                        )
                    )
        return super().write(vals)

    def _campus_has_moved_money(self):
        # sudo: a currency belongs to whoever sets a company up, transfers do not
        transfers = self.env["campus.transfer"].sudo()
        return bool(transfers.search_count([("company_id", "=", self.id)], limit=1))

    def _campus_setup(self):
        """Charts come with currencies of all kinds: companies that cannot have a card are left alone."""
        # sudo: the currency of a company is no secret
        return super(
            ResCompany, self.filtered(lambda company: company.sudo().currency_id._campus_counts_cents())
        )._campus_setup()


class CampusAccount(models.Model):
    """The company of an account counts in cents."""

    _inherit = "campus.account"

    @api.constrains("company_id")
    def _check_campus_currency(self):
        # sudo: the currency of a company is read, whoever makes the record
        self.company_id.sudo()._campus_check_currency()


class CampusPocketPlan(models.Model):
    """The company of a plan counts in cents."""

    _inherit = "campus.pocket.plan"

    @api.constrains("company_id")
    def _check_campus_currency(self):
        # sudo: the currency of a company is read, whoever makes the record
        self.company_id.sudo()._campus_check_currency()


class CampusWallet(models.Model):
    """The company of a wallet counts in cents."""

    _inherit = "campus.wallet"

    @api.constrains("company_id")
    def _check_campus_currency(self):
        # sudo: the currency of a company is read, whoever makes the record
        self.company_id.sudo()._campus_check_currency()
