from odoo import api, fields, models
from odoo.exceptions import UserError

from ..campus_core import numbers

# Tries of one wallet's questions before the office has to wait.
TRIES, WINDOW_S = 5, 3600


class CampusPinReset(models.TransientModel):
    """Remove a forgotten PIN at the counter, after the person has answered for themselves.

    Staff never choose a PIN: either the holder types a new one at the desk, or the wallet
    has none until they choose one in the portal.
    """

    _name = "campus.pin.reset"
    _description = "Reset a PIN"

    wallet_id = fields.Many2one("campus.wallet", required=True, ondelete="cascade", readonly=True)
    partner_id = fields.Many2one(related="wallet_id.partner_id")
    image_128 = fields.Image(related="wallet_id.partner_id.image_128")
    document_seen = fields.Boolean("I have seen an identity document with a photo")
    said_number = fields.Char("Campus number, as the person says it")
    said_card = fields.Char("Last four characters of their card's number")
    said_topup = fields.Char("Amount of their last top-up")
    new_pin = fields.Char("New PIN (the holder types it)", compute="_compute_pins", inverse="_inverse_pins")
    again_pin = fields.Char("New PIN again", compute="_compute_pins", inverse="_inverse_pins")
    # What was typed is sealed at once: no PIN is ever stored as it is.
    pin_hash = fields.Char(groups=fields.NO_ACCESS, readonly=True)
    has_new_pin = fields.Boolean(readonly=True)

    @api.depends("pin_hash")
    def _compute_pins(self):
        self.new_pin = self.again_pin = False

    def _inverse_pins(self):
        for wizard in self.filtered("new_pin"):
            # sudo: nobody reads or writes the column but this wizard
            wizard.sudo().write({"pin_hash": wizard._seal_choice(), "has_new_pin": True})

    def _seal_choice(self):
        """Return what is stored of the PIN that was typed. Raises ``ValidationError`` for one that is not taken."""
        self.wallet_id._check_choice(self.new_pin, self.again_pin)
        return self.wallet_id._seal_pin(self.new_pin)

    @api.model
    def default_get(self, fields):
        values = super().default_get(fields)
        return {**values, "wallet_id": values.get("wallet_id") or self.env.context.get("active_id")}

    def action_reset(self):
        """Check the answers, then remove the PIN or take the new one."""
        self.ensure_one()
        # the right of the clerk over this wallet: own departments only
        self.wallet_id.check_access("write")
        if not self.env["campus.rate"]._may_try("pin.reset", self.wallet_id.id, TRIES, WINDOW_S):
            raise UserError(self.env._("Too many tries for this wallet. Wait an hour, or ask the manager."))
        if not self.document_seen:
            raise UserError(self.env._("Ask for an identity document first."))
        if not self._is_identified():
            raise UserError(self.env._("The answers do not fit this holder. The PIN stays as it is."))
        self._reset()
        return {"type": "ir.actions.act_window_close"}

    def _reset(self):
        """Take the new PIN, or remove the present one."""
        # sudo: nobody reads the column but this wizard
        self.wallet_id._store_pin(self.sudo().pin_hash)
        # sudo: the trail is written whoever may write on the contact
        self.partner_id.sudo().message_post(
            body=self.env._("PIN reset at the counter by %s after identity questions.", self.env.user.name),
        )

    def _is_identified(self):
        """The campus number, and one of the two things that only the holder has at hand."""
        self.ensure_one()
        holder = self.wallet_id.partner_id
        if not numbers.is_same(self.said_number or "", holder.campus_number or ""):
            return False
        return self._knows_card() or self._knows_topup()

    def _knows_card(self):
        said = numbers.normalise(self.said_card or "")
        tails = {card.number[-4:] for card in self.wallet_id.card_ids if card.number}
        return len(said) == 4 and said in tails

    def _knows_topup(self):
        if not (self.said_topup or "").strip():
            return False
        last = self.env["campus.transfer"].search(
            [("wallet_id", "=", self.wallet_id.id), ("kind", "=", "topup"), ("reverses_id", "=", False)],
            limit=1,
        )
        said_minor = self.env["campus.amount"]._to_minor(self.said_topup)
        return bool(last) and said_minor == last.amount_minor
