from odoo import api, fields, models


class CampusStudyGroup(models.Model):
    """People who have lessons together: a class, or those who take one course with one teacher."""

    _name = "campus.study.group"
    _description = "Study Group"
    _inherit = ["mail.thread"]
    _order = "name, id"
    _check_company_auto = True

    name = fields.Char(required=True, tracking=True)
    active = fields.Boolean(default=True, tracking=True)
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    department_id = fields.Many2one(
        "campus.department", check_company=True, ondelete="restrict", index="btree_not_null", tracking=True
    )
    member_ids = fields.Many2many(
        "res.partner",
        "campus_study_group_member_rel",
        "group_id",
        "partner_id",
        "Members",
        ondelete="restrict",
    )
    member_count = fields.Integer("Number of Members", compute="_compute_member_count")

    _name_unique = models.Constraint("UNIQUE(company_id, name)", "Another group has this name.")

    @api.depends("member_ids")
    def _compute_member_count(self):
        for group in self:
            # sudo: how many people are in a group is no secret of the people
            group.member_count = len(group.sudo().member_ids)
