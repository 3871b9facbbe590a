from uuid import uuid4

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..campus_core import money, numbers
from ..db.columns import Uuid
from ..models.campus_card_states import CARD_STATES


class CampusCounter(models.TransientModel):
    """The counter of the card office: cash in, cash out, with a receipt.

    The wizard carries the id of the request, so that a second click, or a browser that
    asks again, gets the first answer and books nothing.
    """

    _name = "campus.counter"
    _description = "Counter"

    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company)
    currency_id = fields.Many2one(related="company_id.currency_id")
    credential = fields.Char("Card or Number", help="Scan the card, or type a card number or campus number.")
    operation = fields.Selection(
        [("topup", "Top up"), ("payout", "Pay out"), ("debt", "Repay debt")], required=True, default="topup"
    )
    means = fields.Selection(
        [("cash", "Cash"), ("bank", "Bank transfer"), ("card", "Money on the card")],
        "Paid By",
        required=True,
        default="cash",
        help="How a debt is repaid. A bank transfer was seen on the school's statement.",
    )
    amount = fields.Monetary()
    question = fields.Char(compute="_compute_question")
    is_counted = fields.Boolean("Counted twice")
    memo = fields.Char("Note")
    uuid = Uuid(required=True, readonly=True, default=lambda self: str(uuid4()))
    state = fields.Selection([("ask", "Ask"), ("done", "Done")], required=True, readonly=True, default="ask")
    before_minor = fields.Integer(readonly=True)
    after_minor = fields.Integer(readonly=True)
    balance_before = fields.Monetary("Before", compute="_compute_result")
    balance_after = fields.Monetary("After", compute="_compute_result")
    transfer_ids = fields.Many2many("campus.transfer", compute="_compute_result")

    card_id = fields.Many2one("campus.card", compute="_compute_holder")
    card_state = fields.Selection(CARD_STATES, compute="_compute_holder")
    partner_id = fields.Many2one("res.partner", "Holder", compute="_compute_holder")
    wallet_id = fields.Many2one("campus.wallet", compute="_compute_holder")
    presented = fields.Boolean(compute="_compute_holder", help="The card itself was presented.")
    refusal = fields.Char(compute="_compute_holder")
    image_128 = fields.Image(related="partner_id.image_128")
    campus_number = fields.Char(related="partner_id.campus_number")
    department_id = fields.Many2one(related="partner_id.campus_department_id")
    role = fields.Selection(related="partner_id.campus_role")
    wallet_state = fields.Selection(related="wallet_id.state", string="Wallet State")
    available = fields.Monetary(related="wallet_id.available")
    debt = fields.Monetary(related="wallet_id.debt")
    payable = fields.Monetary(related="wallet_id.payable")

    @api.depends("credential", "company_id")
    def _compute_holder(self):
        cards = self.env["campus.card"]
        for counter in self:
            text = (counter.credential or "").strip()
            # what is good once is used up for this operation, however often it is looked at
            use = {"uuid": counter.uuid, "amount_minor": 0}
            card, code = cards._resolve(text, use) if text else (cards, None)
            # a holder who has no card yet is served by campus number
            holder = card.partner_id or (text and counter._find_holder(text)) or self.env["res.partner"]
            counter.card_id = card
            counter.card_state = card.state
            counter.presented = bool(card) and not numbers.is_same(text, card.campus_number or "")
            counter.partner_id = holder
            counter.wallet_id = card.wallet_id or holder.campus_wallet_id
            refused = code if card else text and not holder and code
            counter.refusal = refused and counter._refusal_text(refused)

    @api.onchange("amount", "operation", "means")
    def _onchange_is_counted(self):
        """Another amount has to be counted again."""
        self.is_counted = False

    @api.depends("amount", "operation", "means", "company_id")
    def _compute_question(self):
        """Cash that is more than usual is asked about: a zero too much is typed quickly."""
        for counter in self:
            # sudo: a clerk need not read the company's settings
            limit = counter.company_id.sudo().campus_counter_ask
            counter.question = False
            is_cash = counter.operation != "debt" or counter.means == "cash"
            if limit and is_cash and counter.amount > limit:
                counter.question = self.env._(
                    "%(amount)s in cash is more than usual. Count it again, and say that you did.",
                    amount=counter.currency_id.format(counter.amount),
                )

    @api.depends("before_minor", "after_minor", "state")
    def _compute_result(self):
        for counter in self:
            counter.balance_before = counter.before_minor / money.MINOR_PER_MAJOR
            counter.balance_after = counter.after_minor / money.MINOR_PER_MAJOR
            counter.transfer_ids = counter.state == "done" and self.env["campus.transfer"].search(
                [("uuid", "=", counter.uuid)]
            )

    def write(self, vals):
        if not self.env.su and {"uuid", "state", "before_minor", "after_minor"} & vals.keys():
            raise UserError(self.env._("The result of a counter operation is not entered by hand."))
        return super().write(vals)

    def action_set_amount(self):
        """Set the amount of the button, given in cents by its context."""
        self.amount = int(self.env.context["campus_amount_minor"]) / money.MINOR_PER_MAJOR
        self.is_counted = False
        return self._show()

    def action_all(self):
        """Set the amount to all that can be paid out, or to all that is owed."""
        for counter in self:
            owed = counter.operation == "debt"
            minor = counter.wallet_id.debt_minor if owed else counter.wallet_id.payable_minor
            counter.amount = minor / money.MINOR_PER_MAJOR
            counter.is_counted = False
        return self._show()

    def action_confirm(self):
        """Book the cash and show the result."""
        self.ensure_one()
        if self.state == "done":
            return self._show()
        self._check_can_serve()
        if self._is_seen_elsewhere():
            return self._ask_second_person()
        # sudo: a clerk may take and give cash here; the ledger itself is closed to hands
        ledger = self.env["campus.ledger"].sudo()
        [answer] = ledger._post([self._prepare_posting()])
        ledger._raise_refusal(answer)
        # sudo: see ``write``
        self.sudo().write(
            {
                "state": "done",
                "before_minor": answer["balance_before_minor"],
                "after_minor": answer["balance_after_minor"],
            }
        )
        return self._show()

    def _is_seen_elsewhere(self):
        """Whether no cash is in hand that could be counted: the money is said to be at the bank."""
        return self.operation == "debt" and self.means == "bank"

    def _ask_second_person(self):
        """Ask for a correction, under the id of this operation: a second click finds the first one."""
        # sudo: the id of a correction is not entered by hand
        corrections = self.env["campus.correction"].sudo()
        found = corrections.search([("uuid", "=", self.uuid)])
        if not found:
            if not (self.memo or "").strip():
                raise UserError(
                    self.env._("Write into the note where the transfer is found: its day and its reference.")
                )
            posting = self._prepare_posting()
            # sudo: as for cash; nothing is booked by a dry run
            ledger = self.env["campus.ledger"].sudo()
            ledger._raise_refusal(ledger._quote([posting])[0])
            found = corrections.create(
                {
                    "uuid": self.uuid,
                    "wallet_id": posting["wallet_id"],
                    "direction": "repaid",
                    "amount_minor": posting["amount_minor"],
                    "reason": self.memo.strip(),
                }
            )
        action = self.env["ir.actions.act_window"]._for_xml_id("campus_card.campus_correction_action")
        return {**action, "res_id": found.id, "views": [(False, "form")], "target": "current", "context": {}}

    def action_print_receipt(self):
        self.ensure_one()
        return self.env.ref("campus_card.campus_receipt_report").report_action(
            self.transfer_ids[:1], config=False
        )

    def action_next(self):
        return self.env["ir.actions.act_window"]._for_xml_id("campus_card.campus_counter_action")

    def _show(self):
        """A dialog closes after a button: show the same operation again."""
        action = self.env["ir.actions.act_window"]._for_xml_id("campus_card.campus_counter_action")
        return {**action, "res_id": self.id}

    def _check_can_serve(self):
        if not self.partner_id:
            raise UserError(self.refusal or self.env._("Scan a card or type a number first."))
        # the rights of the clerk over this holder: own departments only
        self.partner_id.check_access("write")
        if self.operation == "payout" and self.presented and self.refusal:
            raise UserError(
                self.env._(
                    "%s Cash is paid out on another proof of identity: type the campus number.", self.refusal
                )
            )
        if not self.amount:
            raise UserError(self.env._("Enter the amount."))
        self._check_amount()

    def _check_amount(self):
        # sudo: as for the question
        most = self.company_id.sudo().campus_counter_most
        if self.operation == "topup" and most and self.amount > most:
            raise UserError(
                self.env._(
                    "The counter takes %(most)s at most in one go, not %(amount)s.",
                    most=self.currency_id.format(most),
                    amount=self.currency_id.format(self.amount),
                )
            )
        if self.question and not self.is_counted:
            raise UserError(self.question)

    def _prepare_posting(self):
        # sudo: a clerk of the counter may not create wallets; a holder gets exactly one, through here
        wallet = self.env["campus.wallet"].sudo()._for_holder(self.partner_id.sudo(), self.company_id)
        by_card = self.operation == "debt" and self.means == "card"
        desk = "bank_desk" if self.operation == "debt" and self.means == "bank" else "cash_desk"
        kind = {"debt": "debt_settle" if by_card else "debt_payment"}.get(self.operation, self.operation)
        return {
            "uuid": self.uuid,
            "kind": kind,
            "wallet_id": wallet.id,
            # sudo: clerks do not see the school's own accounts
            "account_id": self.env["campus.account"].sudo()._system(desk, self.company_id).id,
            "amount_minor": self.env["campus.amount"]._to_minor(self.amount),
            "plan": "cash" if self.operation == "topup" else None,
            "card_id": self.card_id.id if self.presented else None,
            "origin": "campus.counter",
            "memo": self.memo or None,
        }

    @api.model
    def _find_holder(self, text):
        return self.env["res.partner"].search(
            [("campus_number", "=", text), ("company_id", "in", [self.env.company.id, False])], limit=1
        )

    def _refusal_text(self, code):
        return self.env["campus.ledger"]._explain({"code": code, "numbers": {}, "ok": False})
