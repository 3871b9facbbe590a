import datetime as dt
import json

from odoo import api, models
from odoo.addons.campus_card.campus_core.access import told
from odoo.addons.campus_card.campus_core.taps import wire
from odoo.addons.campus_card.campus_core.taps.told import CLOCK_AHEAD_MS


class CampusPassage(models.Model):
    """Zones that wait for their first person: who has come at one edge has opened the zone at all."""

    _inherit = "campus.passage"

    @api.model
    def _took(self, rows):
        res = super()._took(rows)
        moves = [move for row in rows if (move := self._opens(row))]
        if moves:
            company = self.env["res.company"].browse(rows[0]["company_id"])
            self.env.cr.execute(
                "SELECT campus_zone_open(%s, %s)", [company._campus_zone_name(), json.dumps(moves)]
            )
            edges = self.env.cr.fetchone()[0]
            if edges:
                self.env.cr.execute("SELECT campus_access_tell(%s, FALSE, FALSE)", [edges])
                self.env["campus.snapshot"]._announce_access()
        return res

    @api.model
    def _opens(self, row):
        """``[zone entered, zone left, time]`` of a passage that opens zones; None of another, or at a doubtful time."""
        if row["kind"] == "event" or row["outcome"] != "granted" or not row["zone_id"]:
            return None
        note = told.read(row["rule"] or "")
        if not note or not note.is_first or row["rule"].startswith(wire.DOUBTFUL_CLOCK):
            return None
        at_ms, received_ms = (_ms(row[name]) for name in ("occurred_at", "received_at"))
        if at_ms > received_ms + CLOCK_AHEAD_MS:
            return None
        return [row["zone_id"], row["left_zone_id"], at_ms]


def _ms(text):
    return round(dt.datetime.fromisoformat(text).replace(tzinfo=dt.timezone.utc).timestamp() * 1000)
