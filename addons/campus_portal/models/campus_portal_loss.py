from odoo import api, models
from odoo.addons.campus_card.campus_core import card_state, money

REPORTS_A_DAY = 20


class CampusPortal(models.AbstractModel):
    """A holder's own loss report."""

    _inherit = "campus.portal"

    @api.model
    def _actions(self):
        lost = {"icon": "lost", "label": self.env._("Report lost"), "url": "/my/card/lost", "danger": True}
        return [*super()._actions(), lost]

    @api.model
    def _notes(self):
        loss = self._open_loss()
        if not loss:
            return super()._notes()
        note = {
            "kind": "bad",
            "icon": "lost",
            "text": self.env._("Your card is reported lost and frozen."),
            "url": "/my/card/lost",
            "label": self.env._("See what you can do"),
        }
        return [note, *super()._notes()]

    @api.model
    def _open_loss(self):
        holder = self._need_holder()
        return holder.env["campus.loss"]._open_of(holder, self._company())

    @api.model
    def _loss_values(self):
        # sudo: holders do not read companies; the fee is shown to them
        loss, company = self._open_loss(), self._company().sudo()
        kinds = dict(self.env["campus.card"]._fields["kind"]._description_selection(self.env))
        cards = loss.card_ids.filtered(lambda card: card.state == card_state.LOST)
        if not loss:
            cards = self._cards()
        return {
            "loss": loss and {"at": loss.reported_at, "frozen": loss.wallet_id.state == "frozen"},
            "cards": [
                {
                    "id": card.id,
                    "kind": card.kind,
                    "name": kinds[card.kind],
                    "number": f"···{card.number[-4:]}",
                    "may_replace": card.kind != "phone",
                }
                for card in cards
            ],
            "fee": money.format_minor(company.campus_replacement_fee_minor),
            "symbol": company.currency_id.symbol,
            "not_told": loss._devices_not_told() if loss else [],
            "available": money.format_minor(self._wallet().available_minor),
        }

    @api.model
    def _report_loss(self, channel="portal"):
        """Freeze everything of the holder. Returns False if the holder did it too often today."""
        holder = self._need_holder()
        if not self.env["campus.rate"]._may_try("loss", self.env.uid, REPORTS_A_DAY, 86400):
            return False
        holder.env["campus.loss"]._report(holder, self._company(), channel)
        return True

    @api.model
    def _found_again(self, card_id=None):
        """End the freeze of the holder's own report, for all cards or for one."""
        card = self._own_card(card_id) if card_id else None
        self._open_loss()._found(card)

    @api.model
    def _replace_lost(self, card_id):
        """Order a new card in place of the holder's own lost one and charge the fee."""
        card = self._own_card(card_id)
        # sudo: holders do not read companies; this is the fee that was shown to them
        fee_minor = self._company().sudo().campus_replacement_fee_minor
        return self._open_loss()._replace(card, fee_minor)
