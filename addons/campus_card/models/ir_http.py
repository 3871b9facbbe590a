import threading

from odoo import models
from odoo.http import request
from werkzeug.exceptions import HTTPException

from .. import page_headers


class IrHttp(models.AbstractModel):
    """Requests: their address is known to a login by RPC, and no address of ours answers without the headers
    that protect a page.

    Odoo hides the request from a login by RPC, which then counts no wrong passwords.
    """

    _inherit = "ir.http"

    @classmethod
    def _pre_dispatch(cls, rule, args):
        threading.current_thread().campus_address = request.httprequest.remote_addr
        return super()._pre_dispatch(rule, args)

    @classmethod
    def _post_dispatch(cls, response):
        done = super()._post_dispatch(response)
        if page_headers.is_ours(request.httprequest.path) and hasattr(response, "headers"):
            page_headers.complete(response.headers, response.content_type, request.httprequest.path)
        return done

    @classmethod
    def _handle_error(cls, exception):
        """Errors are pages as well; some are made only when they are sent, so they are made here."""
        response = super()._handle_error(exception)
        if not page_headers.is_ours(request.httprequest.path):
            return response
        if isinstance(response, HTTPException):
            response = response.get_response(request.httprequest.environ)
        if hasattr(response, "headers"):
            page_headers.complete(response.headers, response.content_type, request.httprequest.path)
        return response
