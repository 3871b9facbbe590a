from odoo import api, fields, models
from odoo.addons.campus_card.campus_core.access import types
from odoo.exceptions import ValidationError


class CampusDoor(models.Model):
    """A passage between two zones, with a reader on one side or on both."""

    _name = "campus.door"
    _description = "Door"
    _inherit = ["mail.thread", "campus.passback"]
    _order = "name, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True, tracking=True)
    active = fields.Boolean(default=True, tracking=True)
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    outer_zone_id = fields.Many2one(
        "campus.zone",
        "From",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
        tracking=True,
    )
    inner_zone_id = fields.Many2one(
        "campus.zone",
        "Into",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
        tracking=True,
        help="Rights at this zone, or at one that it lies in, open this door.",
    )
    department_id = fields.Many2one(related="inner_zone_id.department_id", store=True, index="btree_not_null")
    in_terminal_id = fields.Many2one(
        "campus.terminal",
        "Reader on the Way In",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        domain=[("purpose", "=", "door")],
        tracking=True,
    )
    out_terminal_id = fields.Many2one(
        "campus.terminal",
        "Reader on the Way Out",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        domain=[("purpose", "=", "door")],
        tracking=True,
        help="Without one the door is opened from inside by its button or handle.",
    )
    edge_ids = fields.Many2many("campus.edge", string="Edges", compute="_compute_edge_ids")
    mode = fields.Selection(
        [
            (types.NORMAL, "By right"),
            (types.UNLOCKED, "Open to all at some times"),
            (types.LOCKED, "Locked for everybody"),
        ],
        required=True,
        default=types.NORMAL,
        tracking=True,
    )
    unlock_schedule_id = fields.Many2one(
        "campus.schedule",
        "Open to All",
        ondelete="restrict",
        check_company=True,
        tracking=True,
        help="At these times every good card opens the door; at other times it needs a right.",
    )
    passback_mode = fields.Selection(
        help="What happens when a card passes this door twice in the same direction."
    )
    interlock = fields.Char(
        tracking=True, help="Of the doors with the same word here only one can be open, as in an airlock."
    )
    needs_pin = fields.Boolean("Card and PIN", tracking=True)
    needs_second = fields.Boolean(
        "Two People", tracking=True, help="Two people present their cards together."
    )
    asks_on_leaving = fields.Boolean(
        "Right Needed to Leave", tracking=True, help="Otherwise every good card opens the door from inside."
    )

    _in_unique = models.UniqueIndex("(in_terminal_id) WHERE active", "This reader belongs to another door.")
    _out_unique = models.UniqueIndex("(out_terminal_id) WHERE active", "This reader belongs to another door.")
    _zones_check = models.Constraint(
        "CHECK (outer_zone_id <> inner_zone_id)", "A door leads from one zone into another."
    )
    _sides_check = models.Constraint(
        "CHECK (in_terminal_id <> out_terminal_id)", "Each side of a door has a reader of its own."
    )
    _unlock_check = models.Constraint(
        "CHECK (mode <> 'unlocked' OR unlock_schedule_id IS NOT NULL)",
        "Say at which times the door is open to all.",
    )

    @api.depends("in_terminal_id.edge_id", "out_terminal_id.edge_id")
    def _compute_edge_ids(self):
        for door in self:
            door.edge_ids = door.in_terminal_id.edge_id | door.out_terminal_id.edge_id

    @api.constrains("in_terminal_id", "out_terminal_id", "active")
    def _check_terminals(self):
        for door in self.filtered("active"):
            readers = door.in_terminal_id | door.out_terminal_id
            for reader in readers.filtered(lambda reader: reader.purpose != "door"):
                raise ValidationError(
                    self.env._("The reader %s is not set up for doors.", reader.display_name)
                )
            other = self.search(
                [
                    ("id", "!=", door.id),
                    "|",
                    ("in_terminal_id", "in", readers.ids),
                    ("out_terminal_id", "in", readers.ids),
                ],
                limit=1,
            )
            if other:
                raise ValidationError(
                    self.env._(
                        "A reader of %(door)s belongs to %(other)s already.", door=door.name, other=other.name
                    )
                )

    def _sides(self):
        """``{side: code of the terminal}``, as the core knows a door."""
        sides = {types.IN: self.in_terminal_id.code, types.OUT: self.out_terminal_id.code}
        return {side: code for side, code in sides.items() if code}
