from uuid import NAMESPACE_URL, uuid5

from odoo import api, fields, models

EXPIRY_NAMESPACE = uuid5(NAMESPACE_URL, "campus.card/expired-money")
BATCH = 500


class CampusAccount(models.Model):
    """Money whose last day is over leaves its pocket by a transfer, made by a job every hour."""

    _inherit = "campus.account"

    _expiry_idx = models.Index("(expires_on) WHERE expires_on IS NOT NULL")

    @api.model
    def _cron_take_expired(self):
        """Take expired money back, company by company, by the calendar day of each."""
        # who has no such account was never set up, and keeps nobody else waiting; who is archived has one
        for account in self.search([("code", "=", "expired"), ("kind", "=", "expired")]):
            company = account.company_id
            today = company._campus_today()
            while requests := self._prepare_expiry(company, today, account):
                answers = self.env["campus.ledger"]._post(requests)
                done = sum(answer["ok"] for answer in answers)
                # what is refused, or was moved a moment ago, waits for the next hour
                if not self.env["ir.cron"]._commit_progress(done) or done < len(answers):
                    break

    @api.model
    def _prepare_expiry(self, company, today, account):
        """Requests for up to ``BATCH`` wallets and plans; what is reserved stays until it is settled.

        The id is made from what is taken and how often the wallet gave something today: a job that is
        repeated takes nothing twice, and the same amount that comes back to an expired pocket is taken again.
        """
        self.flush_model()
        self.env.cr.execute(
            """SELECT pocket.wallet_id, plan.code, sum(pocket.balance_minor - pocket.reserved_minor)::bigint,
                      (SELECT count(*) FROM campus_transfer taken
                        WHERE taken.wallet_id = pocket.wallet_id AND taken.kind = 'expiry'
                          AND taken.booking_date >= %s)
                 FROM campus_account pocket
                 JOIN campus_pocket_plan plan ON plan.id = pocket.plan_id
                WHERE pocket.kind = 'pocket' AND pocket.company_id = %s AND pocket.expires_on < %s
                  AND pocket.balance_minor > pocket.reserved_minor
                GROUP BY pocket.wallet_id, plan.code ORDER BY pocket.wallet_id, plan.code LIMIT %s""",
            [today, company.id, today, BATCH],
        )
        # read at once: the next line may ask the database for the language, on the same cursor
        rows = self.env.cr.fetchall()
        memo = self.with_context(lang=company.partner_id.lang).env._(
            "Not spent before %s", fields.Date.to_string(today)
        )
        return [
            {
                "uuid": str(uuid5(EXPIRY_NAMESPACE, f"{wallet_id}/{plan}/{today}/{amount_minor}/{times}")),
                "kind": "expiry",
                "wallet_id": wallet_id,
                "account_id": account.id,
                "amount_minor": amount_minor,
                "plan": plan,
                "origin": "campus.account",
                "memo": memo,
            }
            for wallet_id, plan, amount_minor, times in rows
        ]
