from collections import namedtuple
from contextlib import contextmanager
from uuid import UUID

from odoo import api, models
from odoo.addons.campus_card.campus_core import errors
from odoo.addons.campus_card.campus_core.money import MAX_MINOR
from odoo.exceptions import UserError, ValidationError

from ..const import MAX_ATTEMPT, MAX_CREDENTIAL, MAX_PIN, PURPOSE

# The data of a till that the ledger needs. It is read once, in the caller's transaction.
Till = namedtuple("Till", "company_id name origin merchant_id accepts_numbers")


class CampusTill(models.AbstractModel):
    """What a till may ask about cards and money.

    The caller has checked the user's rights and passes the till. The methods run with the rights
    of the system, because a cashier may read neither cards nor the ledger. Cashiers only get the answers
    below, about the card that was tapped.

    An answer: ``{uuid, ok, code, message, numbers, state, amount_minor, before_minor,
    after_minor, pockets: [{plan, name, amount_minor}], holder, card}``.
    """

    _name = "campus.till"
    _description = "Card Payments at a Till"

    # -- verbs -----------------------------------------------------------------

    @api.model
    def _authorise(self, till, uuid, amount_minor, credential, attempt=0, pin=None):
        """Reserve money for a payment line. The line's uuid is the id of the reservation.

        A repeated request gets the first answer. After a refusal the till asks again under the same uuid with
        the next ``attempt``; after ``pin_needed`` it also sends the ``pin`` that was typed.
        """
        self._check_request(uuid, amount_minor, credential, attempt)
        self._check_pin_form(pin)
        with self._transaction(till) as own:
            return own._authorise_here(till, uuid, amount_minor, credential.strip(), attempt, pin)

    @api.model
    def _release(self, till, uuid):
        """Release the money of a payment that was not completed. It may be called again.

        :return: the state of the reservation afterwards, ``none`` if there was none
        """
        self._check_uuid(uuid)
        with self._transaction(till) as own:
            own._lock_payment(uuid)
            reservations = own._reservations(uuid)
            own._check_own(till, reservations)
            if set(reservations.mapped("state")) == {"open"}:
                own._ledger()._release([{"uuid": uuid, "reason": "cancelled at the till"}])
                reservations.invalidate_recordset()
            return own._state(reservations)

    @api.model
    def _status(self, till, uuid):
        """The state of a payment whose answer got lost: the first answer, with the state now and the number
        of the next ``attempt``.
        """
        self._check_uuid(uuid)
        with self._transaction(till) as own:
            # If the authorisation is still running, this waits for it.
            own._lock_payment(uuid)
            reservations = own._reservations(uuid)
            tries = own.env["campus.posting"].search([("uuid", "=", uuid), ("action", "=", "birth")])
            attempt = max(tries.mapped("attempt"), default=-1) + 1
            if not reservations:
                return {"uuid": uuid, "ok": False, "state": "none", "attempt": attempt}
            own._check_own(till, reservations)
            answer = own._present(
                tries.filtered("ok").answer, reservations.card_id[:1], own._state(reservations)
            )
            return dict(answer, attempt=attempt)

    # -- their steps -------------------------------------------------------------

    @contextmanager
    def _transaction(self, till):
        """This model in a short transaction of its own, so that no till waits for another one."""
        # sudo: the caller has checked the rights; see the docstring of the class.
        with self.env["campus.ledger"].sudo()._own_transaction() as env:
            context = dict(env.context, allowed_company_ids=[till.company_id])
            yield env(su=True, context=context)["campus.till"]

    def _ledger(self):
        return self.env["campus.ledger"]

    @api.model
    def _authorise_here(self, till, uuid, amount_minor, credential, attempt, pin):
        self._lock_payment(uuid)
        payment = {"uuid": uuid, "amount_minor": amount_minor}
        card, refusal = self._find_card(credential, till, payment)
        if refusal:
            numbers = card._refusal_numbers(refusal)
            return self._present(self._refusal(uuid, refusal, amount_minor, numbers), card)
        wallet = self._wallet_of(card)
        if pin is not None:
            # The count of wrong PINs must be stored, so this answer ends in a commit and not in an error.
            code, numbers = wallet._check_pin(pin)
            if code != "ok":
                return self._present(self._refusal(uuid, code, amount_minor, numbers), card)
        answer = self._ledger()._reserve(
            [
                {
                    "uuid": uuid,
                    "attempt": attempt,
                    "wallet_id": wallet.id,
                    "card_id": card.id,
                    "account_id": till.merchant_id,
                    "amount_minor": amount_minor,
                    "pin_given": pin is not None,
                    "purpose": PURPOSE,
                    "origin": till.origin,
                    "memo": till.name,
                }
            ]
        )[0]
        state = self._stored_state(uuid) if answer["ok"] else "none"
        if answer["ok"] and state != "open":
            # The payment was cancelled or completed in the meantime.
            answer = self._refusal(uuid, errors.RESERVATION_CLOSED, amount_minor)
        return self._present(answer, card, state)

    @api.model
    def _find_card(self, credential, till, payment):
        """``(card, refusal code)``. Other people may know a card's number. So a till accepts a typed number
        only if its settings allow it, and the number allows no more than a bare UID.
        """
        Card = self.env["campus.card"]
        card, refusal = Card._resolve_credential(credential, payment)
        if refusal == errors.UNKNOWN_CARD and not card and till.accepts_numbers:
            card = Card._resolve_number(credential)
            if card:
                refusal = card._refusal_code() or card._bare_refusal(payment)
        return card, refusal

    @api.model
    def _wallet_of(self, card):
        return card.wallet_id or self.env["campus.wallet"]._for_holder(card.partner_id, card.company_id)

    @api.model
    def _lock_payment(self, uuid):
        """Lock the payment until the transaction ends, so that requests about it run one after the other."""
        self.env.cr.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [uuid])

    @api.model
    def _reservations(self, uuid):
        return self.env["campus.reservation"].search([("uuid", "=", uuid)])

    @api.model
    def _state(self, reservations):
        """The one state of all lines of a payment: they are reserved and completed together."""
        return reservations[:1].state or "none"

    @api.model
    def _stored_state(self, uuid):
        self.env.cr.execute("SELECT state FROM campus_reservation WHERE uuid = %s LIMIT 1", [uuid])
        return (self.env.cr.fetchone() or ["none"])[0]

    @api.model
    def _check_own(self, till, reservations):
        if set(reservations.mapped("origin")) - {till.origin}:
            raise UserError(self.env._("This payment belongs to another session."))

    # -- requests ----------------------------------------------------------------

    @api.model
    def _check_uuid(self, uuid):
        try:
            well_formed = isinstance(uuid, str) and str(UUID(uuid)) == uuid
        except ValueError:
            well_formed = False
        if not well_formed:
            raise ValidationError(self.env._("This is not the id of a payment."))

    @api.model
    def _check_request(self, uuid, amount_minor, credential, attempt):
        self._check_uuid(uuid)
        for number, lowest, highest in ((amount_minor, 1, MAX_MINOR), (attempt, 0, MAX_ATTEMPT)):
            # in Python a bool is an int, but it is no amount
            if type(number) is not int or not lowest <= number <= highest:
                raise ValidationError(self.env._("This is not the amount of a payment."))
        self._check_credential(credential)

    @api.model
    def _check_pin_form(self, pin):
        if pin is not None and not (isinstance(pin, str) and len(pin) <= MAX_PIN):
            raise ValidationError(self.env._("This is not a PIN."))

    @api.model
    def _check_credential(self, credential):
        if not isinstance(credential, str) or not 0 < len(credential.strip()) <= MAX_CREDENTIAL:
            raise ValidationError(self.env._("This is not a card."))
