from odoo.addons.campus_portal.controllers.main import CampusPage
from odoo.addons.payment import utils as payment_utils
from odoo.addons.payment.controllers.portal import PaymentPortal
from odoo.exceptions import ValidationError
from odoo.http import request
from odoo.tools import float_compare, is_html_empty
from werkzeug.exceptions import BadRequest, Forbidden, NotFound

from ..const import PAY_TRIES, PAY_WINDOW_S


class TopupPayment(CampusPage, PaymentPortal):
    """What the holder's own page and a link for others share: the way through Odoo's payments.

    The amount is bound to the payer by Odoo's access token; the wallet is never in the form.
    Odoo makes one controller of all that derive from its own: hence the prefix of the names.
    """

    def _campus_payment_page(self, wallet_sudo, payer_sudo, amount_minor, routes, *, logged_in, shown_name):
        """Odoo's payment form for this amount. ``routes``: ``{transaction, landing}``."""
        company, currency = wallet_sudo.company_id, wallet_sudo.currency_id
        amount = currency.round(amount_minor / 100)
        # sudo: fields of providers are not for payers
        providers = (
            request.env["payment.provider"]
            .sudo()
            ._get_compatible_providers(company.id, payer_sudo.id, amount, currency_id=currency.id)
        )
        methods = (
            request.env["payment.method"]
            .sudo()
            ._get_compatible_payment_methods(providers.ids, payer_sudo.id, currency_id=currency.id)
        )
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
        response.headers["Cache-Control"] = "no-store, private"
        response.headers["Referrer-Policy"] = "same-origin"
        return response

    def _campus_start_payment(self, wallet_sudo, payer_sudo, landing, *, logged_in, link_sudo=None, **kwargs):
        """Create the transaction that the form asks for; returns the processing values."""
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
        request.env["campus.portal"]._check_topup(wallet_sudo, amount_minor, guest=bool(link_sudo))
        if link_sudo:
            link_sudo._begin(amount_minor)
        self._campus_check_option(kwargs, wallet_sudo, payer_sudo, amount, logged_in)
        kwargs.pop("partner_id", None), kwargs.pop("currency_id", None)
        kwargs["reference_prefix"] = f"CARD-{wallet_sudo.company_id.id}"
        kwargs["landing_route"] = landing
        tx_sudo = self._create_transaction(
            amount=amount,
            currency_id=currency.id,
            partner_id=payer_sudo.id,
            custom_create_values={
                "campus_wallet_id": wallet_sudo.id,
                "campus_link_id": link_sudo.id if link_sudo else False,
                "campus_topup_state": "waiting",
            },
            **kwargs,
        )
        tx_sudo.landing_route = (
            f"{landing}/{tx_sudo.id}?access_token={access_token}" if link_sudo else f"{landing}/{tx_sudo.id}"
        )
        return tx_sudo._get_processing_values()

    def _campus_check_option(self, kwargs, wallet_sudo, payer_sudo, amount, logged_in):
        """The way of payment must be one that the form offered; guests keep none."""
        if kwargs.get("is_validation") or kwargs.get("flow") not in ("redirect", "direct", "token"):
            raise BadRequest()
        if not logged_in and (kwargs.get("tokenization_requested") or kwargs["flow"] == "token"):
            raise ValidationError(request.env._("Only who is logged in can save a way of payment."))
        # sudo: fields of providers are not for payers
        providers = (
            request.env["payment.provider"]
            .sudo()
            ._get_compatible_providers(
                wallet_sudo.company_id.id, payer_sudo.id, amount, currency_id=wallet_sudo.currency_id.id
            )
        )
        if kwargs["flow"] == "token":
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
        """A transaction with this id and domain, or 404: other people's ids say nothing."""
        # sudo: payers may not read transactions; the domain says whose it is
        tx_sudo = request.env["payment.transaction"].sudo().search([("id", "=", tx_id), *domain], limit=1)
        if not tx_sudo:
            raise NotFound()
        return tx_sudo
