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
    """The campus card as a payment terminal: the questions that a till may ask."""

    _name = "pos.payment.method"
    _inherit = ["pos.payment.method", "mail.thread"]

    def _track_get_fields(self):
        """Where the money of a method goes leaves a trace when it is changed."""
        return super()._track_get_fields() | TRACKED

    def _get_payment_terminal_selection(self):
        return [*super()._get_payment_terminal_selection(), (TERMINAL, self.env._("Campus Card"))]

    @api.constrains("use_payment_terminal", "journal_id", "outstanding_account_id", "split_transactions")
    def _check_campus_booking(self):
        """Sessions and day closes meet on the clearing account, or a sale is booked twice."""
        for method in self.filtered(lambda method: method._is_campus_card()):
            # sudo: who sets a method up need not read the company's settings
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
        """Set ``amount_minor`` cents aside for the payment line ``uuid``."""
        place = self._campus_place(session_id, SELLING_SESSION)
        return self.env["campus.till"]._authorise(place, uuid, amount_minor, credential, attempt, pin)

    def campus_card_release(self, uuid, session_id):
        """Give the money of a payment line back; returns the state of the reservation."""
        place = self._campus_place(session_id, ANY_SESSION)
        return self.env["campus.till"]._release(place, uuid)

    def campus_card_status(self, uuid, session_id):
        """The answer to a payment line whose answer got lost."""
        place = self._campus_place(session_id, ANY_SESSION)
        return self.env["campus.till"]._status(place, uuid)

    def campus_card_quote_refund(self, uuid, amount_minor, order_id, session_id):
        """Who would get how much back for the order; nothing moves before the refund syncs."""
        place = self._campus_place(session_id, SELLING_SESSION)
        order = self.env["pos.order"].browse(order_id)
        order.check_access("read")
        return self.env["campus.till"]._quote_refund(place, order, uuid, amount_minor)

    def campus_card_quote_cash(self, amount_minor, order_id, session_id):
        """How much of ``amount_minor``, to be given back in another way, a card has paid for the order,
        and whether this user may give it: ``{card_minor, may}``. ``order_id`` False: of no order."""
        place = self._campus_place(session_id, SELLING_SESSION)
        order = self.env["pos.order"].browse(order_id or [])
        order.check_access("read")
        return self.env["campus.till"]._quote_cash(place, order, amount_minor)

    def _campus_place(self, session_id, states):
        """The till that asks, if this user, this session and this method go together."""
        self.ensure_one()
        if not self.env.su and not self.env.user.has_group("point_of_sale.group_pos_user"):
            raise AccessError(self.env._("Only cashiers take card payments."))
        self.check_access("read")
        session = self.env["pos.session"].browse(session_id)
        session.check_access("read")
        if session.state not in states:
            raise UserError(self.env._("The session of this till is not open."))
        if not self._is_campus_card() or session.config_id not in self.config_ids:
            raise UserError(self.env._("This till does not take the campus card."))
        return session._campus_place()
