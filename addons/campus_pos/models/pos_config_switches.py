from odoo import models
from odoo.exceptions import AccessError

from ..const import MANAGER
from .pos_order_kept import changed

SYSTEM = "base.group_system"
#: How a till is paid and what it accepts. Odoo lets every cashier write on the till, but these fields need
#: more rights.
SWITCHES = frozenset(
    {
        "active",
        "amount_authorized_diff",
        "campus_accept_numbers",
        "campus_account_id",
        "campus_scan_to_pay",
        "campus_skip_receipt",
        "cash_rounding",
        "company_id",
        "group_pos_manager_id",
        "group_pos_user_id",
        "invoice_journal_id",
        "is_posbox",
        "journal_id",
        "manual_discount",
        "order_edit_tracking",
        "payment_method_ids",
        "proxy_ip",
        "restrict_price_control",
        "rounding_method",
        "set_maximum_difference",
        "trusted_config_ids",
    }
)


class PosConfig(models.Model):
    """Whoever changes how a till is paid needs the right to, and the change is logged."""

    _name = "pos.config"
    _inherit = ["pos.config", "mail.thread"]

    def _track_get_fields(self):
        return super()._track_get_fields() | {"name", *SWITCHES}

    def write(self, vals):
        self._campus_check_switches(vals)
        return super().write(vals)

    def _campus_check_switches(self, vals):
        if self.env.su or not SWITCHES & vals.keys():
            return
        if self.env.user.has_group(MANAGER) or self.env.user.has_group(SYSTEM):
            return
        for config in self:
            # sudo: a cashier may not read all of these fields; here they only learn that a value differs
            wrong = changed(config.sudo(), vals, SWITCHES)
            if wrong:
                names = [config._fields[name]._description_string(self.env) for name in wrong]
                raise AccessError(
                    self.env._("Only a manager of the point of sale changes: %s.", ", ".join(names))
                )

    def _load_pos_data_fields(self, config):
        """Do not load the log of the settings into the till."""
        thread = self.env["mail.thread"]._fields.keys() - {"id", "display_name", *models.MAGIC_COLUMNS}
        names = super()._load_pos_data_fields(config) or [
            name for name, field in self._fields.items() if self._has_field_access(field, "read")
        ]
        return [name for name in names if name not in thread]
