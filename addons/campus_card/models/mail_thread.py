import json

from odoo import models


class MailThread(models.AbstractModel):
    """A push message leaves the house after the transaction that it tells of, never in it.

    Odoo sends a few at once from within: it would wait for a stranger's server while wallets are
    locked, and tell of what a repeated transaction then does once more, or not at all.
    """

    _inherit = "mail.thread"

    def _web_push_send_notification(
        self, devices, private_key, public_key, payload_by_lang=None, payload=None
    ):
        """Always by Odoo's queue, as Odoo does it itself where there are many devices."""
        if not devices:
            return
        # sudo: the queue of push messages is nobody's to write
        self.env["mail.push"].sudo().create(
            [
                {
                    "mail_push_device_id": device.id,
                    "payload": json.dumps(
                        payload_by_lang[device.partner_id.lang] if payload_by_lang else payload
                    ),
                }
                for device in devices
            ]
        )
        self.env.ref("mail.ir_cron_web_push_notification")._trigger()
