from odoo import models
from odoo.addons.campus_card.campus_core.errors import CampusError
from odoo.http import request

from .. import edge_auth
from ..edge_http import refuse


class IrHttp(models.AbstractModel):
    """Authentication of edges: ``auth="campus_edge"`` sets ``request.campus_edge``."""

    _inherit = "ir.http"

    @classmethod
    def _authenticate(cls, endpoint):
        """Nobody signs the question which methods there are."""
        if endpoint.routing["type"] == "campus" and request.httprequest.method == "OPTIONS":
            return cls._authenticate_explicit("none")
        return super()._authenticate(endpoint)

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
        request.env = edge_auth.environment(request.env.cr, request.campus_edge)

    @classmethod
    def _pre_dispatch(cls, rule, args):
        """An edge's language is known: Odoo would read its user, company and partner to find one,
        which takes longer than a tap."""
        if not getattr(request, "campus_edge", None):
            return super()._pre_dispatch(rule, args)
        return request.dispatcher.pre_dispatch(rule, args)
