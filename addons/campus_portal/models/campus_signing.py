from odoo import api, models
from odoo.addons.campus_card.campus_core.credentials import signing
from odoo.exceptions import UserError


class CampusSigning(models.AbstractModel):
    """The campus keys, as the certificates of phones need them."""

    _name = "campus.signing"
    _description = "Keys of the Campus"

    @api.model
    def _key_ring(self, company):
        """Public keys of ``company`` as a ``signing.KeyRing``."""
        return signing.KeyRing.from_wire(self._keys(company)._to_wire())

    @api.model
    def _current_key(self, company):
        """``(key id, signing.SigningKey)`` that signs now. The private key never leaves the server."""
        key = self._keys(company).filtered(lambda key: key.state == "current")
        if not key.private_seed:
            raise UserError(
                self.env._(
                    "Key %s cannot sign: its private part was removed from this copy of the database.",
                    key.name,
                )
            )
        seed = signing.b64url_decode(key.private_seed, signing.KEY_BYTES)
        return key.name, signing.SigningKey(seed)

    @api.model
    def _keys(self, company):
        # sudo: nobody may read the private key; it is stored for signing certificates here
        return self.env["campus.key"].sudo()._good_keys(company)
