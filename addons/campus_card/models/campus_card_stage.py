from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from .campus_card_states import CARD_STATES


class CampusCardStage(models.Model):
    """A column of the card workflow.

    A school may have as many stages as it likes; each stands for one state of
    ``campus_core.card_state``, which alone decides what a card may do next.
    """

    _name = "campus.card.stage"
    _description = "Campus Card Stage"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    state = fields.Selection(
        CARD_STATES,
        required=True,
        help="What this stage means for the card: which verbs are possible and whether it can be used.",
    )
    fold = fields.Boolean("Folded in Kanban")
    mail_template_id = fields.Many2one(
        "mail.template",
        "Mail",
        domain=[("model", "=", "campus.card")],
        help="Sent to the holder when a card arrives in this stage.",
    )
    description = fields.Text(translate=True)
    active = fields.Boolean(default=True)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_last_of_state(self):
        for state in set(self.mapped("state")):
            if not self.search_count([("state", "=", state), ("id", "not in", self.ids)], limit=1):
                raise UserError(
                    self.env._(
                        "The last stage for “%s” cannot be deleted.",
                        dict(self._fields["state"]._description_selection(self.env))[state],
                    )
                )

    def write(self, vals):
        if vals.get("active") is False:
            self._unlink_except_last_of_state()
        if "state" in vals:
            self._check_free(vals["state"])
        return super().write(vals)

    def _check_free(self, state):
        """Refuse to move all cards of a stage to another state behind the verbs' back."""
        changed = self.filtered(lambda stage: stage.state != state)
        # sudo: also cards that the user does not see stand on this stage
        cards = self.env["campus.card"].sudo().with_context(active_test=False)
        if cards.search_count([("stage_id", "in", changed.ids)], limit=1):
            raise ValidationError(
                self.env._(
                    "Stage “%s” has cards in it: make a new stage instead of changing its state.",
                    changed[0].name,
                )
            )

    @api.model
    def _first_of(self, state):
        """The first stage that stands for ``state``."""
        stage = self.search([("state", "=", state)], limit=1)
        if not stage:
            raise UserError(self.env._("No card stage is configured for the state “%s”.", state))
        return stage
