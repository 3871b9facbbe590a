from odoo import api, models
from odoo.addons.campus_card.campus_core import errors
from odoo.addons.campus_card.campus_core.ledger import posting
from odoo.addons.campus_card.campus_core.ledger.book import Book
from odoo.addons.campus_card.campus_core.ledger.types import Post
from odoo.addons.campus_card.campus_core.taps import told
from odoo.exceptions import UserError

from .campus_tap_review_decide import CHARGE


class CampusTapReview(models.Model):
    """Many decisions at once: what can be decided together, and why the rest cannot."""

    _inherit = "campus.tap.review"

    def action_charge_all(self):
        """Open the dialog in which the selected sales are charged together."""
        return self._open_decide_all("charge")

    def action_drop_all(self):
        """Open the dialog in which the selected sales are left uncharged together."""
        return self._open_decide_all("drop")

    def _open_decide_all(self, decision):
        self.check_access("write")
        wizard = self.env["campus.tap.decide.all"].create({"review_ids": self.ids, "decision": decision})
        return wizard._open()

    def _preview_all(self, decision):
        """``{review: sentence}`` of what cannot be decided together with the others, nothing changed.

        The dry-run twin of deciding them one after the other: what comes first counts for what follows.
        """
        if len(self.company_id) > 1:
            raise UserError(self.env._("Select taps of one company at a time."))
        reasons = {}
        for review in self:
            text = review._why_not_together(decision)
            if text:
                reasons[review] = text
        if decision == CHARGE:
            reasons |= self.filtered(lambda review: review not in reasons)._why_not_charged()
        return reasons

    def _why_not_together(self, decision):
        if self.state == "settled":
            return self.env._("It is decided already.")
        if self.reason == errors.CONFLICT:
            return self.env._("It came twice with other content: open it and decide it by itself.")
        if self.is_take_back:
            return self.env._("It is about giving money back: open it and decide it by itself.")
        if not self.is_held:
            return self.env._("No money waits for it.")
        if decision == CHARGE and not (self.tap_id.card_id and self.tap_id.amount_minor):
            return self.env._("Nobody is known whose card is charged: open it and choose the card.")
        if decision == CHARGE and not self.tap_id.terminal_id.merchant_id:
            return self.env._("No merchant is known: open it and choose the merchant.")
        return ""

    def _why_not_charged(self):
        """What the wallets say, in the order in which they are charged."""
        reasons, books = {}, {}
        # sudo: settings and wallets that a reviewer may not see; of them a sentence is shown
        reviews = self.sudo().sorted("id")
        limit_minor = reviews.company_id.campus_debt_limit_minor
        # the card's wallet of today: its holder's accounts may have been joined since
        looks = reviews.env["campus.ledger"]._look_at(reviews.tap_id.card_id.wallet_id)
        for wallet_id, (wallet, today) in looks.items():
            books[wallet_id] = Book(today)
            books[wallet_id].add_wallet(wallet)
        for review in reviews:
            post = review._post()
            text = self._why_not_posted(books[post.wallet_id], post, limit_minor)
            if text:
                reasons[review.with_env(self.env)] = text
        return reasons

    def _post(self):
        tap = self.tap_id
        uuid, merchant_id = told.later_uuid(told.CHARGES, tap.uuid), tap.terminal_id.merchant_id.id
        return Post(
            uuid,
            "purchase",
            tap.card_id.wallet_id.id,
            merchant_id,
            tap.amount_minor,
            None,
            None,
            tap.card_id.id,
            True,
        )

    @api.model
    def _why_not_posted(self, book, post, limit_minor):
        held = told.held_by_debt(book, post, limit_minor)
        if held:
            room_minor = limit_minor - held.numbers["debt_minor"]
            most_minor = post.amount_minor - held.numbers["short_minor"] + max(room_minor, 0)
            return self._over_debt_limit(limit_minor, most_minor)
        answer = posting.post(book, post)
        if answer.ok:
            return ""
        return self.env["campus.ledger"]._explain({"code": answer.code, "numbers": dict(answer.numbers)})

    def _decide_all(self, decision, note):
        """Decide each by itself, each once; ``{review: sentence}`` of those that could not be decided."""
        self.check_access("write")
        reasons = {}
        for review in self.sorted("id"):
            text = review._why_not_together(decision)
            if not text:
                try:
                    review._decide(decision, note)
                except UserError as error:
                    text = str(error)
            if text:
                reasons[review] = text
        return reasons
