from odoo import api, models


class CampusLedger(models.AbstractModel):
    """Sentences for the refusals of phones, codes and kiosks."""

    _inherit = "campus.ledger"

    @api.model
    def _sentences(self):
        return {
            **super()._sentences(),
            "credential_malformed": self.env._("This is not a code of a campus card. Please show it again."),
            "code_forged": self.env._("This code is not genuine. Please ask for the card."),
            "code_stale": self.env._(
                "This code is too old, or the clock of the phone is wrong. Please open the card again."
            ),
            "code_replayed": self.env._(
                "This code was used already. Wait for the next one, ten seconds at most."
            ),
            "phone_revoked": self.env._("This phone no longer carries the card."),
            "certificate_expired": self.env._(
                "This phone was offline for too long. It has to go online once."
            ),
            "key_unknown": self.env._("This code was made with a key that is not valid here any more."),
            "rate_limited": self.env._("Too many tries. Please wait a moment."),
            "emergency_wrong": self.env._("The campus number and the emergency code do not match."),
            "emergency_locked": self.env._("Too many wrong emergency codes: locked until tomorrow."),
            "emergency_used": self.env._("The emergency code was used today already."),
            "emergency_online": self.env._(
                "An emergency code can only pay, and only where there is a network."
            ),
            "emergency_cap": self.env._("An emergency code pays at most %(limit)s."),
        }
