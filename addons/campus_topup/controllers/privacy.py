from odoo.addons.campus_portal.page import CampusPage
from odoo.http import Controller, content_disposition, request, route

from ..const import EXPORT_TRIES, EXPORT_WINDOW_S


class CampusPrivacyPages(CampusPage, Controller):
    """What the school has stored about a holder: the holder can download it and ask to have it erased."""

    @route("/my/card/privacy", type="http", auth="user", methods=["GET"])
    def campus_privacy(self, **_kwargs):
        wallet_sudo = request.env["campus.portal"]._need_wallet()
        asked = wallet_sudo.env["campus.privacy"]._erasure_asked(wallet_sudo.partner_id)
        values = {"tab": "settings", "asked_at": asked.create_date, "school": wallet_sudo.company_id.name}
        return self._page("campus_topup.privacy", values)

    @route("/my/card/privacy/export", type="http", auth="user", methods=["POST"])
    def campus_export(self, **_kwargs):
        """Download a zip with the holder's own data."""
        if not request.env["campus.rate"]._may_try(
            "topup.export", request.env.uid, EXPORT_TRIES, EXPORT_WINDOW_S
        ):
            return self._page("campus_topup.too_often", {"tab": "settings"}, status=429)
        wallet_sudo = request.env["campus.portal"]._need_wallet()
        headers = [
            ("Content-Type", "application/zip"),
            ("Content-Disposition", content_disposition("campus-card-data.zip")),
            ("Cache-Control", "no-store, private"),
        ]
        return request.make_response(wallet_sudo.env["campus.privacy"]._export(wallet_sudo), headers)

    @route("/my/card/privacy/erase", type="http", auth="user", methods=["POST"])
    def campus_erase(self, **_kwargs):
        wallet_sudo = request.env["campus.portal"]._need_wallet()
        wallet_sudo.env["campus.privacy"]._ask_erasure(wallet_sudo)
        return request.redirect("/my/card/privacy", 303)
