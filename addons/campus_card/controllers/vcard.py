from odoo import http
from odoo.addons.web.controllers.vcard import Partner
from odoo.exceptions import AccessError
from odoo.http import request


class CampusVCard(Partner):
    """Contacts as files are an export like any other."""

    @http.route()
    def download_vcard(self, partner_ids=None, partner=None, **kwargs):
        """Files of holders for who may export, with a reason; other contacts as in Odoo."""
        ids = [int(number) for number in (partner_ids or "").split(",") if number.isdigit()]
        partners = request.env["res.partner"].browse(ids) | (partner or request.env["res.partner"])
        # sudo: who is a holder is asked of contacts that the user may not read; nothing of them is given
        holders = partners.sudo().exists().filtered("is_campus_holder").with_env(partners.env)
        if not request.env.user._is_internal():
            raise AccessError(request.env._("You may not export data about people."))
        if holders:
            if not request.env.user.has_group("base.group_allow_export"):
                raise AccessError(request.env._("You may not export data about people."))
            holders.check_access("read")
            request.env["campus.export"]._note(holders, ["name", "email", "phone", "image_512"])
        return super().download_vcard(partner_ids=partner_ids, partner=partner, **kwargs)
