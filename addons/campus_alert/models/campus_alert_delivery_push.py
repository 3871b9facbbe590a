import json
from urllib.parse import urlsplit

from odoo import api, models
from odoo.addons.mail.tools.web_push import DeviceUnreachableError, push_to_end_point
from requests import Session

from ..const import PUSH_TTL_S

LOCAL_ENDPOINTS = "campus_alert.push_local_endpoints"


class PushSession(Session):
    """Stores the status of the push service's answer; Odoo's sender only reports "gone".

    It also lets the push service keep a message for a day instead of a minute. So a phone without a network
    gets it later.
    """

    status = None

    def post(self, url, data=None, json=None, **kwargs):
        """Send like ``requests.Session.post`` and store the status of the answer."""
        kwargs["headers"] = {**kwargs.get("headers", {}), "TTL": str(PUSH_TTL_S), "Urgency": "high"}
        response = super().post(url, data=data, json=json, allow_redirects=False, **kwargs)
        self.status = response.status_code
        return response


class CampusAlertDeliveryPush(models.Model):
    """Web push with Odoo's keys and devices (RFC 8030, 8291, 8292)."""

    _inherit = "campus.alert.delivery"

    def _push_devices(self):
        # sudo: only its owner may read a device; this job sends to it.
        return self.env["mail.push.device"].sudo().search([("partner_id", "=", self.partner_id.id)])

    def _send_push(self):
        """Send to all devices of the person. The delivery succeeds if one device got it."""
        devices = self._push_devices()
        self.env["mail.push.device"].get_web_push_vapid_public_key()
        # sudo: nobody may read Odoo's keys for push.
        config = self.env["ir.config_parameter"].sudo()
        keys = {
            "vapid_private_key": config.get_param("mail.web_push_vapid_private_key"),
            "vapid_public_key": config.get_param("mail.web_push_vapid_public_key"),
        }
        payload = json.dumps(self._push_payload(), ensure_ascii=False)
        errors = [error for device in devices if (error := self._push(device, payload, keys))]
        if len(errors) == len(devices):
            return {"state": "failed", "error": ", ".join(sorted(set(errors)))}
        return {"state": "sent"}

    def _push(self, device, payload, keys):
        """Send to one device. Returns the reason of a failure, or None. Deletes a device that is gone."""
        if not self._is_push_endpoint(device.endpoint):
            return "endpoint not allowed"
        session = PushSession()
        try:
            push_to_end_point(
                base_url=self.get_base_url(),
                device={"id": device.id, "endpoint": device.endpoint, "keys": device.keys},
                payload=payload,
                session=session,
                **keys,
            )
        except DeviceUnreachableError:
            device.unlink()
            return "device gone"
        except Exception as error:
            return type(error).__name__
        return None if session.status in (200, 201, 202, 204) else f"HTTP {session.status}"

    def _push_payload(self):
        alert = self.alert_id.with_context(lang=self._lang())
        return {
            "title": alert.rule_id.name,
            "options": {
                "body": alert._message_to(self.partner_id),
                "icon": "/campus_alert/static/description/icon.png",
                "badge": "/campus_alert/static/description/icon.png",
                "lang": self._lang().replace("_", "-"),
                # A message with the same tag replaces the first, so a message that is sent twice is shown
                # once.
                "tag": f"campus-alert-{alert.id}",
                "data": {
                    "url": f"/my/card/alerts?alert={alert.id}",
                    # Odoo's own worker, in the browser of staff, needs these two to open the record.
                    "model": "campus.alert",
                    "res_id": alert.id,
                },
            },
        }

    @api.model
    def _is_push_endpoint(self, endpoint):
        """Whether an address can be a push service. This server must not be made to call other addresses.

        Push services have a host name and use HTTPS. The parameter ``campus_alert.push_local_endpoints``
        allows a service at any address.
        """
        # sudo: a system parameter that is only compared and not shown.
        if self.env["ir.config_parameter"].sudo().get_param(LOCAL_ENDPOINTS):
            return endpoint.startswith(("https://", "http://"))
        try:
            url = urlsplit(endpoint)
            name, port = url.hostname or "", url.port
        except ValueError:
            return False
        is_public = "." in name.strip(".") and not name.endswith(
            (".local", ".internal", ".localhost", ".lan")
        )
        is_address = name.replace(".", "").isdigit() or ":" in name
        return url.scheme == "https" and port in (None, 443) and is_public and not is_address
