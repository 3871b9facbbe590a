import secrets
import uuid
from datetime import timedelta

from odoo import api, fields, models
from odoo.addons.campus_card.campus_core import card_state
from odoo.addons.campus_card.campus_core.devices import checkup
from odoo.addons.campus_card.db.columns import BigInteger

from ..const import ACTIVE

SALT_BYTES = 16


LEASES_MAX = 2000
ONLINE = (checkup.OK, checkup.LATE)


class CampusEdge(models.Model):
    """What is special about an edge's card list: its salt, whether there is anybody to show a name to, and its
    leases. A lease is money of regulars that is set aside for one edge, so that it can sell to them alone.
    """

    _inherit = "campus.edge"

    # One for each edge, so that what somebody has tried out on one stolen disk says nothing about another.
    snapshot_salt = fields.Char(readonly=True, copy=False, groups=fields.NO_ACCESS)
    # A list of this version or an older one is no base for a change: the edge gets everything.
    whole_version = BigInteger(readonly=True, copy=False, default=0)

    def _snapshot_salt(self):
        """The salt (32 hex digits), made when it is first needed."""
        self.ensure_one()
        # sudo: the salt can be read by nobody; snapshots are what it is for
        edge = self.sudo()
        if not edge.snapshot_salt:
            edge.snapshot_salt = secrets.token_hex(SALT_BYTES)
            edge.flush_recordset(["snapshot_salt"])
        return edge.snapshot_salt

    def _shows_names(self):
        """Say whether a reader of this edge has a display that names people."""
        self.ensure_one()
        return any(terminal.shows_names for terminal in self.terminal_ids)

    def _give_whole_list(self):
        """What these edges know of cards is of no use any more: their next list is a whole one."""
        if self:
            self.env.cr.execute(
                "UPDATE campus_edge SET whole_version = campus_snapshot_now() WHERE id = ANY(%s)", [self.ids]
            )
            self.invalidate_recordset(["whole_version"], flush=False)
            for edge in self:
                self.env["campus.snapshot"]._mark(edge)

    def _names_changed(self):
        """Displays of these edges name people now, or no longer: said where somebody sees it."""
        self._give_whole_list()
        for edge in self:
            if edge._shows_names():
                edge.message_post(body=self.env._("The machine gets shortened names: a display shows them."))
            else:
                edge.message_post(body=self.env._("The machine gets no names any more."))

    def _accept_key(self, *args):
        res = super()._accept_key(*args)
        # sudo: as for reading it; the disk of the machine before may be in other hands
        self.sudo().snapshot_salt = secrets.token_hex(SALT_BYTES)
        self._give_whole_list()
        return res

    # -- leases ------------------------------------------------------------------

    lease_count = fields.Integer("Leases", compute="_compute_leases")
    lease_total = fields.Monetary("Held for Leases", compute="_compute_leases")

    def _compute_leases(self):
        for edge in self:
            # sudo: a device manager sees how much is held, not whose it is
            leases = edge.sudo()._open_leases()
            edge.lease_count = len(leases)
            edge.lease_total = edge.currency_id.round(sum(lease["amount_minor"] for lease in leases) / 100)

    @property
    def _lease_origin(self):
        return f"campus.edge,{self.id}"

    def _open_leases(self):
        """``[{uuid, card_id, wallet_id, amount_minor, expires_at}]`` that the edge has."""
        self.ensure_one()
        self.env.cr.execute(
            """SELECT uuid::text AS uuid, card_id, wallet_id, sum(amount_minor)::int AS amount_minor,
                      min(expires_at) AS expires_at
                 FROM campus_reservation
                WHERE origin = %s AND state = 'open' AND purpose = 'lease'
                GROUP BY uuid, card_id, wallet_id ORDER BY min(id)""",
            [self._lease_origin],
        )
        return self.env.cr.dictfetchall()

    def _lease_regulars(self):
        """``{card id: wallet id}`` of who pays here often enough, the most frequent first.

        Only what was charged counts: an edge makes nobody a regular by saying so.
        """
        self.ensure_one()
        company = self.company_id
        self.env.cr.execute(
            """SELECT card.id, card.wallet_id
                 FROM campus_tap tap
                 JOIN campus_card card ON card.id = tap.card_id
                 JOIN campus_wallet wallet ON wallet.id = card.wallet_id
                WHERE tap.edge_id = %s AND tap.purpose = 'pay' AND tap.outcome = 'granted'
                  AND tap.balance_minor IS NOT NULL
                  AND tap.occurred_at > %s
                  AND card.state = %s AND card.active AND wallet.state = 'open'
                GROUP BY card.id, card.wallet_id HAVING count(DISTINCT tap.uuid) >= %s
                ORDER BY count(DISTINCT tap.uuid) DESC, card.id LIMIT %s""",
            [
                self.id,
                fields.Datetime.now() - timedelta(days=company.campus_lease_days),
                card_state.ACTIVE,
                company.campus_lease_taps,
                LEASES_MAX,
            ],
        )
        return dict(self.env.cr.fetchall())

    def _lately_spent(self):
        """Cards whose lease this edge has spent within the hours that it may be alone.

        They get the next one after that time: what an edge takes by leases is bounded as its caps are.
        """
        self.ensure_one()
        since = fields.Datetime.now() - timedelta(hours=self.company_id.campus_snapshot_age_h)
        self.env.cr.execute(
            """SELECT DISTINCT card_id FROM campus_reservation
                WHERE origin = %s AND purpose = 'lease' AND close_reason = 'spent' AND closed_at > %s""",
            [self._lease_origin, since],
        )
        return {row[0] for row in self.env.cr.fetchall()}

    def _renew_leases(self):
        """Give the edge the leases of its regulars; returns how many were given and taken back."""
        self.ensure_one()
        company, now = self.company_id, fields.Datetime.now()
        merchant = self.terminal_ids.filtered(lambda terminal: terminal.purpose == "pay").merchant_id[:1]
        regulars = self._lease_regulars() if merchant and company.campus_lease_minor else {}
        spent = self._lately_spent()
        half_over = now + timedelta(hours=company.campus_lease_hours) / 2
        leases = self._open_leases()
        fresh = {
            lease["card_id"]
            for lease in leases
            if lease["expires_at"] > half_over
            and lease["card_id"] in regulars
            and lease["amount_minor"] == company.campus_lease_minor
        }
        stale = [lease["uuid"] for lease in leases if lease["card_id"] not in fresh]
        ledger = self.env["campus.ledger"]
        ledger._release([{"uuid": lease, "reason": "renewed"} for lease in stale])
        wanted = [
            {
                "uuid": str(uuid.uuid4()),
                "wallet_id": wallet_id,
                "account_id": merchant.id,
                "amount_minor": company.campus_lease_minor,
                "card_id": card_id,
                "purpose": "lease",
                "expires_at": now + timedelta(hours=company.campus_lease_hours),
                "origin": self._lease_origin,
                "memo": self.name,
            }
            for card_id, wallet_id in regulars.items()
            if card_id not in fresh and card_id not in spent
        ]
        # who has less than a lease keeps it all: a refusal is no error here
        given = sum(answer["ok"] for answer in ledger._reserve(wanted))
        if given or stale:
            self.env["campus.snapshot"]._mark(self)
        return given, len(stale)

    @api.model
    def _cron_leases(self):
        """Renew leases of edges that are online and have sent all their taps."""
        for edge in self.search([("state", "=", ACTIVE)]):
            if edge.health in ONLINE and not edge.queue_length:
                with self.env["campus.ledger"]._own_transaction() as env:
                    env["campus.edge"].browse(edge.id)._renew_leases()


class CampusTerminal(models.Model):
    """A display that names people makes its edge's list hold names."""

    _inherit = "campus.terminal"

    shows_names = fields.Boolean(
        "Display Shows Names",
        help="The reader's display greets people by their name, shortened (李*, Lin X.). Only then does the "
        "machine beside it get names.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        terminals = super().create(vals_list)
        terminals.filtered("shows_names").edge_id._names_changed()
        return terminals

    def write(self, vals):
        if not {"shows_names", "edge_id", "active"} & vals.keys():
            return super().write(vals)
        edges = self.edge_id | self.edge_id.browse(vals.get("edge_id") or [])
        before = {edge: edge._shows_names() for edge in edges}
        res = super().write(vals)
        edges.filtered(lambda edge: edge._shows_names() != before[edge])._names_changed()
        return res

    def unlink(self):
        edges = self.filtered("shows_names").edge_id
        res = super().unlink()
        edges.filtered(lambda edge: not edge._shows_names())._names_changed()
        return res
