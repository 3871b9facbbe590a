from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain

from ..campus_core import archiving
from ..db.columns import NO_NUMBER, Number
from .campus_card_states import CAMPUS_STAFF


class ResPartner(models.Model):
    """A holder is a contact with a campus number."""

    _inherit = "res.partner"

    campus_number = Number(
        index="btree_not_null",
        copy=False,
        tracking=True,
        groups=CAMPUS_STAFF,
        help="Student or staff number. A contact with a campus number is a holder.",
    )
    is_campus_holder = fields.Boolean(
        "Holder", compute="_compute_is_campus_holder", store=True, groups=CAMPUS_STAFF
    )
    campus_department_id = fields.Many2one(
        "campus.department",
        "Department",
        index="btree_not_null",
        ondelete="restrict",
        tracking=True,
        # No groups on this and on the properties that it defines: Odoo reads and writes
        # both for everybody who creates a contact or a user.
    )
    campus_role = fields.Selection(
        [
            ("student", "Student"),
            ("teacher", "Teacher"),
            ("staff", "Staff"),
            ("family", "Family"),
            ("visitor", "Visitor"),
        ],
        "Campus Role",
        copy=False,
        tracking=True,
        groups=CAMPUS_STAFF,
    )
    campus_valid_from = fields.Date("Valid From", copy=False, tracking=True, groups=CAMPUS_STAFF)
    campus_valid_until = fields.Date(
        "Valid Until",
        copy=False,
        tracking=True,
        groups=CAMPUS_STAFF,
        help="Last day on which this person's cards work. Empty: no end.",
    )
    campus_properties = fields.Properties(
        "Custom Properties",
        definition="campus_department_id.holder_properties_definition",
    )
    campus_card_ids = fields.One2many("campus.card", "partner_id", "Cards", groups=CAMPUS_STAFF)
    campus_card_count = fields.Integer(
        "Number of Cards", compute="_compute_campus_card_count", groups=CAMPUS_STAFF
    )
    campus_wallet_ids = fields.One2many("campus.wallet", "partner_id", "Wallets", groups=CAMPUS_STAFF)
    campus_wallet_id = fields.Many2one(
        "campus.wallet",
        "Wallet",
        compute="_compute_campus_wallet_id",
        search="_search_campus_wallet_id",
        groups=CAMPUS_STAFF,
    )
    campus_balance = fields.Monetary(
        "Card Balance",
        compute="_compute_campus_balance",
        currency_field="campus_currency_id",
        groups=CAMPUS_STAFF,
    )
    campus_currency_id = fields.Many2one(
        "res.currency", "Card Currency", compute="_compute_campus_balance", groups=CAMPUS_STAFF
    )

    # COALESCE: contacts shared by all companies (no company) are one more number space.
    _campus_number_company_unique = models.UniqueIndex(
        "(campus_number, COALESCE(company_id, 0)) WHERE campus_number IS NOT NULL",
        "Another holder of this company has this campus number already.",
    )
    _campus_number_form = models.Constraint(
        f"CHECK(campus_number !~ '{NO_NUMBER}')",
        "A campus number is written in capitals and plain digits, without spaces.",
    )
    _campus_valid_dates = models.Constraint(
        "CHECK(campus_valid_until >= campus_valid_from)",
        "A holder's first valid day cannot be after the last one.",
    )

    @api.depends("campus_number")
    def _compute_is_campus_holder(self):
        for partner in self:
            partner.is_campus_holder = bool(partner.campus_number)

    @api.depends("campus_card_ids")
    def _compute_campus_card_count(self):
        counts = dict(
            self.env["campus.card"]._read_group([("partner_id", "in", self.ids)], ["partner_id"], ["__count"])
        )
        for partner in self:
            partner.campus_card_count = counts.get(partner._origin, 0)

    @api.depends("campus_wallet_ids")
    @api.depends_context("company")
    def _compute_campus_wallet_id(self):
        wallets = self.env["campus.wallet"].search(
            [
                ("partner_id", "in", self.ids),
                ("company_id", "=", self.env.company.id),
                *self.env["campus.wallet"]._live(),
            ]
        )
        by_partner = {wallet.partner_id.id: wallet for wallet in wallets}
        for partner in self:
            partner.campus_wallet_id = by_partner.get(partner._origin.id, False)

    @api.depends("campus_wallet_id.balance")
    @api.depends_context("company")
    def _compute_campus_balance(self):
        for partner in self:
            partner.campus_balance = partner.campus_wallet_id.balance
            partner.campus_currency_id = self.env.company.currency_id

    def _search_campus_wallet_id(self, operator, value):
        if operator != "in":
            return NotImplemented
        here = Domain("company_id", "=", self.env.company.id) & Domain(self.env["campus.wallet"]._live())
        found = Domain("campus_wallet_ids", "any", here & Domain("id", "in", [v for v in value if v]))
        if False in value:
            found |= Domain("campus_wallet_ids", "not any", here)
        return found

    @api.constrains("campus_number")
    def _check_campus_number(self):
        for partner in self:
            if not partner.campus_number and partner.campus_card_ids:
                raise ValidationError(
                    self.env._("%s has cards and needs a campus number.", partner.display_name)
                )

    @api.constrains("campus_department_id", "company_id")
    def _check_campus_department_company(self):
        for partner in self:
            company = partner.campus_department_id.company_id
            if company and partner.company_id and partner.company_id != company:
                raise ValidationError(
                    self.env._(
                        "%(holder)s belongs to another company than the department %(department)s.",
                        holder=partner.display_name,
                        department=partner.campus_department_id.display_name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            if vals.get("campus_number"):
                vals.setdefault("company_id", self.env.company.id)
        return super().create(vals_list)

    def action_view_campus_cards(self):
        """Return the action that lists the holder's cards."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("campus_card.campus_card_action")
        return {
            **action,
            "domain": [("partner_id", "=", self.id)],
            "context": {"default_partner_id": self.id},
        }

    def action_view_campus_wallet(self):
        """Return the action that opens the holder's wallet."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "campus.wallet",
            "res_id": self.campus_wallet_id.id,
            "views": [(False, "form")],
        }

    def action_view_campus_transfers(self):
        """Return the action that lists the transfers of the holder's wallet."""
        self.ensure_one()
        return self.campus_wallet_id.action_view_transfers()

    def action_campus_new_card(self):
        """Return the form of a new card for the holder."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "campus.card",
            "views": [(False, "form")],
            "context": {"default_partner_id": self.id, "default_valid_until": self.campus_valid_until},
        }

    def action_open_campus_holder(self):
        """Return the action that opens the holder as the card office sees them."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "res.partner",
            "res_id": self.id,
            "views": [(self.env.ref("campus_card.campus_holder_view_form").id, "form")],
        }

    def action_campus_issue(self):
        """Return the dialog that makes cards for holders."""
        return self.env["ir.actions.act_window"]._for_xml_id("campus_card.campus_card_issue_action")

    def action_campus_counter(self):
        """Return the counter's dialog, with the holder already chosen."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("campus_card.campus_counter_action")
        return {**action, "context": {"default_credential": self.campus_number}}

    # -- archiving ---------------------------------------------------------------

    def write(self, vals):
        if "active" in vals and not vals["active"]:
            self.filtered("active")._check_campus_may_archive()
        if "company_id" in vals and not self.env.su:
            self._check_campus_company_stays(vals["company_id"])
        return super().write(vals)

    def _check_campus_may_archive(self):
        if not self:
            return
        # sudo: cards and wallets of every company count, whoever archives the contact
        Card, Wallet = self.env["campus.card"].sudo(), self.env["campus.wallet"].sudo()
        cards = Card.search([("partner_id", "in", self.ids), ("state", "in", list(archiving.IN_HAND))])
        wallets = Wallet.search([("partner_id", "in", self.ids), ("state", "!=", "closed")])
        for partner in self:
            mine = cards.filtered(lambda card, partner=partner: card.partner_id.id == partner.id)
            still_open = wallets.filtered(lambda wallet, partner=partner: wallet.partner_id.id == partner.id)
            refusal = archiving.holder(len(mine), len(still_open))
            if refusal and refusal.code == "archive_holder_card":
                raise UserError(
                    self.env._(
                        "%(holder)s still has card %(card)s. Return the card, then close the wallet and "
                        "archive the holder.",
                        holder=partner.display_name,
                        card=mine[0].number,
                    )
                )
            if refusal:
                raise UserError(
                    self.env._(
                        "The wallet of %s is not closed. Pay out what is in it and close it, then archive the "
                        "holder.",
                        partner.display_name,
                    )
                )

    def _check_campus_company_stays(self, company_id):
        """Whoever could take a holder out of the company would show them to all others."""
        # sudo: asked of every holder, also of one that the user may only write
        for partner in self.sudo():
            if not partner.company_id or partner.company_id.id == company_id:
                continue
            if partner.is_campus_holder or partner.campus_wallet_ids:
                raise AccessError(
                    self.env._("%s is a card holder and stays in the company.", partner.display_name)
                )

    @api.constrains("company_id")
    def _check_campus_company_of_wallets(self):
        # sudo: a wallet of a company that the user has not opened counts as well
        for partner in self.sudo().filtered("company_id"):
            if partner.campus_wallet_ids.company_id - partner.company_id:
                raise ValidationError(
                    self.env._("%s has a wallet in another company and stays there.", partner.display_name)
                )
