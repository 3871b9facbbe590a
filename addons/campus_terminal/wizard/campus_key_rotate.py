from odoo import api, fields, models

from ..models.campus_key import CURRENT, DRAFT, PREVIOUS


class CampusKeyRotate(models.TransientModel):
    """Leads through the renewal of the key; says what the next step waits for."""

    _name = "campus.key.rotate"
    _description = "Renew the Key of the Campus"

    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, default=lambda self: self.env.company
    )
    step = fields.Selection(
        [
            ("prepare", "1. Make a New Key Known"),
            ("activate", "2. Sign with the New Key"),
            ("retire", "3. Retire the Old Key"),
        ],
        compute="_compute_step",
    )
    current_key_id = fields.Many2one("campus.key", "Signs Now", compute="_compute_step")
    step_key_id = fields.Many2one("campus.key", "Key of This Step", compute="_compute_step")
    waiting_edge_ids = fields.Many2many("campus.edge", "Edges to Wait For", compute="_compute_step")
    certificate_count = fields.Integer("Phones to Wait For", compute="_compute_step")
    is_ready = fields.Boolean(compute="_compute_step")

    @api.depends("company_id")
    def _compute_step(self):
        for wizard in self:
            # sudo: the first key of a company is made where it is first needed
            keys = self.env["campus.key"].sudo()._good_keys(wizard.company_id)
            draft = keys.filtered(lambda key: key.state == DRAFT)
            previous = keys.filtered(lambda key: key.state == PREVIOUS)
            key = draft or previous
            wizard.step = "activate" if draft else "retire" if previous else "prepare"
            wizard.current_key_id = keys.filtered(lambda key: key.state == CURRENT)
            wizard.step_key_id = key
            wizard.waiting_edge_ids = key.waiting_edge_ids
            wizard.certificate_count = key.certificate_count
            wizard.is_ready = not key.waiting_edge_ids and not key.certificate_count

    def action_next(self):
        """Do the step and show the following one."""
        self.ensure_one()
        key = self.step_key_id.sudo(False)
        if self.step == "prepare":
            self.env["campus.key"]._prepare_next(self.company_id)
        elif self.step == "activate":
            key.action_activate()
        else:
            key.action_retire()
        return self.env["ir.actions.act_window"]._for_xml_id("campus_terminal.campus_key_rotate_action")
