from odoo import api, models
from odoo.addons.campus_card.campus_core import money
from odoo.addons.campus_card.campus_core.ledger import topup
from odoo.exceptions import UserError

from ..const import PAGE_LINES

ICONS = {"purchase": "cart", "topup": "plus", "payout": "minus", "subsidy": "gift", "gift": "gift"}


class CampusPortal(models.AbstractModel):
    """Top-ups, history and limits on the holder's pages."""

    _inherit = "campus.portal"

    @api.model
    def _tabs(self):
        tabs = super()._tabs()
        history = {
            "key": "history",
            "icon": "receipt",
            "label": self.env._("History"),
            "url": "/my/card/history",
        }
        return [*tabs[:1], history, *tabs[1:]]

    @api.model
    def _actions(self):
        """Put *Top up* first, because most people come for it."""
        topup_action = {"icon": "plus", "label": self.env._("Top up"), "url": "/my/card/topup"}
        limits = {"icon": "clock", "label": self.env._("Limits and PIN"), "url": "/my/card/limits"}
        return [topup_action, *super()._actions(), limits]

    @api.model
    def _notes(self):
        notes = super()._notes()
        wallet = self._wallet()
        if wallet and wallet.env["campus.topup.mandate"]._of_wallet(wallet).state == "paused":
            notes.append(
                {
                    "kind": "warn",
                    "icon": "warn",
                    "text": self.env._("Automatic top-up is paused: a payment failed."),
                    "url": "/my/card/auto",
                    "label": self.env._("Look at it"),
                }
            )
        return notes

    @api.model
    def _need_wallet(self):
        """The holder's wallet, made at the first visit. Raises ``AccessError`` if the person is no holder."""
        holder = self._need_holder()
        return self._wallet() or holder.env["campus.wallet"]._for_holder(holder, self._company())

    @api.model
    def _amount_minor(self, text):
        """Read an amount in cents from a form. Raises ``UserError`` if it is no amount."""
        return self.env["campus.amount"]._to_minor((text or "").strip() or "0")

    @api.model
    def _topup_values(self):
        """Values of the page on which a holder chooses an amount. The address contains no balance."""
        wallet = self._need_wallet()
        rules = wallet.company_id._campus_topup_rules()
        month = wallet.env["payment.transaction"]._campus_month_minor(wallet)
        left = topup.month_left_minor(rules, month)
        return {
            **self._amount_values(wallet, month),
            "left": left is not None and self.env["campus.amount"]._to_text(left, wallet.currency_id),
            "has_auto": bool(wallet.company_id.campus_auto_topup_per_day),
        }

    @api.model
    def _amount_values(self, wallet, month_minor=0):
        """Suggested amounts and limits. Without the sum of the month they tell nothing about the holder."""
        company = wallet.company_id
        rules = company._campus_topup_rules()
        to_text = self.env["campus.amount"]._to_text
        presets = topup.usable_presets(company.campus_topup_presets or "", rules, month_minor)
        return {
            "symbol": wallet.currency_id.symbol,
            "presets": [
                {"value": money.format_minor(minor), "label": to_text(minor, wallet.currency_id)}
                for minor in presets
            ],
            "minimum": to_text(max(rules.minimum_minor, 1), wallet.currency_id),
            "maximum": rules.maximum_minor and to_text(rules.maximum_minor, wallet.currency_id),
        }

    @api.model
    def _check_topup(self, wallet, amount_minor, *, guest=False):
        """Raise ``UserError`` with the reason if this amount may not be topped up now.

        A guest learns that the amount is too high, but not how much the holder topped up this month.
        """
        refusal = wallet._topup_refusal(amount_minor)
        if refusal and guest and refusal["code"] in ("topup_month_cap", "wallet_closed"):
            raise UserError(self.env._("This card cannot take that much at the moment."))
        if refusal:
            raise UserError(self.env["campus.ledger"]._explain(refusal))

    # -- history, limits, automatic top-up ---------------------------------------

    @api.model
    def _history_values(self, filters, before_id):
        """One page of the history: the lines by day, and where the next page begins."""
        wallet = self._wallet()
        history = wallet.env["campus.history"]
        lines = history._lines(wallet, PAGE_LINES + 1, before_id=before_id, **filters) if wallet else []
        shown = lines[:PAGE_LINES]
        how = self._how_paid([line["uuid"] for line in shown])
        given = {
            "kind": filters["kind"],
            "start": filters["start"],
            "end": filters["end"],
            "where": filters["counter_account_id"],
        }
        query = {name: value for name, value in given.items() if value}
        return {
            "lines": [self._present_line(line, how.get(line["uuid"])) for line in shown],
            "filters": given,
            "query": "".join(f"&{name}={value}" for name, value in query.items()),
            "next_id": shown[-1]["id"] if len(lines) > PAGE_LINES else None,
            "accounts": history._counter_accounts(wallet) if wallet else [],
        }

    @api.model
    def _present_line(self, line, how=None):
        """One line for a page. ``how`` it was paid is named if it was not paid with a card."""
        minor = line["amount_minor"]
        sign = "−" if minor < 0 else "+"
        detail = line["name"] if line["kind"] == "purchase" else line["where"]
        return {
            **line,
            "icon": "back" if line["is_reversal"] else ICONS.get(line["kind"], "receipt"),
            "title": line["where"] if line["kind"] == "purchase" else line["name"],
            "detail": " · ".join(filter(None, [detail, how])),
            "how": how,
            "amount": f"{sign}{money.format_minor(abs(minor))}",
            "way": "out" if minor < 0 else "in",
            "dispute_state": line["dispute"] and line["dispute"].state,
        }

    @api.model
    def _own_transfer(self, transfer_id):
        """The first line of one of the holder's own bookings, or an empty record."""
        wallet = self._wallet()
        transfers = wallet.env["campus.transfer"]
        found = (
            transfers.search([("id", "=", transfer_id), ("wallet_id", "=", wallet.id)])
            if wallet
            else transfers
        )
        if not found:
            return found
        return transfers.search([("uuid", "=", found.uuid)], order="line", limit=1)

    @api.model
    def _line_values(self, transfer):
        wallet = transfer.wallet_id
        [line] = wallet.env["campus.history"]._lines(wallet, 1, uuid=transfer.uuid)
        siblings = transfer.search([("uuid", "=", transfer.uuid)], order="line")
        states = dict(wallet.env["campus.dispute"]._fields["state"]._description_selection(self.env))
        dispute = line["dispute"]
        return {
            "line": self._present_line(line, self._how_paid([transfer.uuid]).get(transfer.uuid)),
            "parts": [
                {
                    "name": part.plan_id.name or part.display_name,
                    "amount": money.format_minor(part.amount_minor),
                }
                for part in siblings
            ],
            "card": transfer.card_id.number and f"…{transfer.card_id.number[-4:]}",
            "number": f"{transfer.company_id.id}-{transfer.id:08d}",
            "dispute": dispute
            and {
                "state": dispute.state,
                "label": states[dispute.state],
                "answer": dispute.answer,
                "reason": dispute.reason,
            },
            "may_dispute": not dispute or dispute.state != "open",
        }

    @api.model
    def _dispute(self, transfer, reason):
        """Dispute one of the holder's own lines. The number per day is limited, because staff read each."""
        if not self.env["campus.rate"]._may_try("topup.dispute", self.env.uid, 10, 86400):
            raise UserError(self.env._("Too many disputes today. Please ask the card office."))
        return transfer.env["campus.dispute"]._open(transfer, reason)

    @api.model
    def _chart_values(self, span):
        wallet = self._wallet()
        history = wallet.env["campus.history"]
        chart = history._chart(wallet, span, history._today(wallet)) if wallet else None
        return {
            "span": span,
            "chart": chart,
            "symbol": wallet.currency_id.symbol,
            "money": money.format_minor,
            "others": self.env._("Other places"),
        }

    @api.model
    def _refusal_values(self):
        wallet = self._wallet()
        refusals = wallet.env["campus.history"]._refusals(wallet) if wallet else []
        return {"refusals": refusals, "money": money.format_minor}

    # -- limits --------------------------------------------------------------------

    @api.model
    def _limit_values(self):
        wallet = self._need_wallet()
        to_text = self.env["campus.amount"]._to_text
        rows = []
        names = ("purchase", "day", "pin_above")
        labels = [
            self.env._("Most for one purchase"),
            self.env._("Most for one day"),
            self.env._("Ask for the PIN above this sum a day"),
        ]
        own = (wallet.own_limit_purchase_minor, wallet.own_limit_day_minor, wallet.own_pin_above_minor)
        for name, label, school, minor in zip(names, labels, wallet._school_limits(), own, strict=True):
            rows.append(
                {
                    "name": name,
                    "label": label,
                    "school": school and to_text(school, wallet.currency_id),
                    "value": money.format_minor(minor) if minor else "",
                }
            )
        return {"rows": rows, "has_pin": wallet.has_pin, "pin_set_at": wallet.pin_set_at}

    # -- automatic top-up ------------------------------------------------------------

    @api.model
    def _own_tokens(self, wallet):
        """Saved payment methods of the person who is logged in, for the wallet's company."""
        # sudo: fields of providers are not for payers; the domain limits the tokens to the payer's own
        return (
            self.env["payment.token"]
            .sudo()
            .search(
                [
                    ("partner_id", "=", self.env.user.partner_id.id),
                    ("provider_id.company_id", "=", wallet.company_id.id),
                    ("provider_id.state", "in", ("enabled", "test")),
                ]
            )
        )

    @api.model
    def _auto_values(self):
        wallet = self._need_wallet()
        mandate = wallet.env["campus.topup.mandate"]._of_wallet(wallet)
        to_text = self.env["campus.amount"]._to_text
        return {
            "is_on": bool(wallet.company_id.campus_auto_topup_per_day),
            "per_day": wallet.company_id.campus_auto_topup_per_day,
            "school": wallet.company_id.name,
            "symbol": wallet.currency_id.symbol,
            "tokens": [{"id": token.id, "name": token.display_name} for token in self._own_tokens(wallet)],
            "mandate": mandate
            and {
                "state": mandate.state,
                "threshold": to_text(mandate.threshold_minor, wallet.currency_id),
                "amount": to_text(mandate.amount_minor, wallet.currency_id),
                "token": mandate.token_id.display_name,
                "since": mandate.consented_at,
                "text": mandate.consent_text,
                "version": mandate.consent_version,
            },
        }
