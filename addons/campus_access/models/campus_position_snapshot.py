from odoo import api, models


class CampusSnapshot(models.AbstractModel):
    """Positions and lockdowns in the part ``access`` of an edge's snapshot."""

    _inherit = "campus.snapshot"

    @api.model
    def _is_changed(self, edge, since):
        return super()._is_changed(edge, since) or bool(self._changed_positions(edge, since, limit=1))

    @api.model
    def _small_parts(self, edge, version, since):
        parts = super()._small_parts(edge, version, since)
        if not self._has_doors(edge):
            return parts
        access = parts.setdefault("access", {})
        access["edge"] = edge.id
        access["positions"] = (
            self._changed_positions(edge, since) if since else self._positions_of_areas(edge)
        )
        access["lockdowns"] = self.env["campus.lockdown"]._to_wire(edge)
        return parts

    @api.model
    def _has_doors(self, edge):
        self.env.cr.execute("SELECT 1 FROM campus_edge_area() WHERE edge_id = %s LIMIT 1", [edge.id])
        return bool(self.env.cr.fetchone())

    @api.model
    def _changed_positions(self, edge, since, limit=None):
        """Positions of who has entered or left an area of the edge since a version, wherever they are now."""
        self.env.cr.execute(
            """SELECT json_build_array(position.partner_id, position.zone_id, position.at_ms,
                                       position.edge_number, position.number, position.left_zone_id)
                 FROM campus_position position
                WHERE position.company_id = %s AND position.partner_id IN (
                      SELECT mark.partner_id FROM campus_position_area mark
                        JOIN campus_edge_area() near ON near.zone_id = mark.zone_id
                       WHERE near.edge_id = %s AND mark.changed_version >= %s)
                ORDER BY position.partner_id LIMIT %s""",
            [edge.company_id.id, edge.id, since, limit],
        )
        return [row for (row,) in self.env.cr.fetchall()]

    @api.model
    def _positions_of_areas(self, edge):
        """Positions of all who are in an area of the edge, or have left one last."""
        self.env.cr.execute(
            """WITH place AS MATERIALIZED (
                   SELECT zone.id FROM campus_zone zone
                    WHERE zone.company_id = %(company)s AND EXISTS (
                          SELECT 1 FROM campus_edge_area() near
                           WHERE near.edge_id = %(edge)s AND near.zone_id IN (SELECT campus_zone_inside(zone.id))))
               SELECT json_build_array(partner_id, zone_id, at_ms, edge_number, number, left_zone_id)
                 FROM campus_position
                WHERE company_id = %(company)s
                  AND (zone_id IN (SELECT id FROM place) OR left_zone_id IN (SELECT id FROM place))
                ORDER BY partner_id""",
            {"company": edge.company_id.id, "edge": edge.id},
        )
        return [row for (row,) in self.env.cr.fetchall()]
