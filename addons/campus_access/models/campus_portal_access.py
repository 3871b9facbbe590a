import datetime as dt
from zoneinfo import ZoneInfo

from odoo import api, fields, models
from odoo.addons.campus_card.campus_core.access import types
from odoo.addons.campus_card.campus_core.access.way import SPAN_MAX_MS, can_take_along, way
from odoo.exceptions import UserError

from .campus_access_request import ASKED, GRANTED
from .campus_access_site import moment_ms
from .campus_access_visit import PLANNED

TEXT_MAX, NAME_MAX, EMAIL_MAX = 500, 60, 120
# How far ahead is asked for and invited, and how long something lasts.
AHEAD_DAYS, REQUEST_DAYS = 60, 180
OPEN_REQUESTS_MAX, OPEN_VISITS_MAX = 5, 10
REQUESTS_A_DAY, VISITS_A_DAY = 10, 10
SHOWN_MAX = 20


class CampusPortal(models.AbstractModel):
    """What holders ask for at doors, and whom they invite. Ids of others' requests and visits are never found."""

    _inherit = "campus.portal"

    # -- asking for a right --------------------------------------------------------------

    @api.model
    def _request_values(self):
        holder = self._need_holder()
        requests = holder.env["campus.access.request"].search(
            [("partner_id", "=", holder.id)], limit=SHOWN_MAX
        )
        states = dict(requests._fields["state"]._description_selection(self.env))
        return {
            "zones": self._named(self._offered("on_request")),
            "requests": [
                {
                    "id": request.id,
                    "zone": self._place(request.zone_id),
                    "from": request.valid_from,
                    "until": request.valid_until,
                    "reason": request.reason,
                    "state": request.state,
                    "state_name": states[request.state],
                    "answer": request.answer or "",
                    "may_withdraw": request.state in (ASKED, GRANTED)
                    and request.valid_until > fields.Datetime.now(),
                }
                for request in requests
            ],
        }

    @api.model
    def _ask_for_right(self, zone, first, last, reason):
        """Ask for a right at an offered zone, for whole days of the campus."""
        holder = self._need_holder()
        zone = self._chosen(self._offered("on_request"), zone)
        first, last = self._day(first), self._day(last)
        today = self._company()._campus_today()
        if not today <= first <= today + dt.timedelta(days=AHEAD_DAYS):
            raise UserError(self.env._("Choose a first day within the next %s days.", AHEAD_DAYS))
        if not first <= last < first + dt.timedelta(days=REQUEST_DAYS):
            raise UserError(
                self.env._("The last day is not before the first, and at most %s days later.", REQUEST_DAYS)
            )
        reason = self._text(reason, TEXT_MAX, self.env._("Say what you need it for."))
        requests = holder.env["campus.access.request"]
        waiting = requests.search_count([("partner_id", "=", holder.id), ("state", "=", ASKED)])
        if waiting >= OPEN_REQUESTS_MAX:
            raise UserError(self.env._("Your earlier requests have not been answered yet."))
        self._limit_tries("door-request", REQUESTS_A_DAY)
        return requests.create(
            {
                "partner_id": holder.id,
                "company_id": zone.company_id.id,
                "zone_id": zone.id,
                "valid_from": self._at(first, dt.time()),
                "valid_until": self._at(last + dt.timedelta(days=1), dt.time()),
                "reason": reason,
            }
        )

    @api.model
    def _withdraw_request(self, request_id):
        """Take back one of the holder's own requests, or give back what was granted."""
        holder = self._need_holder()
        requests = holder.env["campus.access.request"].search([("partner_id", "=", holder.id)])
        request = requests.filtered(lambda request: str(request.id) == str(request_id))
        if request and request.state in (ASKED, GRANTED):
            request.action_withdraw()
        return bool(request)

    # -- inviting a visitor --------------------------------------------------------------

    @api.model
    def _visit_values(self):
        holder = self._need_holder()
        visits = self._own_visits().filtered(lambda visit: not visit._is_over())
        return {
            "zones": self._named(self._zones_for_visitors(holder)),
            "visits": [self._present_visit(visit) for visit in visits[:SHOWN_MAX]],
        }

    @api.model
    def _own_visits(self):
        holder = self._need_holder()
        return holder.env["campus.access.visit"].search(
            [("host_id", "=", holder.id), ("state", "=", PLANNED)], order="valid_from"
        )

    @api.model
    def _present_visit(self, visit):
        return {
            "id": visit.id,
            "visitor": visit.visitor_name,
            "zone": self._place(visit.zone_id),
            "from": visit.valid_from,
            "until": visit.valid_until,
            "url": visit._url(),
            "qr": visit._qr(),
        }

    @api.model
    def _invite(self, values):
        """Announce a visitor; ``values``: ``zone, visitor, comes_from, email, day, start, end, reason``, as texts."""
        holder = self._need_holder()
        zone = self._chosen(self._zones_for_visitors(holder), values.get("zone"))
        visitor = self._text(values.get("visitor"), NAME_MAX, self.env._("Enter the visitor's name."))
        first, last = self._visit_times(values)
        doors = self._check_own_way(holder, zone, first, last)
        if len(self._own_visits().filtered(lambda visit: not visit._is_over())) >= OPEN_VISITS_MAX:
            raise UserError(self.env._("You have invited enough visitors for now. Call one off first."))
        self._limit_tries("door-visit", VISITS_A_DAY)
        # the doors on the way are the holder's own, whoever has the rights of the system
        visits = holder.env["campus.access.visit"].with_context(campus_way_ids=doors)
        return visits.create(
            {
                "visitor_name": visitor,
                "visitor_from": self._line(values.get("comes_from"), NAME_MAX),
                "email": self._line(values.get("email"), EMAIL_MAX),
                "host_id": holder.id,
                "company_id": zone.company_id.id,
                "zone_id": zone.id,
                "valid_from": first,
                "valid_until": last,
                "needs_escort": False,
                "reason": self._line(values.get("reason"), TEXT_MAX),
            }
        )

    @api.model
    def _visit_times(self, values):
        day = self._day(values.get("day"))
        first, last = (self._at(day, self._clock(values.get(name))) for name in ("start", "end"))
        today = self._company()._campus_today()
        if not today <= day <= today + dt.timedelta(days=AHEAD_DAYS):
            raise UserError(self.env._("Choose a day within the next %s days.", AHEAD_DAYS))
        if last <= first or last <= fields.Datetime.now():
            raise UserError(self.env._("The visit ends after it begins, and not in the past."))
        return first, last

    @api.model
    def _call_off_visit(self, visit_id):
        """Call off one of the holder's own visits: its right and its code end at once."""
        visit = self._own_visits().filtered(lambda visit: str(visit.id) == str(visit_id))
        visit.action_call_off()
        return bool(visit)

    # -- where ------------------------------------------------------------------------------

    @api.model
    def _offered(self, field):
        """The zones that the campus offers in the portal for requests, or for visitors."""
        # sudo: holders read no zones; they are told the names of those that are offered
        zones = self.env["campus.zone"].sudo()
        return zones.search([("company_id", "=", self._company().id), (field, "=", True)])

    @api.model
    def _named(self, zones):
        return sorted(((zone.id, self._place(zone)) for zone in zones), key=lambda pair: pair[1])

    @api.model
    def _place(self, zone):
        """Where a zone is, in the reader's language, without the outside and the campus around everything."""
        names = []
        zone = zone.with_context(lang=self.env.lang)
        while zone and zone.kind not in ("outside", "campus"):
            names.insert(0, zone.name)
            zone = zone.parent_id
        return " · ".join(names)

    @api.model
    def _zones_for_visitors(self, holder):
        """Offered zones of which the holder's own rights lead through every door."""
        zones = self._offered("for_visitors")
        own = self._doors_of(holder)
        inside = zones.env["campus.door"].search([("inner_zone_id", "child_of", zones.ids)])
        closed = (inside - own).inner_zone_id
        shut = {int(part) for zone in closed for part in zone.parent_path.split("/") if part}
        behind = {int(part) for door in inside for part in door.inner_zone_id.parent_path.split("/") if part}
        return zones.filtered(lambda zone: zone.id in behind - shut)

    @api.model
    def _check_own_way(self, holder, zone, first, last):
        """The doors that the holder takes the visitor along through; refuses what the holder may not pass."""
        env = zone.env
        inside = env["campus.door"].search([("inner_zone_id", "child_of", zone.id)])
        site = env["campus.access.site"]._site(inside | self._doors_of(holder))
        person = types.Person(holder.id, env["campus.access.site"]._rules_of(holder))
        from_ms, until_ms = moment_ms(first), moment_ms(last)
        if until_ms - from_ms > SPAN_MAX_MS:
            raise UserError(self.env._("A visit lasts a day at most."))
        open_doors = can_take_along(site, way(site, zone.id), person, from_ms, until_ms)
        if not set(inside.ids) <= open_doors:
            raise UserError(
                self.env._(
                    "You may not go there yourself at all of this time, or only with a PIN or in company."
                )
            )
        return sorted(open_doors)

    # -- what was typed ----------------------------------------------------------------------

    @api.model
    def _chosen(self, zones, text):
        zone = zones.filtered(lambda zone: str(zone.id) == str(text))
        if not zone:
            raise UserError(self.env._("Choose the place."))
        return zone

    @api.model
    def _line(self, text, length):
        return " ".join((text or "").split())[:length]

    @api.model
    def _text(self, text, length, missing):
        text = self._line(text, length)
        if not text:
            raise UserError(missing)
        return text

    @api.model
    def _day(self, text):
        try:
            return dt.date.fromisoformat(text or "")
        except ValueError as error:
            raise UserError(self.env._("Choose the day.")) from error

    @api.model
    def _clock(self, text):
        try:
            return dt.datetime.strptime(text or "", "%H:%M").time()
        except ValueError as error:
            raise UserError(self.env._("Choose the time, such as 14:00.")) from error

    @api.model
    def _at(self, day, time):
        """A day and time of the campus, as the database keeps it."""
        zone = ZoneInfo(self._company()._campus_zone_name())
        local = dt.datetime.combine(day, time, zone)
        return local.astimezone(dt.timezone.utc).replace(tzinfo=None)

    @api.model
    def _limit_tries(self, what, tries_max):
        if not self.env["campus.rate"]._may_try(what, self.env.uid, tries_max, 86400):
            raise UserError(self.env._("You did this too often today. Please try again tomorrow."))
