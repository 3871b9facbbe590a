import datetime

from odoo import api, fields, models
from odoo.addons.campus_card.campus_core import errors, money
from odoo.addons.campus_card.campus_core.ledger import posting
from odoo.addons.campus_card.campus_core.ledger.book import Book
from odoo.addons.campus_card.campus_core.ledger.types import Post
from odoo.addons.campus_card.campus_core.taps import told, wire
from odoo.addons.campus_card.db.columns import BigInteger, BigLink, Uuid
from odoo.exceptions import UserError

# How a review may be decided.
CHARGE, PART, DROP, TAKE = "charge", "part", "drop", "take_back"
REASONS = [
    ("short", "Charged to the holder's debt"),
    ("hotlisted", "Card was not to be used"),
    ("unknown_card", "Card is not known"),
    ("no_merchant", "Terminal sells nothing or is not known"),
    ("amount_differs", "Amount differs from the terminal's"),
    ("over_cap", "Above the offline limit"),
    ("clock", "Time lies in the future"),
    ("clock_doubt", "Reader's clock was not certain"),
    ("late", "Older than the edge may be alone"),
    ("unsupported", "Card was not shown"),
    ("debt_limit", "Above the holder's debt ceiling"),
    ("late_final", "The reader's answer came late"),
    ("taken_back", "Charge was taken back"),
    ("not_taken_back", "Charge could not be taken back"),
    ("conflict", "Came twice with other content"),
    ("gap", "Numbers are missing in the journal"),
    ("fork", "Journal differs from what was sent"),
    ("journal", "Journal was started anew"),
]
EPOCH = datetime.datetime(1970, 1, 1)


class CampusTapReview(models.Model):
    """Something about taps that a person should look at; open ones keep the day from closing.

    A *notice* says that something was done and keeps no day. One that is *held* is about money that
    waits: see ``campus_tap_review_decide.py``.
    """

    _name = "campus.tap.review"
    _description = "Tap to Review"
    _order = "id desc"

    reason = fields.Selection(REASONS, required=True, readonly=True)
    state = fields.Selection(
        [("open", "To Review"), ("notice", "For Information"), ("settled", "Settled")],
        required=True,
        default="open",
        readonly=True,
        index=True,
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    edge_id = fields.Many2one("campus.edge", required=True, readonly=True, index=True, ondelete="restrict")
    tap_id = BigLink("campus.tap", readonly=True, index="btree_not_null", ondelete="restrict")
    terminal_id = fields.Many2one(related="tap_id.terminal_id")
    partner_id = fields.Many2one(related="tap_id.partner_id")
    amount = fields.Monetary(related="tap_id.amount")
    occurred_at = fields.Datetime(related="tap_id.occurred_at")
    booking_date = fields.Date("Business Day", required=True, readonly=True)
    journal = fields.Char(readonly=True)
    first_seq = BigInteger("First Number", readonly=True)
    last_seq = BigInteger("Last Number", readonly=True)
    # The numbers as they were told at first: a gap shrinks and is split when parts of it come.
    told_first_seq = BigInteger("First Number as Told", readonly=True)
    told_last_seq = BigInteger("Last Number as Told", readonly=True)
    filled = fields.Boolean(readonly=True, help="The missing numbers have come after all.")
    # Of a conflict: what the tap was said to be the second time, and the digest of it.
    evidence = fields.Json(readonly=True)
    evidence_text = fields.Char("Came Again As", compute="_compute_evidence_text")
    content_hash = Uuid(readonly=True)
    note = fields.Char()
    settled_by_id = fields.Many2one("res.users", readonly=True, ondelete="restrict")
    settled_at = fields.Datetime(readonly=True)

    _open_day_idx = models.Index("(company_id, booking_date) WHERE state = 'open'")
    _content_hash_unique = models.UniqueIndex(
        "(company_id, content_hash) WHERE content_hash IS NOT NULL", "This conflict is on the list already."
    )

    @api.depends("reason", "first_seq", "last_seq")
    def _compute_display_name(self):
        reasons = dict(self._fields["reason"]._description_selection(self.env))
        for review in self:
            name = reasons[review.reason]
            if review.first_seq:
                name = f"{name} ({review.first_seq}–{review.last_seq})"
            review.display_name = name

    @api.depends("evidence")
    @api.depends_context("lang")
    def _compute_evidence_text(self):
        for review in self:
            review.evidence_text = self._in_words(review.evidence) if review.evidence else ""

    @api.model
    def _time_of(self, evidence):
        return EPOCH + datetime.timedelta(milliseconds=evidence["at_ms"])

    @api.model
    def _in_words(self, evidence):
        """One line about a journal entry: place, time, amount, credential, who decided."""
        at = fields.Datetime.context_timestamp(self, self._time_of(evidence))
        amount_minor = evidence["amount_minor"]
        parts = (
            evidence["terminal"],
            at.strftime("%Y-%m-%d %H:%M:%S"),
            money.format_minor(amount_minor) if amount_minor is not None else "",
            evidence["credential"],
            self.env._("decided by the edge")
            if evidence["mode"] == wire.TOLD
            else self.env._("server asked"),
            evidence["code"] or "",
        )
        return " · ".join(part for part in parts if part)

    def action_settle(self):
        """Say that these have been looked at; the note tells what was found."""
        self.check_access("write")
        for review in self.filtered(lambda review: review.state != "settled"):
            review._check_settled_by_hand()
            if review.state == "open" and not (review.note or "").strip():
                raise UserError(
                    self.env._("Write down what was found before you settle “%s”.", review.display_name)
                )
            # sudo: the state is not writable by hand; the right to write was checked
            review.sudo().write(
                {"state": "settled", "settled_by_id": self.env.uid, "settled_at": fields.Datetime.now()}
            )

    def _check_settled_by_hand(self):
        """Hook: raise where a note does not settle this."""

    def write(self, vals):
        if not self.env.su and vals.keys() - {"note"}:
            raise UserError(self.env._("Only the note of a review is written by hand."))
        return super().write(vals)

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            raise UserError(self.env._("Reviews are opened by the server alone."))
        return super().create(vals_list)

    # -- many at once ------------------------------------------------------------

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
