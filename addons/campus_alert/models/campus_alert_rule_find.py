from collections import namedtuple
from datetime import datetime, timedelta

from odoo import fields, models
from odoo.addons.campus_card.campus_core.alerts import distance, forecast, odd_hour, windows
from odoo.addons.campus_card.campus_core.alerts.types import Hit
from odoo.addons.campus_card.campus_core.alerts.windows import Window
from odoo.fields import Domain
from odoo.tools import split_every

from ..const import CHUNK_HOLDERS, COUNT, DISTANCE, FORECAST, HOURS, MATCH, ODD_HOUR, SUM

#: A hit of the core and the record that it is about.
Found = namedtuple("Found", ["model", "res_id", "partner_id", "hit"])


class CampusAlertRuleFind(models.Model):
    """Calls the core. The job and the dry run use the same code."""

    _inherit = "campus.alert.rule"

    def _find(self, span):
        """Yield lists of what the rule finds in ``span``, with the rights of the environment."""
        self.ensure_one()
        if self.measure == MATCH:
            yield from self._find_matching(span)
            return
        touched = self.env["campus.alert.source"]._touched(self, span)
        for partner_ids in split_every(CHUNK_HOLDERS, sorted(touched), list):
            first = min(touched[partner_id] for partner_id in partner_ids)
            yield [
                Found("res.partner", partner_id, partner_id, hit)
                for partner_id, hits in self._hits(partner_ids, span, first)
                for hit in hits
            ]

    def _hits(self, partner_ids, span, first):
        """Pairs of partner id and hit. ``first`` is the time of the earliest new event of these people."""
        Source = self.env["campus.alert.source"]
        since = self._looks_back_to(first)
        if self.measure == FORECAST:
            movements = Source._movements(self, partner_ids, span, since)
            last = Source._last_top_ups(self, partner_ids, since)
            for partner_id, moved in movements.items():
                yield (
                    partner_id,
                    forecast.announcements(
                        moved,
                        last_top_up_id=last.get(partner_id, 0),
                        taps_min=self.uses_min,
                        history_days=self.history_days,
                    ),
                )
            return
        for partner_id, events in Source._events(self, partner_ids, span, since).items():
            yield partner_id, self._judge(events)

    def _judge(self, events):
        """The hits among the events of one holder."""
        window = Window(self.unit, self.hours if self.unit == HOURS else 0)
        judges = {
            SUM: lambda: windows.crossings(events, self.threshold_minor, window),
            COUNT: lambda: windows.crossings(events, self.threshold_count, window, counting=True),
            ODD_HOUR: lambda: odd_hour.first_uses(
                events,
                history_days=self.history_days,
                uses_min=self.uses_min,
                spread_hours=self.spread_hours,
            ),
            DISTANCE: lambda: distance.too_far(
                events,
                speed_kmh=self.speed_kmh,
                slack_s=self.slack_s,
                metres_min=self.distance_min_m,
            ),
        }
        return judges[self.measure]()

    def _looks_back_to(self, first):
        """From which time (UTC) on events matter for an event at ``first``."""
        if self.measure in (ODD_HOUR, FORECAST):
            return first - timedelta(days=self.history_days + 1)
        if self.measure == DISTANCE:
            return first - timedelta(days=1)
        Source = self.env["campus.alert.source"]
        local = Source._to_local(self.company_id, first)
        window = Window(self.unit, self.hours if self.unit == HOURS else 0)
        # One hour more, for the day on which the clock changes.
        return Source._to_utc(self.company_id, windows.starts_at(window, local)) - timedelta(hours=1)

    def _find_matching(self, span):
        """Records that match now. Each gives one alert per period."""
        now = span.until - timedelta(seconds=1)
        if now < fields.Datetime.now() - timedelta(hours=1):
            # The database does not say what matched in the past, so only the present state is read.
            return
        local = self.env["campus.alert.source"]._to_local(self.company_id, now)
        hit = Hit(windows.period(self.unit, local.date()), local.replace(microsecond=0), 0, {})
        model = self.env[self.source_model]
        domain = self._parsed_domain() & Domain("company_id", "=", self.company_id.id)
        for records in split_every(CHUNK_HOLDERS, model.search(domain, order="id").ids, model.browse):
            yield [
                Found(
                    model._name,
                    record.id,
                    record.partner_id.id if "partner_id" in model._fields else False,
                    hit,
                )
                for record in records
            ]

    def _at_utc(self, hit):
        """A local time as Odoo stores it, in UTC."""
        moment: datetime = self.env["campus.alert.source"]._to_utc(self.company_id, hit.at)
        return moment.replace(microsecond=0)
