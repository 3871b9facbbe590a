from datetime import timezone
from zoneinfo import ZoneInfo

from odoo import api, fields, models
from odoo.addons.campus_card.campus_core.money import MINOR_PER_MAJOR
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tools import format_date

from ..const import PURPOSE
from .campus_till import Till


class PosSession(models.Model):
    """A session cannot close while money is reserved: each such payment must be charged or released.

    Its books are corrected where Odoo's own entries would not clear or would be in a wrong month.
    """

    _inherit = "pos.session"

    # -- closing -----------------------------------------------------------------

    def write(self, vals):
        """A session is closed by booking it, not by writing its state, and it stays closed."""
        if "state" in vals:
            ended = self.filtered(lambda session: session.state == "closed")
            if ended and vals["state"] != "closed":
                raise UserError(self.env._("A closed session stays closed."))
            if vals["state"] == "closed":
                (self - ended)._campus_check_booked()
        return super().write(vals)

    def _campus_check_booked(self):
        """Refuse to set sessions to closed if their payments are not in the books."""
        if self._campus_open_reservations():
            raise UserError(self._campus_open_message())
        # Odoo sets orders to done once the entry of their session is posted. Free orders have no entry.
        paid = self.order_ids.filtered(
            lambda order: order.state == "paid" and any(order.payment_ids.mapped("amount"))
        )
        if paid:
            raise UserError(
                self.env._("%s orders of this session are not booked yet. Close it at the till.", len(paid))
            )

    def _cannot_close_session(self, bank_payment_method_diffs=None):
        blocked = super()._cannot_close_session(bank_payment_method_diffs)
        if not blocked and self._campus_open_reservations():
            blocked = {"successful": False, "message": self._campus_open_message(), "redirect": False}
        return blocked

    def _validate_session(self, balancing_account=False, amount_to_balance=0, bank_payment_method_diffs=None):
        if self.state != "closed" and self._campus_open_reservations():
            raise UserError(self._campus_open_message())
        late = self._campus_late_text() if self.state != "closed" else ""
        res = super()._validate_session(balancing_account, amount_to_balance, bank_payment_method_diffs)
        if late and self.state == "closed":
            self.message_post(body=late)
        return res

    def close_session_from_ui(self, bank_payment_method_diff_pairs=None):
        """Ignore a difference for cards that was typed at the till: the ledger knows the exact sum."""
        counted = [
            (method_id, diff)
            for method_id, diff in bank_payment_method_diff_pairs or []
            if not self.env["pos.payment.method"].browse(method_id)._is_campus_card()
        ]
        return super().close_session_from_ui(counted)

    def get_closing_control_data(self):
        """Tell the closing dialog which payment methods are the card, and whether the session is late."""
        data = super().get_closing_control_data()
        for row in data["non_cash_payment_methods"]:
            row["campus_card"] = self.env["pos.payment.method"].browse(row["id"])._is_campus_card()
        data["campus_late"] = self._campus_late_text()
        return data

    def _campus_open_message(self):
        return self.env._(
            "Card payments were authorised and not completed: %s. Charge or release each before closing.",
            len(set(self._campus_open_reservations().mapped("uuid"))),
        )

    # -- payments without an order -------------------------------------------------

    def campus_card_open_payments(self):
        """The payments that were authorised here and have no paid order, for the closing dialog."""
        self._campus_check_cashier()
        return [
            {
                "uuid": uuid,
                "holder": reservations.partner_id.name,
                "amount_minor": sum(reservations.mapped("amount_minor")),
                "reserved_at": reservations[0].reserved_at,
                "cashier": reservations[0].user_id.name,
            }
            for uuid, reservations in self._campus_open_reservations().grouped("uuid").items()
        ]

    def campus_card_settle_payment(self, uuid, charge):
        """Charge a payment without an order, or release it. Returns its new state."""
        self._campus_check_cashier()
        if self.state == "closed":
            raise UserError(self.env._("The session of this till is not open."))
        return (
            self._campus_charge(uuid)
            if charge
            else self.env["campus.till"]._release(self._campus_till(), uuid)
        )

    def _campus_till(self):
        """What the ledger needs of this session's till."""
        # sudo: a cashier may not read the merchant account of the till.
        config = self.sudo().config_id
        return Till(
            company_id=config.company_id.id,
            name=config.name,
            origin=f"pos.session,{self.id}",
            merchant_id=config._campus_merchant().id,
            accepts_numbers=config.campus_accept_numbers,
        )

    def _campus_check_cashier(self):
        self.ensure_one()
        if not self.env.su and not self.env.user.has_group("point_of_sale.group_pos_user"):
            raise AccessError(self.env._("Only cashiers settle card payments."))
        self.check_access("write")

    def _campus_open_reservations(self):
        # sudo: cashiers have no rights on the ledger; they only see the open payments of their session.
        return (
            self.env["campus.reservation"]
            .sudo()
            .search(
                [
                    ("origin", "in", [f"pos.session,{session.id}" for session in self]),
                    ("purpose", "=", PURPOSE),
                    ("state", "=", "open"),
                ],
                order="id",
            )
        )

    def _campus_charge(self, uuid):
        """Make the missing order, so that the books show the sale like any other."""
        reservations = self._campus_open_reservations().filtered(lambda r: r.uuid == uuid)
        if not reservations:
            return "none"
        order = self.env["pos.order"].create(self._prepare_campus_charge_vals(reservations))
        order.add_payment(
            {
                "pos_order_id": order.id,
                "payment_method_id": self.payment_method_ids.filtered(lambda m: m._is_campus_card())[:1].id,
                "amount": order.amount_total,
                "uuid": uuid,
                "payment_status": "done",
            }
        )
        order.action_pos_order_paid()
        self.message_post(
            body=self.env._(
                "Charged %(amount)s to the card of %(holder)s without a receipt: order %(order)s.",
                amount=order.currency_id.format(order.amount_total),
                holder=reservations.partner_id.name,
                order=order.name,
            )
        )
        return "captured"

    @api.model
    def _prepare_campus_charge_vals(self, reservations):
        amount = sum(reservations.mapped("amount_minor")) / MINOR_PER_MAJOR
        product = self.env.ref("campus_pos.product_unrecorded_sale")
        return {
            "session_id": self.id,
            "company_id": self.company_id.id,
            "user_id": self.env.uid,
            "amount_total": amount,
            "amount_tax": 0,
            "amount_paid": 0,
            "amount_return": 0,
            "internal_note": self.env._("Authorised by card; the order itself got lost."),
            "lines": [
                Command.create(
                    {
                        "product_id": product.id,
                        "full_product_name": product.display_name,
                        "qty": 1,
                        "price_unit": amount,
                        "price_subtotal": amount,
                        "price_subtotal_incl": amount,
                        "tax_ids": [Command.clear()],
                    }
                )
            ],
        }

    # -- the books of a session --------------------------------------------------

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
