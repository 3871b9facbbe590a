from odoo import api, models
from odoo.addons.campus_card.campus_core import errors, money
from odoo.addons.campus_card.campus_core.shown_name import shown_name
from odoo.addons.campus_card.campus_core.taps import charge, wire


class CampusTapsAnswer(models.AbstractModel):
    """What an edge gets to hear about each tap."""

    _inherit = "campus.taps"

    @api.model
    def _answer(self, order):
        """Fill ``order.answers`` with what was decided; entries that were known have theirs."""
        for line, decision in order.decided:
            answer = self._present(line.entry, decision)
            if line.place and line.place.shows_names and line.card and line.entry.mode == wire.ASK:
                answer["name"] = shown_name(line.card.name)
            order.answers[line.index] = answer

    @api.model
    def _present(self, entry, decision):
        """One answer, as in the contract; texts are for the reader's display."""
        outcome, code, amount_minor, balance_minor, numbers, _review = decision
        answer = {
            "uuid": entry.uuid,
            "seq": entry.seq,
            "outcome": outcome,
            "code": code,
            "amount_minor": amount_minor,
            "balance_minor": balance_minor,
            "numbers": dict(numbers),
        }
        if entry.mode == wire.ASK:
            answer["name"] = ""
            answer["text"] = self._text(code, amount_minor, balance_minor, numbers)
        return answer

    @api.model
    def _text(self, code, amount_minor, balance_minor, numbers):
        if code != charge.OK:
            return self.env["campus.ledger"]._explain({"code": code, "numbers": numbers})
        amounts = (amount_minor, balance_minor)
        return "  ".join([money.format_minor(minor) for minor in amounts if minor is not None])

    @api.model
    def _answer_again(self, order, index, known):
        """The first answer to a tap that the server has; ``conflict`` if it is another tap by now."""
        entry = order.batch.entries[index]
        decision = charge.Decision(
            known.outcome, known.code, known.amount_minor, known.balance_minor, known.numbers or {}
        )
        if not self._is_same(order, index, known):
            order.conflicts.append(entry)
            decision = charge.Decision(wire.REFUSED, errors.CONFLICT)
        return self._present(entry, decision)
