from odoo import api, fields, models
from odoo.exceptions import UserError

from ..db.columns import Uuid, make_ids_big


class CampusReservation(models.Model):
    """Money set aside in one pocket; captured, released or expired once, by ``campus.ledger``."""

    _name = "campus.reservation"
    _inherit = "campus.origin"
    _description = "Reservation"
    _order = "id desc"
    _log_access = False

    uuid = Uuid(required=True, readonly=True)
    line = fields.Integer(required=True, readonly=True)
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    wallet_id = fields.Many2one(
        "campus.wallet", required=True, readonly=True, index=True, ondelete="restrict"
    )
    partner_id = fields.Many2one(related="wallet_id.partner_id", string="Holder")
    card_id = fields.Many2one("campus.card", readonly=True, ondelete="restrict")
    account_id = fields.Many2one(
        "campus.account", string="Pocket", required=True, readonly=True, ondelete="restrict"
    )
    merchant_id = fields.Many2one("campus.account", required=True, readonly=True, ondelete="restrict")
    amount_minor = fields.Integer(string="Amount (cents)", required=True, readonly=True)
    captured_minor = fields.Integer(string="Captured (cents)", required=True, readonly=True)
    amount = fields.Monetary(compute="_compute_amount")
    state = fields.Selection(
        [("open", "Held"), ("captured", "Captured"), ("released", "Released"), ("expired", "Expired")],
        required=True,
        readonly=True,
    )
    purpose = fields.Selection([("pos", "Till"), ("lease", "Offline lease")], required=True, readonly=True)
    expires_at = fields.Datetime(readonly=True)
    reserved_at = fields.Datetime(required=True, readonly=True)
    closed_at = fields.Datetime(readonly=True)
    user_id = fields.Many2one("res.users", readonly=True, ondelete="restrict")
    memo = fields.Char(readonly=True)
    close_reason = fields.Char(readonly=True)

    _uuid_line_unique = models.Constraint("UNIQUE(uuid, line)", "This request is already reserved.")
    _amount_check = models.Constraint(
        "CHECK (amount_minor > 0 AND captured_minor BETWEEN 0 AND amount_minor)",
        "At most what is reserved can be captured.",
    )
    _open_idx = models.Index("(origin, id) WHERE state = 'open'")
    _lease_idx = models.Index("(origin, closed_at) WHERE purpose = 'lease'")
    _open_expiry_idx = models.Index("(expires_at) WHERE state = 'open'")
    _open_wallet_idx = models.Index("(wallet_id) WHERE state = 'open'")

    def _auto_init(self):
        result = super()._auto_init()
        make_ids_big(self.env.cr, self._table)
        return result

    @api.depends("amount_minor")
    def _compute_amount(self):
        for reservation in self:
            reservation.amount = reservation.currency_id.round(reservation.amount_minor / 100)

    @api.model_create_multi
    def create(self, vals_list):
        raise UserError(self.env._("Money is set aside only through the ledger's verbs."))

    def write(self, vals):
        raise UserError(self.env._("A reservation is captured or released, never edited."))

    def unlink(self):
        raise UserError(self.env._("A reservation is captured or released, never deleted."))

    @api.model
    def _cron_expire(self):
        """Give back what ran out, a few hundred at a time."""
        domain = [("state", "=", "open"), ("expires_at", "<", fields.Datetime.now())]
        self.env["ir.cron"]._commit_progress(remaining=self.search_count(domain))
        while batch := self.search(domain, limit=200):
            requests = [
                {"uuid": uuid, "reason": "expired", "state": "expired"} for uuid in set(batch.mapped("uuid"))
            ]
            self.env["campus.ledger"]._release(requests)
            if not self.env["ir.cron"]._commit_progress(len(batch)):
                break
