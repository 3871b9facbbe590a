from odoo import api, fields, models

from ..const import CHANNELS


class CampusAlertPreference(models.Model):
    """On which channels a holder wants to hear of a rule. A line without a rule applies to all rules without
    a line of their own.
    """

    _name = "campus.alert.preference"
    _description = "Alert Preference"
    _order = "partner_id, rule_id"

    partner_id = fields.Many2one("res.partner", "Holder", required=True, index=True, ondelete="cascade")
    rule_id = fields.Many2one("campus.alert.rule", ondelete="cascade", index="btree_not_null")
    mail = fields.Boolean("E-mail")
    inbox = fields.Boolean("Odoo Inbox")
    push = fields.Boolean("Phone (Push)")
    sms = fields.Boolean("SMS")

    _one_unique = models.UniqueIndex(
        "(partner_id, COALESCE(rule_id, 0))", "This holder has a choice for this rule already."
    )

    @api.model
    def _channels(self, rule, partner):
        """The set of channels on which this person hears of this rule."""
        default = {channel for channel in CHANNELS if rule[f"channel_{channel}"]}
        # Staff who are named in a rule hear on the channels of the rule.
        if not rule.holder_may_mute:
            return default
        choices = self.search([("partner_id", "=", partner.id), ("rule_id", "in", [rule.id, False])])
        choice = choices.filtered("rule_id") or choices
        return {channel for channel in CHANNELS if choice[channel]} if choice else default

    @api.model
    def _choose(self, partner, rule, channels):
        """Store a person's choice: the set of channels for one rule, or for all rules if ``rule`` is empty."""
        vals = {channel: channel in channels for channel in CHANNELS}
        choice = self.search([("partner_id", "=", partner.id), ("rule_id", "=", rule.id or False)])
        if choice:
            choice.write(vals)
        else:
            self.create({"partner_id": partner.id, "rule_id": rule.id or False, **vals})
