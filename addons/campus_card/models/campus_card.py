from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from ..campus_core import errors
from ..campus_core.credentials import uids
from ..db.columns import NO_NUMBER, Number
from .campus_card_states import CARD_STATES

# What only the verbs of a card may set: writing them by hand would move money or history.
PROTECTED = frozenset(
    {
        "number",
        "wallet_id",
        "state",
        "state_before_loss",
        "replaces_id",
        "replaced_by_id",
        "issued_at",
        "lost_at",
        "frozen_at",
        "closed_at",
    }
)
FIXED = frozenset(("partner_id", "company_id"))


class CampusCard(models.Model):
    """A key to its holder's wallet: a physical card, a phone or a temporary card."""

    _name = "campus.card"
    _description = "Campus Card"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "id desc"
    _rec_name = "number"
    _rec_names_search = ["number", "uid", "partner_id.campus_number", "partner_id.name"]
    _check_company_auto = True

    number = Number(
        required=True,
        readonly=True,
        copy=False,
        default=lambda self: self.env._("New"),
        help="The number printed on the card, given by the system.",
    )
    uid = fields.Char(
        "UID",
        copy=False,
        tracking=True,
        help="Serial number of the chip in hexadecimal, as the reader sends it.",
    )
    kind = fields.Selection(
        [("physical", "Physical card"), ("phone", "Phone"), ("temporary", "Temporary card")],
        required=True,
        default="physical",
        tracking=True,
    )
    partner_id = fields.Many2one(
        "res.partner",
        "Holder",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
        domain=[("is_campus_holder", "=", True)],
    )
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    department_id = fields.Many2one(
        related="partner_id.campus_department_id", store=True, index="btree_not_null"
    )
    campus_number = fields.Char(related="partner_id.campus_number")
    campus_role = fields.Selection(related="partner_id.campus_role", store=True)
    partner_image_128 = fields.Image("Photo", related="partner_id.image_128")
    wallet_id = fields.Many2one(
        "campus.wallet", readonly=True, index=True, copy=False, ondelete="restrict", check_company=True
    )
    available = fields.Monetary(related="wallet_id.available")
    currency_id = fields.Many2one(related="company_id.currency_id")
    holder_card_count = fields.Integer("Cards of the Holder", compute="_compute_holder_card_count")
    stage_id = fields.Many2one(
        "campus.card.stage",
        required=True,
        index=True,
        ondelete="restrict",
        copy=False,
        tracking=True,
        group_expand="_read_group_expand_full",
        default=lambda self: self.env["campus.card.stage"]._first_of("requested"),
    )
    state = fields.Selection(related="stage_id.state", store=True, index=True)
    state_before_loss = fields.Selection(CARD_STATES, readonly=True, copy=False)
    valid_from = fields.Date(default=lambda self: self.env.company._campus_today(), tracking=True)
    valid_until = fields.Date(
        tracking=True, help="Last day on which the card works. Empty: no end of its own."
    )
    active = fields.Boolean(default=True)

    issued_at = fields.Datetime(readonly=True, copy=False)
    lost_at = fields.Datetime(
        "Reported Lost",
        readonly=True,
        copy=False,
        help="From this moment on the holder is not liable for uses of the card.",
    )
    frozen_at = fields.Datetime(readonly=True, copy=False)
    closed_at = fields.Datetime("Out of Use Since", readonly=True, copy=False)
    replaces_id = fields.Many2one(
        "campus.card", "Replaces", readonly=True, copy=False, index="btree_not_null", ondelete="restrict"
    )
    replaced_by_id = fields.Many2one(
        "campus.card", "Replaced By", readonly=True, copy=False, index="btree_not_null", ondelete="restrict"
    )
    state_reason = fields.Char(
        "Reason", copy=False, tracking=True, help="Why the card is frozen, lost or out of use."
    )
    note = fields.Text()

    _number_company_unique = models.Constraint(
        "UNIQUE(company_id, number)", "Another card has this number already."
    )
    _number_form = models.Constraint(
        f"CHECK(number !~ '{NO_NUMBER}')",
        "A card number is written in capitals and plain digits, without spaces.",
    )
    _uid_in_use_unique = models.UniqueIndex(
        "(company_id, uid) WHERE uid IS NOT NULL AND state NOT IN ('replaced', 'returned')",
        "Another card in use has this UID.",
    )
    # readers ask for cards that are over as well, which the index above leaves out
    _uid_idx = models.Index("(uid) WHERE uid IS NOT NULL")
    _uid_form = models.Constraint(
        "CHECK(uid ~ '^([0-9A-F]{8}|[0-9A-F]{14}|[0-9A-F]{20})$')",
        "A UID is 8, 14 or 20 hexadecimal digits.",
    )
    _valid_dates = models.Constraint(
        "CHECK(valid_until >= valid_from)", "A card's first valid day cannot be after the last one."
    )
    _expiry_idx = models.Index("(valid_until) WHERE state IN ('issued', 'active', 'frozen', 'lost')")

    @api.depends("partner_id")
    def _compute_holder_card_count(self):
        counts = dict(
            self._read_group([("partner_id", "in", self.partner_id.ids)], ["partner_id"], ["__count"])
        )
        for card in self:
            card.holder_card_count = counts.get(card.partner_id, 0)

    @api.constrains("partner_id")
    def _check_partner_is_holder(self):
        for card in self:
            if not card.partner_id.is_campus_holder:
                raise ValidationError(
                    self.env._(
                        "%s has no campus number and cannot hold a card.", card.partner_id.display_name
                    )
                )

    @api.onchange("uid")
    def _onchange_uid(self):
        """What a desk reader types becomes the UID; whatever comes from elsewhere must be one."""
        self.uid = self._read_scan(self.uid) or self.uid

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su and any(PROTECTED & vals.keys() for vals in vals_list):
            raise AccessError(self.env._("These values of a card are set by the system only."))
        for vals in vals_list:
            company = self.env["res.company"].browse(vals.get("company_id")) or self.env.company
            vals["company_id"] = company.id
            if not vals.get("number"):
                # sudo: clerks count cards, and do not read sequences
                vals["number"] = (
                    self.env["ir.sequence"].with_company(company).sudo().next_by_code("campus.card")
                )
            if vals.get("uid"):
                vals["uid"] = self._normal_uid(vals["uid"])
        self._fill_wallets(vals_list)
        giving = self._campus_giving("number", "wallet_id")
        return super(CampusCard, giving).create(vals_list).with_env(self.env)

    def write(self, vals):
        if not self.env.su and PROTECTED & vals.keys():
            raise AccessError(self.env._("These values of a card are set by the system only."))
        for field in FIXED & vals.keys():
            if any(card[field].id != vals[field] for card in self):
                raise UserError(self.env._("A card stays with its holder: issue a new card instead."))
        if vals.get("uid"):
            vals = {**vals, "uid": self._normal_uid(vals["uid"])}
        if "stage_id" not in vals:
            return super().write(vals)
        stage = self.env["campus.card.stage"].browse(vals["stage_id"])
        # every change of stage is a verb, also a card dragged in the kanban
        for (state, before), cards in self.grouped(lambda card: (card.state, card.state_before_loss)).items():
            verb = cards._verb_for(state, before, stage)
            moved = cards._prepare_move(verb, state)
            super(CampusCard, cards._campus_giving(*moved)).write({**vals, **moved})
            cards._after_move(verb)
        return True

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        if any(card.state not in ("requested", "approved") for card in self):
            raise UserError(self.env._("A card that was produced stays in the books: return it instead."))

    @api.model
    def _normal_uid(self, uid):
        """Return the canonical form of a UID typed or scanned as hexadecimal."""
        try:
            return uids.normalise(uid)
        except errors.UidError as error:
            raise ValidationError(self.env._("“%s” is not the UID of a card.", uid)) from error

    @api.model
    def _fill_wallets(self, vals_list):
        """Set ``wallet_id`` where it is missing; a holder without a wallet gets one."""
        open_vals = [vals for vals in vals_list if vals.get("partner_id") and not vals.get("wallet_id")]
        for company_id in {vals["company_id"] for vals in open_vals}:
            mine = [vals for vals in open_vals if vals["company_id"] == company_id]
            partners = self.env["res.partner"].browse({vals["partner_id"] for vals in mine})
            company = self.env["res.company"].browse(company_id)
            # sudo: a clerk may give out cards, but wallets are made by the ledger alone
            wallets = self.env["campus.wallet"].sudo()._for_holder(partners.sudo(), company)
            by_partner = {wallet.partner_id.id: wallet.id for wallet in wallets}
            for vals in mine:
                vals["wallet_id"] = by_partner[vals["partner_id"]]
