import json
from urllib.parse import urlsplit

from odoo import api, models
from odoo.addons.mail.tools.web_push import DeviceUnreachableError, push_to_end_point
from requests import Session

from ..const import PUSH_TTL_S

LOCAL_ENDPOINTS = "campus_alert.push_local_endpoints"


class PushSession(Session):
    """Odoo's sender says nothing about an answer other than "gone"; this keeps its status.

    It also lets the push service keep a message for a day instead of a minute: a phone
    without a network gets it later.
    """

    status = None

    def post(self, url, data=None, json=None, **kwargs):
        kwargs["headers"] = {**kwargs.get("headers", {}), "TTL": str(PUSH_TTL_S), "Urgency": "high"}
        response = super().post(url, data=data, json=json, allow_redirects=False, **kwargs)
        self.status = response.status_code
        return response


class CampusAlertDeliveryPush(models.Model):
    """Web push with Odoo's keys and devices (RFC 8030, 8291, 8292)."""

    _inherit = "campus.alert.delivery"

    def _push_devices(self):
        # sudo: a device belongs to its owner; the clock sends to it.
        return self.env["mail.push.device"].sudo().search([("partner_id", "=", self.partner_id.id)])

    def _send_push(self):
        """One delivery is one message on each of the person's devices; one that got it is enough."""
        devices = self._push_devices()
        self.env["mail.push.device"].get_web_push_vapid_public_key()
        # sudo: Odoo's key pair for push.
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
        """Send to one device; returns why it failed, or None. A device that is gone is forgotten."""
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
                # The same tag replaces: a message that came twice is seen once.
                "tag": f"campus-alert-{alert.id}",
                "data": {
                    "url": f"/my/card/alerts?alert={alert.id}",
                    # Odoo's own worker, in the browser of staff, opens records by these two.
                    "model": "campus.alert",
                    "res_id": alert.id,
                },
            },
        }

    @api.model
    def _is_push_endpoint(self, endpoint):
        """Whether an address can be a push service: others must not be called by this server.

        Push services have names and speak HTTPS. The parameter ``campus_alert.push_local_endpoints``
        allows a service of one's own at any address.
        """
        # sudo: a system parameter, read to decide and not shown.
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
