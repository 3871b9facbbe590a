from odoo import fields, models


class CampusDepartmentMerge(models.TransientModel):
    """Put a department into another one, for example after a reform of the faculties."""

    _name = "campus.department.merge"
    _description = "Merge a Department"

    source_id = fields.Many2one("campus.department", "Department", required=True, ondelete="cascade")
    company_id = fields.Many2one(related="source_id.company_id")
    holder_count = fields.Integer("People Below It", related="source_id.holder_count")
    target_id = fields.Many2one(
        "campus.department",
        "Goes Into",
        required=True,
        ondelete="cascade",
        domain="[('company_id', '=', company_id), ('id', '!=', source_id)]",
    )

    def action_merge(self):
        """Merge, and show the department that is left."""
        self.ensure_one()
        self.source_id._merge_into(self.target_id)
        return {
            "type": "ir.actions.act_window",
            "res_model": "campus.department",
            "res_id": self.target_id.id,
            "view_mode": "form",
            "views": [(False, "form")],
        }
