from odoo import api, fields, models
from odoo.addons.campus_card.db.columns import LedgerLink

SICK, LATE, UNKNOWN, WELL = "sick", "late", "unknown", "well"


class CampusDoorHealth(models.Model):
    """Each door with what its readers and its edge last said of themselves; who needs somebody comes first."""

    _name = "campus.door.health"
    _description = "Health of a Door"
    _auto = False
    _order = "rank, last_contact_at, id"
    _rec_name = "door_id"
    _table_query = """
        SELECT found.*, CASE WHEN found.is_sick THEN 'sick' WHEN found.is_unknown THEN 'unknown'
                             WHEN found.is_late THEN 'late' ELSE 'well' END AS health,
               CASE WHEN found.is_sick THEN 0 WHEN found.is_late AND NOT found.is_unknown THEN 1
                    WHEN found.is_unknown THEN 2 ELSE 3 END AS rank
          FROM (
            SELECT door.id, door.id AS door_id, door.company_id, door.department_id, door.inner_zone_id AS zone_id,
                   heard.last_contact_at, heard.silent_since, heard.snapshot_at, heard.is_tampered, heard.has_no_power,
                   concat_ws(' ', CASE WHEN heard.readers = 0 THEN 'no_reader' END,
                             CASE WHEN heard.edges_off > 0 THEN 'edge_off' END,
                             CASE WHEN heard.edges_silent > 0 THEN 'edge_silent' END,
                             CASE WHEN heard.bad > 0 THEN 'reader_bad' END,
                             CASE WHEN heard.is_tampered THEN 'tamper' END,
                             CASE WHEN heard.has_no_power THEN 'power' END,
                             CASE WHEN heard.is_old THEN 'old_list' END,
                             CASE WHEN heard.edges_ill > 0 THEN 'edge_ill' END) AS reasons,
                   heard.bad > 0 OR heard.edges_silent > 0 OR heard.is_tampered AS is_sick,
                   heard.readers = heard.edges_off AS is_unknown,
                   heard.is_old OR heard.has_no_power OR heard.edges_ill > 0 OR heard.edges_off > 0 AS is_late
              FROM campus_door door
              JOIN res_company company ON company.id = door.company_id
             CROSS JOIN LATERAL (
                  SELECT count(*) AS readers,
                         count(*) FILTER (WHERE edge.id IS NULL OR edge.health = 'off') AS edges_off,
                         count(*) FILTER (WHERE edge.health = 'silent') AS edges_silent,
                         count(*) FILTER (WHERE edge.health IN ('sick', 'late')) AS edges_ill,
                         count(*) FILTER (WHERE edge.health NOT IN ('off', 'silent')
                                            AND terminal.reader_state IN ('lost', 'sick', 'stopped')) AS bad,
                         max(edge.last_seen_at) AS last_contact_at,
                         min(CASE WHEN edge.health = 'silent' THEN edge.last_seen_at
                                  WHEN terminal.reader_state IN ('lost', 'sick', 'stopped') THEN terminal.reader_since
                             END) AS silent_since,
                         min(edge.snapshot_at) AS snapshot_at,
                         coalesce(bool_or(edge.tamper AND edge.health <> 'off'), FALSE) AS is_tampered,
                         coalesce(bool_or(terminal.reader_detail = 'power failure'), FALSE) AS has_no_power,
                         coalesce(bool_or(edge.health NOT IN ('off', 'silent')
                                          AND edge.snapshot_at < now() AT TIME ZONE 'UTC'
                                              - make_interval(hours => company.campus_snapshot_age_h)), FALSE) AS is_old
                    FROM campus_terminal terminal
                    LEFT JOIN campus_edge edge ON edge.id = terminal.edge_id
                   WHERE terminal.id IN (door.in_terminal_id, door.out_terminal_id)) AS heard
             WHERE door.active) AS found"""

    door_id = LedgerLink("campus.door", readonly=True)
    company_id = LedgerLink("res.company", readonly=True)
    department_id = LedgerLink("campus.department", readonly=True)
    zone_id = LedgerLink("campus.zone", "Into", readonly=True)
    health = fields.Selection(
        [
            (SICK, "Needs Somebody"),
            (LATE, "To Be Watched"),
            (UNKNOWN, "Not in Use"),
            (WELL, "Well"),
        ],
        readonly=True,
    )
    rank = fields.Integer(readonly=True, aggregator=None)
    reasons = fields.Char("Codes", readonly=True)
    why = fields.Char(compute="_compute_why")
    last_contact_at = fields.Datetime("Last Contact", readonly=True)
    silent_since = fields.Datetime("Reader Silent Since", readonly=True)
    snapshot_at = fields.Datetime(
        "List Up to Date", readonly=True, help="When its edge last had everything the server had."
    )
    snapshot_age = fields.Char("Age of Its List", compute="_compute_snapshot_age")
    is_tampered = fields.Boolean("Housing Open", readonly=True)
    has_no_power = fields.Boolean("No Mains Power", readonly=True, help="The reader runs on its battery.")

    @api.depends("reasons")
    @api.depends_context("lang")
    def _compute_why(self):
        words = self._reason_words()
        for door in self:
            door.why = " ".join(words[code] for code in (door.reasons or "").split() if code in words)

    @api.model
    def _reason_words(self):
        return {
            "no_reader": self.env._("It has no reader."),
            "edge_off": self.env._("Its edge is not in use."),
            "edge_silent": self.env._("Its edge is silent."),
            "reader_bad": self.env._("A reader does not answer."),
            "tamper": self.env._("A housing at its edge is open."),
            "power": self.env._("A reader has no mains power."),
            "old_list": self.env._("Its list of rights is old."),
            "edge_ill": self.env._("Its edge is not well."),
        }

    @api.depends("snapshot_at")
    @api.depends_context("lang")
    def _compute_snapshot_age(self):
        now = fields.Datetime.now()
        for door in self:
            minutes = int((now - door.snapshot_at).total_seconds() // 60) if door.snapshot_at else None
            door.snapshot_age = self._age_text(minutes)

    @api.model
    def _age_text(self, minutes):
        if minutes is None:
            return self.env._("has none")
        if minutes < 60:
            return self.env._("%s min", max(minutes, 0))
        if minutes < 48 * 60:
            return self.env._("%s h", minutes // 60)
        return self.env._("%s days", minutes // 1440)

    def action_open_door(self):
        """Return the action that shows the door."""
        self.ensure_one()
        return self.door_id.get_formview_action()
