from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import file_open

from ..campus_core import archiving, card_state
from ..campus_core.errors import Refusal
from ..html_text import to_html

# The verb that leads from one state to another: the core's table, read backwards.
VERB_BETWEEN = {
    (state, target): verb for state, moves in card_state.MOVES.items() for verb, target in moves.items()
} | {(card_state.LOST, card_state.FROZEN): card_state.FOUND}

CAN_EXPIRE = [state for state, moves in card_state.MOVES.items() if card_state.EXPIRE in moves]
CRON_BATCH = 500
LOST_ACTIVITY = "campus_card.mail_activity_type_lost_card"


# States in which a card may be made: nobody has it yet.
BEGINNINGS = (card_state.REQUESTED, card_state.APPROVED, card_state.PRODUCED)


class CampusCard(models.Model):
    """What can be done with a card. The table of moves is ``campus_core.card_state``."""

    _inherit = "campus.card"

    def action_approve(self):
        """Approve cards that were asked for. Raises ``UserError`` where the state forbids it, as all verbs
        here.
        """
        return self._do(card_state.APPROVE)

    def action_produce(self):
        """Note that the cards are made."""
        return self._do(card_state.PRODUCE)

    def action_issue(self):
        """Note that the cards were handed out."""
        return self._do(card_state.ISSUE)

    def action_activate(self):
        """Make the cards pay. Raises ``UserError`` for a card without a UID (but a phone) or over its last
        day.
        """
        return self._do(card_state.ACTIVATE)

    def action_freeze(self):
        """Stop the cards until they are unfrozen."""
        return self._do(card_state.FREEZE)

    def action_unfreeze(self):
        """Let frozen cards pay again."""
        return self._do(card_state.UNFREEZE)

    def action_report_lost(self):
        """Stop cards that are lost; somebody is asked to follow it up."""
        return self._do(card_state.REPORT_LOST)

    def action_found(self):
        """Bring cards that were lost back to the state they had before."""
        return self._do(card_state.FOUND)

    def action_expire(self):
        """Close cards whose time is over."""
        return self._do(card_state.EXPIRE)

    def action_return(self):
        """Close cards that were given back."""
        return self._do(card_state.RETURN)

    def action_replace(self):
        """Return the dialog that makes a new card for this one."""
        self.ensure_one()
        return self.env["ir.actions.act_window"]._for_xml_id("campus_card.campus_card_replace_action")

    def action_view_wallet(self):
        """Return the action that opens the wallet of the card."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "campus.wallet",
            "res_id": self.wallet_id.id,
            "views": [(False, "form")],
        }

    def action_view_transfers(self):
        """Return the action that lists the transfers of the card's wallet."""
        self.ensure_one()
        return self.wallet_id.action_view_transfers()

    def action_view_holder_cards(self):
        """Return the action that lists all cards of the holder."""
        self.ensure_one()
        return self.partner_id.action_view_campus_cards()

    def _do(self, verb, reason=None):
        """Move the cards by ``verb`` to the first stage of the state that follows.

        Raises ``UserError`` when the core's table refuses it for one of the cards.
        """
        stages = self.env["campus.card.stage"]
        vals = {} if reason is None else {"state_reason": reason}
        for (state, before), cards in self.grouped(lambda card: (card.state, card.state_before_loss)).items():
            following = card_state.move(state, verb, before=before or None)
            if isinstance(following, Refusal):
                raise UserError(cards._move_refused(self._verb_label(verb)))
            cards.write({"stage_id": stages._first_of(following).id, **vals})
        return True

    def _verb_for(self, state, before, stage):
        """Return the verb that brings these cards to ``stage``; None inside one state."""
        if stage.state == state:
            return None
        verb = VERB_BETWEEN.get((state, stage.state))
        if not verb or card_state.move(state, verb, before=before or None) != stage.state:
            raise UserError(self._move_refused(stage.name))
        if verb == card_state.REPLACE and not all(card.replaced_by_id for card in self):
            raise UserError(
                self.env._("A card is replaced with the button “Replace”, which makes the new card.")
            )
        return verb

    def _prepare_move(self, verb, state):
        """Return the values that ``verb`` sets beside the stage, and refuse what it lacks."""
        self._check_in_use_is_restored(verb, state)
        now = fields.Datetime.now()
        if verb == card_state.ACTIVATE:
            self._check_can_be_active()
        return {
            card_state.ISSUE: {"issued_at": now},
            card_state.ACTIVATE: {"closed_at": False, "state_reason": False},
            card_state.FREEZE: {"frozen_at": now},
            card_state.UNFREEZE: {"frozen_at": False, "state_reason": False},
            card_state.REPORT_LOST: {"lost_at": now, "state_before_loss": state},
            card_state.FOUND: {"lost_at": False, "state_before_loss": False, "state_reason": False},
            card_state.EXPIRE: {"closed_at": now},
            card_state.REPLACE: {"closed_at": now},
            card_state.RETURN: {"closed_at": now},
        }.get(verb, {})

    def _after_move(self, verb):
        """Hook: what follows from a move, once it is written."""
        if verb == card_state.REPORT_LOST:
            for card in self:
                card._schedule_lost_follow_up()
        elif verb in (card_state.FOUND, card_state.REPLACE, card_state.RETURN):
            self.activity_feedback([LOST_ACTIVITY])

    def _check_can_be_active(self):
        for card in self:
            today = card.company_id._campus_today()
            if not card.uid and card.kind != "phone":
                raise UserError(self.env._("Card %s needs the UID of its chip first.", card.number))
            if card.valid_until and card.valid_until < today:
                raise UserError(
                    self.env._(
                        "Card %(card)s was valid until %(date)s: give it a later date first.",
                        card=card.number,
                        date=fields.Date.to_string(card.valid_until),
                    )
                )

    def _schedule_lost_follow_up(self):
        """Ask who is responsible for the card's department, or else the user, to find out what became of the
        card.
        """
        user = self.department_id.responsible_id
        if not user and self.env.user._is_internal():
            user = self.env.user
        if user:
            card = self.with_context(lang=user.lang)
            card.activity_schedule(
                LOST_ACTIVITY,
                user_id=user.id,
                note=to_html(card.env._("Ask the holder whether the card has turned up, or replace it.")),
            )

    def _move_refused(self, target):
        """Say why ``target`` (a verb or a stage) is not possible and what is."""
        card = self[:1]
        possible = [self._verb_label(verb) for verb in card_state.verbs(card.state)]
        return self.env._(
            "%(target)s: not possible for card %(card)s, which is %(state)s. Possible: %(verbs)s.",
            target=target,
            card=card.number,
            state=dict(self._fields["state"]._description_selection(self.env))[card.state],
            verbs=", ".join(possible) or self.env._("nothing any more"),
        )

    def _verb_label(self, verb):
        return {
            card_state.APPROVE: self.env._("Approve"),
            card_state.PRODUCE: self.env._("Produce"),
            card_state.ISSUE: self.env._("Issue"),
            card_state.ACTIVATE: self.env._("Activate"),
            card_state.FREEZE: self.env._("Freeze"),
            card_state.UNFREEZE: self.env._("Unfreeze"),
            card_state.REPORT_LOST: self.env._("Report Lost"),
            card_state.FOUND: self.env._("Found"),
            card_state.EXPIRE: self.env._("Expire"),
            card_state.REPLACE: self.env._("Replace"),
            card_state.RETURN: self.env._("Return"),
        }[verb]

    def _track_template(self, changes):
        templates = super()._track_template(changes)
        template = self[:1].stage_id.mail_template_id
        if "stage_id" in changes and template and self[:1].partner_id.email:
            templates["stage_id"] = (template, {"email_layout_xmlid": "mail.mail_notification_light"})
        return templates

    @api.model
    def _cron_expire(self):
        """Expire the cards whose last valid day is over, by the calendar of each card's company."""
        companies = self.env["res.company"].search([("active", "in", (True, False))])
        domain = Domain("state", "in", CAN_EXPIRE) & Domain.OR(
            Domain("company_id", "=", company.id) & Domain("valid_until", "<", company._campus_today())
            for company in companies
        )
        cron = self.env["ir.cron"]
        cron._commit_progress(remaining=self.search_count(domain))
        while cards := self.search(domain, limit=CRON_BATCH).try_lock_for_update().filtered_domain(domain):
            cards._do(card_state.EXPIRE)
            if not cron._commit_progress(len(cards)):
                break

    # -- archiving ---------------------------------------------------------------

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

    def _check_in_use_is_restored(self, verb, state):
        """A card that its holder gets into the hand is not archived, and neither is the holder."""
        if card_state.MOVES[state].get(verb) not in archiving.IN_HAND:
            return
        for card in self:
            if not card.active:
                raise UserError(self.env._("Card %s is archived. Restore it first.", card.number))
            # sudo: whether the holder is archived is asked for every card
            if not card.partner_id.sudo().active:
                raise UserError(
                    self.env._("%s is archived. Restore the holder first.", card.partner_id.display_name)
                )

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
