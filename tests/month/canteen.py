"""Cashiers at tills: lunch, split and mixed payments, second presses, refunds of every kind."""

import random
import time
import uuid

import sentences
from people import Crashed

CARD, CASH = "card", "cash"


class Payment:
    """One payment line of an order: ``minor`` cents (below zero for a refund) by card or in cash."""

    def __init__(self, uuid, method, minor):
        self.uuid, self.method, self.minor = uuid, method, minor

    def wire(self, methods, when):
        return [
            0,
            0,
            {
                "uuid": self.uuid,
                "amount": self.minor / 100,
                "payment_method_id": methods[self.method],
                "name": when,
                "payment_status": "done",
            },
        ]


class Sale:
    """What was sold: enough to refund it later, at whatever till."""

    def __init__(self, order_id, line_id, minor, payments, uid):
        self.order_id, self.line_id, self.minor = order_id, line_id, minor
        self.payments, self.uid = payments, uid


class Till:
    """A till of the demo with the session that is open at it."""

    def __init__(self, world, config_id, name):
        self.world, self.config_id, self.name = world, config_id, name
        # A screen and uuids of its own: tills work beside each other.
        self.cashier = world.person("cashier").twin()
        self.draw = random.Random(world.draw.getrandbits(64))
        self.session = None
        self.methods, self.pricelist, self.product = {}, False, None

    def uuid(self):
        """A uuid of the seed."""
        return str(uuid.UUID(int=self.draw.getrandbits(128), version=4))

    # -- session -----------------------------------------------------------------------

    def open(self):
        """Open the day's session with the drawer as it was left."""
        world = self.world
        self.cashier.rpc("pos.config", "open_ui", [self.config_id])
        [(self.session, state)] = world.query(
            "SELECT id, state FROM pos_session WHERE config_id = %s AND state <> 'closed'", [self.config_id]
        )
        if state == "opening_control":
            self.cashier.rpc("pos.session", "set_opening_control", [self.session], 0, "")
        self._learn()

    def _learn(self):
        world = self.world
        rows = world.query(
            """SELECT method.id, method.use_payment_terminal FROM pos_payment_method method
                 JOIN pos_config_pos_payment_method_rel rel ON rel.pos_payment_method_id = method.id
                WHERE rel.pos_config_id = %s""",
            [self.config_id],
        )
        self.methods = {CARD if terminal else CASH: method for method, terminal in rows}
        self.pricelist = (
            world.value("SELECT pricelist_id FROM pos_config WHERE id = %s", [self.config_id]) or False
        )
        self.product = world.value(
            """SELECT p.id FROM product_product p JOIN product_template t ON t.id = p.product_tmpl_id
                WHERE t.available_in_pos AND t.active AND p.active AND t.company_id = 1 ORDER BY p.id"""
        )

    def close(self):
        """Count the drawer as the till says it should be, and close."""
        data = self.cashier.rpc("pos.session", "get_closing_control_data", [self.session])
        cash = (data.get("default_cash_details") or {}).get("amount", 0)
        self.cashier.rpc("pos.session", "post_closing_cash_details", [self.session], cash)
        self.cashier.rpc("pos.session", "update_closing_control_state_session", [self.session], "")
        answer = self.cashier.rpc("pos.session", "close_session_from_ui", [self.session], [])
        if not answer.get("successful"):
            return answer.get("message")
        self.session = None
        return None

    # -- selling -------------------------------------------------------------------------

    def authorise(self, uid, minor, payment=None, attempt=0):
        """Hold a card to the till: ``(uuid of the payment line, answer)``."""
        payment = payment or self.uuid()
        answer = self._ask_for(payment, uid, minor, attempt)
        if not answer["ok"]:
            english = self._ask_for(payment, uid, minor, attempt, lang="en_US")
            if found := sentences.check(answer["message"], english["message"], "the till's refusal"):
                raise Crashed(found)
        return payment, answer

    def _ask_for(self, payment, uid, minor, attempt, **context):
        arguments = ([self.methods[CARD]], payment, minor, uid, self.session, attempt)
        return self.cashier.rpc("pos.payment.method", "campus_card_authorise", *arguments, context=context)

    def available(self, uid):
        """What the till calls available on a card, in cents; the cent that it asks for is given back."""
        payment, answer = self.authorise(uid, 1)
        if not answer["ok"]:
            raise Crashed(f"the till refuses {uid}: {answer['message']}")
        self.release(payment)
        return answer["before_minor"]

    def release(self, payment):
        """Give the money of a payment line back."""
        return self.cashier.rpc(
            "pos.payment.method", "campus_card_release", [self.methods[CARD]], payment, self.session
        )

    def sync(self, order):
        """Send an order as the browser does; the id of the order and of its line."""
        answer = self.cashier.rpc("pos.order", "sync_from_ui", [order])
        order_id = answer["pos.order"][0]["id"]
        line_id = self.world.value("SELECT min(id) FROM pos_order_line WHERE order_id = %s", [order_id])
        return order_id, line_id

    def sell(self, uid, minor, press_twice=False):
        """A meal by card; the sale, or None where the card was refused."""
        payment, answer = self.authorise(uid, minor)
        if not answer["ok"]:
            return None
        if press_twice:
            self.authorise(uid, minor, payment)
        payments = [Payment(payment, CARD, minor)]
        order = self.order(minor, payments)
        order_id, line_id = self.sync(order)
        if press_twice:
            self.sync(order)
        return Sale(order_id, line_id, minor, payments, uid)

    def sell_split(self, uids, minor):
        """One order by two cards, half and half."""
        halves = (minor // 2, minor - minor // 2)
        payments = []
        for uid, half in zip(uids, halves, strict=True):
            payment, answer = self.authorise(uid, half)
            if answer["ok"]:
                payments.append(Payment(payment, CARD, half))
        if len(payments) < len(halves):
            for payment in payments:
                self.release(payment.uuid)
            return None
        return Sale(*self.sync(self.order(minor, payments)), minor, payments, uids[0])

    def sell_mixed(self, uid, minor, cash_minor):
        """Part by card, the rest in cash."""
        payment, answer = self.authorise(uid, minor - cash_minor)
        if not answer["ok"]:
            return None
        payments = [
            Payment(payment, CARD, minor - cash_minor),
            Payment(self.uuid(), CASH, cash_minor),
        ]
        return Sale(*self.sync(self.order(minor, payments)), minor, payments, uid)

    def sell_for_cash(self, minor):
        """Somebody without a card."""
        payments = [Payment(self.uuid(), CASH, minor)]
        return Sale(*self.sync(self.order(minor, payments)), minor, payments, None)

    def refund(self, sale, press_twice=False):
        """Take a whole sale back, each part the way it was paid."""
        payments = [Payment(self.uuid(), part.method, -part.minor) for part in sale.payments]
        order = self.order(-sale.minor, payments, (sale.order_id, sale.line_id))
        answer = self.sync(order)
        if press_twice:
            self.sync(order)
        return answer

    def refund_in_cash(self, sale):
        """Try to make cash of what a card has paid."""
        payments = [Payment(self.uuid(), CASH, -sale.minor)]
        return self.sync(self.order(-sale.minor, payments, (sale.order_id, sale.line_id)))

    def order(self, minor, payments, refund_of=None):
        """An order of one dish as the browser serialises it; ``refund_of``: ``(order, line)``."""
        amount = minor / 100
        when = time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(self.world.clock.ms() / 1000))
        line = {
            "uuid": self.uuid(),
            "product_id": self.product,
            "qty": -1 if refund_of else 1,
            "price_unit": abs(amount),
            "price_subtotal": amount,
            "price_subtotal_incl": amount,
            "discount": 0,
            "tax_ids": [[6, 0, []]],
            "pack_lot_ids": [],
        }
        if refund_of:
            line["refunded_orderline_id"] = refund_of[1]
        number = self.uuid()
        return {
            "uuid": number,
            "name": f"Order {number}",
            "session_id": self.session,
            "pricelist_id": self.pricelist,
            "fiscal_position_id": False,
            "partner_id": False,
            "user_id": False,
            "to_invoice": False,
            "state": "paid",
            "date_order": when,
            "amount_total": amount,
            "amount_paid": amount,
            "amount_tax": 0,
            "amount_return": 0,
            "last_order_preparation_change": "{}",
            "lines": [[0, 0, line]],
            "payment_ids": [payment.wire(self.methods, when) for payment in payments],
        }
