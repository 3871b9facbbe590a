import secrets

from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError

NAME_MAX = 40
# Number of links of one wallet that may be valid at the same time.
LINKS_MAX = 5


#: Time in which a payment that has begun may still succeed. Until then the link begins no other payment.
BEGUN_S = 120
IN = ("pending", "authorized", "done")


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

    # -- links for one payment ---------------------------------------------------

    @api.model
    def _make_once(self, wallet, amount_minor, shown_name, valid_s):
        """Make a link that puts ``amount_minor`` on a wallet once, within ``valid_s`` seconds.

        The caller has checked who asks and that the amount may be topped up.
        """
        return self.create(
            {
                "wallet_id": wallet.id,
                "shown_name": shown_name,
                "token": secrets.token_urlsafe(24),
                "amount_minor": amount_minor,
                "expires_at": fields.Datetime.add(fields.Datetime.now(), seconds=valid_s),
            }
        )

    def _progress(self):
        """The state of the payment: ``waiting``, ``opened``, ``failed``, ``coming``, ``paid``, ``refused``
        (paid, but not put on the card) or ``over``.
        """
        self.ensure_one()
        payments = self.transaction_ids.filtered(lambda tx: tx.operation != "refund")
        if payments.filtered(lambda tx: tx.campus_topup_state == "booked"):
            return "paid"
        if payments.filtered(lambda tx: tx.campus_topup_state == "refused"):
            return "refused"
        if payments.filtered(lambda tx: tx.state in IN):
            return "coming"
        if self.revoked_at or (self.expires_at and self.expires_at <= fields.Datetime.now()):
            return "over"
        last = payments.sorted("id")[-1:]
        if last.state in ("cancel", "error"):
            return "failed"
        return "opened" if self.opened_at else "waiting"

    def _is_payable(self):
        """Whether the link may begin a payment. A link for any amount always may."""
        self.ensure_one()
        return not self.amount_minor or self._progress() in ("waiting", "opened", "failed")

    def _note_opened(self):
        if self.amount_minor and not self.opened_at:
            self.opened_at = fields.Datetime.now()

    def _begin(self, amount_minor):
        """Check that a payment of this amount may begin now. The wallet is locked, so two payments begin one
        after the other.
        """
        self.ensure_one()
        self.invalidate_recordset()
        if self.revoked_at:
            raise ValidationError(self.env._("This link was used or has expired."))
        if not self.amount_minor:
            return
        if amount_minor != self.amount_minor:
            raise ValidationError(self.env._("This link is for another amount."))
        if not self._is_payable():
            raise ValidationError(self.env._("This link was used or has expired."))
        since = fields.Datetime.subtract(fields.Datetime.now(), seconds=BEGUN_S)
        if self.transaction_ids.filtered(lambda tx: tx.state == "draft" and tx.create_date > since):
            raise ValidationError(
                self.env._("A payment with this link has begun. Wait two minutes before you try again.")
            )

    @api.autovacuum
    def _gc_once(self):
        """Delete unused links for one payment after a day."""
        yesterday = fields.Datetime.subtract(fields.Datetime.now(), days=1)
        old = self.search([("amount_minor", ">", 0), ("expires_at", "<", yesterday)])
        old.filtered(lambda link: not link.transaction_ids).unlink()
