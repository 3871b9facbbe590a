from odoo import fields, models
from odoo.exceptions import UserError


class PaymentProvider(models.Model):
    """An online payment provider, and the ledger account for its top-ups."""

    _inherit = "payment.provider"

    campus_channel_id = fields.Many2one(
        "campus.account",
        "Top-up Channel",
        readonly=True,
        copy=False,
        groups="base.group_system",
        ondelete="restrict",
    )

    def _campus_channel(self):
        """The provider's account in the campus ledger. The first top-up makes it.

        It is linked to the company's transit account: the payment credits that account and the day close
        debits it, so the account is zero when both are done.
        """
        self.ensure_one()
        if self.campus_channel_id.gl_account_id:
            return self.campus_channel_id
        company = self.company_id
        company._campus_check_currency()
        if not company.campus_transit_account_id:
            company._campus_setup()
        if not company.campus_transit_account_id:
            raise UserError(self.env._("%s has no account for top-ups in transit.", company.name))
        code = f"online-{self.id}"
        accounts = self.env["campus.account"].with_context(active_test=False)
        channel = accounts.search([("code", "=", code), ("company_id", "=", company.id)], limit=1)
        # A new chart of accounts removes the old account. The channel gets the new one.
        channel.gl_account_id = company.campus_transit_account_id
        self.campus_channel_id = channel or accounts.create(
            {
                "name": self.name,
                "code": code,
                "kind": "channel",
                "company_id": company.id,
                "gl_account_id": company.campus_transit_account_id.id,
            }
        )
        return self.campus_channel_id
