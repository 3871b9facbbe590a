from uuid import NAMESPACE_URL, uuid5

from odoo import models
from odoo.exceptions import AccessError, UserError, ValidationError

from ..campus_core import card_state

# Ids of fees are made from the card that is replaced: a card is charged for once, however often asked.
FEE_NAMESPACE = uuid5(NAMESPACE_URL, "campus.card/replacement-fee")


class CampusCard(models.Model):
    """A new card in place of an old one: same holder, same wallet, same history."""

    _inherit = "campus.card"

    def _replace(self, fee_minor, waive_reason=None, **vals):
        """Make the card that takes the place of this one and charge the fee.

        :param fee_minor: cents, posted to the holder's wallet; 0 posts nothing
        :param waive_reason: why a manager asks for no fee
        :param vals: values of the new card; with ``uid`` it is active at once
        :return: the new card
        """
        self.ensure_one()
        self.check_access("write")
        if card_state.REPLACE not in card_state.verbs(self.state):
            raise UserError(self._move_refused(self._verb_label(card_state.REPLACE)))
        if waive_reason:
            fee_minor = 0
            self._check_may_waive(waive_reason)
        new = self.create([self._prepare_replacement_vals(**vals)])
        # sudo: the links between cards are history, which nobody writes by hand
        new.sudo().replaces_id = self
        self.sudo().replaced_by_id = new
        self._do(card_state.REPLACE, reason=waive_reason and self.env._("Fee waived: %s", waive_reason))
        if fee_minor:
            self._charge_replacement(new, fee_minor)
        self._note_replacement(new, fee_minor, waive_reason)
        if new.uid:
            new._hand_over()
        return new

    def _hand_over(self):
        """Take a card from the box and make it work: through every state that lies between."""
        for state, verb in (
            (card_state.REQUESTED, card_state.APPROVE),
            (card_state.APPROVED, card_state.PRODUCE),
            (card_state.PRODUCED, card_state.ISSUE),
            (card_state.ISSUED, card_state.ACTIVATE),
        ):
            self.filtered(lambda card, state=state: card.state == state)._do(verb)

    def _check_may_waive(self, reason):
        if not self.env.su and not self.env.user.has_group("campus_card.group_campus_card_manager"):
            raise AccessError(self.env._("Only a manager waives the replacement fee."))
        if not reason.strip():
            raise ValidationError(self.env._("Say why the fee is waived."))

    def _prepare_replacement_vals(self, **vals):
        return {
            "partner_id": self.partner_id.id,
            "company_id": self.company_id.id,
            "kind": self.kind,
            "valid_until": self.valid_until,
            "stage_id": self.env["campus.card.stage"]._first_of(card_state.APPROVED).id,
            **vals,
        }

    def _charge_replacement(self, new, fee_minor):
        # sudo: a clerk may ask for the fee; the accounts behind it are the ledger's business
        ledger = self.env["campus.ledger"].sudo()
        [answer] = ledger._post(
            [
                {
                    "uuid": str(uuid5(FEE_NAMESPACE, str(self.id))),
                    "kind": "fee",
                    "wallet_id": self.wallet_id.id,
                    "account_id": self.env["campus.account"].sudo()._system("fee", self.company_id).id,
                    "amount_minor": fee_minor,
                    "card_id": new.id,
                    "origin": f"campus.card,{new.id}",
                    "memo": self.env._("Replacement of card %s", self.number),
                }
            ]
        )
        ledger._raise_refusal(answer)

    def _note_replacement(self, new, fee_minor, waive_reason):
        if waive_reason:
            fee = self.env._("Fee waived: %s", waive_reason)
        else:
            fee = self.env._(
                "Fee: %s", self.env["campus.amount"]._to_text(fee_minor, self.company_id.currency_id)
            )
        self.message_post(body=self.env._("Replaced by card %(card)s. %(fee)s", card=new.number, fee=fee))
        new.message_post(body=self.env._("Replaces card %(card)s. %(fee)s", card=self.number, fee=fee))
