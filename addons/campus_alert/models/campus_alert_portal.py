import re

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..const import CHANNELS, PUSH_DEVICES_MAX

ALERTS_SHOWN = 50
CLOCK = re.compile(r"([01]\d|2[0-3]):([0-5]\d)")
ENDPOINT_LENGTH_MAX = 1000


class CampusAlertPortal(models.AbstractModel):
    """A holder's own alerts, choices and devices.

    All methods use sudo, because portal users have no rights on these models. Each query is limited to the
    partner of the user who asks; no value of the request can name another person.
    """

    _name = "campus.alert.portal"
    _description = "Alerts in the Portal"

    @api.model
    def _page_values(self):
        # sudo: a holder has no rights on alerts and contacts; this method reads only the user's own
        partner = self.env.user.partner_id.sudo()
        alerts = self.env["campus.alert"].sudo().search(self._told_domain(partner), limit=ALERTS_SHOWN)
        unseen = alerts.filtered(lambda alert: not alert.seen_at)
        values = {
            "alerts": alerts,
            "unseen_ids": set(unseen.ids),
            "severities": dict(self._names("campus.alert.rule", "severity")),
            "choices": [self._choice(rule, partner) for rule in self._rules(partner)],
            "channels": self._channel_names(partner),
            "quiet_start": _clock(partner.campus_quiet_start_min),
            "quiet_end": _clock(partner.campus_quiet_end_min),
            "push_key": self.env["mail.push.device"].get_web_push_vapid_public_key(),
            "device_count": self._devices(partner, count=True),
        }
        unseen.write({"seen_at": fields.Datetime.now()})
        return values

    @api.model
    def _told_domain(self, partner):
        """Alerts about this person of which they were told in time. Alerts that were found too late are for
        the office.
        """
        return [
            ("partner_id", "=", partner.id),
            ("rule_id.notify_holder", "=", True),
            ("state", "!=", "late"),
        ]

    @api.model
    def _rules(self, partner):
        """Rules that send messages to holders, in the companies in which the person has a wallet."""
        # sudo: holders may not read rules; these are the rules that send messages to them
        return (
            self.env["campus.alert.rule"]
            .sudo()
            .search(
                [
                    ("notify_holder", "=", True),
                    ("company_id", "in", partner.campus_wallet_ids.company_id.ids),
                ]
            )
        )

    @api.model
    def _choice(self, rule, partner):
        # sudo: the user's own choices; holders have no rights on the model
        channels = self.env["campus.alert.preference"].sudo()._channels(rule, partner)
        return {"rule": rule, "channels": channels, "fixed": not rule.holder_may_mute}

    @api.model
    def _channel_names(self, partner):
        """The channels that can reach this person: ``[(key, name)]``, names in the user's language."""
        possible = {
            "mail": True,
            "inbox": bool(partner.user_ids.filtered(lambda user: user._is_internal())),
            "push": True,
            "sms": "sms.sms" in self.env and bool(partner.phone),
        }
        names = dict(self._names("campus.alert.delivery", "channel"))
        return [(key, names[key]) for key in CHANNELS if possible[key]]

    @api.model
    def _names(self, model, field):
        return self.env[model]._fields[field]._description_selection(self.env)

    @api.model
    def _save(self, form, ticked):
        """Store the choices and quiet hours of a form. ``ticked`` contains texts such as "rule id:channel"."""
        # sudo: a holder has no rights on alerts and contacts; this method writes only the user's own
        partner = self.env.user.partner_id.sudo()
        quiet = {
            "campus_quiet_start_min": self._minutes(form.get("quiet_start")),
            "campus_quiet_end_min": self._minutes(form.get("quiet_end")),
        }
        partner.write(quiet)
        shown = {key for key, _name in self._channel_names(partner)}
        # sudo: as above: it writes only this person's choices
        preferences = self.env["campus.alert.preference"].sudo()
        for rule in self._rules(partner).filtered("holder_may_mute"):
            hidden = preferences._channels(rule, partner) - shown
            chosen = {channel for channel in shown if f"{rule.id}:{channel}" in ticked}
            preferences._choose(partner, rule, chosen | hidden)

    @api.model
    def _minutes(self, text):
        match = CLOCK.fullmatch(text or "00:00")
        if not match:
            raise ValidationError(self.env._("“%s” is not a valid time.", text))
        return int(match[1]) * 60 + int(match[2])

    # -- Devices ------------------------------------------------------------

    @api.model
    def _devices(self, partner, count=False):
        # sudo: a device belongs to its owner, who has no rights on the model
        devices = self.env["mail.push.device"].sudo()
        domain = [("partner_id", "=", partner.id)]
        return devices.search_count(domain) if count else devices.search(domain, order="id")

    @api.model
    def _subscribe(self, subscription):
        """Store a browser's subscription (from ``PushSubscription.toJSON``). Returns ``{"ok": bool,
        "message"?}``.
        """
        endpoint, keys = _subscription(subscription)
        if not endpoint or not self.env["campus.alert.delivery"]._is_push_endpoint(endpoint):
            return {"ok": False, "message": self.env._("This browser's push service cannot be used.")}
        partner = self.env.user.partner_id
        devices = self._devices(partner)
        # Delete the oldest ones if there are too many: a browser that was reset leaves its old device here.
        others = devices.filtered(lambda device: device.endpoint != endpoint)
        others[: max(len(others) - PUSH_DEVICES_MAX + 1, 0)].unlink()
        registry = self.env["mail.push.device"]
        registry.register_devices(
            endpoint=endpoint, keys=keys, vapid_public_key=registry.get_web_push_vapid_public_key()
        )
        return {"ok": True}

    @api.model
    def _unsubscribe(self, endpoint):
        """Delete one of the user's own devices."""
        self._devices(self.env.user.partner_id).filtered(lambda one: one.endpoint == endpoint).unlink()
        return {"ok": True}


def _clock(minute):
    return f"{(minute or 0) // 60:02}:{(minute or 0) % 60:02}"


def _subscription(raw):
    """Address and keys of a subscription; ``(None, None)`` if it is not valid."""
    endpoint = raw.get("endpoint") if isinstance(raw, dict) else None
    keys = raw.get("keys") if isinstance(raw, dict) else None
    well_formed = (
        isinstance(endpoint, str)
        and len(endpoint) <= ENDPOINT_LENGTH_MAX
        and isinstance(keys, dict)
        and all(isinstance(keys.get(name), str) and len(keys[name]) <= 200 for name in ("p256dh", "auth"))
    )
    return (endpoint, {name: keys[name] for name in ("p256dh", "auth")}) if well_formed else (None, None)
