from odoo import fields, models


class CampusDoorPinDesk(models.TransientModel):
    """A door PIN at the counter: the same questions as for the PIN of the wallet, and their tries count together."""

    _name = "campus.door.pin.desk"
    _inherit = "campus.pin.reset"
    _description = "Door PIN at the Counter"

    wallet_id = fields.Many2one("campus.wallet", required=True, ondelete="cascade", readonly=True)

    def _seal_choice(self):
        return self.env["campus.door.pin"]._seal(self.new_pin, self.again_pin)

    def _reset(self):
        # sudo: nobody reads the column but this wizard
        self.env["campus.door.pin"]._store(self.partner_id, self.sudo().pin_hash)
        # sudo: the trail is written whoever may write on the contact
        self.partner_id.sudo().message_post(
            body=self.env._(
                "Door PIN reset at the counter by %s after identity questions.", self.env.user.name
            ),
        )
