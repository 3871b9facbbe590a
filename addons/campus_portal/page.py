from markupsafe import Markup
from odoo.http import request

from . import app_files
from .const import APP_FILES, PAGE_HEADERS, PRIVATE_HEADERS, TYPE_COOKIE

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


class ErrorPage(CampusPage):
    """The page that is shown where the web server's own error would be, in the visitor's language."""

    def make(self, code, reason=None):
        """The page for this HTTP status. ``reason`` is a sentence that the person can read."""
        env = request.env
        headline, usual = self._words(code)
        values = {
            "headline": headline,
            "reason": reason or usual,
            "is_holder": bool(env["campus.portal"]._holder()),
        }
        if env.user._is_public():
            values["tabs"] = []
        return self._page("campus_portal.error", values, status=code)

    @staticmethod
    def _words(code):
        if code in (404, 410):
            return (
                request.env._("Nothing was found here"),
                request.env._("The address is wrong or old, or what it showed is not yours."),
            )
        if code == 403:
            return request.env._("This is not for you"), request.env._("This login may not see this.")
        if code >= 500:
            return request.env._("Something went wrong"), request.env._(
                "Look at your history before you try again."
            )
        return (
            request.env._("This did not work"),
            request.env._("The page was open for too long, or something is missing. Open it again."),
        )
