from odoo import models


class CampusPosting(models.Model):
    """The latest refusals of a holder are found without reading all answers."""

    _inherit = "campus.posting"

    # For finding the latest refusals of a holder without reading all answers.
    _refused_wallet_idx = models.Index("(wallet_id, id) WHERE NOT ok")
