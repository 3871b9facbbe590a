import re

from odoo import api, models
from odoo.addons.campus_card.campus_core.alerts.windows import DAY, HOURS, MONTH, WEEK
from odoo.exceptions import ValidationError
from odoo.tools import format_amount

from ..const import COUNT, DISTANCE, FORECAST, MATCH, ODD_HOUR, SUM

PLACEHOLDER = re.compile(r"\{(\w+)\}")
# The placeholders that a rule's message may contain, in braces.
PLACEHOLDERS = frozenset(
    ("rule", "holder", "explanation", "threshold", "total", "balance", "average")
) | frozenset(("taps", "hour", "uses", "place", "from", "to", "metres", "minutes"))
AMOUNTS = frozenset(("balance", "average"))


class CampusAlertRuleText(models.Model):
    """Writes the figures of an alert as text, in the reader's language."""

    _inherit = "campus.alert.rule"

    def _explain(self, facts):
        """A sentence about the facts of a hit, in the environment's language."""
        self.ensure_one()
        words = self._words(facts)
        if self.measure in (SUM, COUNT):
            return self._explain_window() % words
        return self._sentences()[self.measure] % words

    def _explain_window(self):
        return {
            DAY: self.env._("over %(threshold)s in one day: %(total)s"),
            WEEK: self.env._("over %(threshold)s in one week: %(total)s"),
            MONTH: self.env._("over %(threshold)s in one month: %(total)s"),
            HOURS: self.env._("over %(threshold)s within %(hours)s hours: %(total)s"),
        }[self.unit]

    def _sentences(self):
        return {
            MATCH: self.env._("matches the filter of “%(rule)s”"),
            ODD_HOUR: self.env._("first use around %(hour)s:00 after %(uses)s uses at other hours"),
            DISTANCE: self.env._(
                "%(from)s, then %(to)s: %(metres)s m in %(minutes)s minutes, where %(needed)s are needed"
            ),
            FORECAST: self.env._(
                "%(balance)s left, and an average day of the last %(taps)s uses costs %(average)s"
            ),
        }

    def _words(self, facts):
        """The facts as text. A missing one is shown as a dash."""
        words = _Words(facts, rule=self.name or "", hours=self.hours)
        money = AMOUNTS | ({"total", "threshold"} if self.measure == SUM else set())
        for name in money & set(facts):
            words[name] = format_amount(self.env, facts[name] / 100, self.currency_id)
        for name, seconds in (("minutes", "seconds"), ("needed", "needed")):
            if seconds in facts:
                words[name] = round(facts[seconds] / 60)
        return words

    def _message_for(self, facts, holder):
        """The rule's message with its placeholders filled in. If it has none: the explanation."""
        explanation = self._explain(facts)
        if not self.message:
            return explanation
        words = self._words(facts)
        words.update(holder=holder or "", explanation=explanation)
        return PLACEHOLDER.sub(lambda match: str(words[match[1]]), self.message)

    @api.constrains("message")
    def _check_message(self):
        for rule in self:
            unknown = set(PLACEHOLDER.findall(rule.message or "")) - PLACEHOLDERS
            if unknown:
                raise ValidationError(
                    self.env._(
                        "The message of “%(rule)s” uses {%(unknown)s}. It may use: %(known)s.",
                        rule=rule.name,
                        unknown=min(unknown),
                        known=", ".join(f"{{{name}}}" for name in sorted(PLACEHOLDERS)),
                    )
                )


class _Words(dict):
    def __missing__(self, key):
        return "–"
