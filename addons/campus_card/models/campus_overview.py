from odoo import api, fields, models

from ..campus_core import card_state, money
from .base_address import is_nobodys
from .campus_card_states import CARD_STATES

TODAY_KINDS = ("topup", "purchase", "payout", "fee")


class CampusOverview(models.AbstractModel):
    """The first page of the card office: what is going on and what waits.

    Everything is counted with the rights of the user, so that a clerk sees the numbers of
    the own departments.
    """

    _name = "campus.overview"
    _description = "Card Office Overview"

    @api.model
    @api.readonly
    def get_overview(self):
        """Return the numbers of the page: ``{states, todo, today, money}``."""
        return {
            "company": self.env.company.name,
            "holders": self.env["res.partner"].search_count(self._holder_domain()),
            "states": self._states(),
            "todo": self._todo(),
            "today": self._today(),
            "money": self._money(),
            "address_missing": self._is_address_missing(),
            "holidays_missing": self.env["campus.holiday"]._missing_year(self.env.company),
        }

    @api.model
    def _is_address_missing(self):
        """Whether mails made by jobs carry links to ``localhost``; told to who can do something about it."""
        if not self.env.user.has_groups("base.group_system,campus_card.group_campus_card_manager"):
            return False
        # sudo: a manager does not read system parameters; this one stands in every mail
        return is_nobodys(self.env["ir.config_parameter"].sudo().get_param("web.base.url"))

    @api.model
    def _holder_domain(self):
        return [("is_campus_holder", "=", True), ("company_id", "in", [self.env.company.id, False])]

    @api.model
    def _states(self):
        counts = dict(
            self.env["campus.card"]._read_group(
                [("company_id", "=", self.env.company.id)], ["state"], ["__count"]
            )
        )
        labels = dict(self.env["campus.card.stage"]._fields["state"]._description_selection(self.env))
        return [
            {"state": state, "label": labels[state], "count": counts.get(state, 0)}
            for state, _label in CARD_STATES
        ]

    @api.model
    def _todo(self):
        """Return what waits for somebody: ``[{key, count, action, domain}]``."""
        company = ("company_id", "=", self.env.company.id)
        today = self.env.company._campus_today()
        soon = fields.Date.add(today, days=30)
        asked = {
            "approve": ("campus.card", [company, ("state", "=", card_state.REQUESTED)]),
            "scan": ("campus.card", [company, ("state", "=", card_state.APPROVED), ("kind", "!=", "phone")]),
            "collect": ("campus.card", [company, ("state", "in", (card_state.PRODUCED, card_state.ISSUED))]),
            "lost": ("campus.card", [company, ("state", "=", card_state.LOST)]),
            "expiring": (
                "campus.card",
                [
                    company,
                    ("state", "=", card_state.ACTIVE),
                    ("valid_until", ">=", fields.Date.to_string(today)),
                    ("valid_until", "<=", fields.Date.to_string(soon)),
                ],
            ),
            "correction": ("campus.correction", [company, ("state", "=", "requested")]),
        }
        return [
            {"key": key, "model": model, "domain": domain, "count": self.env[model].search_count(domain)}
            for key, (model, domain) in asked.items()
        ]

    @api.model
    def _today(self):
        """Return today's movements by kind: ``[{kind, label, count, amount}]``."""
        transfers = self.env["campus.transfer"]
        domain = [
            ("company_id", "=", self.env.company.id),
            ("booking_date", "=", self.env.company._campus_today()),
            ("kind", "in", TODAY_KINDS),
        ]
        sums = {
            kind: (count, amount)
            for kind, count, amount in transfers._read_group(domain, ["kind"], ["__count", "amount:sum"])
        }
        labels = dict(transfers._fields["kind"]._description_selection(self.env))
        return [
            {"kind": kind, "label": labels[kind], "count": count, "amount": self._text(abs(amount or 0))}
            for kind in TODAY_KINDS
            for count, amount in [sums.get(kind, (0, 0))]
        ]

    @api.model
    def _money(self):
        [(balance, reserved)] = self.env["campus.account"]._read_group(
            [("kind", "=", "pocket"), ("company_id", "=", self.env.company.id)],
            [],
            ["balance_minor:sum", "reserved_minor:sum"],
        )
        unit = money.MINOR_PER_MAJOR
        return {
            "balance": self._text((balance or 0) / unit),
            "reserved": self._text((reserved or 0) / unit),
            "has_reserved": bool(reserved),
        }

    @api.model
    def _text(self, amount):
        return self.env.company.currency_id.format(float(amount))
