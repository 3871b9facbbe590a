import secrets

from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError

NAME_MAX = 40
# Number of links of one wallet that may be valid at the same time.
LINKS_MAX = 5


class CampusTopupLink(models.Model):
    """A link with which anybody can put money on one card.

    It shows the name that the holder chose, but no balance and no card number. The token has 192 random bits.
    Only the page of its owner shows it again.
    """

    _name = "campus.topup.link"
    _description = "Top-up Link"
    _order = "id desc"

    wallet_id = fields.Many2one("campus.wallet", required=True, index=True, readonly=True, ondelete="cascade")
    company_id = fields.Many2one(related="wallet_id.company_id", store=True)
    token = fields.Char(required=True, readonly=True, copy=False, groups=fields.NO_ACCESS)
    shown_name = fields.Char(required=True, readonly=True, help="A visitor sees only this about the holder.")
    revoked_at = fields.Datetime(readonly=True)
    last_used_at = fields.Datetime(readonly=True)
    uses = fields.Integer(string="Top-ups", readonly=True)
    amount_minor = fields.Integer(
        "Amount (cents)",
        readonly=True,
        help="A link for this one payment. 0: any amount, as often as it is used.",
    )
    expires_at = fields.Datetime(readonly=True)
    opened_at = fields.Datetime(readonly=True, help="When somebody looked at a link for one payment.")
    slot = fields.Integer(
        readonly=True, help="Number of the link among those of a wallet that work at the same time."
    )
    transaction_ids = fields.One2many("payment.transaction", "campus_link_id", readonly=True)

    _token_unique = models.Constraint("UNIQUE(token)", "A token belongs to one link.")
    # If two links are made at the same time, both may find the same number free. The database gives it to
    # one.
    _slot_check = models.Constraint(
        "CHECK (COALESCE(amount_minor, 0) > 0 OR revoked_at IS NOT NULL"
        f" OR COALESCE(slot, 0) BETWEEN 1 AND {LINKS_MAX})",
        f"At most {LINKS_MAX} links work at a time.",
    )
    _slot_unique = models.UniqueIndex(
        "(wallet_id, slot) WHERE revoked_at IS NULL AND COALESCE(amount_minor, 0) = 0",
        "Another link was made at the same moment. Please try again.",
    )

    @api.depends("shown_name")
    def _compute_display_name(self):
        for link in self:
            link.display_name = link.shown_name

    @api.model
    def _make(self, wallet, shown_name):
        """Make a new link for a wallet. The caller has checked that the holder asks."""
        name = " ".join((shown_name or "").split())
        if not 0 < len(name) <= NAME_MAX:
            raise ValidationError(self.env._("Choose a name of at most %s characters.", NAME_MAX))
        free = self._free_slots(wallet)
        if not free:
            raise ValidationError(self.env._("At most %s links work at a time. Revoke one first.", LINKS_MAX))
        return self.create(
            {
                "wallet_id": wallet.id,
                "shown_name": name,
                "token": secrets.token_urlsafe(24),
                "slot": free[0],
            }
        )

    @api.model
    def _free_slots(self, wallet):
        return sorted(set(range(1, LINKS_MAX + 1)).difference(self._lasting(wallet).mapped("slot")))

    def _move_to(self, wallet):
        """Move the links to another wallet. Links end if it has no room for them."""
        for link in self:
            free = self._free_slots(wallet)
            if not (link.revoked_at or link.amount_minor or free):
                link._revoke()
            link.write({"wallet_id": wallet.id, "slot": free[0] if free else link.slot})

    @api.model
    def _lasting(self, wallet):
        """The active links that the holder of a wallet has made. Links for one payment are left out."""
        return self.search(
            [("wallet_id", "=", wallet.id), ("revoked_at", "=", False), ("amount_minor", "=", 0)]
        )

    def _revoke(self):
        self.filtered(lambda link: not link.revoked_at).write({"revoked_at": fields.Datetime.now()})

    def action_revoke(self):
        """End a link because the holder asked the card office to."""
        if not self.env.user.has_group("campus_card.group_campus_card_clerk"):
            raise AccessError(self.env._("Links are revoked by their holder or by the card office."))
        self.wallet_id.check_access("write")
        # sudo: nobody may write a link by hand; whether this user may end it was checked
        self.sudo()._revoke()

    def _note_use(self):
        for link in self:
            link.write({"uses": link.uses + 1, "last_used_at": fields.Datetime.now()})

    @api.model
    def _find(self, token):
        """The valid link with this token, or an empty record."""
        if not isinstance(token, str) or not 20 <= len(token) <= 64:
            return self.browse()
        link = self.search([("token", "=", token), ("revoked_at", "=", False)], limit=1)
        return link if link.wallet_id.state != "closed" else self.browse()
