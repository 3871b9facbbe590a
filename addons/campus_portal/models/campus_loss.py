from odoo import api, fields, models
from odoo.addons.campus_card.campus_core import card_state
from odoo.exceptions import AccessError, UserError

OPEN, FOUND, REPLACED = "open", "found", "replaced"
CAN_BE_LOST = tuple(state for state, moves in card_state.MOVES.items() if card_state.REPORT_LOST in moves)


class CampusLoss(models.Model):
    """A loss report: it stops everything of a holder at once. It can be undone.

    Cards and phone become *lost* and the wallet is frozen. So every key stops, also one that was forgotten.
    The holder is not liable for what is spent after this moment.
    """

    _name = "campus.loss"
    _description = "Loss Report"
    _inherit = ["mail.thread"]
    _order = "id desc"
    _rec_name = "partner_id"
    _check_company_auto = True

    partner_id = fields.Many2one("res.partner", "Holder", required=True, readonly=True, index=True)
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    department_id = fields.Many2one(related="partner_id.campus_department_id", store=True)
    wallet_id = fields.Many2one("campus.wallet", readonly=True, ondelete="restrict")
    card_ids = fields.Many2many("campus.card", string="Cards", readonly=True, ondelete="restrict")
    state = fields.Selection(
        [(OPEN, "Lost"), (FOUND, "Found"), (REPLACED, "Replaced")],
        required=True,
        readonly=True,
        default=OPEN,
        tracking=True,
    )
    channel = fields.Selection(
        [("portal", "Portal"), ("kiosk", "Kiosk"), ("counter", "Counter"), ("hotline", "Hotline")],
        required=True,
        readonly=True,
    )
    reported_at = fields.Datetime(readonly=True, required=True, help="From here on the holder is not liable.")
    user_id = fields.Many2one("res.users", "Reported By", readonly=True, ondelete="restrict")
    closed_at = fields.Datetime(readonly=True)
    froze_wallet = fields.Boolean(readonly=True, help="The wallet was open before.")
    identity = fields.Char("Identity Checked By", readonly=True)

    _one_open_unique = models.UniqueIndex(
        "(partner_id, company_id) WHERE state = 'open'", "A loss is reported already."
    )

    not_told = fields.Text("Not Told Yet", compute="_compute_not_told")

    def _compute_not_told(self):
        for loss in self:
            loss.not_told = "\n".join(loss._devices_not_told())

    def action_found(self):
        """Lift the freeze for a holder who comes to the office."""
        self.check_access("read")
        if not self.env.user.has_group("campus_card.group_campus_card_clerk"):
            raise AccessError(self.env._("Only the card office lifts a freeze for others."))
        # sudo: wallet and cards are released together; the clerk may see this holder's report
        self.sudo()._found()

    @api.model
    def _open_of(self, holder, company):
        domain = [("partner_id", "=", holder.id), ("company_id", "=", company.id), ("state", "=", OPEN)]
        return self.search(domain, limit=1)

    @api.model
    def _report(self, holder, company, channel, identity=None):
        """Freeze everything of ``holder``. A second report changes nothing.

        The caller has checked who asks; this method runs with the rights of the system.
        """
        already = self._open_of(holder, company)
        if already:
            return already
        cards = self.env["campus.card"].search(
            [
                ("partner_id", "=", holder.id),
                ("company_id", "=", company.id),
                ("state", "in", list(CAN_BE_LOST)),
            ]
        )
        wallet = holder.with_company(company).campus_wallet_id
        froze = wallet.state == "open"
        if froze:
            wallet.action_freeze()
        cards._do(card_state.REPORT_LOST, reason=self.env._("Reported lost by the holder"))
        loss = self.create(
            {
                "partner_id": holder.id,
                "company_id": company.id,
                "wallet_id": wallet.id,
                "card_ids": [(6, 0, cards.ids)],
                "channel": channel,
                "reported_at": fields.Datetime.now(),
                "user_id": self.env.uid,
                "froze_wallet": froze,
                "identity": identity,
            }
        )
        loss._after_report()
        return loss

    def _after_report(self):
        """Hook, called after a report: other things that a card opens, such as doors, stop too."""

    def _found(self, cards=None):
        """Make everything work again as before the report; with ``cards``, only these cards."""
        for loss in self:
            loss._check_open()
            mine = (loss.card_ids if cards is None else loss.card_ids & cards).filtered(
                lambda card: card.state == card_state.LOST
            )
            if not mine and cards is not None:
                raise UserError(loss.env._("This card was not reported lost."))
            loss._thaw_wallet()
            mine._do(card_state.FOUND)
            still_lost = loss.card_ids.filtered(lambda card: card.state == card_state.LOST)
            if not still_lost:
                loss.write({"state": FOUND, "closed_at": fields.Datetime.now()})

    def _replace(self, card, fee_minor):
        """Order a new card in place of a lost one and charge the fee. Returns the new card.

        The lost card never works again, so the wallet is released.
        """
        self.ensure_one()
        self._check_open()
        if card not in self.card_ids or card.state != card_state.LOST:
            raise UserError(self.env._("This card was not reported lost."))
        self._thaw_wallet()
        requested = self.env["campus.card.stage"]._first_of(card_state.REQUESTED)
        new = card._replace(fee_minor, stage_id=requested.id)
        still_lost = self.card_ids.filtered(lambda card: card.state == card_state.LOST)
        if not still_lost:
            self.write({"state": REPLACED, "closed_at": fields.Datetime.now()})
        return new

    def _thaw_wallet(self):
        """End the freeze that the report set. A freeze set by the office stays."""
        if self.froze_wallet and self.wallet_id.state == "frozen":
            self.wallet_id.action_unfreeze()
        self.froze_wallet = False

    def _check_open(self):
        if self.state != OPEN:
            raise UserError(self.env._("This loss report is closed already."))

    def _devices_not_told(self):
        """Names of the edges that have not confirmed yet that they have this loss in their list of cards."""
        return sorted(set(self.card_ids.unaware_edge_ids.mapped("name")))

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("A loss report cannot be deleted."))
