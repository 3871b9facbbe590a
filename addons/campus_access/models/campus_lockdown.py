import re

from odoo import api, fields, models
from odoo.addons.campus_card.campus_core.access import wire
from odoo.addons.campus_card.campus_core.access.lockdown import local_number
from odoo.addons.campus_card.campus_core.access.types import NOBODY, STAFF, Lockdown
from odoo.exceptions import AccessError, UserError
from odoo.tools import file_open

from .campus_passage_live import CHANNEL, NOTIFICATION

_LOCAL = re.compile(r"zone=(?P<zone>\d+) level=(?P<level>staff|nobody)")
#: Numbers of ended orders that a snapshot names, the newest.
ENDED_MAX = 500
#: An edge that names a number so much newer than ours is not believed: numbers would run out.
FORGOTTEN_MAX = 10_000


class CampusLockdown(models.Model):
    """A numbered order that closes a zone. Numbers only rise; a second person ends it."""

    _name = "campus.lockdown"
    _description = "Lockdown"
    _inherit = ["mail.thread"]
    _order = "number desc"
    _rec_name = "number"

    number = fields.Integer(required=True, readonly=True, copy=False)
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True, ondelete="restrict")
    zone_id = fields.Many2one("campus.zone", required=True, readonly=True, ondelete="restrict")
    level = fields.Selection(
        [(STAFF, "Staff list only"), (NOBODY, "Nobody")], required=True, readonly=True, default=STAFF
    )
    is_drill = fields.Boolean("Drill", readonly=True, help="Displays say drill, and no door is locked.")
    reason = fields.Char(required=True, readonly=True)
    state = fields.Selection(
        [("active", "In Force"), ("ended", "Ended")], required=True, readonly=True, default="active", index=True,
        tracking=True,
    )  # fmt: skip
    raised_by_id = fields.Many2one("res.users", readonly=True, ondelete="restrict")
    raised_at = fields.Datetime(required=True, readonly=True, default=fields.Datetime.now)
    edge_id = fields.Many2one(
        "campus.edge", "Raised at", readonly=True, ondelete="restrict", help="By a button at this edge."
    )
    local_number = fields.Integer(readonly=True, help="Number that the edge gave it, below zero.")
    ended_by_id = fields.Many2one("res.users", readonly=True, ondelete="restrict", tracking=True)
    ended_at = fields.Datetime(readonly=True)
    end_reason = fields.Char(readonly=True)
    edge_ids = fields.One2many("campus.lockdown.edge", "lockdown_id", "Edges", readonly=True)
    confirmed_count = fields.Integer(compute="_compute_confirmed")
    edge_count = fields.Integer(compute="_compute_confirmed")
    slowest_s = fields.Integer("Slowest (s)", compute="_compute_confirmed")
    unconfirmed = fields.Char("Not Confirmed by", compute="_compute_confirmed")

    _number_once = models.Constraint("UNIQUE(company_id, number)", "This number is given already.")
    _number_positive = models.Constraint("CHECK(number > 0)", "Numbers of lockdowns begin with 1.")
    _local_once = models.UniqueIndex(
        "(edge_id, local_number) WHERE edge_id IS NOT NULL", "This lockdown of the edge has a number already."
    )
    _two_people = models.Constraint(
        "CHECK((state = 'ended') = (ended_by_id IS NOT NULL AND ended_at IS NOT NULL)"
        " AND (ended_by_id IS NULL OR raised_by_id IS NULL OR ended_by_id <> raised_by_id))",
        "A lockdown is ended by another person than the one who raised it.",
    )

    def init(self):
        with file_open("campus_access/data/lockdown_schema.sql") as schema:
            self.env.cr.execute(schema.read())

    @api.depends("edge_ids.confirmed_at")
    def _compute_confirmed(self):
        for lockdown in self:
            told = lockdown.edge_ids.filtered("confirmed_at")
            lockdown.edge_count = len(lockdown.edge_ids)
            lockdown.confirmed_count = len(told)
            lockdown.slowest_s = max(told.mapped("seconds"), default=0)
            lockdown.unconfirmed = ", ".join((lockdown.edge_ids - told).mapped("edge_id.name"))

    @api.depends("number", "zone_id", "is_drill")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for lockdown in self:
            word = self.env._("Drill") if lockdown.is_drill else self.env._("Lockdown")
            lockdown.display_name = f"{word} {lockdown.number}: {lockdown.zone_id.name}"

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            raise AccessError(self.env._("A lockdown is raised with its button."))
        return super().create(vals_list)

    def write(self, vals):
        if not self.env.su:
            raise AccessError(self.env._("A lockdown is ended with its button, by a second person."))
        return super().write(vals)

    def unlink(self):
        raise UserError(self.env._("Lockdowns stay in the books."))

    # -- raising ------------------------------------------------------------------------

    @api.model
    def raise_order(self, zone_id, level, reason, drill=False):
        """Lock a zone now; returns the order's id. Every edge is told before this call is over."""
        zone = self.env["campus.zone"].browse(int(zone_id)).exists()
        if not zone:
            raise UserError(self.env._("Choose the zone."))
        zone.check_access("read")
        return self._raise(zone, level, reason, is_drill=bool(drill), raised_by_id=self.env.uid).id

    @api.model
    def _raise(self, zone, level, reason, **values):
        if level not in (STAFF, NOBODY):
            raise UserError(self.env._("Choose who may still pass."))
        reason = (reason or "").strip()
        if not reason:
            raise UserError(self.env._("Say in a word why: fire, threat, drill."))
        company = zone.company_id
        # sudo: made by this verb alone; who may call it was checked
        order = self.sudo().create(
            {
                "number": values.get("number") or self._next_number(company),
                **values,
                "company_id": company.id,
                "zone_id": zone.id,
                "level": level,
                "reason": reason,
            }
        )
        order._list_edges()
        order._push()
        order._tell_guards()
        return order.sudo(False)

    @api.model
    def _next_number(self, company):
        """Return the next number; who raises at the same time waits for this one."""
        self.env.flush_all()
        self.env.cr.execute("SELECT campus_lockdown_next(%s)", [company.id])
        return self.env.cr.fetchone()[0]

    def _list_edges(self):
        """Note the edges that have doors around or in the zone: they are to confirm."""
        self.env.flush_all()
        self.env.cr.execute("SELECT campus_lockdown_list()")
        self.invalidate_recordset(["edge_ids"], flush=False)

    @api.model
    def _raise_local(self, company, row):
        """Give a lockdown that a button at an edge has raised its number. ``row``: of ``campus_passage``."""
        found = _LOCAL.search(row["rule"] or "")
        # sudo: told by a signed entry of an edge
        orders = self.sudo()
        zone = orders.env["campus.zone"].browse(int(found["zone"]) if found else 0).exists()
        same = [("edge_id", "=", row["edge_id"]), ("local_number", "=", local_number(row["uuid"]))]
        if not zone or zone.company_id != company or orders.search_count(same, limit=1):
            return orders.browse()
        reason = self.env._("Button at the edge")
        values = {"edge_id": row["edge_id"], "local_number": local_number(row["uuid"])}
        return orders._raise(zone, found["level"], reason, **values)

    # -- after an older database was restored ---------------------------------------------

    @api.model
    def _recover(self, edge, newest, orders):
        """Take orders back into the books that an edge obeys and this database has forgotten; no number is given
        twice.
        """
        company = edge.company_id
        self.env.cr.execute(
            "SELECT coalesce(max(number), 0) FROM campus_lockdown_number WHERE company_id = %s", [company.id]
        )
        given = self.env.cr.fetchone()[0]
        if not given < newest <= given + FORGOTTEN_MAX:
            newest = given
        if given < newest:
            self.env.cr.execute(
                """INSERT INTO campus_lockdown_number AS given (company_id, number) VALUES (%s, %s)
                       ON CONFLICT (company_id) DO UPDATE SET number = greatest(given.number, excluded.number)""",
                [company.id, newest],
            )
        orders = [order for order in orders if order.number <= newest]
        if orders:
            self._take_back(edge, company, orders)

    @api.model
    def _take_back(self, edge, company, orders):
        # sudo: made by the server alone, of what a signed heartbeat says
        books = self.sudo()
        known = set(
            books.search(
                [("company_id", "=", company.id), ("number", "in", [order.number for order in orders])]
            ).mapped("number")
        )
        for order in orders:
            # sudo: as above
            zone = self.env["campus.zone"].sudo().browse(order.zone).exists()
            if order.number not in known and zone.company_id == company:
                reason = self.env._("%s obeys it; this database was restored and did not know it", edge.name)
                books._raise(zone, order.level, reason, number=order.number, is_drill=order.is_drill)

    # -- ending -------------------------------------------------------------------------

    def end_order(self, reason):
        """End an order, as a second person."""
        self.ensure_one()
        reason = (reason or "").strip()
        if not reason:
            raise UserError(self.env._("Say why the lockdown ends."))
        self.check_access("read")
        if self.state != "active":
            raise UserError(self.env._("This lockdown has ended already."))
        if self.raised_by_id == self.env.user:
            raise UserError(self.env._("You raised this lockdown. A second person ends it."))
        # sudo: written by this verb alone; who may call it was checked
        order = self.sudo()
        order.write(
            {
                "state": "ended",
                "ended_by_id": self.env.uid,
                "ended_at": fields.Datetime.now(),
                "end_reason": reason,
            }
        )
        # the database lists edges for orders in force
        order.flush_recordset(["state"])
        order._mark_snapshots(wake=True)
        order._tell_guards()

    # -- to the edges ---------------------------------------------------------------------

    def _to_core(self):
        """The order as decisions know it."""
        self.ensure_one()
        return Lockdown(self.number, self.zone_id.id, self.level, self.is_drill)

    def _wire_order(self):
        return wire.lockdown_to_wire(self._to_core())

    def _push(self):
        """Tell every edge at once; what is pushed can only close."""
        self.ensure_one()
        message = {"type": "lockdown", "order": self._wire_order()}
        for edge in self.edge_ids.edge_id.filtered(lambda edge: edge.state == "active"):
            self.env["bus.bus"]._sendone(edge.channel, "campus_access", message)
        self._mark_snapshots()

    def _tell_guards(self):
        """Let the guards' screens and floor plans look again."""
        payload = {"rows": [], "lockdown": self.number}
        self.env["bus.bus"]._sendone((self.company_id, CHANNEL), NOTIFICATION, payload)

    def _mark_snapshots(self, wake=False):
        """The signed list has news; ``wake``: connected edges are to ask for it now."""
        snapshots = self.env["campus.snapshot"]
        for edge in self.edge_ids.edge_id:
            snapshots._mark(edge)
            if wake and edge.state == "active":
                version = self.env["campus.key"]._version_now()
                self.env["bus.bus"]._sendone(
                    edge.channel, "campus_snapshot", {"version": version, "cards": []}
                )

    @api.model
    def _to_wire(self, edge):
        """The part ``lockdowns`` of an edge's snapshot."""
        # sudo: the server alone makes snapshots
        own = self.sudo().search(
            [("edge_ids.edge_id", "=", edge.id), ("company_id", "=", edge.company_id.id)]
        )
        ended = own.filtered(lambda order: order.state == "ended")[:ENDED_MAX]
        # an edge's own number has ended as soon as the order has one of the server's
        local = own.filtered(lambda order: order.edge_id == edge)[:ENDED_MAX]
        return {
            "orders": [order._wire_order() for order in own.sorted("number") if order.state == "active"],
            "ended": sorted([*ended.mapped("number"), *local.mapped("local_number")]),
        }
