from odoo import api, models
from odoo.addons.campus_card.campus_core.credentials.credential import BOARD

from ..taps.passages import Passages


class CampusTaps(models.AbstractModel):
    """Passages on their way in: they are kept apart from taps."""

    _inherit = "campus.taps"

    @api.model
    def _credential_kinds(self):
        """Add what a controller board has read (``board``).

        It leads to no card by itself: who an edge says was let through is believed of a passage that is told, as of
        any other, and of nothing that asks or costs money.
        """
        return {**super()._credential_kinds(), BOARD: lambda _cards, _texts: {}}

    @api.model
    def _apart(self, batch):
        # sudo: the company of the edge that has signed the batch
        company = self.env["res.company"].sudo().browse(batch.edge.company_id)
        # sudo: a decision knows everything about a door, whoever asks for it
        site = self.env["campus.access.site"].sudo()
        return Passages(
            batch, self._passages_stored, lambda: company.campus_passage_days, site._verdict_of_tap
        )

    @api.model
    def _passages_stored(self, env, rows):
        env["campus.passage"]._took(rows)
