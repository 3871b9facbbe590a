from odoo import api, fields, models


class CampusDepartment(models.Model):
    """A faculty, school, class or office: the tree that holders and clerks' rights hang on."""

    _name = "campus.department"
    _description = "Campus Department"
    _parent_store = True
    _parent_name = "parent_id"
    _order = "complete_name, id"
    _rec_name = "complete_name"
    _rec_names_search = ["complete_name", "code"]
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    complete_name = fields.Char(
        "Full Name", compute="_compute_complete_name", recursive=True, store=True, translate=False
    )
    code = fields.Char(required=True, copy=False, help="Short code, as used in import files.")
    parent_id = fields.Many2one(
        "campus.department", "Parent Department", index=True, ondelete="restrict", check_company=True
    )
    parent_path = fields.Char(index=True)
    child_ids = fields.One2many("campus.department", "parent_id", "Sub-departments")
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    responsible_id = fields.Many2one(
        "res.users",
        "Card Officer",
        help="Receives the follow-up activities of this department's cards, such as a lost card.",
    )
    holder_ids = fields.One2many("res.partner", "campus_department_id", "Holders")
    holder_count = fields.Integer("Number of Holders", compute="_compute_holder_count")
    holder_properties_definition = fields.PropertiesDefinition("Holder Properties")
    active = fields.Boolean(default=True)

    _code_company_unique = models.Constraint(
        "UNIQUE(company_id, code)", "Another department of this company has this code already."
    )

    @api.depends("name", "parent_id.complete_name")
    def _compute_complete_name(self):
        for department in self:
            parent = department.parent_id.complete_name
            department.complete_name = f"{parent} / {department.name}" if parent else department.name

    def _compute_holder_count(self):
        """Holders of the department and of everything below it."""
        counts = self.env["res.partner"]._read_group(
            [("campus_department_id", "child_of", self.ids)], ["campus_department_id"], ["__count"]
        )
        for department in self:
            path = department.parent_path or "-"
            department.holder_count = sum(
                count for below, count in counts if (below.parent_path or "").startswith(path)
            )

    def action_view_holders(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("campus_card.campus_holder_action")
        action["domain"] = [("campus_department_id", "child_of", self.id)]
        action["context"] = {"default_campus_department_id": self.id}
        return action
