from odoo import api, models

from ..taps.passages import Passages


class CampusTaps(models.AbstractModel):
    """Passages on their way in: they are kept apart from taps."""

    _inherit = "campus.taps"

    @api.model
    def _apart(self, batch):
        # sudo: the company of the edge that has signed the batch
        company = self.env["res.company"].sudo().browse(batch.edge.company_id)
        return Passages(batch, self._passages_stored, lambda: company.campus_passage_days)

    @api.model
    def _passages_stored(self, env, rows):
        env["campus.passage"]._took(rows)
