from odoo import api, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import file_open

from ..campus_core import archiving, card_state

# States in which a card may be made: nobody has it yet.
BEGINNINGS = (card_state.REQUESTED, card_state.APPROVED, card_state.PRODUCED)


class CampusCard(models.Model):
    """When a card may be archived, and what an active card must have; see ``campus_core.archiving``."""

    _inherit = "campus.card"

    _archived_check = models.Constraint(
        "CHECK (active OR state IS NULL OR state NOT IN ('issued', 'active', 'frozen', 'lost'))",
        "A card in somebody's hands is not archived: return it first.",
    )
    _active_uid_check = models.Constraint(
        "CHECK (state IS NULL OR state <> 'active' OR uid IS NOT NULL OR kind = 'phone')",
        "An active card needs the UID of its chip.",
    )

    def init(self):
        # The last of the models that these rules are about.
        with file_open("campus_card/data/archive_schema.sql") as schema:
            self.env.cr.execute(schema.read())

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            for vals in vals_list:
                self._check_first_stage(vals.get("stage_id"))
        return super().create(vals_list)

    def _check_first_stage(self, stage_id):
        """A card begins before it is handed out, whatever door it comes in by; the verbs do the rest."""
        stage = self.env["campus.card.stage"].browse(stage_id or [])
        if stage and stage.state not in BEGINNINGS:
            raise UserError(
                self.env._(
                    "A new card cannot begin as “%(stage)s”. Create it as “%(first)s” and move it on with "
                    "the buttons of the card.",
                    stage=stage.name,
                    first=self.env["campus.card.stage"]._first_of(card_state.REQUESTED).name,
                )
            )

    def _prepare_move(self, verb, state):
        if card_state.MOVES[state].get(verb) in archiving.IN_HAND:
            for card in self:
                if not card.active:
                    raise UserError(self.env._("Card %s is archived. Restore it first.", card.number))
                # sudo: whether the holder is archived is asked for every card
                if not card.partner_id.sudo().active:
                    raise UserError(
                        self.env._("%s is archived. Restore the holder first.", card.partner_id.display_name)
                    )
        return super()._prepare_move(verb, state)

    @api.constrains("uid", "kind")
    def _check_uid_while_active(self):
        for card in self:
            if card.state == card_state.ACTIVE and not card.uid and card.kind != "phone":
                raise ValidationError(self.env._("Card %s is active and keeps its UID.", card.number))

    def write(self, vals):
        if "active" in vals and not vals["active"]:
            for card in self.filtered("active"):
                if archiving.card(card.state):
                    raise UserError(
                        self.env._(
                            "Card %s is in somebody's hands: return it first, then archive it.", card.number
                        )
                    )
        return super().write(vals)
