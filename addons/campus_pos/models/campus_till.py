from datetime import datetime, timedelta
from uuid import UUID

from odoo import api, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools.misc import hash_sign, verify_hash_signed

from odoo.addons.campus_card.campus_core import errors as core_errors
from odoo.addons.campus_card.campus_core.money import MAX_MINOR

from ..const import MAX_ATTEMPT, MAX_CREDENTIAL, PHOTO_TTL_H, PURPOSE

PHOTO_SCOPE = "campus_pos.photo"


class CampusTill(models.AbstractModel):
    """What a till may ask about cards and money.

    Callers have checked the user's rights and pass the session of the till. Everything
    here runs with the rights of the system, because a cashier may read neither cards nor
    the ledger: they learn what the answers below say, about the card that was tapped.

    An answer: ``{uuid, ok, code, message, numbers, state, amount_minor, before_minor,
    after_minor, pockets: [{plan, name, amount_minor}], holder, card}``.
    """

    _name = "campus.till"
    _description = "Card Payments at a Till"

    # -- verbs -----------------------------------------------------------------

    @api.model
    def _authorise(self, session, uuid, amount_minor, credential, attempt=0):
        """Set money aside for a payment line; the line's uuid names the reservation.

        A replay gets the first answer. After a refusal the till asks again under the same
        uuid with the next ``attempt``.
        """
        self._check_request(uuid, amount_minor, credential, attempt)
        with self._transaction(session) as till:
            return till._authorise_here(
                till._here(session), uuid, amount_minor, credential.strip(), attempt
            )

    @api.model
    def _release(self, session, uuid):
        """Give the money of a payment that was not completed back; safe to repeat.

        :return: state of the reservation afterwards, ``none`` if there never was one
        """
        self._check_uuid(uuid)
        with self._transaction(session) as till:
            till._lock_payment(uuid)
            reservations = till._reservations(uuid)
            till._check_own(session, reservations)
            if set(reservations.mapped("state")) == {"open"}:
                till._ledger()._release([{"uuid": uuid, "reason": "cancelled at the till"}])
                reservations.invalidate_recordset()
            return till._state(reservations)

    @api.model
    def _status(self, session, uuid):
        """What became of a payment whose answer got lost: the first answer, with its state
        and the number of the next ``attempt``."""
        self._check_uuid(uuid)
        with self._transaction(session) as till:
            # An authorisation that is still on its way to an answer is waited for.
            till._lock_payment(uuid)
            reservations = till._reservations(uuid)
            tries = till.env["campus.posting"].search([("uuid", "=", uuid), ("action", "=", "birth")])
            attempt = max(tries.mapped("attempt"), default=-1) + 1
            if not reservations:
                return {"uuid": uuid, "ok": False, "state": "none", "attempt": attempt}
            till._check_own(session, reservations)
            answer = till._present(
                tries.filtered("ok").answer, reservations.card_id[:1], till._state(reservations)
            )
            return dict(answer, attempt=attempt)

    # -- their steps -------------------------------------------------------------

    def _transaction(self, session):
        """A short transaction of its own: a till's answer waits for no other till."""
        return _TillTransaction(self, session)

    def _here(self, record):
        """A record of the caller in this transaction."""
        return self.env[record._name].browse(record.id)

    def _ledger(self):
        return self.env["campus.ledger"]

    @api.model
    def _authorise_here(self, session, uuid, amount_minor, credential, attempt):
        self._lock_payment(uuid)
        card, refusal = self._find_card(credential, session.config_id)
        if refusal:
            return self._present(self._refusal(uuid, refusal, amount_minor), card)
        answer = self._ledger()._reserve(
            [
                {
                    "uuid": uuid,
                    "attempt": attempt,
                    "wallet_id": self._wallet_of(card).id,
                    "card_id": card.id,
                    "account_id": session.config_id._campus_merchant().id,
                    "amount_minor": amount_minor,
                    "purpose": PURPOSE,
                    "origin": self._origin(session),
                    "memo": session.config_id.name,
                }
            ]
        )[0]
        state = self._state(self._reservations(uuid)) if answer["ok"] else "none"
        if answer["ok"] and state != "open":
            # Replay of a payment that was cancelled or completed since.
            answer = self._refusal(uuid, core_errors.RESERVATION_CLOSED, amount_minor)
        return self._present(answer, card, state)

    @api.model
    def _find_card(self, credential, config):
        """``(card, refusal code)``. A number can be known by others: a till takes one
        only where its settings say so."""
        Card = self.env["campus.card"]
        if config.campus_accept_numbers:
            return Card._resolve(credential)
        card = Card._resolve_uid(credential)
        return card, card._refusal_code() if card else core_errors.UNKNOWN_CARD

    @api.model
    def _wallet_of(self, card):
        return card.wallet_id or self.env["campus.wallet"]._for_holder(card.partner_id, card.company_id)

    @api.model
    def _lock_payment(self, uuid):
        """Requests about one payment come one after the other, until the transaction ends."""
        self.env.cr.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [uuid])

    @api.model
    def _reservations(self, uuid):
        return self.env["campus.reservation"].search([("uuid", "=", uuid)])

    @api.model
    def _state(self, reservations):
        """One state for all lines of a payment: they are opened and closed together."""
        return reservations[:1].state or "none"

    @api.model
    def _origin(self, session):
        return f"pos.session,{session.id}"

    @api.model
    def _check_own(self, session, reservations):
        if set(reservations.mapped("origin")) - {self._origin(session)}:
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
            # bool is an int in Python, and not an amount
            if type(number) is not int or not lowest <= number <= highest:
                raise ValidationError(self.env._("This is not the amount of a payment."))
        if not isinstance(credential, str) or not 0 < len(credential.strip()) <= MAX_CREDENTIAL:
            raise ValidationError(self.env._("This is not a card."))

    # -- answers -----------------------------------------------------------------

    @staticmethod
    def _refusal(uuid, code, amount_minor):
        """A refusal that the ledger never saw, in the form of its answers."""
        return {
            "uuid": uuid,
            "ok": False,
            "code": code,
            "numbers": {},
            "amount_minor": amount_minor,
            "balance_before_minor": 0,
            "balance_after_minor": 0,
            "pockets": [],
        }

    @api.model
    def _present(self, answer, card, state="none"):
        """An answer of the ledger as the till shows it."""
        return {
            "uuid": answer["uuid"],
            "ok": answer["ok"],
            "code": answer["code"],
            "message": self._ledger()._explain(answer),
            "numbers": answer["numbers"],
            "state": state,
            "amount_minor": answer["amount_minor"],
            "before_minor": answer["balance_before_minor"],
            "after_minor": answer["balance_after_minor"],
            "pockets": self._present_pockets(answer["pockets"]),
            "holder": self._present_holder(card.partner_id),
            "card": self._present_card(card),
        }

    @api.model
    def _present_pockets(self, parts):
        # Several pockets of one plan (with other expiry dates) are one line for people.
        sums = {}
        for part in parts:
            sums[part["plan"]] = sums.get(part["plan"], 0) + part["amount_minor"]
        plans = self.env["campus.pocket.plan"].search_fetch(
            [("company_id", "=", self.env.company.id), ("code", "in", list(sums))], ["code", "name"]
        )
        names = {plan.code: plan.name for plan in plans}
        return [
            {"plan": plan, "name": names.get(plan, plan), "amount_minor": minor}
            for plan, minor in sums.items()
        ]

    @api.model
    def _present_holder(self, partner):
        if not partner:
            return False
        roles = dict(partner._fields["campus_role"]._description_selection(self.env))
        return {
            "name": partner.name,
            "number": partner.campus_number or "",
            "department": partner.campus_department_id.name or "",
            "role": roles.get(partner.campus_role, ""),
            "photo": self._photo_url(partner),
        }

    @api.model
    def _present_card(self, card):
        if not card:
            return False
        return {"number": card.number[-4:], "kind": card.kind}

    # -- photos --------------------------------------------------------------------

    @api.model
    def _photo_url(self, partner):
        """A link that works for a while, and only for the cashier who saw the card."""
        if not partner.with_context(bin_size=True).image_128:
            return ""
        # Rounded, so that a regular's link stays the same and the browser keeps the picture.
        hour = datetime.now().replace(minute=0, second=0, microsecond=0)
        token = hash_sign(
            self.env, PHOTO_SCOPE, [partner.id, self.env.uid], hour + timedelta(hours=PHOTO_TTL_H)
        )
        return f"/campus_pos/photo/{token}"

    @api.model
    def _photo_of(self, token):
        """The holder to whom a photo link belongs, nobody if it is not for this user or ran out."""
        nobody = self.env["res.partner"]
        try:
            values = verify_hash_signed(self.env, PHOTO_SCOPE, token)
        except ValueError:
            return nobody
        if not values or values[1] != self.env.uid:
            return nobody
        return nobody.browse(values[0])


class _TillTransaction:
    """Context manager: this model on the ledger's own transaction, in the till's company."""

    def __init__(self, till, session):
        self.company_id = session.company_id.id
        self.transaction = till.env["campus.ledger"].sudo()._own_transaction()

    def __enter__(self):
        env = self.transaction.__enter__()
        # Rights were checked by the caller; see the class comment of campus.till.
        context = dict(env.context, allowed_company_ids=[self.company_id])
        return env(su=True, context=context)["campus.till"]

    def __exit__(self, *exc_info):
        return self.transaction.__exit__(*exc_info)
