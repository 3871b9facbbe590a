from odoo import api, models


class CampusLedger(models.AbstractModel):
    """What taps add to the ledger: a register of answers, and the sentences for codes that only taps have."""

    _inherit = "campus.ledger"

    @api.model
    def _registers(self):
        """A tap's row is the register of its own answer: its id is nobody else's."""
        return [
            *super()._registers(),
            """SELECT DISTINCT uuid::text, %(birth)s, 0, 'tap', NULL::jsonb, 0 FROM campus_tap
                WHERE uuid = ANY(%(uuids)s::uuid[]) AND code <> %(conflict)s""",
        ]

    @api.model
    def _sentences(self):
        return {
            **super()._sentences(),
            "limit_uid_hour": self.env._(
                "This place has reached its hourly limit for plain cards. Please pay with a phone code or at a till."
            ),
            "number_refused": self.env._(
                "Card numbers are not taken here. Please hold the card to the reader."
            ),
            "terminal_unknown": self.env._("This terminal is not set up here."),
            "terminal_disabled": self.env._("This terminal is switched off."),
            "abandoned": self.env._("The reader was restarted before it answered. Nothing was charged."),
            "held": self.env._("Granted without the server. It is charged when somebody has looked at it."),
            "duplicate_tap": self.env._("The card was held to the reader twice. It was charged once."),
            "offline_cap_tap": self.env._("Without the network at most %(limit)s can be paid at once."),
            "offline_cap_card": self.env._("This card has paid what it may without the network."),
            "offline_cap_edge": self.env._("This place has sold what it may without the network."),
            "snapshot_too_old": self.env._("The network has been away too long. Please pay in another way."),
            "snapshot_missing": self.env._("This reader has not met the server yet."),
        }

    @api.model
    def _plain_sentences(self):
        return {
            **super()._plain_sentences(),
            "offline_cap_tap": self.env._("More than can be paid at once without the network."),
        }
