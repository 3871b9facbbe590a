from odoo import api, models

from ..campus_core import money


class _Numbers(dict):
    """A number that an answer lacks shows as a dash: a sentence is better than an error."""

    def __missing__(self, key):
        return "–"


class CampusLedgerText(models.AbstractModel):
    """Refusals in words: code and numbers as a sentence in the user's language."""

    _inherit = "campus.ledger"

    @api.model
    def _explain(self, answer):
        """A sentence for an answer; amounts in the numbers are cents (keys end in ``_minor``)."""
        numbers = {
            name.removesuffix("_minor"): money.format_minor(value) if name.endswith("_minor") else value
            for name, value in answer.get("numbers", {}).items()
        }
        text = self._sentences().get(answer["code"])
        if answer["code"] == "ok" and "expired" in numbers:
            text = self.env._(
                "%(expired)s of it goes back to money whose last day is over: it cannot be spent, and returns "
                "to the school."
            )
        elif answer["code"] == "ok" and "written_off" in numbers:
            text = self.env._(
                "%(written_off)s of it goes back to the school: the holder never paid it, the debt was written off."
            )
        if text is None:
            return self.env._("Refused (%s).", answer["code"])
        try:
            return text % numbers
        except KeyError:
            return self._plain_sentences().get(answer["code"], text) % _Numbers(numbers)

    @api.model
    def _plain_sentences(self):
        """``{code: sentence}`` for refusals that come without numbers: an edge decided, and tells none."""
        return {
            "amount_invalid": self.env._("No amount was keyed or sent, or none that can be paid."),
        }

    @api.model
    def _sentences(self):
        """``{code: sentence}``; other addons add the sentences of their own codes."""
        return {
            "ok": self.env._("Done."),
            "unknown_card": self.env._("This card is not known here."),
            "card_not_active": self.env._("This card is not active yet."),
            "card_frozen": self.env._("This card is frozen. Its holder can unfreeze it at the card office."),
            "card_lost": self.env._("This card was reported lost. Please keep it and call the card office."),
            "card_expired": self.env._("This card has expired."),
            "card_replaced": self.env._(
                "This card was replaced: its holder has a new one. Please keep the old one."
            ),
            "card_returned": self.env._(
                "This card was given back and pays nothing any more. Please keep it."
            ),
            "wallet_frozen": self.env._("This account is frozen. Please ask the card office."),
            "wallet_closed": self.env._("This account is closed."),
            "insufficient": self.env._("Not enough money: %(available)s left, %(missing)s missing."),
            "limit_purchase": self.env._("Over the limit of %(limit)s for one purchase."),
            "limit_day": self.env._("Over the daily limit of %(limit)s: %(left)s left today."),
            "pin_needed": self.env._("The PIN is needed above %(limit)s a day."),
            "pin_wrong": self.env._("The PIN is wrong. Tries left: %(tries)s."),
            "pin_locked": self.env._(
                "Too many wrong PINs: wait %(minutes)s minutes, or ask the card office."
            ),
            "pin_not_set": self.env._("No PIN has been chosen yet. The holder chooses one in the portal."),
            "topup_minimum": self.env._("The smallest top-up is %(limit)s."),
            "topup_maximum": self.env._("The largest top-up is %(limit)s."),
            "topup_month_cap": self.env._(
                "Over the %(limit)s that may come in a month: %(left)s can still be topped up this month."
            ),
            "plan_not_usable": self.env._(
                "Only %(available)s can be spent here; %(elsewhere)s is for other places."
            ),
            "conflict": self.env._(
                "This request was already answered with other content. Nothing was booked."
            ),
            "not_found": self.env._("The booking that this is about was not found."),
            "not_reversible": self.env._("This booking is itself a refund and cannot be undone."),
            "reversal_exceeds": self.env._("Only %(left)s of it can still be refunded."),
            "reservation_closed": self.env._("This payment is already settled."),
            "capture_exceeds": self.env._("Only %(reserved)s was authorised."),
            "amount_invalid": self.env._("The amount must be between 0.01 and %(maximum)s."),
            "debt_first": self.env._(
                "%(debt)s is owed: only %(left)s can be given out. The debt is settled first."
            ),
            "debt_exceeds": self.env._("Only %(debt)s is owed."),
            "day_closed": self.env._("This business day is already closed."),
        }
