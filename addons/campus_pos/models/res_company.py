from base64 import b64encode

from odoo import models
from odoo.exceptions import UserError
from odoo.tools import file_open
from odoo.tools.translate import LazyTranslate

from ..const import TERMINAL

_lt = LazyTranslate(__name__)

JOURNAL_CODE = "CARD"
JOURNAL_NAME = _lt("Campus Card at Tills")
METHOD_NAME = _lt("Campus Card")


class ResCompany(models.Model):
    """The payment method and the journal of the card at tills."""

    _inherit = "res.company"

    def _campus_setup_pos(self):
        """Make the company's payment method for the campus card. It may be called again.

        :return: the payment method
        """
        self.ensure_one()
        # sudo: whoever sets up a company need not have rights on its journals and payment methods
        self.sudo()._campus_check_currency()
        company = self.sudo().with_context(allowed_company_ids=[self.id], lang="en_US", tracking_disable=True)
        company._campus_setup()
        if not company.campus_clearing_account_id:
            raise UserError(
                self.env._("%s has no chart of accounts yet. Install one before the campus card.", self.name)
            )
        method = company._campus_pos_method() or company._campus_make_pos_method()
        company._campus_translate()
        return method.with_env(self.env)

    def _campus_named_records(self):
        named = super()._campus_named_records()
        method = self._campus_pos_method()
        journal = method.journal_id
        named += [(method, METHOD_NAME), (journal, JOURNAL_NAME), (journal.default_account_id, JOURNAL_NAME)]
        return [(record, source) for record, source in named if record]

    def _campus_pos_method(self):
        return self.env["pos.payment.method"].search(
            [("company_id", "=", self.id), ("use_payment_terminal", "=", TERMINAL)], limit=1
        )

    def _campus_make_pos_method(self):
        """The method that an earlier installation has put away, with its past payments, or a new one."""
        Method = self.env["pos.payment.method"].with_context(active_test=False)
        vals = self._prepare_campus_pos_method_vals()
        domain = [(name, "=", vals[name]) for name in ("company_id", "journal_id")]
        method = Method.search(
            [*domain, ("active", "=", False), ("use_payment_terminal", "=", False)], limit=1
        )
        if not method:
            return Method.create(vals)
        method.write({**vals, "active": True})
        return method

    def _prepare_campus_pos_method_vals(self):
        with file_open("campus_pos/static/img/card.png", "rb") as image:
            picture = b64encode(image.read())
        return {
            "name": METHOD_NAME._translate("en_US"),
            "company_id": self.id,
            "journal_id": self._campus_pos_journal().id,
            # Not the bank's outstanding account: the day close clears these sums.
            "outstanding_account_id": self.campus_clearing_account_id.id,
            "payment_method_type": "terminal",
            "use_payment_terminal": TERMINAL,
            "split_transactions": False,
            "sequence": 0,
            "image": picture,
        }

    def _campus_pos_journal(self):
        Journal = self.env["account.journal"].with_context(active_test=False)
        domain = [("company_id", "=", self.id), ("code", "=", JOURNAL_CODE)]
        return Journal.search([*domain, ("type", "=", "bank")], limit=1) or Journal.create(
            {
                "name": JOURNAL_NAME._translate("en_US"),
                "code": f"{JOURNAL_CODE}2" if Journal.search_count(domain, limit=1) else JOURNAL_CODE,
                "type": "bank",
                "company_id": self.id,
                "show_on_dashboard": False,
            }
        )

    # -- the clearing account ------------------------------------------------------

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
