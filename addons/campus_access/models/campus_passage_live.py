from odoo import api, models
from odoo.addons.campus_card.campus_core.errors import CODES

from .campus_passage import ALARMS

#: Guards of a company hear this; they are put on it by the server, see ``ir_websocket.py``.
CHANNEL = "campus_doors"
NOTIFICATION = "campus_doors"
ROWS_MAX = 200


class CampusPassage(models.Model):
    """The guards' screen: what happens at the doors, as it happens."""

    _inherit = "campus.passage"

    @api.model
    def _tell_guards(self, company, rows):
        """Send a batch's rows in one message; no names travel over the bus."""
        shown = [self._live_row(row) for row in rows if self._is_shown(row)]
        for start in range(0, len(shown), ROWS_MAX):
            payload = {"rows": shown[start : start + ROWS_MAX]}
            self.env["bus.bus"]._sendone((company, CHANNEL), NOTIFICATION, payload)

    @api.model
    def _is_shown(self, row):
        return row["kind"] != "event" or row["code"] in ALARMS or row["code"] in ("rex", "mustered")

    @api.model
    def _live_row(self, row):
        """What a screen gets of a row: codes and ids; ``person`` is the passage's id for :meth:`live_faces`."""
        return {
            "id": row["id"],
            "at": row["occurred_at"],
            "door": row["door_id"],
            "terminal": row["terminal_id"],
            "side": row["side"],
            "outcome": row["outcome"] or "",
            "code": row["code"],
            "codes": (row["reasons"] or row["code"]).split(),
            "alarm": row["kind"] == "event" and row["code"] in ALARMS,
            "person": bool(row["partner_id"]),
        }

    @api.model
    def live_start(self, reason):
        """Begin to watch: state why; returns doors, words and the last rows. The reason holds for a shift."""
        look = self.env["campus.look"]._begin("live", reason)
        self.check_access("read")
        self.env.cr.execute(
            """SELECT to_jsonb(row) FROM (SELECT * FROM campus_passage WHERE company_id = %s
                  AND occurred_at > now() AT TIME ZONE 'UTC' - INTERVAL '1 day'
                ORDER BY occurred_at DESC, id DESC LIMIT 60) AS row""",
            [self.env.company.id],
        )
        rows = [row for (row,) in self.env.cr.fetchall()]
        doors = self.env["campus.door"].search([("company_id", "=", self.env.company.id)])
        return {
            "look": look.id,
            "doors": {door.id: door.display_name for door in doors},
            "words": {**self._event_names(), **self._code_words()},
            "rows": [self._live_row(row) for row in rows if self._is_shown(row)],
        }

    @api.model
    def _code_words(self):
        """``{code: sentence}``"""
        ledger = self.env["campus.ledger"]
        return {code: ledger._explain({"code": code, "numbers": {}}) for code in CODES if code != "ok"}

    @api.model
    def live_faces(self, look_id, ids):
        """Names and photos' addresses of shown rows, ``{id: [name, photo]}``; each person is kept in the look."""
        look = self.env["campus.look"]._own(look_id, "live")
        # sudo: nobody may read the person of a passage; the user has stated a reason, and who is shown is kept
        rows = self.browse([int(one) for one in ids[:ROWS_MAX]]).exists().sudo()
        rows = rows.filtered(lambda row: row.company_id == look.company_id and row.partner_id)
        look._add_people(rows.partner_id)
        return {
            row.id: [row.partner_id.name, f"/campus/doors/photo/{look.id}/{row.partner_id.id}"]
            for row in rows
        }
