from odoo import http
from odoo.http import request


class CampusPhoto(http.Controller):
    @http.route("/campus_pos/photo/<token>", type="http", auth="user", readonly=True)
    def photo(self, token):
        """The photo of a holder whose card was tapped at a till, for the cashier at that till."""
        if not request.env.user.has_group("point_of_sale.group_pos_user"):
            raise request.not_found()
        # sudo: the signed link gives the right; cashiers may not read holders.
        holder = request.env["campus.till"].sudo()._photo_of(token).exists()
        if not holder.image_128:
            raise request.not_found()
        stream = request.env["ir.binary"]._get_image_stream_from(holder, "image_256")
        return stream.get_response(max_age=3600)
