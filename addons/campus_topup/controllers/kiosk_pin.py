from odoo.addons.campus_card.campus_core.credentials import kiosk_rules
from odoo.addons.campus_portal.controllers.kiosk_page import FORM, KioskPage, in_session
from odoo.exceptions import UserError
from odoo.http import Controller, route


class CampusKioskPin(KioskPage, Controller):
    """The PIN at the kiosk. The old PIN is needed to change it, a proof of identity to set the first one."""

    @route("/campus/kiosk/pin", **FORM)
    @in_session
    def kiosk_pin(self, session, **_form):
        session._touch()
        return self._pin_part(session)

    @route("/campus/kiosk/pin/prove", **FORM)
    @in_session
    def kiosk_pin_prove(self, session, code=None, credential=None, **_form):
        """Take a proof of identity: a typed emergency code, or a second card or phone of the holder."""
        session._touch()
        if credential is not None:
            answer = session._prove_key(credential[:512])
        else:
            answer = session._prove_code((code or "")[:16])
        return self._pin_part(session, answer)

    @route("/campus/kiosk/pin/set", **FORM)
    @in_session
    def kiosk_pin_set(self, session, new="", again="", old="", **_form):
        session._touch()
        try:
            answer = session._choose_pin(new[:12], again[:12], old[:12])
        except UserError as error:
            return self._pin_part(session, error=error.args[0])
        if not answer["ok"]:
            return self._pin_part(session, answer)
        session._touch(kiosk_rules.DONE_S)
        return self._part("campus_topup.kiosk_pin_done", idle_s=kiosk_rules.DONE_S)

    def _pin_part(self, session, answer=None, error=None):
        """The form to set or change the PIN, or the form for the proof if a first PIN needs it."""
        if answer and not answer["ok"]:
            error = session.env["campus.ledger"]._explain(answer)
        has_pin = session._wallet().has_pin
        template = "kiosk_pin" if has_pin or session.is_identified else "kiosk_prove"
        return self._part(
            f"campus_topup.{template}",
            has_pin=has_pin,
            error=error,
            by_phone=session.card_id.kind == "phone",
        )
