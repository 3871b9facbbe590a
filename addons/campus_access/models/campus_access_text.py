from markupsafe import Markup, escape
from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .campus_access_right import DOMAIN

NAMES_SHOWN = 20
WATCHED = (
    "who", "domain", "partner_ids", "zone_ids", "door_ids", "effect", "active", "schedule_id", "valid_from",
    "valid_until", "needs_pin", "needs_escort",
)  # fmt: skip


class CampusAccessRight(models.Model):
    """A right in words, and what a change of it would do, told before it is saved."""

    _inherit = "campus.access.right"

    trial = fields.Html("What Changes", compute="_compute_trial", sanitize=False)

    @api.depends(*WATCHED)
    @api.depends_context("lang", "tz")
    def _compute_sentence(self):
        for right in self:
            right.sentence = right._sentence()

    def _sentence(self):
        words = {"who": self._who_words(), "where": self._where_words(), "when": self._when_words()}
        if self.effect == "deny":
            text = self.env._("%(who)s may not enter %(where)s %(when)s.", **words)
        else:
            text = self.env._("%(who)s may enter %(where)s %(when)s.", **words)
        extra = [
            self.needs_pin and self.env._("They key their PIN as well."),
            self.needs_escort and self.env._("A companion comes along."),
            self.is_first and self.env._("They open the zone for others."),
            self.is_staff and self.env._("They pass in a lockdown of the level “staff”."),
        ]
        return " ".join([text, *filter(None, extra)])

    def _who_words(self):
        if self.who != DOMAIN:
            names = self.partner_ids.mapped("display_name")
            if len(names) > 3:
                return self.env._(
                    "%(names)s and %(count)s more", names=", ".join(names[:3]), count=len(names) - 3
                )
            return ", ".join(names) or self.env._("Nobody yet")
        try:
            parts = [self._condition_words(*one) for one in self._conditions()]
        except ValidationError:
            return self.env._("People of an unfinished filter")
        if not parts:
            return self.env._("All holders")
        if "|" in (self.domain or "") or "!" in (self.domain or "").replace("!=", "") or None in parts:
            return self.env._("People whom the filter finds")
        return self.env._("People with %s", self.env._(" and ").join(parts))

    def _condition_words(self, path, operator, value):
        """A condition in words; None for one that is not said easily."""
        field = self.env["res.partner"]._fields.get(path)
        if field is None or operator not in ("=", "in", "child_of"):
            return None
        values = list(value) if isinstance(value, (list, tuple, set, frozenset)) else [value]
        if field.type == "selection":
            labels = dict(field._description_selection(self.env))
            shown = [labels.get(one, one) for one in values]
        elif field.relational:
            # sudo: the names of departments and tags in a right are for everybody who reads the right
            shown = self.env[field.comodel_name].sudo().browse(values).exists().mapped("display_name")
        else:
            shown = list(map(str, values))
        label = field._description_string(self.env)
        return self.env._("%(field)s %(values)s", field=label, values=self.env._(" or ").join(shown))

    def _where_words(self):
        places = [*self.zone_ids.mapped("name"), *self.door_ids.mapped("name")]
        return ", ".join(places) or self.env._("no place yet")

    def _when_words(self):
        when = self.schedule_id.name if self.schedule_id else self.env._("at any time")
        company = self.company_id or self.env.company
        if self.valid_from:
            when = self.env._(
                "%(when)s, from %(day)s", when=when, day=company._campus_when(self.valid_from, self.env)
            )
        if self.valid_until:
            when = self.env._(
                "%(when)s, until %(day)s", when=when, day=company._campus_when(self.valid_until, self.env)
            )
        return when

    # -- Dry run ----------------------------------------------------------------

    @api.depends(*WATCHED)
    @api.depends_context("lang")
    def _compute_trial(self):
        for right in self:
            try:
                right.trial = right._trial_words(*right._trial())
            except ValidationError as error:
                right.trial = escape(str(error))

    def _trial(self):
        """``(ids of people who get the right, of those who lose it, doors that come, doors that go)``."""
        self.env.cr.execute(
            "SELECT partner_id FROM campus_access_member WHERE right_id = %s", [self._origin.id or 0]
        )
        before = {partner for (partner,) in self.env.cr.fetchall()}
        after = set()
        if self.active:
            if self.who == DOMAIN:
                self._check_domain()
            # sudo: a right names people whom its writer may not see; only their number is told
            partners = self.env["res.partner"].sudo()
            after = set(partners.search(self._who()).ids)
        doors_before = self._origin._doors() if self._origin.active else self.env["campus.door"]
        doors_after = self._doors() if self.active else self.env["campus.door"]
        return after - before, before - after, doors_after - doors_before, doors_before - doors_after

    def _trial_words(self, gained, lost, doors_gained, doors_lost):
        denies = self.effect == "deny"
        said = (
            (self.env._("People who are refused from now on"), self.env._("People who are no longer refused"))
            if denies
            else (self.env._("People who get the right"), self.env._("People who lose the right"))
        )
        doors = self._origin._doors() or self._doors()
        rows = [
            (said[0], self._named(gained)),
            (self.env._("Of them, another right opens these doors already for"), self._otherwise(gained)),
            (said[1], self._named(lost)),
            (self.env._("Of them, another right still opens these doors for"), self._otherwise(lost, doors)),
            (self.env._("Doors that come"), self._listed(doors_gained.mapped("name"), len(doors_gained))),
            (self.env._("Doors that go"), self._listed(doors_lost.mapped("name"), len(doors_lost))),
            (self.env._("Times"), self._times_changed()),
        ]
        told = [row for row in rows if row[1]]
        if not told:
            return escape(self.env._("The same people, doors and times as before."))
        lines = Markup().join(Markup("<dt>%s</dt><dd>%s</dd>") % row for row in told)
        return Markup('<dl class="o_campus_trial mb-0">%s</dl>') % lines

    def _times_changed(self):
        """The times before and after, if the change is about them."""
        if not self._origin:
            return ""
        before, after = self._origin._when_words(), self._when_words()
        return f"{before} → {after}" if before != after else ""

    def _otherwise(self, people, doors=None):
        """How many of these people pass all doors of the right by another one, at the times of that one."""
        doors = self._doors() if doors is None else doors
        if not people or not doors or self.effect == "deny":
            return 0
        covering = self.env["campus.access.site"]._covering(doors)
        # sudo: what other rights allow is counted, not shown
        others = self.sudo().browse(set().union(*covering.values()))
        allowed = set(others.filtered(lambda right: right.effect == "allow").ids) - {self._origin.id}
        self.env.cr.execute(
            """SELECT profile.rules, count(*) FROM campus_access_person person
                 JOIN campus_access_profile profile ON profile.id = person.profile_id
                WHERE person.partner_id = ANY (%s) GROUP BY profile.id""",
            [list(people)],
        )
        return sum(
            count
            for rules, count in self.env.cr.fetchall()
            if all(allowed.intersection(rules, covering[door.id]) for door in doors)
        )

    def _named(self, ids):
        """Names of those whom the user may see, and how many there are altogether."""
        seen = self.env["res.partner"].search([("id", "in", list(ids))], limit=NAMES_SHOWN, order="name")
        return self._listed(seen.mapped("name"), len(ids))

    def _listed(self, names, count):
        if not count:
            return ""
        shown = ", ".join(names[:NAMES_SHOWN])
        if count > len(names[:NAMES_SHOWN]):
            return f"{count} ({shown} …)" if shown else str(count)
        return f"{count} ({shown})"
