from datetime import timezone
from zoneinfo import ZoneInfo

from odoo import api, fields, models
from odoo.tools import format_date


class PosSession(models.Model):
    """Corrects the books of a session where Odoo's own entries would not clear or would be in a wrong month."""

    _inherit = "pos.session"

    def _create_combine_account_payment(self, payment_method, amounts, diff_amount):
        """If a session has more refunds than sales, book from the outstanding account to the receivable
        account.

        Odoo reverses the payment after it was made and loses the receivable account if the method has an
        outstanding account. Then both lines are booked on that account and nothing clears.
        """
        outstanding = payment_method.outstanding_account_id
        if not outstanding or self.currency_id.compare_amounts(amounts["amount"], 0) >= 0:
            return super()._create_combine_account_payment(payment_method, amounts, diff_amount)
        receivable = self._get_receivable_account(payment_method)
        payment = (
            self.env["account.payment"]
            .with_context(pos_payment=True)
            .create(
                {
                    "payment_type": "outbound",
                    "partner_type": "customer",
                    "amount": -amounts["amount"],
                    "journal_id": payment_method.journal_id.id,
                    "force_outstanding_account_id": outstanding.id,
                    "destination_account_id": receivable.id,
                    "memo": self.env._(
                        "Refunds by %(method)s of %(session)s",
                        method=payment_method.name,
                        session=self.name,
                    ),
                    "pos_payment_method_id": payment_method.id,
                    "pos_session_id": self.id,
                    "company_id": self.company_id.id,
                }
            )
        )
        payment.action_post()
        if diff_amount:
            self._apply_diff_on_account_payment_move(payment, payment_method, diff_amount)
        return payment.move_id.line_ids.filtered(lambda line: line.account_id == receivable)

    # -- months --------------------------------------------------------------------

    @api.constrains("start_at")
    def _check_start_date(self):
        """Check the lock dates with the date in the campus's time zone. Odoo uses the date in UTC, which in
        China is yesterday until eight in the morning. Then no till could open for breakfast on the day
        after a lock.
        """
        locked = self.filtered(lambda session: session._campus_starts_locked())
        return super(PosSession, locked)._check_start_date()

    def _campus_starts_locked(self):
        """Whether the books are locked for the day, in the campus's time zone, on which this session started."""
        journal = self.config_id.journal_id
        day = self.company_id._campus_zoned(self.start_at).date()
        return bool(journal.company_id._get_violated_lock_dates(day, True, journal))

    def get_closing_control_data(self):
        return {**super().get_closing_control_data(), "campus_late": self._campus_late_text()}

    def _campus_late_text(self):
        """The warning for a session with sales of an earlier month: the books show them in the month in which
        the session is closed. Empty if there are none.
        """
        self.ensure_one()
        first = self.env["pos.order"].search(
            [("session_id", "=", self.id), ("state", "in", ("paid", "done"))], order="date_order", limit=1
        )
        if not first:
            return ""
        # sudo: a cashier may not read the contact of the company, which has its time zone
        zone = ZoneInfo(self.company_id.sudo().partner_id.tz or "UTC")
        day, today = (
            moment.replace(tzinfo=timezone.utc).astimezone(zone).date()
            for moment in (first.date_order, fields.Datetime.now())
        )
        if (day.year, day.month) >= (today.year, today.month):
            return ""
        return self.env._(
            "This session has sales since %(day)s. The books show all of them on %(today)s, in another "
            "month: tell finance, and close each till before the month ends.",
            day=format_date(self.env, day),
            today=format_date(self.env, today),
        )

    def _validate_session(self, *args, **kwargs):
        late = self._campus_late_text() if self.state != "closed" else ""
        res = super()._validate_session(*args, **kwargs)
        if late and self.state == "closed":
            self.message_post(body=late)
        return res
