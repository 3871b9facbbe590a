from odoo import api, models

from ..campus_core import errors, money, tap_charge, wire


class CampusTapsAnswer(models.AbstractModel):
    """What an edge gets to hear about each tap."""

    _inherit = "campus.taps"

    @api.model
    def _answer(self, order):
        """Fill ``order.answers`` with what was decided; entries that were known have theirs."""
        for line, decision in order.decided:
            order.answers[line.index] = self._present(order, line.entry, line.card, decision)

    @api.model
    def _present(self, order, entry, key, decision):
        """One answer, as in the contract; texts are for the reader's display."""
        answer = {
            "uuid": entry.uuid,
            "seq": entry.seq,
            "outcome": decision.outcome,
            "code": decision.code,
            "amount_minor": decision.amount_minor,
            "balance_minor": decision.balance_minor,
            "numbers": dict(decision.numbers),
        }
        if entry.mode == wire.ASK:
            answer["name"] = key.name if key is not None else ""
            answer["text"] = self._text(decision)
        return answer

    @api.model
    def _text(self, decision):
        if decision.code != tap_charge.OK:
            return self.env["campus.ledger"]._explain({"code": decision.code, "numbers": decision.numbers})
        amounts = [decision.amount_minor, decision.balance_minor]
        return "  ".join(money.format_minor(minor) for minor in amounts if minor is not None)

    @api.model
    def _answer_again(self, order, index, known):
        """The first answer to a tap that the server has; ``conflict`` if it is another tap by now."""
        entry = order.batch.entries[index]
        decision = tap_charge.Decision(
            known.outcome, known.code, known.amount_minor, known.balance_minor, known.numbers or {}
        )
        if not self._is_same(order, index, known):
            order.conflicts.append(entry)
            decision = tap_charge.Decision(wire.REFUSED, errors.CONFLICT)
        return self._present(order, entry, None, decision)
