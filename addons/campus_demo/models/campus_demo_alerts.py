import datetime as dt
import json

from odoo import api, fields, models

from ..generator import daily
from .campus_demo import LANGUAGE

DAYS = 6
#: Number of alerts that are kept of each rule. A real school has more, but visitors read no more.
PER_RULE = 6
#: What the office has done with the alerts, one after the other: state and note.
HANDLED = (
    ("new", ""),
    ("open", "已电话联系，等待回复。"),
    ("done", "本人确认，是班级聚餐。"),
    ("new", ""),
    ("false", "出差返校，属正常。"),
    ("new", ""),
)
#: Rules of this school besides the shipped ones: name in both languages, values.
RULES = (
    (
        "More than 3 payments in a day",
        "一天内刷卡超过 3 次",
        {"measure": "count", "threshold_count": 3, "severity": "warning"},
    ),
    (
        "A day's spend over 30",
        "一天消费超过 30 元",
        {"measure": "sum", "threshold_minor": 3000, "severity": "danger", "notify_holder": True},
    ),
)
PURCHASES = json.dumps([["kind", "=", "purchase"]])


class CampusDemo(models.AbstractModel):
    """Places on the map, and alerts of the last days of the history."""

    _inherit = "campus.demo"

    @api.model
    def _load_alerts(self, company, now):
        self._load_spots(company)
        rules = self._load_rules(company)
        Alert = self.env["campus.alert"]
        if Alert.search_count([("company_id", "=", company.id)], limit=1):
            return
        last = now.date()
        for rule in rules:
            found = rule._try(last - dt.timedelta(days=DAYS), last)
            self._raise_past(rule, self._some_of(found, company))
        # The rules read from here on, so the loaded history raises no alerts later.
        # Everything that was loaded within this second has been read too.
        rules.write({"active": True})
        rules.write({"cursor_at": fields.Datetime.now() + dt.timedelta(seconds=1)})

    @api.model
    def _load_spots(self, company):
        Place = self.env["campus.alert.place"]
        known = set(Place.search([("company_id", "=", company.id)]).mapped("name"))
        for spot in daily.SPOTS:
            if spot.name_en in known:
                continue
            place = Place.create(
                {
                    "name": spot.name_en,
                    "company_id": company.id,
                    "latitude": spot.latitude,
                    "longitude": spot.longitude,
                }
            )
            place.update_field_translations("name", {LANGUAGE: spot.name})
            for model, codes in (("campus.account", spot.tills), ("campus.terminal", spot.terminals)):
                records = self.env[model].search([("company_id", "=", company.id), ("code", "in", codes)])
                records.alert_place_id = place

    @api.model
    def _load_rules(self, company):
        """:return: all active rules of the company"""
        Rule = self.env["campus.alert.rule"]
        domain = [("company_id", "=", company.id)]
        known = set(Rule.with_context(active_test=False).search(domain).mapped("name"))
        for name, translated, vals in RULES:
            if name not in known:
                rule = Rule.create(
                    {"name": name, "company_id": company.id, "domain": PURCHASES, "sequence": 50, **vals}
                )
                manager = self._staff("manager").filtered(lambda user: company in user.company_ids)
                rule.staff_ids = manager if vals["severity"] == "danger" else manager.browse()
                rule.update_field_translations("name", {LANGUAGE: translated})
        return Rule.search(domain)

    @api.model
    def _some_of(self, found, company):
        """Those of the cast and a few others, spread over the days: one for each person."""
        cast_ids = [self._wallet_of_role(company, key).partner_id.id for key in ("student", "granted")]
        mine = [one for one in found if one.partner_id in cast_ids][-2:]
        others = [one for one in found if one.partner_id not in cast_ids]
        step = max(1, len(others) // (PER_RULE - len(mine)))
        return (mine + others[::step])[:PER_RULE]

    @api.model
    def _raise_past(self, rule, found):
        """Raise alerts as the rules do, but as if they had been found in time and sent."""
        late_after_h = rule.late_after_h
        rule.late_after_h = 24 * (DAYS + 2)
        alerts = self.env["campus.alert"]._raise(rule, found)
        rule.late_after_h = late_after_h
        for alert, (state, note) in zip(alerts, HANDLED, strict=False):
            alert.write(
                {
                    "state": state,
                    "note": note or False,
                    "user_id": self._staff("manager").id if state != "new" else False,
                    # a warning that has come true is not shown as new to the holder
                    "seen_at": alert.happened_at + dt.timedelta(hours=1),
                }
            )
            self._backdate(alert, alert.happened_at + dt.timedelta(minutes=4))
        self._send_past(alerts)

    @api.model
    def _send_past(self, alerts):
        """Mark the deliveries as sent. A demo sends no mail."""
        for delivery in alerts.delivery_ids:
            happened_at = delivery.alert_id.happened_at
            told = delivery.channel == "mail" or (delivery.channel == "inbox" and delivery._is_possible())
            delivery.write(
                {
                    "state": "sent" if told else "skipped",
                    "due_at": happened_at,
                    "sent_at": happened_at + dt.timedelta(minutes=5) if told else False,
                    "attempts": 1 if told else 0,
                }
            )
        bounced = alerts.delivery_ids.filtered(lambda one: one.channel == "mail")[-1:]
        bounced.write({"state": "failed", "attempts": 5, "error": "550 5.1.1 mailbox unavailable"})
