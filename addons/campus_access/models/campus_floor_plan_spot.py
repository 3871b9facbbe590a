from odoo import fields, models


class CampusFloorPlanSpot(models.Model):
    """Where a door is on a plan, in thousandths of the picture's width and height."""

    _name = "campus.floor.plan.spot"
    _description = "Door on a Floor Plan"
    _order = "plan_id, door_id"
    _rec_name = "door_id"
    _check_company_auto = True

    plan_id = fields.Many2one(
        "campus.floor.plan", "Floor Plan", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="plan_id.company_id", store=True, index=True)
    door_id = fields.Many2one(
        "campus.door", required=True, index=True, ondelete="cascade", check_company=True
    )
    x = fields.Integer("From the Left (‰)", default=500, required=True)
    y = fields.Integer("From the Top (‰)", default=500, required=True)

    _once = models.Constraint("UNIQUE(plan_id, door_id)", "This door is on the plan already.")
    _inside = models.Constraint(
        "CHECK (x BETWEEN 0 AND 1000 AND y BETWEEN 0 AND 1000)", "A door is put inside the picture."
    )
