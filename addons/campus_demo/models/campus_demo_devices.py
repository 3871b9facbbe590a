from odoo import api, models

from ..generator import devices
from .campus_demo import LANGUAGE


class CampusDemo(models.AbstractModel):
    """Edges and terminals, before any edge is paired."""

    _inherit = "campus.demo"

    @api.model
    def _load_devices(self, company):
        self = self._here(company)
        merchants = self._load_self_service(company)
        known = self.env["campus.terminal"].with_context(active_test=False)
        codes = set(known.search([("company_id", "=", company.id)]).mapped("code"))
        for edge in devices.EDGES:
            missing = [terminal for terminal in edge.terminals if terminal.code not in codes]
            if missing:
                record = self._load_edge(company, edge)
                terminals = self.env["campus.terminal"].create(
                    [self._terminal_vals(terminal, record, merchants) for terminal in missing]
                )
                for terminal, made in zip(missing, terminals, strict=True):
                    made.with_context(lang=LANGUAGE).name = terminal.name

    @api.model
    def _load_edge(self, company, edge):
        Edge = self.env["campus.edge"]
        return Edge.search([("company_id", "=", company.id), ("name", "=", edge.name)]) or Edge.create(
            {
                "name": edge.name,
                "place": edge.place,
                "company_id": company.id,
                "responsible_id": self._staff("device").id,
            }
        )

    @api.model
    def _terminal_vals(self, terminal, edge, merchants):
        return {
            "code": terminal.code,
            "name": terminal.name_en,
            "edge_id": edge.id,
            "company_id": edge.company_id.id,
            "purpose": terminal.purpose,
            "amount_mode": terminal.amount_mode,
            "amount_minor": terminal.amount_minor,
            "merchant_id": merchants[terminal.merchant].id if terminal.merchant else False,
        }

    @api.model
    def _load_self_service(self, company):
        """:return: {code: campus.account} of the merchants that sell without a till"""
        Account = self.env["campus.account"]
        found = Account.search([("company_id", "=", company.id), ("kind", "=", "merchant")]).grouped("code")
        income = self.env["account.account"].search(
            [("company_ids", "in", company.id), ("account_type", "=", "income")], limit=1
        )
        for merchant in devices.SELF_SERVICE:
            if merchant.code not in found:
                found[merchant.code] = Account.create(
                    {
                        "code": merchant.code,
                        "name": merchant.name,
                        "kind": "merchant",
                        "company_id": company.id,
                        "gl_account_id": income.id,
                    }
                )
        return found
