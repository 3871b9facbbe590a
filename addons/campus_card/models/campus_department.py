from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command


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
    merged_into_id = fields.Many2one(
        "campus.department", readonly=True, copy=False, ondelete="restrict", check_company=True
    )

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

    # -- Departments that are no more ------------------------------------------------

    def write(self, vals):
        if not vals.get("active", True):
            self._check_empty()
        elif vals.get("active"):
            # A department that is there again is nobody's part any more.
            merged = self.filtered("merged_into_id")._campus_giving("merged_into_id")
            super(CampusDepartment, merged).write({"merged_into_id": False})
        return super().write(vals)

    def _check_empty(self):
        """Only an empty department is archived: nobody would find its people any more."""
        for department in self.filtered("active"):
            # sudo: also people and departments that the user does not see
            below = department.sudo().search(
                [("id", "child_of", department.ids), ("id", "!=", department.id)]
            )
            # sudo: both sides of the difference are of one environment
            if below - self.sudo():
                raise UserError(
                    self.env._(
                        "%(name)s has sub-departments: archive or move these first.",
                        name=department.display_name,
                    )
                )
            # sudo: as above
            holders = (
                self.env["res.partner"].sudo().search_count([("campus_department_id", "=", department.id)])
            )
            if holders:
                raise UserError(
                    self.env._(
                        "%(count)s people belong to %(name)s. Move them, or merge it into another department.",
                        count=holders,
                        name=department.display_name,
                    )
                )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        """People, and rights of card officers, hang on a department."""
        for department in self:
            named = [("campus_department_id", "=", department.id)]
            # sudo: also people and users that the user does not see
            holders = self.env["res.partner"].sudo().with_context(active_test=False).search_count(named)
            if holders:
                raise UserError(
                    self.env._(
                        "%(count)s people belong to %(name)s. Merge it into another department instead.",
                        count=holders,
                        name=department.display_name,
                    )
                )
            officers = department._limited_users()
            if officers:
                raise UserError(
                    self.env._(
                        "%(users)s may see only %(name)s and what is below it. Change their departments first, or "
                        "merge it into another department.",
                        users=", ".join(officers.mapped("name")),
                        name=department.display_name,
                    )
                )

    def _limited_users(self):
        """Users whose rights hang on these departments."""
        # sudo: card officers do not read each other's rights
        users = self.env["res.users"].sudo().with_context(active_test=False)
        return users.search([("campus_department_ids", "in", self.ids)])

    def _merge_into(self, target):
        """Give all that hangs on this department to another one, and archive it."""
        self.ensure_one()
        self.check_access("write")
        target.check_access("write")
        if target.company_id != self.company_id:
            raise UserError(self.env._("Departments of two companies are not merged."))
        if not target.active:
            raise UserError(self.env._("%s is archived.", target.display_name))
        if (target.parent_path or "").startswith(self.parent_path or "-"):
            raise UserError(
                self.env._("%s cannot be merged into itself or into one below it.", self.display_name)
            )
        if not self.env.su and not self.env.user.campus_all_departments:
            raise AccessError(self.env._("Only who sees all departments merges them."))
        # sudo: everybody and everything of it goes along, also people who are archived
        source = self.sudo().with_context(active_test=False)
        holders = source.env["res.partner"].search([("campus_department_id", "=", self.id)])
        holders.write({"campus_department_id": target.id})
        source.child_ids.write({"parent_id": target.id})
        for user in self._limited_users():
            user.write({"campus_department_ids": [Command.unlink(self.id), Command.link(target.id)]})
        self.write({"active": False, "merged_into_id": target.id})

    def _heir(self):
        """The department that a merged one has become, after however many reforms; else itself."""
        department = self
        while department.merged_into_id and not department.active:
            department = department.merged_into_id
        return department

    def action_view_holders(self):
        """Return the action that lists the holders of the department."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("campus_card.campus_holder_action")
        action["domain"] = [("campus_department_id", "child_of", self.id)]
        action["context"] = {"default_campus_department_id": self.id}
        return action
