from odoo import api, fields, models
from odoo.addons.campus_card.campus_core import errors
from odoo.addons.campus_card.campus_core.devices import heartbeat
from odoo.addons.campus_card.campus_core.taps import journal_chain
from odoo.addons.campus_card.campus_core.taps.charge import CLOCK_DOUBT
from odoo.addons.campus_card.db.columns import BigInteger

from ..edge_auth import Edge


class CampusEdge(models.Model):
    """What the server makes of an edge's journal: its head, gaps, forks, a journal started anew."""

    _inherit = "campus.edge"

    taken_seq = BigInteger(
        "Taken from the Journal", compute="_compute_head", help="Newest number the server has."
    )
    head_behind = BigInteger("Still to Come", compute="_compute_head")
    review_ids = fields.One2many("campus.tap.review", "edge_id", string="Reviews")
    open_review_count = fields.Integer(compute="_compute_open_review_count")

    def _compute_head(self):
        heads = {}
        if self.ids:
            self.env.cr.execute(
                "SELECT edge_id, seq, reported_seq FROM campus_edge_head WHERE edge_id = ANY(%s)", [self.ids]
            )
            heads = {edge_id: values for edge_id, *values in self.env.cr.fetchall()}
        for edge in self:
            seq, reported = heads.get(edge.id, (0, 0))
            edge.taken_seq, edge.head_behind = seq, max(reported - seq, 0)

    @api.depends("review_ids.state")
    def _compute_open_review_count(self):
        counts = dict(
            self.env["campus.tap.review"]._read_group(
                [("edge_id", "in", self.ids), ("state", "=", "open")], ["edge_id"], ["__count"]
            )
        )
        for edge in self:
            edge.open_review_count = counts.get(edge, 0)

    @api.model
    def _note_fork(self, edge, journal, seq):
        """The edge has sent other content under a number that the server has: look at the device."""
        self._open_review(edge, "fork", journal, seq, seq)
        # sudo: a fault of an edge is written down by the server alone
        self.browse(edge.id).sudo()._mark_fault(errors.JOURNAL_FORK)

    @api.model
    def _note_gap(self, edge, journal, first, last):
        """Numbers ``first`` to ``last`` are missing: taps that the server has not seen."""
        self._open_review(edge, "gap", journal, first, last)

    @api.model
    def _fill_gaps(self, edge, journal, first, last):
        """Numbers ``first`` to ``last`` have come after all: gaps shrink or are split, and are settled when
        nothing is left."""
        # sudo: as for opening one
        gaps = (
            self.env["campus.tap.review"]
            .sudo()
            .search(
                [
                    *(("reason", "=", "gap"), ("edge_id", "=", edge.id), ("journal", "=", journal)),
                    *(("filled", "=", False), ("first_seq", "<=", last), ("last_seq", ">=", first)),
                ]
            )
        )
        for gap in gaps:
            if first <= gap.first_seq and gap.last_seq <= last:
                note = gap.note or self.env._("The edge has sent these entries after all.")
                settled_at = gap.settled_at or fields.Datetime.now()
                gap.write({"filled": True, "state": "settled", "note": note, "settled_at": settled_at})
                continue
            if gap.first_seq < first and last < gap.last_seq:
                # what is missing after the middle, as open or as settled as the whole was
                gap.copy({"first_seq": last + 1, "state": gap.state})
            if first <= gap.first_seq:
                gap.first_seq = last + 1
            else:
                gap.last_seq = first - 1

    def _journal_state(self):
        """What a heartbeat's answer says of the edge's journal: where the server stands, what it lacks."""
        self.ensure_one()
        self.env.cr.execute(
            """SELECT journal::text AS journal, seq AS head_seq FROM campus_edge_head WHERE edge_id = %s""",
            [self.id],
        )
        head = self.env.cr.dictfetchone() or {"journal": None, "head_seq": 0}
        self.env.cr.execute(
            """SELECT journal, first_seq, last_seq FROM campus_tap_review
                WHERE edge_id = %s AND reason = 'gap' AND state = 'open' ORDER BY id DESC LIMIT %s""",
            [self.id, heartbeat.MAX_LOST],
        )
        return {**head, "gaps": self.env.cr.dictfetchall()}

    @api.model
    def _note_journal(self, edge, head, reported_seq):
        """A journal after ``head``'s. What the edge had told of in the old one and never sent is a gap."""
        self._open_review(edge, "journal", head.journal, 1, head.seq)
        if reported_seq > head.seq:
            self._open_review(edge, "gap", head.journal, head.seq + 1, reported_seq)

    @api.model
    def _note_doubt(self, edge, journal, first, last):
        """The edge decided these numbers without knowing the time: one review for all that lie together."""
        # sudo: as for opening one
        open_one = (
            self.env["campus.tap.review"]
            .sudo()
            .search(
                [
                    ("reason", "=", CLOCK_DOUBT),
                    ("state", "=", "open"),
                    ("edge_id", "=", edge.id),
                    ("journal", "=", journal),
                ],
                order="last_seq desc",
                limit=1,
            )
        )
        if not open_one:
            self._open_review(edge, CLOCK_DOUBT, journal, first, last)
        elif first < open_one.first_seq or last > open_one.last_seq:
            open_one.write(
                {"first_seq": min(first, open_one.first_seq), "last_seq": max(last, open_one.last_seq)}
            )

    def _note_lost(self, lost):
        """The edge says what a damaged journal has lost: gaps, each told once, however often it is said."""
        edge = Edge(self.id, self.company_id.id, self.uuid, self.state)
        for journal, first, last in lost:
            for unknown in self._taken_or_told(journal).missing(first, last):
                self._open_review(edge, "gap", journal, *unknown)

    def _taken_or_told(self, journal):
        """Numbers of a journal that the server has, or whose loss it was told of: a ``journal_chain.Ranges``.

        Up to the head there is nothing else. Gaps that have shrunk since count as they were told.
        """
        self.env["campus.tap.review"].flush_model()
        self.env.cr.execute(
            """SELECT told_first_seq, told_last_seq FROM campus_tap_review
                WHERE edge_id = %s AND journal = %s AND reason IN ('gap', 'journal')
                UNION ALL
               SELECT 1, seq FROM campus_edge_head WHERE edge_id = %s AND journal::text = %s""",
            [self.id, journal, self.id, journal],
        )
        return journal_chain.Ranges(self.env.cr.fetchall())

    @api.model
    def _open_review(self, edge, reason, journal, first, last):
        """A review of numbers of a journal, unless there is an open one."""
        # sudo: what an edge says is written down by the server alone
        reviews = self.env["campus.tap.review"].sudo()
        values = {
            "reason": reason,
            "edge_id": edge.id,
            "company_id": edge.company_id,
            "journal": journal,
            "first_seq": first,
            "last_seq": last,
        }
        same = [("state", "=", "open"), *((name, "=", value) for name, value in values.items())]
        if not reviews.search_count(same, limit=1):
            company = self.env["res.company"].browse(edge.company_id)
            day = self.env["campus.ledger"]._business_day(company)
            told = {"told_first_seq": first, "told_last_seq": last}
            reviews.create({**values, **told, "booking_date": day})
