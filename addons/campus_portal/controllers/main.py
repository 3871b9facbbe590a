from markupsafe import Markup
from odoo.http import request

from .. import app_files
from ..const import APP_FILES, PAGE_HEADERS, PRIVATE_HEADERS, TYPE_COOKIE

DOCTYPE = Markup("<!DOCTYPE html>\n")


class CampusPage:
    """What all pages of the card share: ``class X(CampusPage, http.Controller)``.

    This class is no controller itself. Odoo joins all classes that derive from one controller; then two pages
    with methods of the same name would replace each other.
    """

    def _page(self, template, values=None, *, private=True, status=200):
        """Render ``template`` (which calls ``campus_portal.layout``) with the app's headers.

        :param private: the page is about a person; False for pages that are the same for all
        """
        response = request.render(template, {**self._layout_values(), **(values or {})}, status=status)
        response.headers.update(PRIVATE_HEADERS if private else PAGE_HEADERS)
        return response

    def _json(self, values, status=200):
        """Return ``values`` as a JSON answer that is not cached."""
        return request.make_json_response(values, headers=dict(PRIVATE_HEADERS), status=status)

    def _company_of_page(self):
        """The company whose time zone the page uses."""
        return request.env["campus.portal"]._company()

    def _layout_values(self):
        company = self._company_of_page()
        return {
            "zone": company._campus_zone_name(),
            "local": company._campus_local,
            "doctype": DOCTYPE,
            "title": request.env._("Campus Card"),
            "app_url": app_files.url,
            "app_files": [name for name in APP_FILES if name.endswith(".js")],
            "language": (request.env.lang or "en_US").replace("_", "-"),
            "large_type": request.cookies.get(TYPE_COOKIE) == "large",
            "tabs": request.env["campus.portal"]._tabs(),
        }
