from odoo import SUPERUSER_ID, models
from odoo.api import Environment
from odoo.http import request

from .. import edge_auth
from ..campus_core.errors import CampusError
from ..edge_http import refuse


class IrHttp(models.AbstractModel):
    """Authentication of edges: ``auth="campus_edge"`` sets ``request.campus_edge``."""

    _inherit = "ir.http"

    @classmethod
    def _auth_method_campus_edge(cls):
        """Only an edge that works."""
        cls._campus_authenticate((edge_auth.ACTIVE,))

    @classmethod
    def _auth_method_campus_edge_any(cls):
        """Also an edge that is switched off, to learn just that."""
        cls._campus_authenticate((edge_auth.ACTIVE, edge_auth.DISABLED))

    @classmethod
    def _campus_authenticate(cls, states):
        request.session.can_save = False
        try:
            request.campus_edge = edge_auth.authenticate(request.env.cr, request.httprequest, states)
        except CampusError as error:
            refuse(error.code, **error.numbers)
        # superuser: an edge is no user; its key is its right, and the routes bind what they do
        # to its company
        context = {"allowed_company_ids": [request.campus_edge.company_id]}
        request.env = Environment(request.env.cr, SUPERUSER_ID, context)
        request.env.transaction.default_env = request.env
