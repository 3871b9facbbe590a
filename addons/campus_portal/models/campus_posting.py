from odoo import models


class CampusPosting(models.Model):
    _inherit = "campus.posting"

    # A holder's last refusals, without a look through everybody's answers.
    _refused_wallet_idx = models.Index("(wallet_id, id) WHERE NOT ok")
