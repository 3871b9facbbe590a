from odoo import api, models
from odoo.addons.campus_card.ledger.wallets import card_code

from ..generator import campus, event

#: Yesterday and today stay open, because a visitor can close yesterday.
OPEN_DAYS = 2


class CampusDemo(models.AbstractModel):
    """Books three months with the ledger's own methods and closes each day but the last two."""

    _inherit = "campus.demo"

    @api.model
    def _load_history(self, company, history, partners, cards, accounts):
        closed_until = self.env["campus.closing"]._closed_until(company)
        wallets = self.env["campus.wallet"]._for_holder(partners, company)
        wallet_of = {wallet.partner_id.id: wallet.id for wallet in wallets}
        targets = {
            "wallet": [wallet_of[partner.id] for partner in partners],
            "card": self._cards_that_pay(company, cards),
            "account": {code: account.id for code, account in accounts.items()},
        }
        targets["online"] = self._load_online(company, history, targets["wallet"])
        for day, events in history.days():
            # The generator must see every day. The ledger skips the events that it has already.
            if closed_until and day <= closed_until:
                continue
            self._post_day(day, events, targets)
            if (history.term.end - day).days >= OPEN_DAYS:
                self._close(company, day)

    @api.model
    def _post_day(self, day, events, targets):
        desk_in, online, paid, sales, desk_out, refunds = [], [], [], [], [], []
        for entry in self._not_stored(events):
            if self._is_online(entry, targets):
                paid.append(entry)
                continue
            if entry.kind == event.REFUND:
                refunds.append(self._prepare_refund(entry))
                continue
            post = self._prepare_post(entry, targets)
            if entry.kind in (event.FEE, event.PAYOUT):
                desk_out.append(post)
            elif entry.kind == event.PURCHASE:
                sales.append(post)
            else:
                (desk_in if entry.account == campus.CASH_DESK else online).append(post)
        clerk, cashier = self._ledger(self._staff("clerk")), self._ledger(self._staff("cashier"))
        # Incoming money of a day is booked first and payouts last, so no purchase in between is refused.
        answers = [
            *clerk._post(desk_in, booking_date=day),
            *self.env["campus.ledger"]._post(online, booking_date=day),
            *self._pay_online(paid, targets, day),
            *cashier._post(sales, booking_date=day),
            *clerk._post(desk_out, booking_date=day),
            *cashier._reverse(refunds, booking_date=day),
        ]
        refused = [answer for answer in answers if not answer["ok"]]
        if refused:
            # The generator plans only what the ledger allows. A refusal is an error of the generator.
            raise ValueError(f"{len(refused)} events of {day} were refused: {refused[0]}")

    @api.model
    def _not_stored(self, events):
        """The events that the ledger does not have yet.

        In a second run an event may name another card, because the first one was lost in the meantime. The
        ledger would refuse it as a different event under the same uuid.
        """
        uuids = [entry.uuid for entry in events]
        stored = set(self.env["campus.transfer"].search([("uuid", "in", uuids)]).mapped("uuid"))
        return [entry for entry in events if entry.uuid not in stored]

    @api.model
    def _cards_that_pay(self, company, cards):
        """The ids of the cards, 0 for those that are stopped or expired today: the ledger accepts no payment
        of theirs any more, because it checks the card's present state.
        """
        today, ids = company._campus_today(), []
        for card in cards:
            holder = card.partner_id
            days = (card.valid_from, card.valid_until, holder.campus_valid_from, holder.campus_valid_until)
            terms = (card.state, *(day or None for day in days))
            ids.append(0 if card_code(terms, today) else card.id)
        return ids

    @api.model
    def _ledger(self, user):
        """The ledger as this user: the transfers carry the user's name."""
        # sudo: the demo books the past, whatever the user may do today
        return self.env["campus.ledger"].with_user(user).sudo()

    @api.model
    def _prepare_post(self, entry, targets):
        return {
            "uuid": entry.uuid,
            "kind": entry.kind,
            "wallet_id": targets["wallet"][entry.person],
            "account_id": targets["account"][entry.account],
            "amount_minor": entry.amount_minor,
            "plan": entry.plan,
            "card_id": (targets["card"][entry.card] if entry.card is not None else None) or None,
            "origin": self._origin(entry),
            "memo": entry.memo,
            "occurred_at": self._to_utc(entry.at),
        }

    @api.model
    def _prepare_refund(self, entry):
        return {
            "uuid": entry.uuid,
            "reverses_uuid": entry.reverses,
            "amount_minor": entry.amount_minor,
            "origin": self._origin(entry),
            "memo": entry.memo,
            "occurred_at": self._to_utc(entry.at),
        }

    @staticmethod
    def _origin(entry):
        return f"{entry.account},{entry.at:%Y%m%d}"

    @api.model
    def _close(self, company, day):
        """Close a day like the day close, but inside this transaction."""
        # sudo: only the close writes closings and entries. The entry has no taxes, so Odoo need not
        # synchronise its lines.
        closing = self.env["campus.closing"].with_user(self._staff("finance")).sudo()
        closing.with_context(skip_invoice_sync=True)._close_locked(company, day)
