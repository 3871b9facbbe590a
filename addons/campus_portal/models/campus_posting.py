from odoo import models


class CampusPosting(models.Model):
    _inherit = "campus.posting"

    # For finding the latest refusals of a holder without reading all answers.
    _refused_wallet_idx = models.Index("(wallet_id, id) WHERE NOT ok")
