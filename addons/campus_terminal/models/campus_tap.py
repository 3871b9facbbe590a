from odoo import api, fields, models
from odoo.addons.campus_card.campus_core.taps import told
from odoo.addons.campus_card.db import seals
from odoo.addons.campus_card.db.columns import BigInteger, LedgerLink, Uuid, make_ids_big
from odoo.exceptions import UserError
from odoo.tools import file_open


class CampusTap(models.Model):
    """One presentation of a credential at a terminal: evidence, written once, never changed.

    A tap and, where an edge had to answer alone, its ``final`` are two rows with one uuid.
    Transfers are their consequence and carry the same uuid.
    """

    _name = "campus.tap"
    _description = "Tap"
    _order = "id desc"
    _log_access = False
    _rec_name = "code"

    uuid = Uuid(required=True, readonly=True)
    kind = fields.Selection(
        [("tap", "Tap"), ("final", "What the Reader Showed"), ("event", "Event at a Door")],
        required=True,
        readonly=True,
    )
    company_id = LedgerLink("res.company", required=True, readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    edge_id = LedgerLink("campus.edge", required=True, readonly=True)
    terminal_id = LedgerLink("campus.terminal", readonly=True)
    journal = Uuid(required=True, readonly=True)
    seq = BigInteger("Number in the Journal", required=True, readonly=True)
    # The first 16 bytes of the entry's chain hash: enough to tell a fork, as small as an id.
    chain_hash = Uuid(required=True, readonly=True)
    purpose = fields.Char(required=True, readonly=True)
    credential = fields.Char(required=True, readonly=True, help="Kind and last characters.")
    card_id = LedgerLink("campus.card", readonly=True)
    wallet_id = LedgerLink("campus.wallet", readonly=True)
    partner_id = fields.Many2one(related="wallet_id.partner_id", string="Holder")
    amount_minor = fields.Integer(string="Amount (cents)", readonly=True)
    amount = fields.Monetary(compute="_compute_amount")
    balance_minor = fields.Integer(string="Available afterwards (cents)", readonly=True)
    mode = fields.Selection(
        [("ask", "Server"), ("told", "Edge")], string="Decided by", required=True, readonly=True
    )
    outcome = fields.Selection([("granted", "Granted"), ("refused", "Refused")], required=True, readonly=True)
    code = fields.Char(required=True, readonly=True)
    rule = fields.Char(readonly=True, help="The edge's words for why.")
    numbers = fields.Json(readonly=True)
    reason = fields.Char(compute="_compute_reason")
    snapshot = fields.Char(readonly=True, help="Version of the card list that the edge decided with.")
    occurred_at = fields.Datetime(required=True, readonly=True)
    received_at = fields.Datetime(required=True, readonly=True)

    _uuid_kind_unique = models.Constraint("UNIQUE(uuid, kind)", "This tap is already taken.")
    # ends are few: whether a tap has one already is asked of a small index
    _ended_idx = models.Index("(uuid) WHERE kind = 'final'")
    _card_idx = models.Index("(card_id, id)")
    # what an edge has decided on its own word lately
    _told_idx = models.Index("(edge_id, received_at) WHERE mode = 'told' AND purpose = 'pay'")
    _occurred_at_idx = models.Index("USING BRIN (occurred_at)")

    def _auto_init(self):
        result = super()._auto_init()
        make_ids_big(self.env.cr, self._table)
        return result

    def init(self):
        for name in ("tap_schema", "told_schema"):
            with file_open(f"campus_terminal/data/{name}.sql") as schema:
                self.env.cr.execute(schema.read())
        self.env.cr.execute(seals.schema("campus_tap"))
        with file_open("campus_terminal/data/seal_schema.sql") as schema:
            self.env.cr.execute(schema.read())

    @api.depends("amount_minor")
    def _compute_amount(self):
        for tap in self:
            tap.amount = tap.currency_id.round((tap.amount_minor or 0) / 100)

    @api.depends("kind", "code", "numbers")
    @api.depends_context("lang")
    def _compute_reason(self):
        ledger = self.env["campus.ledger"]
        for tap in self:
            granted = tap.outcome == "granted" and (tap.code == "ok" or tap.kind == "event")
            tap.reason = "" if granted else ledger._explain({"code": tap.code, "numbers": tap.numbers or {}})

    @api.depends("terminal_id", "edge_id", "occurred_at")
    @api.depends_context("lang", "tz")
    def _compute_display_name(self):
        for tap in self:
            place = tap.terminal_id.display_name or tap.edge_id.display_name
            tap.display_name = f"{place}, {tap.company_id._campus_when(tap.occurred_at, self.env)}"

    @api.model_create_multi
    def create(self, vals_list):
        raise UserError(self.env._("Taps come from readers alone."))

    def write(self, vals):
        raise UserError(self.env._("A tap is never changed."))

    def unlink(self):
        raise UserError(self.env._("A tap is never deleted."))

    def action_view_transfers(self):
        """The money that this tap has moved."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("campus_card.campus_transfer_action")
        action["domain"] = [("uuid", "in", self._money_uuids())]
        return action

    def _money_uuids(self):
        """Ids under which money of this tap moves: at once, taken back, charged by a reviewer."""
        return [self.uuid, *(told.later_uuid(space, self.uuid) for space in (told.TAKE_BACK, told.CHARGES))]
