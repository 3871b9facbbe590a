from odoo import api, fields, models
from odoo.addons.campus_card.campus_core import money
from odoo.addons.campus_card.campus_core.taps import wire
from odoo.exceptions import UserError

from .campus_tap_review import CHARGE, DROP, PART, TAKE

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
    can_decide = fields.Boolean(compute="_compute_can_decide")
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

    @api.depends("is_held", "state", "tap_id", "evidence")
    def _compute_can_decide(self):
        for review in self:
            review.can_decide = review.state != "settled" and (review.is_held or review._is_sale())

    @api.depends("reason", "is_held", "tap_id")
    @api.depends_context("lang")
    def _compute_held_text(self):
        for review in self:
            numbers = review.tap_id.numbers or {}
            shown = {
                name: money.format_minor(value) if name.endswith("_minor") else value
                for name, value in numbers.items()
            }
            text = self._held_sentences().get(review.reason) if review.can_decide else None
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
            "no_merchant": self.env._("The terminal is not known or has no merchant."),
            "conflict": self.env._(
                "The edge has sent this sale under the id of another tap, and nothing was charged for either. Charge it "
                "only if you are sure that it took place, and check whose card pays."
            ),
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

        In a transaction of its own, which sees what others have committed: what a holder owes is read
        after the pockets are locked, and two reviewers do not add up to more than the ceiling.

        :param amount_minor: of ``part``, below the tap's amount
        :param card: who is charged where the tap shows nobody
        :param merchant: who is paid where the terminal has none
        """
        self.ensure_one()
        self.check_access("write")
        if not (note or "").strip():
            raise UserError(self.env._("Write down why you decide so."))
        with self.env["campus.ledger"]._own_transaction() as env:
            review = self.with_env(env)
            review._decide_here(
                decision,
                note.strip(),
                amount_minor,
                card and card.with_env(env),
                merchant and merchant.with_env(env),
            )
        self.invalidate_recordset()

    def _decide_here(self, decision, note, amount_minor, card, merchant):
        self.flush_recordset(["state"])
        # no stronger lock: a dialog that was just made refers to the row
        self.env.cr.execute("SELECT state FROM campus_tap_review WHERE id = %s FOR NO KEY UPDATE", [self.id])
        [state] = self.env.cr.fetchone()
        if state == "settled":
            raise UserError(self.env._("“%s” is decided already.", self.display_name))
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
                "note": note,
                "settled_by_id": self.env.uid,
                "settled_at": fields.Datetime.now(),
            }
        )
