import secrets

import qrcode
from babel.dates import format_skeleton
from odoo import fields, models
from odoo.addons.campus_card.campus_core import money
from odoo.addons.campus_card.campus_core.credentials import kiosk_rules
from odoo.exceptions import UserError
from odoo.tools import date_utils
from odoo.tools.misc import babel_locale_parse

from ..const import (
    KIOSK_LINK_S,
    KIOSK_LINK_TRIES,
    KIOSK_LINK_WINDOW_S,
    KIOSK_MONTHS_BACK,
    KIOSK_PIN_TRIES,
    KIOSK_PIN_WINDOW_S,
    KIOSK_STATEMENT_TRIES,
    KIOSK_STATEMENT_WINDOW_S,
    PIN_TRIES,
    PIN_WINDOW_S,
)

OK = {"ok": True, "code": "ok", "numbers": {}}


def _signed(minor):
    """An amount as text. Its minus sign is the long one that print uses."""
    return f"{'−' if minor < 0 else ''}{money.format_minor(abs(minor))}"


def _refused(code, **numbers):
    return {"ok": False, "code": code, "numbers": numbers}


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
    """PIN and statement at a kiosk. Methods return answers like the ledger: ``{ok, code, numbers}``."""

    _inherit = "campus.kiosk.session"

    is_identified = fields.Boolean(
        readonly=True,
        help="The holder has proven who they are. The card alone is no proof, because "
        "anybody may have found it.",
    )
    has_proven_pin = fields.Boolean(readonly=True)

    def _errands(self):
        errands = [
            {"icon": "plus", "label": self.env._("Top up"), "url": "/campus/kiosk/topup"},
            {"icon": "receipt", "label": self.env._("Print a statement"), "url": "/campus/kiosk/statement"},
            {"icon": "key", "label": self.env._("PIN"), "url": "/campus/kiosk/pin"},
        ]
        return [*errands, *super()._errands()]

    def _shows_movements(self):
        return super()._shows_movements() and self._may_see_history()

    def _may_see_history(self):
        """Holders with a PIN must give it first: then somebody who found the card sees nothing."""
        self.ensure_one()
        return self.has_proven_pin or not self._wallet().has_pin

    # -- PIN -------------------------------------------------------------------------

    def _may_guess(self):
        """Count a try at a PIN or code, for this wallet and for this kiosk. Returns whether it may go on."""
        may_try = self.env["campus.rate"]._may_try
        return may_try("kiosk pin", self.kiosk_id.id, KIOSK_PIN_TRIES, KIOSK_PIN_WINDOW_S) and may_try(
            "kiosk pin wallet", self._wallet().id, PIN_TRIES, PIN_WINDOW_S
        )

    def _prove_pin(self, text):
        """Check the holder's PIN. If it is right, this session may show the movements."""
        self.ensure_one()
        if not self._may_guess():
            return _refused("rate_limited")
        code, numbers = self._wallet()._check_pin(text)
        if code != "ok":
            return _refused(code, **numbers)
        self.has_proven_pin = True
        return OK

    def _prove_code(self, code):
        """Check an emergency code. It proves the holder, because it is not on the card."""
        self.ensure_one()
        if not self._may_guess():
            return _refused("rate_limited")
        number = self.partner_id.campus_number or ""
        _record, refusal = self.env["campus.emergency"]._prove(number, code, self.company_id)
        if refusal:
            return _refused(refusal)
        self.is_identified = True
        return OK

    def _prove_key(self, credential):
        """Check a second card or phone. It proves the holder if it belongs to the same one as the first: card and
        phone.
        """
        self.ensure_one()
        card, refusal = self.kiosk_id._read_card(credential)
        if refusal:
            return _refused(refusal)
        if card.partner_id != self.partner_id:
            return _refused("kiosk_other_holder")
        if not kiosk_rules.is_second_proof(self.card_id.kind, card.kind):
            return _refused("kiosk_same_kind")
        self.is_identified = True
        return OK

    def _choose_pin(self, new, again, old):
        """Set the first PIN after a proof of identity, or change it with the old PIN. Raises ``UserError``
        for a PIN that is not allowed.
        """
        self.ensure_one()
        wallet = self._wallet()
        if not wallet.has_pin and not self.is_identified:
            return _refused("kiosk_not_identified")
        if not self._may_guess():
            return _refused("rate_limited")
        answer = wallet._choose_pin(new, again, old)
        if answer["ok"]:
            self.write({"has_proven_pin": True, "is_identified": False})
        return answer

    # -- statement -------------------------------------------------------------------

    def _statement_values(self, months_back):
        """A month's statement for the printer, and the months that can be chosen. None if it was asked too
        often.
        """
        self.ensure_one()
        wallet = self._wallet()
        if not self.env["campus.rate"]._may_try(
            "kiosk statement", wallet.id, KIOSK_STATEMENT_TRIES, KIOSK_STATEMENT_WINDOW_S
        ):
            return None
        today = self.env["campus.history"]._today(wallet)
        months = [self._month(today, back) for back in range(KIOSK_MONTHS_BACK + 1)]
        start, end = months[months_back]
        now = fields.Datetime.now()
        locale = babel_locale_parse(self.env.lang or "en_US")
        # the statement of this month ends today
        values = self.env["campus.statement"]._values(wallet, start, min(end, today))
        return {
            "statement": values,
            "back": months_back,
            "months": [
                {"back": back, "name": format_skeleton("yMMMM", first, locale=locale)}
                for back, (first, _last) in enumerate(months)
            ],
            "school": self.company_id.name,
            "holder_name": self.partner_id.name,
            "holder_number": self.partner_id.campus_number,
            "printed_at": now,
            "printed_when": self.company_id._campus_when(now, self.env),
            "symbol": wallet.currency_id.symbol,
            "text_of": _signed,
        }

    @staticmethod
    def _month(today, back):
        """First and last day of the month ``back`` months ago."""
        first = date_utils.start_of(date_utils.subtract(today, months=back), "month")
        return first, date_utils.end_of(first, "month")

    # -- top-ups -----------------------------------------------------------------

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
