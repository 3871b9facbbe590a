from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..campus_core import money
from ..campus_core.taps import told, wire

CHARGE, PART, DROP, TAKE = "charge", "part", "drop", "take_back"
DECISIONS = [
    (CHARGE, "Charged"),
    (PART, "Charged in Part"),
    (DROP, "Left as It Is"),
    (TAKE, "Taken Back"),
]


class CampusTapReview(models.Model):
    """What an edge has said and was not believed: a person decides what becomes of the money."""

    _inherit = "campus.tap.review"

    is_held = fields.Boolean("Money Waits", readonly=True)
    decision = fields.Selection(DECISIONS, readonly=True)
    charged_minor = fields.Integer("Charged (cents)", readonly=True)
    charged = fields.Monetary(compute="_compute_charged")
    is_take_back = fields.Boolean(compute="_compute_is_take_back")
    held_text = fields.Char("Why It Waits", compute="_compute_held_text")

    _decision_check = models.Constraint(
        "CHECK (NOT is_held OR state <> 'settled' OR decision IS NOT NULL)",
        "Money that waits is settled by a decision.",
    )
    _charged_check = models.Constraint(
        "CHECK (coalesce(charged_minor, 0) >= 0 AND (decision IN ('charge', 'part')) = (charged_minor > 0))",
        "What is charged is above zero.",
    )

    @api.depends("charged_minor")
    def _compute_charged(self):
        for review in self:
            review.charged = review.charged_minor / money.MINOR_PER_MAJOR

    @api.depends("is_held", "tap_id")
    def _compute_is_take_back(self):
        for review in self:
            review.is_take_back = review.is_held and review.tap_id.outcome == wire.REFUSED

    @api.depends("reason", "is_held", "tap_id")
    @api.depends_context("lang")
    def _compute_held_text(self):
        for review in self:
            numbers = review.tap_id.numbers or {}
            shown = {
                name: money.format_minor(value) if name.endswith("_minor") else value
                for name, value in numbers.items()
            }
            text = self._held_sentences().get(review.reason) if review.is_held else None
            try:
                review.held_text = (text or "") % shown
            except KeyError:
                review.held_text = self.env._("Nothing is booked until somebody has decided.")

    @api.model
    def _held_sentences(self):
        return {
            "over_cap": self.env._(
                "%(asked_minor)s is more than the edge might charge without the server: the limit is "
                "%(limit_minor)s, and %(spent_minor)s of it was used."
            ),
            "late": self.env._(
                "It is %(age_h)s hours old; an edge may be without the server for %(limit_h)s hours."
            ),
            "clock": self.env._("Its time lies in the future: the clock of the edge was wrong."),
            "unsupported": self.env._("What was shown at the reader does not lead to this card."),
            "debt_limit": self.env._(
                "%(short_minor)s would be missing. The holder owes %(debt_minor)s and may owe %(limit_minor)s."
            ),
            "late_final": self.env._("The edge said long after the tap what its reader had shown."),
            "unknown_card": self.env._("Nobody is known by what was shown at the reader."),
            "no_place": self.env._("The terminal is not known or has no merchant."),
        }

    def _check_settled_by_hand(self):
        res = super()._check_settled_by_hand()
        if self.is_held:
            raise UserError(self.env._("“%s”: money waits for this. Press “Decide”.", self.display_name))
        return res

    def action_decide(self):
        """Open the dialog in which somebody says what becomes of the money."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Decide"),
            "res_model": "campus.tap.decide",
            "view_mode": "form",
            "target": "new",
            "context": {"default_review_id": self.id},
        }

    def _decide(self, decision, note, amount_minor=0, card=None, merchant=None):
        """Book or drop what waits, once: who comes second is told what was decided.

        :param amount_minor: of ``part``, below the tap's amount
        :param card: who is charged where the tap shows nobody
        :param merchant: who is paid where the terminal has none
        """
        self.ensure_one()
        self.check_access("write")
        self.flush_recordset(["state"])
        self.env.cr.execute("SELECT state FROM campus_tap_review WHERE id = %s FOR UPDATE", [self.id])
        [state] = self.env.cr.fetchone()
        if state == "settled":
            raise UserError(self.env._("“%s” is decided already.", self.display_name))
        if not (note or "").strip():
            raise UserError(self.env._("Write down why you decide so."))
        charged_minor = 0
        if decision in (CHARGE, PART):
            charged_minor = self._charge(decision, note, amount_minor, card, merchant)
        elif decision == TAKE:
            self._take_back(note)
        # sudo: written by this verb alone; the right to write was checked
        self.sudo().write(
            {
                "state": "settled",
                "decision": decision,
                "charged_minor": charged_minor,
                "note": note.strip(),
                "settled_by_id": self.env.uid,
                "settled_at": fields.Datetime.now(),
            }
        )

    def _charge(self, decision, note, amount_minor, card, merchant):
        """Charge what the reader has granted; the cents that were booked."""
        tap = self.tap_id
        if not self.is_held or self.is_take_back:
            raise UserError(self.env._("There is nothing to charge for “%s”.", self.display_name))
        # what the tap itself shows is not a choice
        card = tap.card_id or card
        merchant = tap.terminal_id.merchant_id or merchant
        amount_minor = self._checked_amount(decision, tap.amount_minor or 0, amount_minor)
        if not card or card.company_id != self.company_id or not card.wallet_id:
            raise ValidationError(self.env._("Say whose card is charged."))
        if not merchant or merchant.kind != "merchant" or merchant.company_id != self.company_id:
            raise ValidationError(self.env._("Say which merchant is paid."))
        # sudo: the reviewer decides; the ledger has no users
        ledger = self.env["campus.ledger"].sudo()
        [answer] = ledger._post(
            [
                {
                    "uuid": told.later_uuid(told.CHARGES, tap.uuid),
                    "kind": "purchase",
                    "wallet_id": card.wallet_id.id,
                    "account_id": merchant.id,
                    "amount_minor": amount_minor,
                    "card_id": card.id,
                    "settle": True,
                    "occurred_at": tap.occurred_at,
                    "origin": f"campus.tap.review,{self.id}",
                    "memo": note.strip()[:200],
                }
            ]
        )
        ledger._raise_refusal(answer)
        # sudo: who decides about a tap need not read the wallet
        self._check_debt(card.wallet_id.sudo(), answer)
        return amount_minor

    @api.model
    def _checked_amount(self, decision, whole_minor, part_minor):
        if decision == CHARGE and whole_minor > 0:
            return whole_minor
        if decision == PART and 0 < part_minor < whole_minor:
            return part_minor
        raise ValidationError(
            self.env._("A part is above zero and below %s.", money.format_minor(whole_minor))
        )

    def _check_debt(self, wallet, answer):
        """The ceiling of debts holds for reviewers as well; the error undoes the charge."""
        # sudo: who decides about a tap need not read the company's settings
        limit_minor = self.company_id.sudo().campus_debt_limit_minor
        added_minor = sum(part["amount_minor"] for part in answer["pockets"] if part["plan"] == "debt")
        if added_minor and wallet.debt_minor > limit_minor:
            most_minor = answer["amount_minor"] - (wallet.debt_minor - limit_minor)
            raise UserError(
                self.env._(
                    "The holder would owe more than %(limit)s. At most %(most)s can be charged now.",
                    limit=money.format_minor(limit_minor),
                    most=money.format_minor(max(most_minor, 0)),
                )
            )

    def _take_back(self, note):
        """Give a charge back whose reader has shown red, as the edge said too late."""
        if not self.is_take_back:
            raise UserError(self.env._("There is nothing to take back for “%s”.", self.display_name))
        # sudo: see :meth:`_charge`
        ledger = self.env["campus.ledger"].sudo()
        [answer] = ledger._reverse(
            [
                {
                    "uuid": told.later_uuid(told.TAKE_BACK, self.tap_id.uuid),
                    "reverses_uuid": self.tap_id.uuid,
                    "origin": f"campus.tap.review,{self.id}",
                    "memo": note.strip()[:200],
                }
            ]
        )
        ledger._raise_refusal(answer)
