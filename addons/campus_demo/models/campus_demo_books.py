import datetime as dt

from odoo import api, models
from odoo.fields import Command

from .campus_demo_company import LANGUAGE


class CampusDemo(models.AbstractModel):
    """What the general ledger says of cards that an earlier installation took with it."""

    _inherit = "campus.demo"

    @api.model
    def _settle_books(self, company, term):
        """Book the cards of an earlier installation off, so that the new ones begin at zero.

        Entries are never deleted: those of the earlier installation stay, and one more takes off what they
        have left on the accounts of the cards.
        """
        if self.env["campus.transfer"].search_count([("company_id", "=", company.id)], limit=1):
            return
        # The bridge looks at the account of top-ups in transit only where there is a channel on it.
        self._load_provider(company)
        lines = [line for line in self.env["campus.bridge"]._measure(company) if line["difference_minor"]]
        if not lines:
            return
        ref = self.with_context(lang=LANGUAGE).env._("Cards of an earlier installation, booked off")
        moved = [(line["gl_id"], line["difference_minor"]) for line in lines if line["gl_id"]]
        moved.append((company.income_account_id.id, -sum(minor for _gl_id, minor in moved)))
        move = self.env["account.move"].create(
            {
                "journal_id": company.campus_journal_id.id,
                "date": term.start - dt.timedelta(days=1),
                "ref": ref,
                "line_ids": [
                    Command.create(
                        {
                            "account_id": gl_id,
                            "name": ref,
                            "debit": max(-minor, 0) / 100,
                            "credit": max(minor, 0) / 100,
                        }
                    )
                    for gl_id, minor in moved
                ],
            }
        )
        move._post(soft=False)
