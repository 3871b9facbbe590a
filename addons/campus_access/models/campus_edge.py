from odoo import api, fields, models
from odoo.addons.campus_card.campus_core.access import board_number
from odoo.addons.campus_card.campus_core.devices import heartbeat
from odoo.addons.campus_card.html_text import to_html

CLOCK_ACTIVITY = "campus_access.mail_activity_type_clock"


class CampusEdge(models.Model):
    """What an edge with doors needs beside its doors: numbers for controller boards, names for a muster.

    It says in each heartbeat which lockdowns it has stored and obeys.
    """

    _inherit = "campus.edge"

    board_form = fields.Selection(
        [
            (board_number.W34_BE, "34 bits, first byte first"),
            (board_number.W34_LE, "34 bits, last byte first"),
            (board_number.W26_BE, "26 bits, first byte first"),
            (board_number.W26_LE, "26 bits, last byte first"),
        ],
        "Numbers at Controller Boards",
        tracking=True,
        help="How the Wiegand readers of its controller boards send a card. Empty: it has no boards.",
    )
    board_twice = fields.Char("Cards Left Out", compute="_compute_board_twice")
    is_muster_point = fields.Boolean(
        "Muster Point",
        tracking=True,
        help="Its status page lists by name who is where, also without the server. Whoever reaches that page "
        "reads the names: give it to the guards' network alone.",
    )

    @api.depends("board_form")
    def _compute_board_twice(self):
        for edge in self:
            edge.board_twice = edge.board_form and edge._board_twice_words()

    def _board_twice_words(self):
        # sudo: a device manager reads no cards; only how many are left out is told
        left_out = self.env["campus.snapshot"].sudo()._board_left_out(self._origin)
        if not left_out:
            return False
        return self.env._(
            "%s cards open no door of a board: their UID has not four bytes, or two of them have one number.",
            left_out,
        )

    def write(self, vals):
        res = super().write(vals)
        if {"board_form", "is_muster_point"} & vals.keys():
            self.env.flush_all()
            self.env.cr.execute("SELECT campus_access_tell(%s, TRUE, FALSE)", [self.ids])
            self.env["campus.snapshot"]._announce_access()
        if "active" in vals:
            self.env["campus.lockdown"]._push_later()
        return res

    def _tell_clock_doubt(self):
        """Passages came of whose time the edge was not certain: one task until somebody has seen to it."""
        self.ensure_one()
        # sudo: written down for whoever is responsible, by what an edge has sent
        edge = self.sudo()
        user = edge.responsible_id.filtered("active") or edge.company_id._campus_device_user()
        if not user or edge.activity_search([CLOCK_ACTIVITY]):
            return
        edge = edge.with_context(lang=user.lang or self.env.lang)
        text = edge.env._(
            "This edge did not know the time for certain when cards were shown at its doors: rights with hours may "
            "have been decided wrongly. See to its clock, and look at the passages under the filter “Clock Not "
            "Certain”."
        )
        edge.activity_schedule(CLOCK_ACTIVITY, user_id=user.id, note=to_html(text))

    # -- lockdowns ---------------------------------------------------------------------------

    lockdown_number = fields.Integer("Confirmed Lockdown", readonly=True, copy=False)

    def _heartbeat(self, values):
        version = super()._heartbeat(values)
        beat = heartbeat.parse(values)
        if beat.lockdowns is not None:
            self.env["campus.lockdown"]._recover(self, beat.lockdown, beat.lockdowns)
        self._confirm_lockdown(beat.lockdown, beat.lockdowns)
        if beat.contacts:
            columns = [list(column) for column in zip(*beat.contacts, strict=True)]
            self.env.cr.execute("SELECT campus_door_contacts(%s, %s, %s)", [self.id, *columns])
        return version

    def _confirm_lockdown(self, number, orders=None):
        """Note what the edge obeys: all orders for it up to this number, but those that it says it does not."""
        self.ensure_one()
        obeyed = None if orders is None else [order.number for order in orders]
        self.env.cr.execute(
            "UPDATE campus_edge SET lockdown_number = %s WHERE id = %s AND lockdown_number IS DISTINCT FROM %s",
            [number, self.id, number],
        )
        self.env.cr.execute(
            """UPDATE campus_lockdown_edge line SET confirmed_at = now() AT TIME ZONE 'UTC'
                 FROM campus_lockdown lockdown
                WHERE lockdown.id = line.lockdown_id AND line.edge_id = %s AND line.confirmed_at IS NULL
                  AND lockdown.number <= %s
                  AND (%s::int[] IS NULL OR lockdown.state = 'ended' OR lockdown.number = ANY (%s))""",
            [self.id, number, obeyed, obeyed],
        )
        changed = self.env.cr.rowcount
        if obeyed is not None and number:
            changed += self._revoke_confirmed(number, obeyed)
        if changed:
            self.env["campus.lockdown.edge"].invalidate_model(["confirmed_at"], flush=False)
        self.invalidate_recordset(["lockdown_number"], flush=False)

    def _revoke_confirmed(self, number, obeyed):
        """An older database was restored: for the edge an order has ended that is in force here; returns how many.

        Its doors are open, so the order must not be shown as confirmed.
        """
        self.env.cr.execute(
            """UPDATE campus_lockdown_edge line SET confirmed_at = NULL
                 FROM campus_lockdown lockdown
                WHERE lockdown.id = line.lockdown_id AND line.edge_id = %s AND line.confirmed_at IS NOT NULL
                  AND lockdown.state = 'active' AND lockdown.number <= %s AND NOT lockdown.number = ANY (%s)""",
            [self.id, number, obeyed],
        )
        return self.env.cr.rowcount

    def _accept_key(self, *args):
        # a machine that takes the place of another has confirmed nothing yet
        res = super()._accept_key(*args)
        self.env.cr.execute(
            """UPDATE campus_lockdown_edge line SET confirmed_at = NULL
                 FROM campus_lockdown lockdown
                WHERE lockdown.id = line.lockdown_id AND lockdown.state = 'active' AND line.edge_id = %s""",
            [self.id],
        )
        self.env.cr.execute("UPDATE campus_edge SET lockdown_number = 0 WHERE id = %s", [self.id])
        self.invalidate_recordset(["lockdown_number"], flush=False)
        self.env["campus.lockdown.edge"].invalidate_model(["confirmed_at"], flush=False)
        return res
