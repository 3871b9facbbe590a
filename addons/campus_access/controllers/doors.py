from odoo import http
from odoo.exceptions import AccessError
from odoo.http import content_disposition, request

_PRIVATE = {"Cache-Control": "private, max-age=3600"}


class CampusDoors(http.Controller):
    """What the guard's screen and the people of an investigation fetch."""

    @http.route(
        "/campus/doors/photo/<int:look_id>/<int:partner_id>",
        type="http",
        auth="user",
        methods=["GET"],
        readonly=True,
    )
    def photo(self, look_id, partner_id):
        """The photo of somebody whom the user's own look has shown."""
        try:
            person = request.env["campus.look"]._shown(look_id, partner_id)
        except AccessError as error:
            raise request.not_found() from error
        # sudo: the look has shown this person to the user, as _shown has checked
        stream = request.env["ir.binary"].sudo()._get_image_stream_from(person, "avatar_128")
        response = stream.get_response()
        response.headers.update(_PRIVATE)
        return response

    @http.route("/campus/doors/export/<int:export_id>", type="http", auth="user", methods=["GET"])
    def export(self, export_id):
        """The file of an export that two people have agreed on."""
        export = request.env["campus.passage.export"].browse(export_id).exists()
        if not export:
            raise request.not_found()
        content = export._file()
        headers = [
            ("Content-Type", "text/csv; charset=utf-8"),
            ("Content-Disposition", content_disposition(f"passages-{export_id}.csv")),
            ("Cache-Control", "no-store"),
        ]
        return request.make_response(content, headers)

    @http.route("/campus/doors/muster/<int:muster_id>", type="http", auth="user", methods=["GET"])
    def muster(self, muster_id):
        """The list of who is inside, to print."""
        muster = request.env["campus.muster"].browse(muster_id).exists()
        if not muster:
            raise request.not_found()
        headers = [
            ("Content-Type", "application/pdf"),
            ("Content-Disposition", content_disposition(f"muster-{muster_id}.pdf", "inline")),
            ("Cache-Control", "no-store"),
        ]
        return request.make_response(muster._paper(), headers)
