import logging
import re

import werkzeug.exceptions
from odoo import models
from odoo.exceptions import UserError
from odoo.http import request

from ..page import ErrorPage

_logger = logging.getLogger(__name__)

# All pages of the card, with or without a language in front.
PAGES = re.compile(r"(?:/(?!my/)[a-z]{2,3}(?:_[A-Za-z]+)?)?/(?:my/)?card(?:/|$)")
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
    """If somebody opens the address of a form, or goes back to it, show the page with the form.

    Errors on pages of the card are pages of the card too, in the visitor's language and with a way back.
    """

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
    def _handle_error(cls, exception):
        response = super()._handle_error(exception)
        code = getattr(response, "status_code", 0)
        is_page = request.dispatcher.routing_type == "http" and PAGES.match(request.httprequest.path)
        if not is_page or code < 400 or getattr(exception, "response", None) is not None:
            return response
        # what failed may have broken the transaction in which the page reads
        request.env.cr.rollback()
        try:
            if not request.env.uid:
                cls._auth_method_public()
            page = ErrorPage().make(code, cls._campus_reason(exception))
            page.flatten()
        except Exception:
            _logger.exception(
                "The page for the error %s of %s cannot be made", code, request.httprequest.path
            )
            return response
        return page

    @staticmethod
    def _campus_reason(exception):
        """The sentence for a person that our code gave with the error, or None. Other texts are for programs."""
        if isinstance(exception, UserError):
            return str(exception)
        if not isinstance(exception, werkzeug.exceptions.HTTPException):
            return None
        said = exception.description
        is_usual = said == type(exception).description or "CSRF" in (said or "")
        return None if is_usual else said

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
