from odoo import api, fields, models
from odoo.addons.campus_card.campus_core.access import types
from odoo.exceptions import UserError, ValidationError


class CampusZone(models.Model):
    """A part of the campus; the outside is the root of the tree."""

    _name = "campus.zone"
    _description = "Zone"
    _inherit = ["mail.thread", "campus.passback"]
    _parent_store = True
    _parent_name = "parent_id"
    _order = "complete_name, id"
    _rec_name = "complete_name"
    _rec_names_search = ["complete_name", "name"]
    _check_company_auto = True

    name = fields.Char(required=True, translate=True, tracking=True)
    complete_name = fields.Char(
        "Full Name", compute="_compute_complete_name", recursive=True, store=True, translate=False
    )
    kind = fields.Selection(
        [
            ("outside", "Outside"),
            ("campus", "Campus"),
            ("building", "Building"),
            ("floor", "Floor"),
            ("room", "Room"),
        ],
        required=True,
        default="building",
    )
    active = fields.Boolean(default=True, tracking=True)
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    parent_id = fields.Many2one(
        "campus.zone", "Lies In", index=True, ondelete="restrict", check_company=True, tracking=True
    )
    parent_path = fields.Char(index=True)
    child_ids = fields.One2many("campus.zone", "parent_id", "Zones Inside")
    own_department_id = fields.Many2one(
        "campus.department",
        "Department",
        check_company=True,
        ondelete="restrict",
        tracking=True,
        help="Its access clerks give the rights here and in all zones inside that name no department of their own.",
    )
    department_id = fields.Many2one(
        "campus.department",
        "Rights Are Given By",
        compute="_compute_department_id",
        recursive=True,
        store=True,
        index="btree_not_null",
    )
    door_ids = fields.One2many("campus.door", "inner_zone_id", "Doors into the Zone")
    door_count = fields.Integer("Number of Doors", compute="_compute_door_count")

    # -- A zone that counts who is in it ------------------------------------
    passback_mode = fields.Selection(
        help="What happens when a card goes in that never came out, or comes out that never went in."
    )
    alone = fields.Selection(
        [(types.LET_IN, "Let through and mark it"), (types.STRICT, "Refuse")],
        "Without the Network",
        required=True,
        default=types.LET_IN,
        help="What a door does that cannot hear the other doors of this zone.",
    )
    people_max = fields.Integer("Most People", tracking=True, help="0: no limit.")
    needs_first = fields.Boolean(
        "Waits for the First",
        tracking=True,
        help="Nobody gets in on a day before somebody has come whose right opens the zone.",
    )

    _numbers_check = models.Constraint(
        "CHECK (people_max >= 0)", "A number of this zone is too small or too large."
    )

    @api.depends("name", "parent_id.complete_name")
    def _compute_complete_name(self):
        """Kept in the school's language, whoever writes the name; it is for finding and sorting."""
        for zone in self:
            # sudo: the language of a school is no secret
            lang = zone.company_id.sudo().partner_id.lang or self.env.lang
            parent, name = zone.parent_id.complete_name, zone.with_context(lang=lang).name
            zone.complete_name = f"{parent} / {name}" if parent else name

    @api.depends("complete_name")
    @api.depends_context("lang")
    def _compute_display_name(self):
        """The same in the reader's language."""
        for zone in self:
            path, above = [zone.name or ""], zone.parent_id
            while above:
                path.insert(0, above.name or "")
                above = above.parent_id
            zone.display_name = " / ".join(path)

    @api.depends("own_department_id", "parent_id.department_id")
    def _compute_department_id(self):
        for zone in self:
            zone.department_id = zone.own_department_id or zone.parent_id.department_id

    def _compute_door_count(self):
        for zone in self:
            zone.door_count = self.env["campus.door"].search_count([("inner_zone_id", "child_of", zone.ids)])

    @api.constrains("parent_id")
    def _check_circle(self):
        if self._has_cycle():
            raise ValidationError(self.env._("A zone cannot lie in itself, nor in a zone inside it."))

    def write(self, vals):
        if not vals.get("active", True):
            self._check_unused()
        res = super().write(vals)
        if "parent_id" in vals:
            # a moved zone takes its doors along into a locked one
            self.env["campus.lockdown"]._push_later()
        return res

    def _check_unused(self):
        """A zone with doors or zones stays: its doors would lead nowhere."""
        for zone in self.filtered("active"):
            below = zone.child_ids - self
            doors = self.env["campus.door"].search(
                ["|", ("inner_zone_id", "=", zone.id), ("outer_zone_id", "=", zone.id)]
            )
            if below or doors:
                raise UserError(
                    self.env._(
                        "%(zone)s is in use: archive these first: %(what)s.",
                        zone=zone.display_name,
                        what=", ".join([*below.mapped("name"), *doors.mapped("name")]),
                    )
                )

    def action_view_doors(self):
        """Return the action that lists the doors into the zone and the zones inside it."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("campus_access.campus_door_action")
        return {**action, "domain": [("inner_zone_id", "child_of", self.ids)], "context": {}}
