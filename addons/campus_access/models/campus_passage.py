from odoo import api, fields, models
from odoo.addons.campus_card.db.columns import BigInteger, LedgerLink, Uuid
from odoo.exceptions import UserError
from odoo.tools import file_open

from ..passage_rows import month_of, new_uuid

#: What guards look at first.
ALARMS = ("duress", "forced", "tamper", "fire", "held_open", "lockdown")


class CampusPassage(models.Model):
    """One presentation of a card at a door, or an event there: evidence with an end, never changed.

    Kept in a partitioned table of its own, see ``data/passage_schema.sql``. Who the person is can be read by
    nobody through the ORM: ``person`` says it where the user has stated a reason, see ``campus.look``.
    """

    _name = "campus.passage"
    _description = "Passage"
    _order = "occurred_at desc, id desc"
    _auto = False
    _log_access = False
    _rec_name = "code"
    # Odoo looks for tables of the ordinary kind only
    _table_query = """
        SELECT passage.*, 'door'::varchar AS purpose,
               EXTRACT(HOUR FROM passage.occurred_at AT TIME ZONE 'UTC' AT TIME ZONE coalesce(school.tz, 'UTC'))::int
               AS hour
          FROM campus_passage passage
          JOIN res_company company ON company.id = passage.company_id
          JOIN res_partner school ON school.id = company.partner_id"""

    uuid = Uuid(readonly=True)
    kind = fields.Selection(
        [("tap", "Passage"), ("final", "What the Reader Showed"), ("event", "Event")], readonly=True
    )
    company_id = LedgerLink("res.company", readonly=True)
    edge_id = LedgerLink("campus.edge", readonly=True)
    journal = Uuid(readonly=True)
    seq = BigInteger("Number in the Journal", readonly=True)
    terminal_id = LedgerLink("campus.terminal", readonly=True)
    door_id = LedgerLink("campus.door", readonly=True)
    side = fields.Selection([("in", "In"), ("out", "Out")], readonly=True)
    left_zone_id = LedgerLink("campus.zone", "From", readonly=True)
    zone_id = LedgerLink("campus.zone", "To", readonly=True)
    # A card leads to its holder: both are shown by ``person`` alone.
    card_id = LedgerLink("campus.card", readonly=True, groups=fields.NO_ACCESS)
    partner_id = LedgerLink("res.partner", readonly=True, groups=fields.NO_ACCESS)
    credential = fields.Char(readonly=True, groups=fields.NO_ACCESS)
    person = fields.Char(compute="_compute_person", help="Shown once you have stated why you look.")
    passage_uuid = Uuid(readonly=True)
    mode = fields.Selection([("ask", "Server"), ("told", "Edge")], "Decided by", readonly=True)
    outcome = fields.Selection([("granted", "Granted"), ("refused", "Refused")], readonly=True)
    code = fields.Char(readonly=True)
    what = fields.Char(compute="_compute_what", string="What")
    reasons = fields.Char("Codes", readonly=True)
    reason = fields.Char("Reasons", compute="_compute_reason")
    warnings = fields.Char(readonly=True)
    # as the edge has said it: there may be no such right (any more)
    right_id = fields.Integer("Number of the Right", readonly=True, aggregator=None)
    right_name = fields.Char("Deciding Right", compute="_compute_right_name")
    list_age_s = fields.Integer("Age of the List (s)", readonly=True)
    doubt = fields.Char("Codes of Doubt", readonly=True)
    doubt_words = fields.Char(
        "Doubt", compute="_compute_doubt_words", help="What the server knew better than the edge."
    )
    went = fields.Selection(
        [("passed", "Went through"), ("not_passed", "Did not go through")], compute="_compute_went"
    )
    is_alarm = fields.Boolean(compute="_compute_is_alarm", search="_search_is_alarm")
    user_id = LedgerLink("res.users", "Entered by", readonly=True)
    note = fields.Char(readonly=True)
    occurred_at = fields.Datetime("Time", readonly=True)
    received_at = fields.Datetime(readonly=True)
    purpose = fields.Char(readonly=True)
    hour = fields.Integer("Hour of the Day", readonly=True, aggregator=None)

    def init(self):
        for name in ("passage_schema", "door_schema", "position_schema"):
            with file_open(f"campus_access/data/{name}.sql") as schema:
                self.env.cr.execute(schema.read())

    # -- what it says --------------------------------------------------------------

    @api.depends("code", "kind", "outcome")
    @api.depends_context("lang")
    def _compute_what(self):
        names = self._event_names()
        outcomes = dict(self._fields["outcome"]._description_selection(self.env))
        for passage in self:
            if passage.kind == "event":
                passage.what = names.get(passage.code, passage.code)
            else:
                passage.what = outcomes.get(passage.outcome, "")

    @api.model
    def _event_names(self):
        """``{code of an event: its name}``."""
        return {
            "passed": self.env._("Went through"),
            "not_passed": self.env._("Did not go through"),
            "forced": self.env._("Door forced"),
            "held_open": self.env._("Door held open"),
            "closed": self.env._("Door closed"),
            "rex": self.env._("Exit button"),
            "tamper": self.env._("Housing opened"),
            "fire": self.env._("Fire alarm"),
            "duress": self.env._("PIN under duress"),
            "lockdown": self.env._("Lockdown button"),
            "mustered": self.env._("At the assembly point"),
            "forgiven": self.env._("Position forgiven"),
        }

    @api.depends("right_id")
    @api.depends_context("lang")
    def _compute_right_name(self):
        """The name of a right; of a granted request or a visit only what it is: its name names a person."""
        # sudo: who sees a passage is told by which right it was decided
        rights = self.env["campus.access.right"].sudo().with_context(active_test=False)
        found = {right.id: right for right in rights.search([("id", "in", self.mapped("right_id"))])}
        kinds = dict(rights._fields["kind"]._description_selection(self.env))
        for passage in self:
            right = found.get(passage.right_id)
            if right:
                passage.right_name = right.name if right.kind == "standing" else kinds[right.kind]
            else:
                passage.right_name = str(passage.right_id) if passage.right_id else False

    @api.depends("code", "reasons", "outcome", "kind")
    @api.depends_context("lang")
    def _compute_reason(self):
        for passage in self:
            passage.reason = (
                passage._explain_reasons() if passage.outcome == "refused" else passage.note or ""
            )

    def _explain_reasons(self):
        """All reasons of a refusal in words."""
        self.ensure_one()
        ledger = self.env["campus.ledger"]
        codes = (self.reasons or "").split() or [self.code]
        return " ".join(ledger._explain({"code": code, "numbers": {}}) for code in codes)

    @api.depends("doubt")
    @api.depends_context("lang")
    def _compute_doubt_words(self):
        words = dict(self.env["campus.tap.review"]._fields["reason"]._description_selection(self.env))
        for passage in self:
            passage.doubt_words = ", ".join(words.get(code, code) for code in (passage.doubt or "").split())

    @api.depends("uuid")
    def _compute_went(self):
        asked = self.filtered(lambda passage: passage.kind == "tap" and passage.outcome == "granted")
        found = {}
        if asked:
            self.env.cr.execute(
                """SELECT passage_uuid::text, code FROM campus_passage
                    WHERE passage_uuid = ANY(%s::uuid[]) AND code IN ('passed', 'not_passed') ORDER BY id""",
                [asked.mapped("uuid")],
            )
            found = dict(self.env.cr.fetchall())
        for passage in self:
            passage.went = found.get(passage.uuid, False)

    @api.depends("code")
    def _compute_is_alarm(self):
        for passage in self:
            passage.is_alarm = passage.kind == "event" and passage.code in ALARMS

    def _search_is_alarm(self, operator, value):
        if operator not in ("in", "not in"):
            return NotImplemented
        alarms = ["&", ("kind", "=", "event"), ("code", "in", ALARMS)]
        return alarms if (True in value) is (operator == "in") else ["!", *alarms]

    @api.depends_context("uid")
    def _compute_person(self):
        known = self.env["campus.look"]._known_now()
        # sudo: nobody may read the person; the name is shown for what the user has stated a reason for
        for passage, own in zip(self, self.sudo(), strict=True):
            partner = own.partner_id
            passage.person = partner.name if partner.id in known else "•••" if partner else ""

    @api.depends("door_id", "edge_id", "occurred_at")
    @api.depends_context("lang", "tz")
    def _compute_display_name(self):
        for passage in self:
            place = passage.door_id.display_name or passage.terminal_id.display_name or ""
            when = passage.company_id._campus_when(passage.occurred_at, self.env)
            passage.display_name = f"{place}, {when}"

    # -- never by hand ---------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        raise UserError(self.env._("Passages come from doors alone."))

    def write(self, vals):
        raise UserError(self.env._("A passage is never changed."))

    def unlink(self):
        raise UserError(self.env._("A passage is erased with its month, when its time is over."))

    @api.model
    def _note_by_hand(self, company, code, partner, zone, note):
        """Write down what a guard has done to a person's position; returns the entry's uuid and its id."""
        uuid = new_uuid()
        self.env.cr.execute("SELECT campus_passage_room(%s, %s)", [company.id, month_of(uuid)])
        self.env.cr.execute(
            """INSERT INTO campus_passage (company_id, month, uuid, kind, partner_id, credential, mode, code, zone_id,
                                           user_id, note, occurred_at, received_at)
               VALUES (%s, %s, %s, 'event', %s, 'event:', 'told', %s, %s, %s, %s,
                       now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC')
               RETURNING id, (EXTRACT(EPOCH FROM now()) * 1000)::bigint""",
            [company.id, month_of(uuid), uuid, partner.id, code, zone.id or None, self.env.uid, note],
        )
        return self.env.cr.fetchone()
