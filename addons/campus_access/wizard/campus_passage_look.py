from odoo import api, fields, models
from odoo.exceptions import UserError


class CampusPassageLook(models.TransientModel):
    """The step before names: state why. The people see it in the portal."""

    _name = "campus.passage.look"
    _description = "Look at People's Passages"

    partner_id = fields.Many2one(
        "res.partner", "Person", help="Empty: the people of the passages that you have chosen."
    )
    passage_count = fields.Integer(compute="_compute_passage_count")
    reason = fields.Char(required=True)

    @api.depends_context("active_ids")
    def _compute_passage_count(self):
        for look in self:
            look.passage_count = len(self._chosen())

    @api.model
    def _chosen(self):
        context = self.env.context
        ids = context.get("active_ids") if context.get("active_model") == "campus.passage" else None
        return self.env["campus.passage"].browse(ids or [])

    def action_look(self):
        """Show the passages with their names."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("campus_access.campus_passage_action")
        if self.partner_id:
            self.env["campus.look"]._begin("person", self.reason, self.partner_id)
            of_person = [("partner_id", "=", self.partner_id.id), ("company_id", "=", self.env.company.id)]
            # sudo: nobody may search by person; the look was written down before
            passages = self.env["campus.passage"].sudo().search(of_person, limit=2000)
        else:
            passages = self._chosen()
            passages.check_access("read")
            # sudo: nobody may read whose passages they are; the look is written down before they are shown
            people = passages.sudo().partner_id
            if not people:
                raise UserError(self.env._("Choose passages of people first, or a person."))
            self.env["campus.look"]._begin("list", self.reason, people)
        return {**action, "domain": [("id", "in", passages.ids)], "context": {}}
