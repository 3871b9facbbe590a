import secrets

from odoo import api, models
from odoo.addons.campus_card.campus_core import signing

SEED_PARAMETER = "campus_portal.signing_seed"


class CampusSigning(models.AbstractModel):
    """Where the campus' Ed25519 keys come from: the hook of everything that signs or verifies."""

    _name = "campus.signing"
    _description = "Keys of the Campus"

    @api.model
    def _key_ring(self, company):
        """Public keys of ``company`` as a ``signing.KeyRing``."""
        key_id, key = self._current_key(company)
        return signing.KeyRing([signing.CampusKey(key_id, key.public)])

    @api.model
    def _current_key(self, company):
        """``(key id, signing.SigningKey)`` that signs now. The private key leaves this process never."""
        # sudo: a secret of the system, read to sign and given to nobody
        parameters = self.env["ir.config_parameter"].sudo()
        seed = parameters.get_param(f"{SEED_PARAMETER}.{company.id}")
        if not seed:
            seed = secrets.token_bytes(signing.KEY_BYTES).hex()
            parameters.set_param(f"{SEED_PARAMETER}.{company.id}", seed)
        return "k1", signing.SigningKey(bytes.fromhex(seed))
