import datetime as dt
import logging

import psycopg2
from odoo import api, fields, models
from odoo.addons.campus_card.db.columns import BigInteger
from odoo.exceptions import UserError
from odoo.tools import file_open

from ..passage_rows import ODD_MONTH

_logger = logging.getLogger(__name__)
#: Months that have a part before the first passage of theirs comes.
AHEAD = 2
DAYS_MIN, DAYS_MAX = 7, 3660


class CampusPassageErasure(models.Model):
    """The proof that passages were erased when their time was over. It stays, and names nobody."""

    _name = "campus.passage.erasure"
    _description = "Erased Passages"
    _order = "id desc"
    _log_access = False

    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True, ondelete="restrict")
    month = fields.Date(required=True, readonly=True, help="Of the part that was dropped.")
    first_at = fields.Datetime("Oldest", readonly=True)
    last_at = fields.Datetime("Newest", readonly=True)
    passage_count = BigInteger("Passages and Events", required=True, readonly=True)
    digest = fields.Char(
        required=True, readonly=True, help="SHA-256 over ids and chain hashes in their order."
    )
    days = fields.Integer("Days Kept", required=True, readonly=True)
    configured_by_id = fields.Many2one("res.users", "Configured by", readonly=True, ondelete="restrict")
    configured_at = fields.Datetime(readonly=True)
    erased_at = fields.Datetime(required=True, readonly=True, default=fields.Datetime.now)

    def init(self):
        with file_open("campus_access/data/erasure_schema.sql") as schema:
            self.env.cr.execute(schema.read())

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            raise UserError(self.env._("Only the job that erases writes this down."))
        return super().create(vals_list)

    @api.model
    def _cron_erase(self):
        """Make the parts of the months to come, and drop those whose time is over; one after the other."""
        for company in self.env["res.company"].search([], order="id", limit=None):
            self._make_ahead(company)
            for month in self._due(company):
                self._erase(company, month)
            self._forget_beside(company, self._cutoff(company))

    @api.model
    def _make_ahead(self, company):
        month = fields.Date.today().replace(day=1)
        for _step in range(AHEAD + 1):
            self.env.cr.execute("SELECT campus_passage_room(%s, %s)", [company.id, month])
            month = (month + dt.timedelta(days=32)).replace(day=1)

    @api.model
    def _cutoff(self, company):
        return fields.Datetime.now() - dt.timedelta(days=company.campus_passage_days)

    @api.model
    def _due(self, company):
        """Months whose last day is older than passages are kept, and parts without a believable month."""
        self.env.cr.execute(
            """SELECT to_date(right(child.relname, 6), 'YYYYMM')
                 FROM pg_inherits JOIN pg_class child ON child.oid = inhrelid
                WHERE inhparent = 'campus_passage'::regclass
                  AND child.relname LIKE format('campus\\_passage\\_%%s\\_%%%%', %s::int)
                ORDER BY 1""",
            [company.id],
        )
        months = [month for (month,) in self.env.cr.fetchall()]
        cutoff, today = self._cutoff(company).date(), fields.Date.today()
        return [month for month in months if self._is_due(month, cutoff, today)]

    @api.model
    def _is_due(self, month, cutoff, today):
        after = (month + dt.timedelta(days=32)).replace(day=1)
        return (
            after <= cutoff or str(month) == ODD_MONTH or month > today + dt.timedelta(days=31 * (AHEAD + 1))
        )

    @api.model
    def _erase(self, company, month):
        """Drop one part and keep the proof; what is busy is dropped the next time."""
        before = self._cutoff(company)
        try:
            with self.env.cr.savepoint():
                self.env.cr.execute("SET LOCAL lock_timeout TO '5s'")
                self.env.cr.execute(
                    "SELECT * FROM campus_passage_erase(%s, %s, %s)", [company.id, month, before]
                )
                count, first_at, last_at, digest = self.env.cr.fetchone()
                self._forget_positions(company, before)
                if not count:
                    return
                # sudo: the proof is written by this job alone
                self.sudo().create(
                    {
                        "company_id": company.id,
                        "month": month,
                        "first_at": first_at,
                        "last_at": last_at,
                        "passage_count": count,
                        "digest": digest,
                        "days": company.campus_passage_days,
                        "configured_by_id": company.campus_passage_days_by_id.id,
                        "configured_at": company.campus_passage_days_at,
                    }
                )
        except psycopg2.errors.LockNotAvailable:
            _logger.info("The part of %s is busy: its passages are erased the next time.", month)

    @api.model
    def _forget_positions(self, company, before):
        """Where somebody was last is forgotten with the passage that told it."""
        at_ms = int(before.replace(tzinfo=dt.timezone.utc).timestamp() * 1000)
        self.env.cr.execute(
            """WITH gone AS (DELETE FROM campus_position WHERE company_id = %s AND at_ms < %s RETURNING partner_id)
               DELETE FROM campus_position_area WHERE partner_id IN (SELECT partner_id FROM gone)""",
            [company.id, at_ms],
        )


class ResCompany(models.Model):
    """How long passages are kept, and who has said so."""

    _inherit = "res.company"

    campus_passage_days = fields.Integer("Keep Passages (days)", default=90, required=True, tracking=True)
    campus_passage_days_by_id = fields.Many2one("res.users", readonly=True, ondelete="restrict")
    campus_passage_days_at = fields.Datetime(readonly=True)

    _campus_passage_days_check = models.Constraint(
        f"CHECK(campus_passage_days BETWEEN {DAYS_MIN} AND {DAYS_MAX})",
        "Passages are kept for 7 days at least and for 10 years at most.",
    )

    def write(self, vals):
        if "campus_passage_days" in vals:
            vals = {
                **vals,
                "campus_passage_days_by_id": self.env.uid,
                "campus_passage_days_at": fields.Datetime.now(),
            }
        return super().write(vals)


class ResConfigSettings(models.TransientModel):
    """The setting of how long passages are kept."""

    _inherit = "res.config.settings"

    campus_passage_days = fields.Integer(related="company_id.campus_passage_days", readonly=False)
