import datetime as dt

from odoo import api, models
from odoo.fields import Command
from odoo.tools import format_date

from ..generator import campus
from .campus_demo import LANGUAGE

JOURNAL = "TILL"


class CampusDemo(models.AbstractModel):
    """The sales that the school's former tills reported. They clear the card's clearing account.

    The purchases of the history were made before these tills had sessions in Odoo. A session would book Dr
    clearing / Cr income; here one entry per week does it, with a sum per merchant.
    """

    _inherit = "campus.demo"

    @api.model
    def _load_takings(self, company, term, accounts):
        journal = self._till_journal(company)
        # What former tills reported to an earlier installation does not count for this one's sales.
        begun = min(
            self.env["campus.department"].search([("company_id", "=", company.id)]).mapped("create_date")
        )
        reports = [("journal_id", "=", journal.id), ("create_date", ">=", begun)]
        booked = set(self.env["account.move"].search(reports).mapped("date"))
        merchants = self.env["campus.account"].union(
            *(accounts[merchant.code] for merchant in campus.MERCHANTS)
        )
        weeks = {}
        for day in term:
            weeks.setdefault(day - dt.timedelta(days=day.weekday()), []).append(day)
        for days in weeks.values():
            sums = self._takings(merchants, days[0], days[-1])
            if sums and days[-1] not in booked:
                self._book_takings(company, journal, days[-1], sums)

    @api.model
    def _takings(self, merchants, first, last):
        """:return: {merchant: sales less refunds in cents}"""
        self.env.cr.execute(
            """SELECT account_id, SUM(minor)::bigint FROM (
                   SELECT credit_account_id AS account_id, amount_minor AS minor FROM campus_transfer
                    WHERE booking_date BETWEEN %(first)s AND %(last)s
                      AND credit_account_id = ANY(%(merchants)s)
                    UNION ALL
                   SELECT debit_account_id, -amount_minor FROM campus_transfer
                    WHERE booking_date BETWEEN %(first)s AND %(last)s
                      AND debit_account_id = ANY(%(merchants)s)) AS side
               GROUP BY account_id ORDER BY account_id""",
            {"first": first, "last": last, "merchants": merchants.ids},
        )
        return {merchants.browse(account_id): minor for account_id, minor in self.env.cr.fetchall()}

    @api.model
    def _book_takings(self, company, journal, day, sums):
        env = self.with_context(lang=LANGUAGE).env
        ref = env._("Takings of the former tills until %s", format_date(env, day))
        lines = [
            {
                "account_id": company.income_account_id.id,
                "name": merchant.name,
                "partner_id": merchant.partner_id.id,
                "debit": max(-minor, 0) / 100,
                "credit": max(minor, 0) / 100,
            }
            for merchant, minor in sums.items()
        ]
        total = sum(sums.values())
        clearing = {
            "account_id": company.campus_clearing_account_id.id,
            "name": ref,
            "debit": max(total, 0) / 100,
            "credit": max(-total, 0) / 100,
        }
        move = self.env["account.move"].create(
            {
                "journal_id": journal.id,
                "date": day,
                "ref": ref,
                "line_ids": [Command.create(line) for line in [clearing, *lines]],
            }
        )
        move._post(soft=False)

    @api.model
    def _till_journal(self, company):
        Journal = self.env["account.journal"]
        journal = Journal.search([("company_id", "=", company.id), ("code", "=", JOURNAL)], limit=1)
        if not journal:
            journal = Journal.create(
                {
                    "name": "Former Tills",
                    "code": JOURNAL,
                    "type": "general",
                    "company_id": company.id,
                    "show_on_dashboard": False,
                }
            )
            journal.update_field_translations("name", {LANGUAGE: "旧收银台周报"})
        return journal

    # -- what an earlier installation left ---------------------------------------

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
