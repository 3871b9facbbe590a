from odoo import api, models


class CampusLedger(models.AbstractModel):
    """Sentences for the refusals of top-ups."""

    _inherit = "campus.ledger"

    @api.model
    def _sentences(self):
        return {
            **super()._sentences(),
            "topup_over_authorised": self.env._(
                "The provider reports more than was authorised: the whole and parts of it, or too many parts."
            ),
            "topup_corrected": self.env._(
                "The correction %(correction)s has put this money on the card before, and it was spent or "
                "used for a debt. It was not put on the card a second time."
            ),
            "topup_unanswered": self.env._("The provider's answer is not known."),
            "kiosk_other_holder": self.env._("This is a card of somebody else."),
            "kiosk_same_kind": self.env._(
                "You have shown this one already. After the card, show the phone. After the phone, show the card."
            ),
            "kiosk_not_identified": self.env._("Show first that this is your card."),
        }
