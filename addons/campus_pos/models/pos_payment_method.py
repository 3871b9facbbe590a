from odoo import api, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command

from ..const import TERMINAL

TRACKED = {
    "active",
    "journal_id",
    "outstanding_account_id",
    "receivable_account_id",
    "split_transactions",
    "use_payment_terminal",
}
ANY_SESSION = ("opening_control", "opened", "closing_control")
SELLING_SESSION = ("opening_control", "opened")


class PosPaymentMethod(models.Model):
    """The campus card as a payment terminal, with the questions that a till may ask."""

    _name = "pos.payment.method"
    _inherit = ["pos.payment.method", "mail.thread"]

    def _track_get_fields(self):
        """Log each change of the accounts that a payment method books on."""
        return super()._track_get_fields() | TRACKED

    def _get_payment_terminal_selection(self):
        return [*super()._get_payment_terminal_selection(), (TERMINAL, self.env._("Campus Card"))]

    @api.constrains("use_payment_terminal", "journal_id", "outstanding_account_id", "split_transactions")
    def _check_campus_booking(self):
        """Sessions and day closes must use the same clearing account, or a sale would be booked twice."""
        for method in self.filtered(lambda method: method._is_campus_card()):
            # sudo: whoever sets up a method need not read the company's settings
            method.company_id.sudo()._campus_check_currency()
            clearing = method.company_id.campus_clearing_account_id
            if method.journal_id.type != "bank" or method.split_transactions:
                raise ValidationError(
                    self.env._("The campus card needs a bank journal and is not split by customer.")
                )
            if not clearing or method.outstanding_account_id != clearing:
                raise ValidationError(
                    self.env._("The outstanding account of the campus card is the card clearing account.")
                )

    @api.model
    def _campus_put_away(self):
        """Archive the methods for the campus card; Odoo refuses while a till that has one is open."""
        methods = self.with_context(active_test=False).search([("use_payment_terminal", "=", TERMINAL)])
        methods.write(
            {
                "active": False,
                "payment_method_type": "none",
                "use_payment_terminal": False,
                "config_ids": [Command.clear()],
            }
        )

    def _is_campus_card(self):
        return self.use_payment_terminal == TERMINAL

    # -- what the till asks ------------------------------------------------------

    def campus_card_authorise(self, uuid, amount_minor, credential, session_id, attempt=0, pin=None):
        """Reserve ``amount_minor`` cents for the payment line ``uuid``.

        :return: an answer, see ``campus.till``
        """
        till = self._campus_till(session_id, SELLING_SESSION)
        return self.env["campus.till"]._authorise(till, uuid, amount_minor, credential, attempt, pin)

    def campus_card_release(self, uuid, session_id):
        """Release the money of a payment line. Returns the state of the reservation."""
        till = self._campus_till(session_id, ANY_SESSION)
        return self.env["campus.till"]._release(till, uuid)

    def campus_card_status(self, uuid, session_id):
        """Return the answer of a payment line once more, because it got lost."""
        till = self._campus_till(session_id, ANY_SESSION)
        return self.env["campus.till"]._status(till, uuid)

    def campus_card_quote_refund(self, uuid, amount_minor, order_id, session_id):
        """Return who would get back how much for the order. Money moves only when the refund order is stored."""
        till = self._campus_till(session_id, SELLING_SESSION)
        order = self.env["pos.order"].browse(order_id)
        order.check_access("read")
        return self.env["campus.till"]._quote_refund(till, order, uuid, amount_minor)

    def campus_card_quote_cash(self, amount_minor, order_id, session_id):
        """Return ``{card_minor, may}``: how many of the ``amount_minor`` cents, to be given back in another
        way, were paid by card for the order, and whether this user may do it. ``order_id`` is False for
        goods without an order.
        """
        till = self._campus_till(session_id, SELLING_SESSION)
        order = self.env["pos.order"].browse(order_id or [])
        order.check_access("read")
        return self.env["campus.till"]._quote_cash(till, order, amount_minor)

    def _campus_till(self, session_id, states):
        """The till that asks. Raises if this user, this session and this method do not belong together."""
        self.ensure_one()
        if not self.env.su and not self.env.user.has_group("point_of_sale.group_pos_user"):
            raise AccessError(self.env._("Only cashiers take card payments."))
        session = self.env["pos.session"].browse(session_id)
        self._campus_fetch_till(session)
        self.check_access("read")
        session.check_access("read")
        if session.state not in states:
            raise UserError(self.env._("The session of this till is not open."))
        if not self._is_campus_card() or session.config_id not in self.config_ids:
            raise UserError(self.env._("This till does not take the campus card."))
        return session._campus_till()

    def _campus_fetch_till(self, session):
        """Read of method, session and till what is asked for, and nothing else: a customer waits."""
        # sudo: what is read here is shown to nobody before the rights are checked
        self.sudo().fetch(["company_id", "use_payment_terminal"])
        session = session.sudo()
        session.fetch(["state", "config_id"])
        session.config_id.fetch(
            ["name", "active", "company_id", "campus_accept_numbers", "campus_account_id"]
        )
