import threading

from odoo import models
from odoo.http import request


class IrHttp(models.AbstractModel):
    """Odoo hides the request from a login by RPC, which then counts no wrong passwords."""

    _inherit = "ir.http"

    @classmethod
    def _pre_dispatch(cls, rule, args):
        threading.current_thread().campus_address = request.httprequest.remote_addr
        return super()._pre_dispatch(rule, args)
