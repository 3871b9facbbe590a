from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tools import SQL

from ..const import MANAGER
from .pos_order import changed

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
    """A till with its merchant. Only who has the right to changes how it is paid, and each change is logged."""

    _name = "pos.config"
    _inherit = ["pos.config", "mail.thread"]

    # Cashiers may write on their till, because Odoo stores its state there. They may not write these fields.
    campus_account_id = fields.Many2one(
        "campus.account",
        string="Campus Card Merchant",
        domain="[('kind', '=', 'merchant'), ('company_id', '=', company_id)]",
        ondelete="restrict",
        copy=False,
        groups=MANAGER,
        help="Account of the campus ledger that is credited with what is sold by card here.",
    )
    campus_skip_receipt = fields.Boolean(
        "Next Customer at Once",
        default=True,
        help="After a payment by campus card the next customer's order opens, without the receipt screen.",
    )
    campus_scan_to_pay = fields.Boolean(
        "One Tap Pays",
        default=True,
        help="If a card is tapped while the order is open, it pays for the order at once.",
    )
    campus_accept_numbers = fields.Boolean(
        "Accept Typed Numbers",
        help="Also take a card number or campus number, typed or printed as a barcode. Others may "
        "know the number: compare the person with the photo.",
    )

    campus_takes_emergency = fields.Boolean(compute="_compute_campus_takes_emergency")

    def _compute_campus_takes_emergency(self):
        """Whether an installed addon knows emergency codes."""
        self.campus_takes_emergency = "emergency:" in self.env["campus.card"]._proven_kinds()

    @api.constrains("campus_account_id", "company_id")
    def _check_campus_account(self):
        # sudo: whoever changes a till need not be able to read the ledger's accounts
        for config in self.sudo():
            account = config.campus_account_id
            if account and (account.kind, account.company_id) != ("merchant", config.company_id):
                raise UserError(self.env._("The campus card needs a merchant account of the same company."))

    @api.constrains("campus_account_id")
    def _check_campus_account_link(self):
        links = self.env["campus.account.links"]
        # sudo: as for reading the field
        links._raise(links._ledger_problems(self.sudo().campus_account_id))

    @api.constrains("payment_method_ids", "journal_id", "pricelist_id", "company_id")
    def _check_campus_currency(self):
        """Refuse a till with another currency, because it would charge a wrong amount."""
        for config in self.filtered(lambda config: config._campus_takes_card()):
            # sudo: a cashier may not read the company's settings
            company = config.company_id.sudo()
            company._campus_check_currency()
            if config.currency_id != company.currency_id:
                raise ValidationError(
                    self.env._(
                        "The money on cards is in %(card)s, but %(till)s uses %(other)s. A till takes the "
                        "campus card in the company's currency only.",
                        card=company.currency_id.name,
                        till=config.name,
                        other=config.currency_id.name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        configs = super().create(vals_list)
        configs._campus_prepare_till()
        return configs

    def write(self, vals):
        self._campus_check_switches(vals)
        res = super().write(vals)
        if "payment_method_ids" in vals:
            self._campus_prepare_till()
        return res

    def action_campus_setup_pos(self):
        """Set up these tills for the campus card."""
        self.check_access("write")
        if not self.env.user.has_group(MANAGER):
            raise UserError(self.env._("Only a manager of the point of sale changes how a till is paid."))
        self._campus_setup_pos()

    def _campus_setup_pos(self):
        """Link the company's card payment method and a merchant account. It may be called again."""
        for config in self:
            method = config.company_id._campus_setup_pos()
            if method not in config.payment_method_ids:
                config.payment_method_ids = [Command.link(method.id)]
            config._campus_prepare_till()

    def _campus_takes_card(self):
        return any(method._is_campus_card() for method in self.payment_method_ids)

    def _campus_prepare_till(self):
        """Prepare the tills among these that take cards. It may be called again."""
        # sudo: whoever may set up a till need not be able to write the ledger's accounts.
        for config in self.sudo():
            if not config._campus_takes_card():
                continue
            if not config.campus_account_id:
                config.campus_account_id = config.env["campus.account"].create(
                    config._prepare_campus_merchant_vals()
                )
            config._campus_number_without_waiting()

    def _campus_number_without_waiting(self):
        """Let several devices of one till store orders at the same time.

        Odoo numbers a till's orders and lines without gaps and locks a row for each order. A device that
        meets the lock fails, waits and repeats the order; under load it gives up. The numbers on receipts are
        not affected, because the device makes them.
        """
        sequences = self.order_seq_id | self.order_line_seq_id | self.order_backend_seq_id
        sequences.filtered(lambda sequence: sequence.implementation == "no_gap").write(
            {"implementation": "standard"}
        )

    def _prepare_campus_merchant_vals(self):
        return {
            "name": self.name,
            "code": f"pos-{self.id}",
            "kind": "merchant",
            "company_id": self.company_id.id,
            "gl_account_id": self.company_id.campus_clearing_account_id.id,
        }

    def _campus_merchant(self):
        merchant = self.campus_account_id
        if not merchant:
            raise UserError(
                self.env._(
                    "%s has no merchant account for the campus card. Set it up in the settings.", self.name
                )
            )
        return merchant

    def get_limited_partners_loading(self, offset=0):
        """Load no partners: a campus has tens of thousands of holders, and the till finds them by card."""
        return self.env.execute_query(
            SQL(
                """SELECT partner.id
                     FROM res_partner partner
                     LEFT JOIN (SELECT partner_id, count(*) AS orders FROM pos_order GROUP BY partner_id) AS bought
                       ON bought.partner_id = partner.id
                    WHERE (partner.company_id = %(company)s OR partner.company_id IS NULL)
                      AND partner.is_campus_holder IS NOT TRUE
                    ORDER BY COALESCE(bought.orders, 0) DESC, partner.name
                    LIMIT %(limit)s OFFSET %(offset)s""",
                company=self.company_id.id,
                limit=self._get_limited_partner_count(),
                offset=offset,
            )
        )

    # -- switches ----------------------------------------------------------------

    def _track_get_fields(self):
        return super()._track_get_fields() | {"name", *SWITCHES}

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
