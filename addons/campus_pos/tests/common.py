from uuid import uuid4

from odoo.addons.account.tests.common import AccountTestInvoicingCommon
from odoo.fields import Command, Datetime
from odoo.tests import new_test_user

# Typed by a reader as hexadecimal, and as ten digits by another kind of reader.
LIN_UID = "04A1B2C3"
WANG_UID = "04D4E5F6"


class CampusPosFixture:
    """A till that takes the campus card, two holders, and what a browser would send."""

    @classmethod
    def setup_campus(cls, config, user):
        """:param config: pos.config of a company with a chart of accounts"""
        # The fixture is made by the system; tests act as the cashier.
        cls.sudo_env = config.env(su=True, context=dict(cls.env.context, tracking_disable=True))
        cls.config = config.with_env(cls.sudo_env)
        cls.company = cls.config.company_id
        cls.config._campus_setup_pos()
        cls.method = cls.company._campus_pos_method()
        cls.cashier = user
        cls.merchant = cls.config.campus_account_id
        cls.department = cls.sudo_env["campus.department"].create(
            {"name": "Computer Science", "code": "CS-POS", "company_id": cls.company.id}
        )
        cls.lin, cls.lin_card = cls.create_holder("Lin Xiaoyu", "P2023001", LIN_UID)
        cls.wang, cls.wang_card = cls.create_holder("Wang Haoran", "P2023002", WANG_UID)

    @classmethod
    def create_holder(cls, name, number, uid):
        partner = cls.sudo_env["res.partner"].create(
            {
                "name": name,
                "campus_number": number,
                "campus_department_id": cls.department.id,
                "campus_role": "student",
                "company_id": cls.company.id,
            }
        )
        wallet = cls.sudo_env["campus.wallet"]._for_holder(partner, cls.company)
        card = cls.sudo_env["campus.card"].create(
            {
                "partner_id": partner.id,
                "uid": uid,
                "company_id": cls.company.id,
                "stage_id": cls.sudo_env["campus.card.stage"]._first_of("active").id,
                "wallet_id": wallet.id,
            }
        )
        return partner, card

    @classmethod
    def top_up(cls, card, amount_minor, kind="topup", plan="cash", account="cash_desk"):
        ledger = cls.sudo_env["campus.ledger"]
        return ledger._raise_refusal(
            ledger._post(
                [
                    {
                        "uuid": str(uuid4()),
                        "kind": kind,
                        "wallet_id": card.wallet_id.id,
                        "account_id": cls.sudo_env["campus.account"]._system(account, cls.company).id,
                        "amount_minor": amount_minor,
                        "plan": plan,
                    }
                ]
            )[0]
        )

    def money(self, card):
        """``(balance, reserved)`` of a card's wallet in cents."""
        pockets = card.wallet_id.pocket_ids
        pockets.invalidate_recordset()
        return sum(pockets.mapped("balance_minor")), sum(pockets.mapped("reserved_minor"))

    def earned(self):
        """Cents on the till's merchant account."""
        account = self.sudo_env["campus.account"]
        return account._signed_sums(self.merchant).get(self.merchant.id, 0)


class CampusPosCommon(CampusPosFixture, AccountTestInvoicingCommon):
    """An open session without a browser."""

    @classmethod
    def get_default_groups(cls):
        return super().get_default_groups() | cls.quick_ref("point_of_sale.group_pos_manager")

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.cashier = new_test_user(
            cls.env,
            "campus_cashier",
            groups="base.group_user,point_of_sale.group_pos_user",
            company_id=cls.env.company.id,
            company_ids=[Command.set(cls.env.company.ids)],
        )
        cls.cash_method = cls.env["pos.payment.method"].create(
            {
                "name": "Cash at the till",
                "journal_id": cls.env["account.journal"]
                .create({"name": "Cash at the till", "type": "cash", "code": "CTILL"})
                .id,
            }
        )
        config = cls.env["pos.config"].create(
            {"name": "Canteen 1", "payment_method_ids": [Command.set(cls.cash_method.ids)]}
        )
        cls.setup_campus(config, cls.cashier)
        cls.lunch = cls.env["product.product"].create(
            {
                "name": "Lunch",
                "list_price": 12.5,
                "type": "service",
                "available_in_pos": True,
                "taxes_id": False,
            }
        )

    def setUp(self):
        super().setUp()
        self.config.with_user(self.cashier).open_ui()
        self.session = self.config.current_session_id.with_user(self.cashier)
        self.session.set_opening_control(0, "")
        self.till = self.method.with_user(self.cashier)

    # -- the till ----------------------------------------------------------------

    def authorise(self, amount_minor, uid=LIN_UID, uuid=None, **kwargs):
        uuid = uuid or str(uuid4())
        return self.till.campus_card_authorise(uuid, amount_minor, uid, self.session.id, **kwargs)

    def line_vals(self, qty, price, refunded_line=None):
        return Command.create(
            {
                "product_id": self.lunch.id,
                "qty": qty,
                "price_unit": price,
                "price_subtotal": qty * price,
                "price_subtotal_incl": qty * price,
                "tax_ids": [Command.clear()],
                "pack_lot_ids": [],
                "refunded_orderline_id": refunded_line.id if refunded_line else False,
            }
        )

    def order_vals(self, payments, lines=None, **kwargs):
        """What the browser sends. ``payments``: ``[(method, amount, uuid)]``."""
        total = sum(amount for _method, amount, _uuid in payments)
        return {
            "uuid": str(uuid4()),
            "name": "Order",
            "state": "paid",
            "session_id": self.session.id,
            "user_id": self.cashier.id,
            "company_id": self.company.id,
            "date_order": Datetime.to_string(Datetime.now()),
            "last_order_preparation_change": "{}",
            "amount_total": total,
            "amount_paid": total,
            "amount_tax": 0,
            "amount_return": 0,
            "lines": lines or [self.line_vals(1, total)],
            "payment_ids": [
                Command.create(
                    {
                        "uuid": uuid,
                        "amount": amount,
                        "payment_method_id": method.id,
                        "payment_date": Datetime.to_string(Datetime.now()),
                        "payment_status": "done",
                    }
                )
                for method, amount, uuid in payments
            ],
            **kwargs,
        }

    def sync(self, vals):
        uuid = vals["uuid"]
        result = self.session.env["pos.order"].sync_from_ui([vals])
        order = self.session.env["pos.order"].search([("uuid", "=", uuid)])
        self.assertIn(order.id, [row["id"] for row in result["pos.order"]])
        return order

    def sell(self, amount, uid=LIN_UID):
        """Authorise and sync a sale paid by card."""
        answer = self.authorise(round(amount * 100), uid)
        self.assertTrue(answer["ok"], answer["message"])
        return self.sync(self.order_vals([(self.method, amount, answer["uuid"])]))

    def refund_vals(self, order, payments, **kwargs):
        total = sum(amount for _method, amount, _uuid in payments)
        line = order.lines[0]
        qty = total / line.price_unit
        return self.order_vals(
            payments, lines=[self.line_vals(qty, line.price_unit, line)], is_refund=True, **kwargs
        )
