from odoo import api, fields, models

from ..const import ACTIVE

SHOWN = frozenset(
    ("uid", "stage_id", "state", "active", "valid_from", "valid_until", "partner_id", "wallet_id")
)


class CampusCard(models.Model):
    """A card as the edges know it: they are told of each change, and some may not have heard yet."""

    _inherit = "campus.card"

    unaware_edge_ids = fields.Many2many(
        "campus.edge",
        string="Devices That Do Not Know Yet",
        compute="_compute_unaware_edge_ids",
        help="Edges that have not confirmed the present state of the card. What they decide without "
        "the server until then, they decide by an older state.",
    )

    @api.depends("state", "uid", "valid_from", "valid_until", "active")
    def _compute_unaware_edge_ids(self):
        self.env.flush_all()
        self.env.cr.execute(
            """SELECT mark.card_id, array_agg(edge.id ORDER BY edge.name)
                 FROM campus_snapshot_card mark
                 JOIN campus_edge edge ON edge.company_id = mark.company_id
                  AND edge.state = %s AND edge.active
                  AND coalesce(edge.snapshot_version, 0) <= mark.changed_version
                WHERE mark.card_id = ANY (%s) GROUP BY mark.card_id""",
            [ACTIVE, self.ids],
        )
        unaware = dict(self.env.cr.fetchall())
        for card in self:
            card.unaware_edge_ids = unaware.get(card.id)

    @api.model_create_multi
    def create(self, vals_list):
        self.env["campus.snapshot"]._announce()
        return super().create(vals_list)

    def write(self, vals):
        if SHOWN & vals.keys():
            self.env["campus.snapshot"]._announce()
        return super().write(vals)
