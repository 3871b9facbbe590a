from odoo.addons.campus_portal.controllers.kiosk_page import FORM, KioskPage, in_session
from odoo.exceptions import UserError
from odoo.http import Controller, request, route

from ..const import KIOSK_MONTHS_BACK


class CampusKioskMoney(KioskPage, Controller):
    """Top up at the kiosk: the holder chooses the amount here and pays on their own phone."""

    @route("/campus/kiosk/topup", **FORM)
    @in_session
    def kiosk_topup(self, session, **_form):
        session._drop_topup()
        session._touch()
        return self._amounts(session)

    @route("/campus/kiosk/topup/begin", **FORM)
    @in_session
    def kiosk_topup_begin(self, session, amount="", **_form):
        """Show a QR code with the link for one payment of this amount."""
        try:
            session._begin_topup(amount[:20])
        except UserError as error:
            return self._amounts(session, error=error.args[0])
        return self._payment(session)

    @route("/campus/kiosk/topup/state", **FORM)
    @in_session
    def kiosk_topup_state(self, session, seen="", **_form):
        """The state of this session's payment; an empty answer if the screen shows it already."""
        link = session.topup_link_id
        if link and link._progress() == seen:
            return self._nothing()
        return self._payment(session)

    def _amounts(self, session, **values):
        return self._part("campus_topup.kiosk_topup", **session._topup_values(), **values)

    def _payment(self, session):
        values = session._payment_values(request.httprequest.url_root)
        session._touch(values["idle_s"])
        return self._part("campus_topup.kiosk_payment", **values)

    # -- statement -------------------------------------------------------------------

    @route("/campus/kiosk/statement", **FORM)
    @in_session
    def kiosk_statement(self, session, back="0", pin=None, **_form):
        """The statement of a month for the printer. Holders with a PIN must give it."""
        error = None
        if pin is not None:
            answer = session._prove_pin(pin[:12])
            error = None if answer["ok"] else request.env["campus.ledger"]._explain(answer)
        session._touch()
        if not session._may_see_history():
            return self._part("campus_topup.kiosk_pin_ask", error=error)
        months_back = int(back) if back in map(str, range(KIOSK_MONTHS_BACK + 1)) else 0
        values = session._statement_values(months_back)
        if values is None:
            return self._home_part(
                session, error=session.env["campus.ledger"]._explain({"code": "rate_limited"})
            )
        return self._part("campus_topup.kiosk_statement", **values)
