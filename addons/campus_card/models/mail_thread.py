import json

from odoo import api, models

from .campus_rights import IN_VERB


class MailThread(models.AbstractModel):
    """What our records write to their chatter cannot be switched off by a client, and a push message leaves the
    house after the transaction that it tells of, never in it.

    Odoo sends a few at once from within: it would wait for a stranger's server while wallets are
    locked, and tell of what a repeated transaction then does once more, or not at all.
    """

    _inherit = "mail.thread"

    @api.model_create_multi
    def create(self, vals_list):
        return super(MailThread, self._campus_heard()).create(vals_list)

    def write(self, vals):
        return super(MailThread, self._campus_heard()).write(vals)

    def _campus_heard(self):
        """These records, whose changes leave a trace where it is not our own code that makes them."""
        if self.env.su or IN_VERB.get() or self._name not in self.env["campus.rights"]._stated().models:
            return self
        return self._campus_aloud()

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
