from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Domain
from odoo.tools import file_open

DOMAIN, PEOPLE = "domain", "people"
MANAGER = "campus_access.group_campus_access_manager"
# What an edge is told of a right; the places beside it decide which edges.
TOLD = frozenset(
    [
        "name",
        "active",
        "effect",
        "priority",
        "schedule_id",
        "valid_from",
        "valid_until",
        "spans",
        "needs_pin",
        "needs_escort",
        "is_first",
        "is_staff",
    ]
)
PLACES = frozenset(("zone_ids", "door_ids", "active"))
WHO = frozenset(("who", "domain", "partner_ids", "active", "company_id"))


class CampusAccessRight(models.Model):
    """Who may, or may not, go where and when."""

    _name = "campus.access.right"
    _description = "Access Right"
    _inherit = ["mail.thread"]
    _order = "priority desc, name, id"
    _check_company_auto = True

    name = fields.Char(required=True, tracking=True)
    active = fields.Boolean(default=True, tracking=True)
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    kind = fields.Selection(
        [("standing", "Right"), ("grant", "Granted on request"), ("visit", "Visit")],
        required=True,
        default="standing",
        readonly=True,
        copy=False,
        index=True,
    )
    effect = fields.Selection(
        [("allow", "May pass"), ("deny", "May not pass")], required=True, default="allow", tracking=True
    )
    priority = fields.Integer(
        default=10,
        tracking=True,
        help="Of the rights that hold at a moment the one with the highest number decides. Of two with the "
        "same number the one that denies does.",
    )

    # -- Who ----------------------------------------------------------------
    who = fields.Selection(
        [(DOMAIN, "All people who match"), (PEOPLE, "These people")],
        required=True,
        default=DOMAIN,
        tracking=True,
    )
    domain = fields.Char(
        "People",
        default="[]",
        tracking=True,
        help="Role, department, campus number, tags and the properties of holders can be asked for.",
    )
    field_names = fields.Char(compute="_compute_field_names", store=True)
    partner_ids = fields.Many2many(
        "res.partner",
        "campus_access_right_partner_rel",
        "right_id",
        "partner_id",
        "Chosen People",
        ondelete="restrict",
        domain=[("is_campus_holder", "=", True)],
    )
    member_count = fields.Integer("People Now", compute="_compute_member_count")

    # -- Where --------------------------------------------------------------
    zone_ids = fields.Many2many(
        "campus.zone",
        string="Zones",
        ondelete="restrict",
        check_company=True,
        help="The doors into these zones and into all zones inside them.",
    )
    door_ids = fields.Many2many("campus.door", string="Single Doors", ondelete="restrict", check_company=True)
    door_count = fields.Integer("Number of Doors", compute="_compute_door_count")

    # -- When ---------------------------------------------------------------
    schedule_id = fields.Many2one(
        "campus.schedule", ondelete="restrict", check_company=True, tracking=True, help="Empty: at any time."
    )
    valid_from = fields.Datetime("From", tracking=True)
    valid_until = fields.Datetime(
        "Until", tracking=True, help="The doors know it: nobody has to take it back."
    )
    # [[start, end], ...] in milliseconds: bookings and lessons make rights with a list of times.
    spans = fields.Json(readonly=True, copy=False)

    # -- How ----------------------------------------------------------------
    needs_pin = fields.Boolean("Card and PIN", tracking=True)
    needs_escort = fields.Boolean(
        "With a Companion",
        tracking=True,
        help="Somebody with a right of their own presents a card right before.",
    )
    is_first = fields.Boolean(
        "Opens for Others",
        tracking=True,
        help="Zones that wait for the first are open once one of these has come.",
    )
    is_staff = fields.Boolean(
        "Passes in a Lockdown",
        tracking=True,
        help="These people still pass in a lockdown of the level “staff”.",
    )
    sentence = fields.Text("In Words", compute="_compute_sentence")

    _times_check = models.Constraint("CHECK (valid_until > valid_from)", "A right ends after it begins.")
    _priority_check = models.Constraint(
        "CHECK (priority BETWEEN 0 AND 100)", "A priority is between 0 and 100."
    )
    _deny_check = models.Constraint(
        "CHECK (effect = 'allow' OR NOT (needs_pin OR needs_escort OR is_first OR is_staff))",
        "A right that denies has no further conditions.",
    )

    def init(self):
        with file_open("campus_access/data/access_schema.sql") as schema:
            self.env.cr.execute(schema.read())

    def _compute_member_count(self):
        self.env.cr.execute(
            "SELECT right_id, count(*) FROM campus_access_member WHERE right_id = ANY (%s) GROUP BY right_id",
            [self.ids],
        )
        counts = dict(self.env.cr.fetchall())
        for right in self:
            right.member_count = counts.get(right._origin.id, 0)

    @api.depends("zone_ids", "door_ids")
    def _compute_door_count(self):
        for right in self:
            right.door_count = len(right._doors())

    @api.constrains("zone_ids", "door_ids")
    def _check_places(self):
        for right in self:
            if not right.zone_ids and not right.door_ids:
                raise ValidationError(self.env._("“%s”: choose at least one zone or door.", right.name))

    def _check_in_charge(self):
        """Who is no manager gives rights where the own departments are in charge, at every door of them.

        No constraint: Odoo checks these as the superuser.
        """
        user = self.env.user
        if self.env.su or user.has_group(MANAGER) or user.campus_all_departments:
            return
        # sudo: the departments that a user looks after, and those below, also where the user reads no tree
        departments = self.env["campus.department"].sudo()
        own = departments.search([("id", "child_of", user.campus_department_ids.ids)]).ids
        foreign = self._doors().filtered(lambda door: door.department_id.id not in own)
        zones = self.zone_ids.filtered(lambda zone: zone.department_id.id not in own)
        if foreign or zones:
            raise AccessError(
                self.env._(
                    "You give rights only where your departments are in charge. Not yours: %s.",
                    ", ".join([*zones.mapped("display_name"), *foreign.mapped("name")][:5]),
                )
            )

    @api.model_create_multi
    def create(self, vals_list):
        rights = super().create(vals_list)
        rights._check_in_charge()
        rights._refresh_members()
        rights._tell(rights._doors(), is_whole=False)
        return rights

    def write(self, vals):
        if not (TOLD | PLACES | WHO) & vals.keys():
            return super().write(vals)
        before = self._doors()
        res = super().write(vals)
        self._check_in_charge()
        if vals.keys() & (WHO | {"active"}):
            self._refresh_members()
        self._tell(before | self._doors(), is_whole=bool(PLACES & vals.keys()))
        return res

    def unlink(self):
        doors = self._doors()
        self.write({"active": False})
        res = super().unlink()
        self._tell(doors, is_whole=False)
        return res

    def action_view_members(self):
        """Return the list of the people who have the right now; only those that the user may see."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.name,
            "res_model": "res.partner",
            "views": [(self.env.ref("campus_access.campus_member_view_list").id, "list")],
            "domain": [("campus_right_ids", "in", self.ids)],
        }

    # -- Which doors ----------------------------------------------------------

    def _doors(self):
        """The doors that these rights cover, archived ones too."""
        # sudo: a right covers doors whoever looks at it
        doors = self.env["campus.door"].sudo().with_context(active_test=False)
        covered = Domain("inner_zone_id", "child_of", self.zone_ids.ids) | Domain(
            "id", "in", self.door_ids.ids
        )
        return doors.search(covered).with_env(self.env) if self.zone_ids or self.door_ids else doors.browse()

    def _tell(self, doors, is_whole):
        """Edges of these doors are told of the right with their next list."""
        self.env.flush_all()
        # sudo: who gives a right need not read edges
        edges = doors.sudo().edge_ids
        if edges:
            self.env.cr.execute("SELECT campus_access_tell(%s, TRUE, %s)", [edges.ids, is_whole])
            self.env["campus.snapshot"]._announce_access()
