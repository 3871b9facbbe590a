from odoo import api, fields, models
from odoo.addons.campus_card.campus_core.access import door_state
from odoo.addons.campus_terminal.edge_http import server_time_ms
from odoo.exceptions import UserError, ValidationError

from ..door_seen import seen_doors

IMAGE_PX_MAX = 4096
GUARD = "campus_access.group_campus_access_guard"
#: Who sees what happens at the doors of all departments.
SEE_ALL = (
    GUARD,
    "campus_access.group_campus_access_manager",
    "campus_card.group_campus_card_device_manager",
    "campus_card.group_campus_card_auditor",
)


class CampusFloorPlan(models.Model):
    """A picture of a floor or of the campus, with doors at their places."""

    _name = "campus.floor.plan"
    _description = "Floor Plan"
    _order = "sequence, name, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    zone_id = fields.Many2one(
        "campus.zone",
        "Shows",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
        help="The doors of this zone, and of all zones inside it, are offered for the plan.",
    )
    image = fields.Image(
        "Picture",
        required=True,
        max_width=IMAGE_PX_MAX,
        max_height=IMAGE_PX_MAX,
        help="A drawing or photo, as PNG or JPEG. Its longer side becomes at most 4096 pixels.",
    )
    spot_ids = fields.One2many("campus.floor.plan.spot", "plan_id", "Doors on the Plan", copy=True)
    spot_count = fields.Integer("Number of Doors", compute="_compute_spot_count")

    @api.depends("spot_ids")
    def _compute_spot_count(self):
        for plan in self:
            plan.spot_count = len(plan.spot_ids)

    @api.constrains("company_id")
    def _check_company_of_doors(self):
        for plan in self:
            if plan.spot_ids.door_id.company_id - plan.company_id:
                raise ValidationError(self.env._("%s has doors of another company.", plan.name))

    def action_open(self):
        """Show the plan with what happens at its doors."""
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id("campus_access.campus_floor_plan_live_action")
        return {**action, "context": {"plan_id": self.id}}

    # -- the page with the plan -------------------------------------------------------------

    @api.model
    @api.readonly
    def open_plan(self, plan_id=False):
        """What the page shows: the plans there are, one of them with its doors, and what the user may do."""
        plans = self.search([("company_id", "in", self.env.companies.ids)])
        plan = plans.filtered(lambda one: one.id == plan_id) or plans[:1]
        return {
            "plans": [{"id": one.id, "name": one.name} for one in plans],
            "plan": plan._shown() if plan else False,
            "may": self._may(),
        }

    @api.model
    def _may(self):
        allows = {
            "place": ("campus.floor.plan.spot", "create"),
            "passages": ("campus.passage", "read"),
            "why": ("campus.access.why", "create"),
            "lockdown": ("campus.lockdown.raise", "create"),
        }
        may = {name: self.env[model].has_access(right) for name, (model, right) in allows.items()}
        return {**may, "watch": self.env.user.has_group(GUARD)}

    def _shown(self):
        self.ensure_one()
        spots = self.spot_ids.filtered("door_id.active")
        return {
            "id": self.id,
            "name": self.name,
            "image": f"/web/image/campus.floor.plan/{self.id}/image?unique={self.write_date:%Y%m%d%H%M%S}",
            "doors": [{**self._door(spot.door_id), "x": spot.x, "y": spot.y} for spot in spots],
            "left": [self._door(door) for door in self._offered() - spots.door_id],
            "states": self._states(spots.door_id),
        }

    def _offered(self):
        """The doors into or out of the zones of the plan."""
        inside = [
            ("inner_zone_id", "child_of", self.zone_id.id),
            ("outer_zone_id", "child_of", self.zone_id.id),
        ]
        return self.env["campus.door"].search(["|", *inside, ("company_id", "=", self.company_id.id)])

    @api.model
    def _door(self, door):
        return {
            "id": door.id,
            "name": door.name,
            "way": f"{door.outer_zone_id.name} → {door.inner_zone_id.name}",
            "zone": door.inner_zone_id.id,
        }

    @api.readonly
    def live(self):
        """``{door: [state, since when an alarm lasts, when its edge was heard last]}``, of the doors on the plan."""
        self.ensure_one()
        self.check_access("read")
        return self._states(self.spot_ids.door_id.filtered("active"))

    def _states(self, doors):
        doors = self._may_be_seen(doors)
        now_ms = server_time_ms()
        return {
            door.id: [name := door_state.state(seen, now_ms), door_state.since_ms(seen, name), heard_ms]
            for door, (seen, heard_ms) in seen_doors(self.env, doors, now_ms).items()
        }

    @api.model
    def _may_be_seen(self, doors):
        """The doors of which the user may know what happens; clerks: those of their own departments."""
        user = self.env.user
        if user.campus_all_departments or any(user.has_group(group) for group in SEE_ALL):
            return doors
        return doors.filtered_domain([("department_id", "child_of", user.campus_department_ids.ids)])

    # -- where doors are on the picture -----------------------------------------------------

    def place_door(self, door_id, x, y):
        """Put a door of the plan's company at thousandths of the picture's width and height."""
        self.ensure_one()
        self.check_access("write")
        door = self.env["campus.door"].browse(int(door_id)).exists()
        if not door:
            raise UserError(self.env._("This door is there no more."))
        door.check_access("read")
        values = {"x": int(x), "y": int(y)}
        spot = self.spot_ids.filtered(lambda one: one.door_id == door)
        if spot:
            spot.write(values)
        else:
            self.env["campus.floor.plan.spot"].create({"plan_id": self.id, "door_id": door.id, **values})

    def take_off_door(self, door_id):
        """Take a door off the plan; the door itself stays."""
        self.ensure_one()
        self.check_access("write")
        self.spot_ids.filtered(lambda one: one.door_id.id == int(door_id)).unlink()
