from collections import defaultdict

from odoo import api, fields, models
from odoo.addons.campus_card.db.columns import Number
from odoo.addons.campus_card.models.campus_card_states import CAMPUS_STAFF
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from .campus_access_who import ASKED, AT_ONCE_MAX

_HOOK = "campus_access.settle"
# Who gives rights asks for these of a holder.
READERS = f"{CAMPUS_STAFF},campus_access.group_campus_access_clerk"
NOTICED = ASKED | {"active", "company_id"}


class ResPartner(models.Model):
    """Who changes so that a right may begin or end gets the rights that fit."""

    _inherit = "res.partner"

    # of the same class, or a number would be kept as it was typed
    campus_number = Number(groups=READERS)
    is_campus_holder = fields.Boolean(groups=READERS)
    campus_role = fields.Selection(groups=READERS)
    campus_right_ids = fields.Many2many(
        "campus.access.right",
        string="Access Rights",
        compute="_compute_campus_right_ids",
        search="_search_campus_right_ids",
        groups="campus_access.group_campus_access_clerk,campus_card.group_campus_card_auditor",
    )

    campus_door_pin_at = fields.Datetime(
        "Door PIN Chosen At",
        compute="_compute_campus_door_pin_at",
        groups="campus_card.group_campus_card_clerk,campus_card.group_campus_card_auditor",
    )

    def _compute_campus_right_ids(self):
        self.env.cr.execute(
            "SELECT partner_id, array_agg(right_id) FROM campus_access_member WHERE partner_id = ANY (%s) "
            "GROUP BY partner_id",
            [self.ids],
        )
        found = dict(self.env.cr.fetchall())
        rights = self.env["campus.access.right"]
        visible = set(rights.search([("id", "in", [one for ids in found.values() for one in ids])]).ids)
        for partner in self:
            partner.campus_right_ids = rights.browse(sorted(set(found.get(partner.id, ())) & visible))

    def _search_campus_right_ids(self, operator, value):
        if operator != "in":
            return NotImplemented
        # only rights that the user may see are asked for
        rights = self.env["campus.access.right"].with_context(active_test=False)
        wanted = rights.search([("id", "in", [one for one in value if one])]).ids
        return Domain(
            "id",
            "in",
            SQL("(SELECT partner_id FROM campus_access_member WHERE right_id = ANY (%s))", wanted),
        )

    @api.model_create_multi
    def create(self, vals_list):
        partners = super().create(vals_list)
        if any(vals.get("campus_number") for vals in vals_list):
            self._settle_access_later()
        return partners

    def write(self, vals):
        res = super().write(vals)
        if NOTICED & vals.keys():
            self._settle_access_later()
        return res

    @api.model
    def _settle_access_later(self):
        """Once, when this transaction is about to commit."""
        precommit = self.env.cr.precommit
        if _HOOK not in precommit.data:
            precommit.data[_HOOK] = True
            precommit.add(self._settle_access)

    @api.model
    def _settle_access(self):
        """Look at the people whom this transaction has changed; many are left to the job."""
        self.env.cr.precommit.data.pop(_HOOK, None)
        self.env.flush_all()
        self.env.cr.execute(
            """SELECT count(DISTINCT partner_id) FROM campus_access_dirty WHERE noted_by = pg_current_xact_id()"""
        )
        if self.env.cr.fetchone()[0] > AT_ONCE_MAX:
            # sudo: who changes people need not know the jobs of doors
            self.env.ref("campus_access.campus_access_cron").sudo()._trigger()
            return
        self.env.cr.execute(
            "DELETE FROM campus_access_dirty WHERE noted_by = pg_current_xact_id() RETURNING partner_id, field"
        )
        self._refresh_access(self.env.cr.fetchall())

    @api.model
    def _refresh_access(self, rows):
        changes = defaultdict(set)
        for partner, field in rows:
            changes[partner].add(field)
        if changes:
            self.env["campus.access.right"]._refresh_people(changes)

    @api.model
    def _cron_settle_access(self):
        """The job: people changed by an import, or by set-based statements."""
        self.env.cr.execute("DELETE FROM campus_access_dirty RETURNING partner_id, field")
        rows = self.env.cr.fetchall()
        if len({partner for partner, _field in rows}) > AT_ONCE_MAX:
            self.env["campus.access.right"]._refresh_all()
        else:
            self._refresh_access(rows)

    # -- door PIN -----------------------------------------------------------------------

    def _compute_campus_door_pin_at(self):
        # sudo: nobody has rights on that table; who reads the holder is told when, and nothing else
        pins = self.env["campus.door.pin"].sudo().search([("partner_id", "in", self.ids)])
        found = {pin.partner_id.id: pin.set_at for pin in pins}
        for partner in self:
            partner.campus_door_pin_at = found.get(partner._origin.id, False)

    def action_campus_door_pin(self):
        """Open the card office's dialog in which a holder gets a door PIN, or loses a forgotten one."""
        self.ensure_one()
        if not self.campus_wallet_id:
            raise UserError(self.env._("%s has no card here yet: issue one first.", self.display_name))
        action = self.env["ir.actions.act_window"]._for_xml_id("campus_access.campus_door_pin_desk_action")
        return {**action, "context": {"default_wallet_id": self.campus_wallet_id.id}}


class CampusDepartment(models.Model):
    """A department that moves in the tree takes its people into other rights."""

    _inherit = "campus.department"

    @api.model_create_multi
    def create(self, vals_list):
        departments = super().create(vals_list)
        if departments.parent_id:
            # rights for the department above are for this one too
            self.env.registry.clear_cache()
        return departments

    def write(self, vals):
        res = super().write(vals)
        if "parent_id" in vals:
            self.env.flush_all()
            self.env.registry.clear_cache()
            # sudo: who moves a department need not see the rights
            rights = self.env["campus.access.right"].sudo().search([("active", "=", True)])
            rights.filtered(lambda right: right._asks_for({"campus_department_id"}))._refresh_members()
        return res
