from odoo import models
from odoo.addons.campus_card.campus_core.ledger import topup


class CampusWallet(models.Model):
    """What may be topped up now."""

    _inherit = "campus.wallet"

    def _topup_refusal(self, amount_minor):
        """The reason, as an answer like the ledger's, why this amount may not be topped up now; None if it
        may.
        """
        self.ensure_one()
        if self.state == "closed":
            return {"ok": False, "code": "wallet_closed", "numbers": {}}
        month_minor = self.env["payment.transaction"]._campus_month_minor(self)
        refusal = topup.refusal(self.company_id._campus_topup_rules(), amount_minor, month_minor)
        return refusal and {"ok": False, "code": refusal.code, "numbers": dict(refusal.numbers)}
