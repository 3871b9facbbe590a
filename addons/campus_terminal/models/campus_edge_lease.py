import uuid
from datetime import timedelta

from odoo import api, fields, models
from odoo.addons.campus_card.campus_core import card_state
from odoo.addons.campus_card.campus_core.devices import checkup

from .campus_edge import ACTIVE

LEASES_MAX = 2000
ONLINE = (checkup.OK, checkup.LATE)


class CampusEdge(models.Model):
    """Leases: money of regulars set aside for one edge, so that it can sell to them on its own.

    A lease is a reservation with purpose *lease* and origin ``campus.edge,ID``. It is made anew
    while the edge is online, and given back when it runs out.
    """

    _inherit = "campus.edge"

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
