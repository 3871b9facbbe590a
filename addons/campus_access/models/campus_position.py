import datetime as dt
import json

from odoo import api, fields, models
from odoo.addons.campus_card.db.columns import BigInteger
from odoo.exceptions import UserError

EPOCH = dt.datetime(1970, 1, 1)


class CampusPosition(models.Model):
    """Where a person is, as far as passages tell: the newest by (time, edge, number) counts.

    One row per person, replaced by the next passage; it is erased with the last passage.
    """

    _name = "campus.position"
    _description = "Position"
    _order = "at_ms, id"
    _log_access = False

    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True, ondelete="cascade")
    partner_id = fields.Many2one(
        "res.partner", required=True, readonly=True, ondelete="cascade", groups=fields.NO_ACCESS
    )
    person = fields.Char(compute="_compute_person")
    card_state = fields.Selection(
        [("good", "Good"), ("warning", "Card is lost, frozen or expired")], compute="_compute_person"
    )
    zone_id = fields.Many2one("campus.zone", readonly=True, index="btree_not_null", ondelete="restrict")
    left_zone_id = fields.Many2one("campus.zone", "From", readonly=True, ondelete="restrict")
    door_id = fields.Many2one("campus.door", readonly=True, ondelete="restrict")
    side = fields.Selection([("in", "In"), ("out", "Out")], readonly=True)
    at_ms = BigInteger(required=True, readonly=True)
    at = fields.Datetime("Since", compute="_compute_at")
    # ids of edges and numbers of their journals; 0 for what a guard has entered
    edge_number = fields.Integer(required=True, readonly=True)
    number = BigInteger(required=True, readonly=True)
    changed_version = BigInteger(required=True, readonly=True)

    _one_each = models.Constraint("UNIQUE(company_id, partner_id)", "This person has a position already.")

    @api.depends("at_ms")
    def _compute_at(self):
        for position in self:
            position.at = EPOCH + dt.timedelta(milliseconds=position.at_ms or 0)

    @api.depends_context("uid")
    def _compute_person(self):
        known = self.env["campus.look"]._known_inside()
        # sudo: nobody may read the person; the name is shown for what the user has stated a reason for
        for position, own in zip(self, self.sudo(), strict=True):
            partner = own.partner_id
            position.person = partner.name if partner.id in known else "•••"
            states = set(partner.campus_card_ids.mapped("state"))
            position.card_state = "good" if "active" in states else "warning"

    @api.model_create_multi
    def create(self, vals_list):
        raise UserError(self.env._("Positions come from doors alone."))

    def write(self, vals):
        raise UserError(self.env._("A position follows from passages. A guard can forgive it."))

    def unlink(self):
        raise UserError(self.env._("A position follows from passages. A guard can forgive it."))

    # -- from passages -----------------------------------------------------------------

    @api.model
    def _take(self, company, moves):
        """Apply moves, see ``campus_position_take``, and tell the other edges of the same areas."""
        if not moves:
            return
        self.env.cr.execute("SELECT campus_position_take(%s, %s::jsonb)", [company.id, json.dumps(moves)])
        moved = [partner_id for (partner_id,) in self.env.cr.fetchall()]
        self.invalidate_model(flush=False)
        if moved:
            self._relay(company, [move for move in moves if move[0] in set(moved)])

    @api.model
    def _relay(self, company, moves):
        """Push positions to the edges of the areas that they are about; who noted them knows them."""
        self.env.cr.execute(
            """WITH near AS MATERIALIZED (
                   SELECT area.edge_id, area.zone_id FROM campus_edge_area() area
                     JOIN campus_edge edge ON edge.id = area.edge_id AND edge.state = 'active' AND edge.active
                    WHERE area.company_id = %(company)s),
               known AS MATERIALIZED (SELECT edge_id, array_agg(zone_id) AS zones FROM near GROUP BY edge_id),
               move AS (
                   SELECT row.value, row.ordinality AS place, (row.value ->> 1)::integer AS zone_id,
                          (row.value ->> 5)::integer AS left_zone_id, (row.value ->> 3)::integer AS noted_by
                     FROM jsonb_array_elements(%(moves)s::jsonb) WITH ORDINALITY AS row),
               told AS (
                   SELECT DISTINCT near.edge_id, move.place
                     FROM move
                    CROSS JOIN LATERAL (SELECT campus_zone_inside(move.zone_id) AS id
                                         UNION SELECT campus_zone_inside(move.left_zone_id)) AS area
                     JOIN near ON near.zone_id = area.id AND near.edge_id <> move.noted_by)
               SELECT edge.channel, json_agg(json_build_array(
                          move.value -> 0, campus_zone_seen(move.zone_id, known.zones), move.value -> 2,
                          move.value -> 3, move.value -> 4, campus_zone_seen(move.left_zone_id, known.zones))
                          ORDER BY move.place)
                 FROM told
                 JOIN move ON move.place = told.place
                 JOIN known ON known.edge_id = told.edge_id
                 JOIN campus_edge edge ON edge.id = told.edge_id
                GROUP BY edge.id""",
            {"company": company.id, "moves": json.dumps(moves)},
        )
        for channel, rows in self.env.cr.fetchall():
            self.env["bus.bus"]._sendone(channel, "campus_access", {"type": "positions", "positions": rows})

    # -- by a guard --------------------------------------------------------------------

    def _forgive(self, note):
        """Nobody knows any more where these people are: the next passage is not compared with the last."""
        note = (note or "").strip()
        if not note:
            raise UserError(self.env._("Say why you forgive."))
        # sudo: who the position is of may be read by nobody; the right to forgive was checked by the verb
        for position in self.sudo():
            number, at_ms = self.env["campus.passage"]._note_by_hand(
                position.company_id, "forgiven", position.partner_id, self.env["campus.zone"], note
            )
            move = [
                *(position.partner_id.id, None, max(at_ms, position.at_ms + 1), 0, number),
                *(position.zone_id.id or None, None, None),
            ]
            self._take(position.company_id, [move])

    def _muster_by_hand(self, zone, note):
        """A guard has seen these people at the assembly point."""
        # sudo: as for forgiving
        for position in self.sudo():
            number, at_ms = self.env["campus.passage"]._note_by_hand(
                position.company_id, "mustered", position.partner_id, zone, note
            )
            move = [
                *(position.partner_id.id, zone.id, max(at_ms, position.at_ms + 1), 0, number),
                *(position.zone_id.id or None, None, None),
            ]
            self._take(position.company_id, [move])
