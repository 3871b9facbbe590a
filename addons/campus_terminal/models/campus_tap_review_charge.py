from collections import namedtuple

from odoo import api, models
from odoo.addons.campus_card.campus_core import errors, money
from odoo.addons.campus_card.campus_core.taps import told, wire
from odoo.exceptions import UserError, ValidationError

from .campus_tap_review import CHARGE, PART

# What was sold, as far as it is known; ``card`` and ``merchant`` are no choice where ``is_shown`` (a stored
# tap says so), else a proposal (of a second content, which nobody has believed).
Sale = namedtuple("Sale", "amount_minor card merchant occurred_at is_shown")


class CampusTapReview(models.Model):
    """Booking what a reviewer has decided: charges that wait, second contents, charges that go back."""

    _inherit = "campus.tap.review"

    def _is_sale(self):
        """Say whether this is about goods that are gone and that nobody was charged for."""
        if self.reason == errors.CONFLICT:
            return self._is_conflict_sale()
        return self.is_held and not self.is_take_back

    def _is_conflict_sale(self):
        """Say whether the second content tells of a sale, and nothing was charged for the first."""
        evidence = self.evidence or {}
        return (
            bool(self.tap_id)
            and (evidence.get("purpose"), evidence.get("outcome")) == (wire.PAY, wire.GRANTED)
            and not self._charged_minor_of_tap()
        )

    def _charged_minor_of_tap(self):
        """Cents that the tap costs as things are: at once or by a decision, without what was given back."""
        # sudo: reviewers need not see transfers to be told that there are some
        transfers = self.env["campus.transfer"].sudo()
        ids = [self.tap_id.uuid, told.later_uuid(told.CHARGES, self.tap_id.uuid)]
        paid = transfers.search([("uuid", "in", ids), ("reverses_id", "=", False)])
        back = transfers.search([("reverses_id", "in", paid.ids)])
        return sum(paid.mapped("amount_minor")) - sum(back.mapped("amount_minor"))

    def _sale(self):
        if self.reason == errors.CONFLICT:
            return self._conflict_sale()
        tap = self.tap_id
        merchant = tap.terminal_id.merchant_id
        return Sale(tap.amount_minor or 0, tap.card_id, merchant, tap.occurred_at, True)

    def _conflict_sale(self):
        evidence, company = self.evidence, ("company_id", "=", self.company_id.id)
        # sudo: a reviewer need not see devices and cards; what is proposed is of the same company
        terminal = self.env["campus.terminal"].sudo().search([company, ("code", "=", evidence["terminal"])])
        card = self.env["campus.card"].sudo().search([company, ("id", "=", evidence["card"] or 0)])
        amount_minor = evidence["amount_minor"]
        if amount_minor is None:
            amount_minor = terminal.amount_minor
        occurred_at = self._time_of(evidence)
        return Sale(amount_minor, card.sudo(False), terminal.merchant_id.sudo(False), occurred_at, False)

    def _charge(self, decision, note, amount_minor, card, merchant):
        """Charge what the reader has granted; the cents that were booked."""
        if not self._is_sale():
            raise UserError(self.env._("There is nothing to charge for “%s”.", self.display_name))
        sale = self._sale()
        card = (sale.is_shown and sale.card) or card
        merchant = (sale.is_shown and sale.merchant) or merchant
        amount_minor = self._checked_amount(decision, sale.amount_minor, amount_minor)
        if not card or card.company_id != self.company_id or not card.wallet_id:
            raise ValidationError(self.env._("Say whose card is charged."))
        if not merchant or merchant.kind != "merchant" or merchant.company_id != self.company_id:
            raise ValidationError(self.env._("Say which merchant is paid."))
        origin = f"campus.tap.review,{self.id}"
        # sudo: the reviewer decides; the ledger has no users
        ledger = self.env["campus.ledger"].sudo()
        [answer] = ledger._post(
            [
                {
                    # one id for a tap, whichever of its reviews is decided first
                    "uuid": told.later_uuid(told.CHARGES, self.tap_id.uuid),
                    "kind": "purchase",
                    "wallet_id": card.wallet_id.id,
                    "account_id": merchant.id,
                    "amount_minor": amount_minor,
                    "card_id": card.id,
                    "settle": True,
                    "occurred_at": sale.occurred_at,
                    "origin": origin,
                    "memo": note[:200],
                }
            ]
        )
        self._check_charged_here(origin, answer)
        # sudo: what the holder owes is no secret of the decision
        self._check_debt(card.wallet_id.sudo(), answer)
        return amount_minor

    def _check_charged_here(self, origin, answer):
        """A tap is charged once, whichever of its reviews says so; looked at when the pockets are locked."""
        ids = [self.tap_id.uuid, told.later_uuid(told.CHARGES, self.tap_id.uuid)]
        # sudo: see :meth:`_charged_minor_of_tap`
        paid = self.env["campus.transfer"].sudo().search([("uuid", "in", ids), ("reverses_id", "=", False)])
        others = paid.filtered(lambda transfer: transfer.origin != origin)
        if answer["code"] == errors.CONFLICT or (others and self._charged_minor_of_tap()):
            raise UserError(
                self.env._("Something was charged for the tap of “%s” already.", self.display_name)
            )
        # sudo: see :meth:`_charge`
        self.env["campus.ledger"].sudo()._raise_refusal(answer)

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
        # sudo: a setting of the company, which a reviewer may not be able to read
        limit_minor = self.company_id.sudo().campus_debt_limit_minor
        added_minor = sum(part["amount_minor"] for part in answer["pockets"] if part["plan"] == "debt")
        if added_minor and wallet.debt_minor > limit_minor:
            most_minor = answer["amount_minor"] - (wallet.debt_minor - limit_minor)
            raise UserError(self._over_debt_limit(limit_minor, most_minor))

    @api.model
    def _over_debt_limit(self, limit_minor, most_minor):
        return self.env._(
            "The holder would owe more than %(limit)s. At most %(most)s can be charged now.",
            limit=money.format_minor(limit_minor),
            most=money.format_minor(max(most_minor, 0)),
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
                    "memo": note[:200],
                }
            ]
        )
        ledger._raise_refusal(answer)
