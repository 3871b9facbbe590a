import hashlib
import secrets

from odoo import api, fields, models
from odoo.tools import SQL, file_open

#: Marks older than this say nothing any more: every calendar has been asked for since.
MARK_DAYS = 30
TOKEN_BYTES = 24


class CampusCalendarFeed(models.Model):
    """An address at which a calendar program asks for a timetable: of its owner, or of a room.

    Who has the address needs no login. Only its hash is stored, so that nobody reads it from the database; it is
    shown once, and ends when its owner says so.
    """

    _name = "campus.calendar.feed"
    _description = "Calendar Address"
    _order = "id desc"

    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True, ondelete="restrict")
    partner_id = fields.Many2one(
        "res.partner", "Owner", required=True, readonly=True, index=True, ondelete="restrict"
    )
    zone_id = fields.Many2one(
        "campus.zone",
        "Room",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        help="Empty: the owner's.",
    )
    token_hash = fields.Char(required=True, readonly=True, copy=False, groups=fields.NO_ACCESS)
    revoked_at = fields.Datetime(readonly=True, copy=False)

    _token_unique = models.Constraint("UNIQUE(token_hash)", "This address is taken.")
    _one_in_use = models.UniqueIndex(
        "(partner_id, company_id, COALESCE(zone_id, 0)) WHERE revoked_at IS NULL",
        "There is an address for this calendar already.",
    )

    def init(self):
        # After all tables whose changes are marked: this model is the last of the addon.
        with file_open("campus_timetable/data/mark_schema.sql") as schema:
            self.env.cr.execute(schema.read())

    @api.model
    def _new_token(self, company, partner, zone):
        """Make a new address and end the one before; returns the token, which is not stored."""
        self._of(company, partner, zone)._revoke()
        token = secrets.token_urlsafe(TOKEN_BYTES)
        self.create(
            {
                "company_id": company.id,
                "partner_id": partner.id,
                "zone_id": zone.id,
                "token_hash": self._hash(token),
            }
        )
        return token

    @api.model
    def _of(self, company, partner, zone):
        return self.search(
            [
                ("company_id", "=", company.id),
                ("partner_id", "=", partner.id),
                ("zone_id", "=", zone.id),
                ("revoked_at", "=", False),
            ]
        )

    def _revoke(self):
        self.filtered(lambda feed: not feed.revoked_at).write({"revoked_at": fields.Datetime.now()})
        self.env.flush_all()

    @api.model
    def _by_token(self, token):
        """The feed in use at an address; an empty record if there is none, or if its owner is archived."""
        feed = self.search([("token_hash", "=", self._hash(token)), ("revoked_at", "=", False)])
        return feed if feed.partner_id.active else feed.browse()

    @api.model
    def _hash(self, token):
        # 192 random bits need no slow hash
        return hashlib.sha256(token.encode()).hexdigest()

    @api.model
    def _version(self):
        """Stands for everything that feeds are made of."""
        self.env.flush_all()
        [(count, newest)] = self.env.execute_query(
            SQL("SELECT count(*), extract(epoch FROM max(marked_at))::bigint FROM campus_timetable_mark")
        )
        return f"{count}-{newest or 0}"

    @api.autovacuum
    def _gc_marks(self):
        """Every calendar is made once more after this: the marks that are left have another number."""
        self.env.cr.execute(
            "DELETE FROM campus_timetable_mark WHERE marked_at < now() - %s * interval '1 day'",
            [MARK_DAYS],
        )
