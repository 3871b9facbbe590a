import datetime as dt
import logging

import psycopg2
from odoo import api, models
from odoo.addons.campus_card.campus_core.access.positions import believed
from odoo.addons.campus_card.campus_core.taps.charge import CLOCK_DOUBT
from odoo.exceptions import UserError

_logger = logging.getLogger(__name__)


class CampusPassage(models.Model):
    """What follows when passages have been stored, in the same transaction."""

    _inherit = "campus.passage"

    @api.model
    def _took(self, rows):
        """``rows``: objects with the columns of ``campus_passage``, in the order of their journal."""
        company = self.env["res.company"].browse(rows[0]["company_id"])
        self.env["campus.position"]._take(company, self._moves(rows))
        for row in rows:
            if row["kind"] == "event" and row["code"] == "lockdown":
                self._follow(row, self.env["campus.lockdown"]._raise_local, company, row)
        doubtful = next((row for row in rows if CLOCK_DOUBT in (row["doubt"] or "").split()), None)
        if doubtful:
            self._follow(doubtful, self.env["campus.edge"].browse(doubtful["edge_id"])._tell_clock_doubt)
        self._tell_guards(company, rows)

    @api.model
    def _moves(self, rows):
        """What passages say of where people are, as ``campus_position_take`` wants it.

        A door that was opened for somebody counts; one at whose contact nobody was seen to go through takes it
        back. An assembly point moves people whatever their card's state.
        """
        moves = []
        received_ms = _ms(rows[0]["received_at"])
        times = believed([_ms(row["occurred_at"]) for row in rows], received_ms)
        for row, at_ms in zip(rows, times, strict=True):
            if not row["partner_id"] or not row["door_id"]:
                continue
            granted = row["kind"] != "event" and row["outcome"] == "granted"
            if granted or (row["kind"] == "event" and row["code"] in ("passed", "mustered")):
                moves.append(self._move(row, at_ms, row["zone_id"], row["left_zone_id"]))
            elif row["kind"] == "event" and row["code"] == "not_passed":
                moves.append(self._move(row, at_ms, row["left_zone_id"], row["zone_id"]))
        return moves

    @api.model
    def _move(self, row, at_ms, zone_id, left_zone_id):
        return [
            *(row["partner_id"], zone_id, at_ms, row["edge_id"], row["seq"]),
            *(left_zone_id, row["door_id"], row["side"]),
        ]

    @api.model
    def _follow(self, row, follow, *args):
        """Do what follows from an entry: a lockdown by a button gets its number, somebody is told of a clock.

        A fault in it must not keep the edge's journal waiting: it is written into the log, and the entry stays.
        """
        try:
            with self.env.cr.savepoint():
                follow(*args)
        except (UserError, ValueError, psycopg2.Error):
            _logger.exception(
                "What follows from entry %s of edge %s was not done.", row["seq"], row["edge_id"]
            )


def _ms(moment):
    """A moment of the database's JSON in milliseconds since 1970."""
    return round(dt.datetime.fromisoformat(moment).replace(tzinfo=dt.timezone.utc).timestamp() * 1000)
