import datetime as dt

from odoo.addons.campus_portal.page import CampusPage
from odoo.exceptions import UserError
from odoo.http import Controller, content_disposition, request, route
from werkzeug.exceptions import NotFound

from ..const import EXPORT_TRIES, EXPORT_WINDOW_S

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _day(text):
    """Read a date from a form; None if it is no date."""
    try:
        return dt.date.fromisoformat(text or "")
    except (TypeError, ValueError):
        return None


def _number(text):
    return int(text) if text and text.isdecimal() and len(text) < 10 else None


class CampusHistoryPages(CampusPage, Controller):
    """Movements, charts, refusals, statement and disputes of the holder's own wallet."""

    @route("/my/card/history", type="http", auth="user", methods=["GET"], readonly=True)
    def campus_history(self, kind=None, start=None, end=None, where=None, before=None, **_kwargs):
        portal = request.env["campus.portal"]
        if not portal._holder():
            return self._page("campus_portal.no_card", {"tab": "history"})
        filters = {
            "kind": kind if kind in ("spent", "topup", "other") else None,
            "start": _day(start),
            "end": _day(end),
            "counter_account_id": _number(where),
        }
        values = portal._history_values(filters, _number(before))
        return self._page("campus_topup.history", {"tab": "history", **values})

    @route("/my/card/history/charts", type="http", auth="user", methods=["GET"], readonly=True)
    def campus_charts(self, span="day", **_kwargs):
        portal = request.env["campus.portal"]
        if not portal._holder():
            return self._page("campus_portal.no_card", {"tab": "history"})
        span = span if span in ("day", "week", "month") else "day"
        return self._page("campus_topup.charts", {"tab": "history", **portal._chart_values(span)})

    @route("/my/card/history/refused", type="http", auth="user", methods=["GET"], readonly=True)
    def campus_refused(self, **_kwargs):
        portal = request.env["campus.portal"]
        if not portal._holder():
            return self._page("campus_portal.no_card", {"tab": "history"})
        return self._page("campus_topup.refused", {"tab": "history", **portal._refusal_values()})

    @route("/my/card/history/<int:transfer_id>", type="http", auth="user", methods=["GET"], readonly=True)
    def campus_history_line(self, transfer_id, **_kwargs):
        return self._line_page(transfer_id)

    @route("/my/card/history/<int:transfer_id>/dispute", type="http", auth="user", methods=["POST"])
    def campus_dispute(self, transfer_id, reason="", **_kwargs):
        """Dispute a line: staff get an activity. A second press returns the first dispute."""
        transfer_sudo = self._own_line(transfer_id)
        try:
            request.env["campus.portal"]._dispute(transfer_sudo, reason)
        except UserError as error:
            return self._line_page(transfer_id, error=error.args[0])
        return request.redirect(f"/my/card/history/{transfer_sudo.id}", 303)

    def _own_line(self, transfer_id):
        transfer_sudo = request.env["campus.portal"]._own_transfer(transfer_id)
        if not transfer_sudo:
            raise NotFound()
        return transfer_sudo

    def _line_page(self, transfer_id, error=None):
        values = request.env["campus.portal"]._line_values(self._own_line(transfer_id))
        return self._page("campus_topup.line", {"tab": "history", "error": error, **values})

    # -- statement -------------------------------------------------------------------

    @route("/my/card/statement.<any(pdf,xlsx):form>", type="http", auth="user", methods=["GET"])
    def campus_statement(self, form, start=None, end=None, **_kwargs):
        """The statement of a period as a file."""
        if not request.env["campus.rate"]._may_try(
            "topup.statement", request.env.uid, EXPORT_TRIES * 6, EXPORT_WINDOW_S
        ):
            return self._page("campus_topup.too_often", {"tab": "history"}, status=429)
        wallet_sudo = request.env["campus.portal"]._need_wallet()
        statement = wallet_sudo.env["campus.statement"]
        period = statement._period(wallet_sudo, _day(start), _day(end))
        if form == "xlsx":
            content, kind = statement._xlsx(wallet_sudo, *period), XLSX
        else:
            content, made = statement._pdf(wallet_sudo, *period)
            form, kind = ("pdf", "application/pdf") if made == "pdf" else ("html", "text/html; charset=utf-8")
        name = f"card-{period[0]}-{period[1]}.{form}"
        headers = [
            ("Content-Type", kind),
            ("Content-Disposition", content_disposition(name)),
            ("Cache-Control", "no-store, private"),
            ("X-Content-Type-Options", "nosniff"),
        ]
        return request.make_response(content, headers)
