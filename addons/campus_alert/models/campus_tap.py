from odoo import models


class CampusTap(models.Model):
    """Rules read what came in since the last time: an index that costs a tap next to nothing."""

    _inherit = "campus.tap"

    _received_at_idx = models.Index("USING BRIN (received_at)")
