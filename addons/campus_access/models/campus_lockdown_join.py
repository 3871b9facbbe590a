from odoo import api, models

_HOOK = "campus_access.push_lockdowns"


class CampusLockdown(models.Model):
    """Orders in force also reach an edge that comes to their zone later; the database lists it."""

    _inherit = "campus.lockdown"

    @api.model
    def _push_later(self):
        """Once this transaction commits, push orders in force to the edges that have not confirmed them."""
        precommit = self.env.cr.precommit
        if _HOOK not in precommit.data:
            precommit.data[_HOOK] = True
            precommit.add(self._push_unconfirmed)

    @api.model
    def _push_unconfirmed(self):
        self.env.cr.precommit.data.pop(_HOOK, None)
        self.env.flush_all()
        # sudo: who moves a door or an edge need not see lockdowns, and nobody may see the channels of edges
        self = self.sudo()
        self.env["campus.lockdown.edge"].invalidate_model(flush=False)
        for order in self.search([("state", "=", "active")]):
            message = {"type": "lockdown", "order": order._wire_order()}
            for edge in order.edge_ids.filtered(lambda line: not line.confirmed_at).edge_id:
                if edge.state == "active":
                    self.env["bus.bus"]._sendone(edge.channel, "campus_access", message)


class CampusDoor(models.Model):
    """A new or moved door may bring its edge into a locked zone."""

    _inherit = "campus.door"

    @api.model_create_multi
    def create(self, vals_list):
        doors = super().create(vals_list)
        self.env["campus.lockdown"]._push_later()
        return doors

    def write(self, vals):
        res = super().write(vals)
        if {"active", "outer_zone_id", "inner_zone_id", "in_terminal_id", "out_terminal_id"} & vals.keys():
            self.env["campus.lockdown"]._push_later()
        return res


class CampusTerminal(models.Model):
    """A reader at another edge makes that edge obey."""

    _inherit = "campus.terminal"

    def write(self, vals):
        res = super().write(vals)
        if {"edge_id", "active"} & vals.keys():
            self.env["campus.lockdown"]._push_later()
        return res
