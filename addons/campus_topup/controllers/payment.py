from odoo.addons.campus_card import page_headers
from odoo.addons.campus_portal.page import CampusPage
from odoo.addons.payment import utils as payment_utils
from odoo.addons.payment.controllers.portal import PaymentPortal
from odoo.addons.payment.controllers.post_processing import PaymentPostProcessing
from odoo.exceptions import ValidationError
from odoo.http import request
from odoo.tools import float_compare, is_html_empty
from werkzeug.exceptions import BadRequest, Forbidden, NotFound

from ..const import PAY_TRIES, PAY_WINDOW_S


class TopupPayment(CampusPage, PaymentPortal):
    """Paying through Odoo's payment pages, for the holder's own page and for links to others.

    Odoo's access token binds the amount to the payer. The form contains no wallet. Odoo joins all controllers
    that derive from its own into one, therefore the methods have a prefix.
    """

    def _campus_payment_page(self, wallet_sudo, payer_sudo, amount_minor, routes, *, logged_in, shown_name):
        """Odoo's payment form for this amount. ``routes`` is ``{transaction, landing}``."""
        company, currency = wallet_sudo.company_id, wallet_sudo.currency_id
        amount = currency.round(amount_minor / 100)
        # sudo: fields of providers are not for payers
        providers = (
            request.env["payment.provider"]
            .sudo()
            ._get_compatible_providers(company.id, payer_sudo.id, amount, currency_id=currency.id)
        )
        # sudo: payers may not read payment methods and tokens; only the payer's own tokens are shown
        methods = (
            request.env["payment.method"]
            .sudo()
            ._get_compatible_payment_methods(providers.ids, payer_sudo.id, currency_id=currency.id)
        )
        # sudo: as above
        tokens = request.env["payment.token"].sudo()
        if logged_in:
            tokens = tokens._get_available_tokens(providers.ids, payer_sudo.id)
        values = {
            "res_company": company,
            "is_html_empty": is_html_empty,
            "shown_name": shown_name,
            "amount": amount,
            "currency": currency,
            "partner_id": payer_sudo.id,
            "reference_prefix": None,
            "providers_sudo": providers,
            "payment_methods_sudo": methods,
            "tokens_sudo": tokens,
            "show_tokenize_input_mapping": self._compute_show_tokenize_input_mapping(providers)
            if logged_in
            else dict.fromkeys(providers.ids, False),
            "transaction_route": routes["transaction"],
            "landing_route": routes["landing"],
            "back_route": routes["back"],
            "access_token": payment_utils.generate_access_token(payer_sudo.id, amount, currency.id),
        }
        response = request.render("campus_topup.pay", values)
        # Odoo's page loads scripts of providers. Therefore it has its own policy; it may not be put in a
        # frame.
        page_headers.complete(response.headers, "text/html", request.httprequest.path)
        response.headers["Cache-Control"] = "no-store, private"
        return response

    def _campus_start_payment(self, wallet_sudo, payer_sudo, landing, *, logged_in, link_sudo=None, **kwargs):
        """Create the transaction that the form asks for. Returns the processing values."""
        access_token, amount = kwargs.pop("access_token", None), kwargs.pop("amount", None)
        self._validate_transaction_kwargs(
            kwargs, additional_allowed_keys=("reference_prefix", "partner_id", "currency_id")
        )
        currency = wallet_sudo.currency_id
        amount = self._cast_as_float(amount)
        if amount is None or not payment_utils.check_access_token(
            access_token, payer_sudo.id, amount, currency.id
        ):
            raise Forbidden()
        amount_minor = round(amount * 100)
        if float_compare(amount, amount_minor / 100, precision_digits=6):
            raise ValidationError(request.env._("This is not an amount."))
        self._campus_check_option(kwargs, wallet_sudo, payer_sudo, amount, logged_in)
        # sudo: payers may not create transactions; the values were checked above and are checked below
        transactions = request.env["payment.transaction"].sudo()
        tx_id = transactions._campus_begin(
            wallet_sudo,
            amount_minor,
            {
                **self._campus_option_vals(kwargs),
                "amount": amount,
                "currency_id": currency.id,
                "partner_id": payer_sudo.id,
            },
            link=link_sudo,
            guest=bool(link_sudo),
        )
        tx_sudo = transactions.browse(tx_id)
        query = f"?access_token={access_token}" if link_sudo else ""
        PaymentPostProcessing.monitor_transaction(tx_sudo)
        return tx_sudo._campus_go_on(f"{landing}/{tx_id}{query}")

    @staticmethod
    def _campus_option_vals(kwargs):
        """The chosen payment method, with the same values that Odoo's own form stores."""
        flow = kwargs["flow"]
        # sudo: fields of providers and tokens are not for payers
        if flow == "token":
            token = request.env["payment.token"].sudo().browse(kwargs["token_id"])
            method, provider = token.payment_method_id, token.provider_id
        else:
            token = request.env["payment.token"]
            # sudo: payers may not read methods and providers; whether these are offered is checked below
            method = request.env["payment.method"].sudo().browse(kwargs.get("payment_method_id"))
            provider = request.env["payment.provider"].sudo().browse(kwargs["provider_id"])
        wanted = provider._is_tokenization_required() or kwargs.get("tokenization_requested")
        saves = flow != "token" and provider.allow_tokenization and method.support_tokenization and wanted
        return {
            "provider_id": provider.id,
            "payment_method_id": method.id,
            "token_id": token.id,
            "operation": f"online_{flow}",
            "tokenize": bool(saves),
        }

    def _campus_check_option(self, kwargs, wallet_sudo, payer_sudo, amount, logged_in):
        """Check that the form offered this payment method. Guests may not save one."""
        if kwargs.get("is_validation") or kwargs.get("flow") not in ("redirect", "direct", "token"):
            raise BadRequest()
        if not logged_in and (kwargs.get("tokenization_requested") or kwargs["flow"] == "token"):
            raise ValidationError(request.env._("Log in to save a way of payment."))
        # sudo: fields of providers are not for payers
        providers = (
            request.env["payment.provider"]
            .sudo()
            ._get_compatible_providers(
                wallet_sudo.company_id.id, payer_sudo.id, amount, currency_id=wallet_sudo.currency_id.id
            )
        )
        if kwargs["flow"] == "token":
            # sudo: the search is limited to the payer's own tokens
            tokens = request.env["payment.token"].sudo()._get_available_tokens(providers.ids, payer_sudo.id)
            if kwargs.get("token_id") not in tokens.ids:
                raise ValidationError(request.env._("This way of payment is not yours."))
            kwargs["provider_id"] = tokens.browse(kwargs["token_id"]).provider_id.id
        elif kwargs.get("provider_id") not in providers.ids:
            raise ValidationError(request.env._("This way of payment is not offered here."))

    @staticmethod
    def _campus_limit(what, subject, tries=PAY_TRIES, window_s=PAY_WINDOW_S):
        if not request.env["campus.rate"]._may_try(what, subject, tries, window_s):
            raise BadRequest(request.env._("Too many tries. Please wait a few minutes."))

    @staticmethod
    def _campus_own_transaction(tx_id, domain):
        """The transaction with this id, if it matches the domain; else 404, which tells nothing about other
        people's payments.
        """
        # sudo: payers may not read transactions; the domain limits them to the payer's own
        tx_sudo = request.env["payment.transaction"].sudo().search([("id", "=", tx_id), *domain], limit=1)
        if not tx_sudo:
            raise NotFound()
        return tx_sudo
