from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import file_open

from ..db import seals
from ..db.columns import Uuid, make_ids_big


class CampusPosting(models.Model):
    """Register of answered requests: a replay gets the first answer, also a refusal.

    ``action`` is ``birth`` (post, reserve, reverse) or ``close`` (capture, release).
    ``attempt`` counts the tries under one uuid after refusals; at most one succeeds.
    """

    _name = "campus.posting"
    _description = "Answered Request"
    _order = "id desc"
    _log_access = False

    uuid = Uuid(required=True, readonly=True)
    action = fields.Char(required=True, readonly=True)
    attempt = fields.Integer(required=True, readonly=True)
    digest = fields.Char(required=True, readonly=True)
    ok = fields.Boolean(required=True, readonly=True)
    code = fields.Char(required=True, readonly=True)
    answer = fields.Json(required=True, readonly=True)
    wallet_id = fields.Many2one("campus.wallet", readonly=True, ondelete="restrict")
    company_id = fields.Many2one("res.company", readonly=True, ondelete="restrict")
    answered_at = fields.Datetime(required=True, readonly=True)
    user_id = fields.Many2one("res.users", readonly=True, ondelete="restrict")

    _request_unique = models.Constraint("UNIQUE(uuid, action, attempt)", "This request is already answered.")
    _success_unique = models.UniqueIndex("(uuid, action) WHERE ok", "This request has already succeeded.")

    def _auto_init(self):
        result = super()._auto_init()
        make_ids_big(self.env.cr, self._table)
        return result

    def init(self):
        # Last of the ledger's tables: the triggers below need all of them.
        with file_open("campus_card/data/ledger_schema.sql") as schema:
            self.env.cr.execute(schema.read())
        for table in seals.LEDGER:
            self.env.cr.execute(seals.schema(table))
        self.env.cr.execute(seals.RESERVATION_ENDS)

    @api.model_create_multi
    def create(self, vals_list):
        raise UserError(self.env._("Answers are recorded by the ledger alone."))

    def write(self, vals):
        raise UserError(self.env._("An answer is never changed."))

    def unlink(self):
        raise UserError(self.env._("An answer is never deleted."))
