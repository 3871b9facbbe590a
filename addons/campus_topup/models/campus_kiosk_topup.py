import secrets

import qrcode
from odoo import fields, models
from odoo.addons.campus_card.campus_core import money
from odoo.addons.campus_card.campus_core.credentials import kiosk_rules
from odoo.exceptions import UserError

from ..const import KIOSK_LINK_S, KIOSK_LINK_TRIES, KIOSK_LINK_WINDOW_S

QUIET_MODULES = 4
# Letters that are not confused with others. The kiosk and the phone show the same ones.
CODE_LETTERS = "ACDEFHJKMNPRTUVWXY34679"
CODE_LENGTH = 4
#: Seconds for which the screen shows each stage of a payment without a touch.
STAGE_S = {
    "waiting": kiosk_rules.SCAN_S,
    "failed": kiosk_rules.SCAN_S,
    "opened": kiosk_rules.PAYING_S,
    "coming": kiosk_rules.DONE_S,
    "paid": kiosk_rules.DONE_S,
    "refused": kiosk_rules.DONE_S,
    "over": kiosk_rules.DONE_S,
}


class CampusKioskSession(models.Model):
    """Top up at a kiosk: it shows a link for one payment, and the holder pays on the phone."""

    _inherit = "campus.kiosk.session"

    topup_link_id = fields.Many2one("campus.topup.link", readonly=True, ondelete="set null")

    def _topup_values(self):
        """``{presets, left}``: the amounts that may be topped up now."""
        self.ensure_one()
        wallet = self._wallet()
        portal = self.env["campus.portal"].with_company(self.company_id)
        month_minor = self.env["payment.transaction"]._campus_month_minor(wallet)
        values = portal._amount_values(wallet, month_minor)
        return {"presets": values["presets"], "closed": wallet.state == "closed"}

    def _begin_topup(self, amount_text):
        """Make the link for one payment. Raises ``UserError`` with the reason if it may not be made."""
        self.ensure_one()
        wallet = self._wallet()
        portal = self.env["campus.portal"].with_company(self.company_id)
        amount_minor = portal._amount_minor(amount_text)
        portal._check_topup(wallet, amount_minor)
        if not self.env["campus.rate"]._may_try(
            "kiosk link", wallet.id, KIOSK_LINK_TRIES, KIOSK_LINK_WINDOW_S
        ):
            raise UserError(self.env["campus.ledger"]._explain({"code": "rate_limited"}))
        self._drop_topup()
        # the phone shows this text and no name: the payer compares it with the text on the kiosk
        code = "".join(secrets.choice(CODE_LETTERS) for _letter in range(CODE_LENGTH))
        shown_name = f"{self.kiosk_id.name} · {code}"
        self.topup_link_id = self.env["campus.topup.link"]._make_once(
            wallet, amount_minor, shown_name, KIOSK_LINK_S
        )

    def _drop_topup(self):
        """End a link that no phone has opened, with the screen that showed it. A payment that has begun goes
        on.
        """
        links = self.topup_link_id
        links.filtered(lambda link: link._progress() in ("waiting", "failed"))._revoke()
        self.topup_link_id = False

    def _end(self):
        for session in self:
            session._drop_topup()
        return super()._end()

    def _payment_values(self, url_root):
        """What the screen shows of the payment: ``{stage, title, code, qr, balance, idle_s}``."""
        self.ensure_one()
        link, wallet = self.topup_link_id, self._wallet()
        stage = link._progress() if link else "over"
        to_text = self.env["campus.amount"]._to_text
        # sudo: the link belongs to this session; nobody may read its token elsewhere
        url = f"{url_root.rstrip('/')}/card/topup/{link.sudo().token}" if link else ""
        return {
            "stage": stage,
            "title": self._stage_title(stage, to_text(link.amount_minor, wallet.currency_id)),
            "code": link.shown_name and link.shown_name.rpartition(" ")[2],
            "qr": _picture(url) if stage in ("waiting", "failed") else None,
            "symbol": wallet.currency_id.symbol,
            "balance": money.format_minor(wallet.available_minor),
            "idle_s": STAGE_S[stage],
        }

    def _stage_title(self, stage, amount):
        return {
            "opened": self.env._("Pay %s on your phone", amount),
            "coming": self.env._("The payment is on its way"),
            "paid": self.env._("Paid: %s", amount),
            "refused": self.env._("%s was paid", amount),
            "over": self.env._("This code has expired"),
        }.get(stage) or self.env._("Pay %s with your phone", amount)


def _picture(text):
    """``{size, path}``: a QR code as a path for an SVG, with the white border that scanners need."""
    code = qrcode.QRCode(border=QUIET_MODULES, error_correction=qrcode.constants.ERROR_CORRECT_M)
    code.add_data(text)
    code.make(fit=True)
    rows = code.get_matrix()
    path = "".join(
        f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, is_dark in enumerate(row) if is_dark
    )
    return {"size": len(rows), "path": path}
