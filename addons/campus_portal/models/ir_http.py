import re

import werkzeug.exceptions
from odoo import models
from odoo.http import request

# Paths of the holder's pages, with or without a language in front.
OF_THE_CARD = re.compile(r"(?:/(?!my/)[a-z]{2,3}(?:_[A-Za-z]+)?)?(/(?:my/)?card/.+)")
# For forms whose address is not below the address of their page: ``{form: page}``. Addons add theirs.
PAGE_OF_FORM = {
    "/my/card/alerts": "/my/card/settings",
    "/my/card/language": "/my/card/settings",
    "/my/card/phone": "/my/card/settings",
    "/my/card/pin": "/my/card/limits",
}


class IrHttp(models.AbstractModel):
    """If somebody opens the address of a form, or goes back to it, show the page with the form."""

    _inherit = "ir.http"

    @classmethod
    def _match(cls, path_info):
        try:
            return super()._match(path_info)
        except werkzeug.exceptions.MethodNotAllowed:
            page = cls._campus_page_of(path_info)
            if page:
                werkzeug.exceptions.abort(request.redirect(page, 303))
            raise

    @classmethod
    def _campus_page_of(cls, path_info):
        """The page with the form at this address, or None if the address is not ours."""
        found = OF_THE_CARD.fullmatch(path_info)
        if not found or request.httprequest.method not in ("GET", "HEAD"):
            return None
        addresses = request.env["ir.http"].routing_map().bind("")
        path = found[1]
        while path.count("/") > 1:
            path = PAGE_OF_FORM.get(path) or path.rpartition("/")[0]
            if addresses.test(path, "GET"):
                return path
        return None
