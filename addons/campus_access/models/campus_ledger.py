from odoo import api, models


class CampusLedger(models.AbstractModel):
    """The sentences for codes that only doors have."""

    _inherit = "campus.ledger"

    @api.model
    def _sentences(self):
        return {
            **super()._sentences(),
            "access_no_right": self.env._("No right leads through this door."),
            "access_denied": self.env._("The right “%(rule_name)s” denies this door."),
            "access_outside_time": self.env._("The right “%(rule_name)s” does not hold at this time."),
            "access_door_unknown": self.env._("This reader belongs to no door."),
            "access_door_locked": self.env._("This door is locked for everybody."),
            "access_lockdown": self.env._("The zone is locked down."),
            "access_passback": self.env._(
                "The card says that this person is inside already, or never went in."
            ),
            "access_passback_time": self.env._("This person went in a moment ago: wait %(left_s)s seconds."),
            "access_unverified": self.env._("The network is away, so nobody can check where this person is."),
            "access_zone_full": self.env._("The zone is full: at most %(limit)s people may be in it."),
            "access_escort_missing": self.env._("A companion has to present a card right before."),
            "access_first_missing": self.env._("Nobody who opens this zone has come yet today."),
            "access_second_missing": self.env._("A second person has to present a card as well."),
            "access_interlock": self.env._("Another door of the same lock is open: shut it first."),
            "access_pin_needed": self.env._("The door PIN is needed."),
            "access_pin_wrong": self.env._("The door PIN is wrong."),
            "access_pin_locked": self.env._("Too many wrong door PINs. Try again later."),
            "access_pin_unset": self.env._("This person has chosen no door PIN."),
        }

    @api.model
    def _plain_sentences(self):
        return {
            **super()._plain_sentences(),
            "access_denied": self.env._("A right denies this door."),
            "access_outside_time": self.env._("There is a right, but it does not hold at this time."),
            "access_passback_time": self.env._("This person went in a moment ago."),
            "access_zone_full": self.env._("The zone is full."),
        }
