from odoo.addons.campus_card.campus_core import money
from odoo.addons.payment import utils as payment_utils
from odoo.exceptions import UserError
from odoo.http import request, route
from werkzeug.exceptions import BadRequest, NotFound

from ..const import LINK_TRIES, LINK_WINDOW_S
from .payment import TopupPayment


class CampusTopupLinks(TopupPayment):
    """Top-ups by parents and guests with a link, and the page where the holder manages the links."""

    # -- the visitor -----------------------------------------------------------------

    @route("/card/topup/<string:token>", type="http", auth="public", methods=["GET"], sitemap=False)
    def campus_link(self, token, amount=None, **_kwargs):
        link_sudo = self._campus_link_of(token)
        wallet_sudo, portal = link_sudo.wallet_id, request.env["campus.portal"]
        if not link_sudo._is_payable():
            return self._page("campus_topup.link_over", {"tabs": []}, status=410)
        if link_sudo.amount_minor:
            link_sudo._note_opened()
            amount = money.format_minor(link_sudo.amount_minor)
        try:
            amount_minor = portal._amount_minor(amount)
            if amount is not None:
                portal._check_topup(wallet_sudo, amount_minor, guest=True)
        except UserError as error:
            if link_sudo.amount_minor:
                return self._page("campus_topup.link_over", {"tabs": [], "error": error.args[0]}, status=410)
            return self._visitor_page(link_sudo, token, error=error.args[0], asked=amount)
        if amount is None:
            return self._visitor_page(link_sudo, token)
        here = f"/card/topup/{token}"
        back = None if link_sudo.amount_minor else here
        routes = {"transaction": f"{here}/transaction", "landing": f"{here}/done", "back": back}
        payer, logged_in = self._campus_payer(wallet_sudo)
        return self._campus_payment_page(
            wallet_sudo, payer, amount_minor, routes, logged_in=logged_in, shown_name=link_sudo.shown_name
        )

    @route("/card/topup/<string:token>/transaction", type="jsonrpc", auth="public")
    def campus_link_transaction(self, token, **kwargs):
        link_sudo = self._campus_link_of(token)
        self._campus_limit("topup.link.pay", request.httprequest.remote_addr)
        payer, logged_in = self._campus_payer(link_sudo.wallet_id)
        landing = f"/card/topup/{token}/done"
        return self._campus_start_payment(
            link_sudo.wallet_id, payer, landing, logged_in=logged_in, link_sudo=link_sudo, **kwargs
        )

    @route(
        "/card/topup/<string:token>/done/<int:tx_id>",
        type="http",
        auth="public",
        methods=["GET"],
        sitemap=False,
    )
    def campus_link_done(self, token, tx_id, access_token=None, **_kwargs):
        link_sudo = self._campus_link_of(token)
        tx_sudo = self._campus_own_transaction(tx_id, [("campus_link_id", "=", link_sudo.id)])
        if not payment_utils.check_access_token(
            access_token, tx_sudo.partner_id.id, tx_sudo.amount, tx_sudo.currency_id.id
        ):
            raise NotFound()
        text = request.env["campus.amount"]._to_text(tx_sudo._campus_amount_minor(), tx_sudo.currency_id)
        here = f"/card/topup/{token}"
        values = {
            "tx": tx_sudo,
            "money": text,
            "again": here if link_sudo._is_payable() else None,
            "home": None,
            "shown_name": link_sudo.shown_name,
        }
        return self._page("campus_topup.done", {**values, "tabs": []})

    def _campus_link_of(self, token):
        """The link with this token, or 404. Each IP address has a limited number of tries."""
        address = request.httprequest.remote_addr
        if not request.env["campus.rate"]._may_try("topup.link", address, LINK_TRIES, LINK_WINDOW_S):
            raise BadRequest(request.env._("Too many tries. Please wait a few minutes."))
        # sudo: a visitor has no rights; whoever has the token may pay
        link_sudo = request.env["campus.topup.link"].sudo()._find(token)
        if not link_sudo:
            raise NotFound(
                request.env._("This link does not work any more. Ask the person who sent it for a new one.")
            )
        return link_sudo

    @staticmethod
    def _campus_payer(wallet_sudo):
        """``(partner, logged in)``. A guest pays as the anonymous visitor of the school."""
        user = request.env.user
        if not user._is_public():
            return user.partner_id, True
        # sudo: nobody may read the anonymous contact of a company
        return wallet_sudo.company_id.sudo()._get_public_user().partner_id, False

    def _visitor_page(self, link_sudo, token, error=None, asked=""):
        wallet = link_sudo.wallet_id
        company = wallet.company_id
        values = request.env["campus.portal"]._amount_values(wallet)
        values |= {
            "link_token": token,
            "shown_name": link_sudo.shown_name,
            "school": company.name,
            "error": error,
            "asked": (asked or "")[:20],
            "tabs": [],
        }
        return self._page("campus_topup.visitor", values)

    # -- the holder --------------------------------------------------------------------

    @route("/my/card/links", type="http", auth="user", methods=["GET"])
    def campus_links(self, **_kwargs):
        return self._links_page()

    @route("/my/card/links/new", type="http", auth="user", methods=["POST"])
    def campus_links_new(self, shown_name="", **_kwargs):
        self._campus_limit("topup.link.new", request.env.uid)
        wallet_sudo = request.env["campus.portal"]._need_wallet()
        try:
            wallet_sudo.env["campus.topup.link"]._make(wallet_sudo, shown_name)
        except UserError as error:
            return self._links_page(error=error.args[0])
        return request.redirect("/my/card/links", 303)

    @route("/my/card/links/revoke", type="http", auth="user", methods=["POST"])
    def campus_links_revoke(self, link="", **_kwargs):
        """End one of the holder's own links. Ids of other links are ignored."""
        wallet_sudo = request.env["campus.portal"]._need_wallet()
        own = wallet_sudo.env["campus.topup.link"].search([("wallet_id", "=", wallet_sudo.id)])
        chosen = own.filtered(lambda record: str(record.id) == link)
        if not chosen:
            raise NotFound()
        chosen._revoke()
        return request.redirect("/my/card/links", 303)

    def _links_page(self, error=None):
        wallet_sudo = request.env["campus.portal"]._need_wallet()
        links = wallet_sudo.env["campus.topup.link"]._lasting(wallet_sudo)
        base = request.httprequest.url_root.rstrip("/")
        shown = [
            {
                "id": link.id,
                "name": link.shown_name,
                "url": f"{base}/card/topup/{link.token}",
                "uses": link.uses,
                "created": link.create_date,
            }
            for link in links
        ]
        first_name = (wallet_sudo.partner_id.name or "").split(" ")[-1]
        return self._page(
            "campus_topup.links", {"tab": "card", "links": shown, "error": error, "suggested": first_name}
        )
