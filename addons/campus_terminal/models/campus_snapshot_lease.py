from datetime import timezone

from odoo import api, models


class CampusSnapshot(models.AbstractModel):
    """The leases that an edge has."""

    _inherit = "campus.snapshot"

    @api.model
    def _snapshot_leases(self, edge):
        leases = super()._snapshot_leases(edge)
        return leases + [
            [
                lease["card_id"],
                lease["uuid"],
                lease["amount_minor"],
                int(lease["expires_at"].replace(tzinfo=timezone.utc).timestamp() * 1000),
            ]
            for lease in edge._open_leases()
        ]
