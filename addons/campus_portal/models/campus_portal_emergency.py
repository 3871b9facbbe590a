from odoo import api, models
from odoo.addons.campus_card.campus_core import money

NEW_CODES_A_DAY = 10


class CampusPortal(models.AbstractModel):
    """The holder's emergency code."""

    _inherit = "campus.portal"

    @api.model
    def _actions(self):
        mine = [{"icon": "key", "label": self.env._("Emergency code"), "url": "/my/card/emergency"}]
        return [*super()._actions(), *mine]

    @api.model
    def _emergency_values(self):
        holder = self._need_holder()
        record = holder.env["campus.emergency"]._of(holder, self._company())
        # sudo: holders do not read companies; the limit is shown to them
        company = self._company().sudo()
        return {
            "number": holder.campus_number,
            "set_at": record.set_at,
            "cap": money.format_minor(company.campus_emergency_cap_minor),
            "symbol": company.currency_id.symbol,
            "is_on": company.campus_emergency_cap_minor > 0,
        }

    @api.model
    def _new_emergency_code(self):
        """A new code such as ``1234 5678``, or None if the holder made too many today."""
        holder = self._need_holder()
        if not self.env["campus.rate"]._may_try("emergency", self.env.uid, NEW_CODES_A_DAY, 86400):
            return None
        code = holder.env["campus.emergency"]._renew(holder, self._company())
        return f"{code[:4]} {code[4:]}"

    @api.model
    def _how_paid(self, uuids):
        # sudo: it looks only for transfers of the holder's own wallet
        uses = self.env["campus.credential.use"].sudo().search([("payment", "in", uuids)])
        words = {"phone": self.env._("phone"), "emergency": self.env._("emergency code")}
        return super()._how_paid(uuids) | {use.payment: words[use.kind] for use in uses}
