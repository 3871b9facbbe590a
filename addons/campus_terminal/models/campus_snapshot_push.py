from odoo import api, models

from .campus_edge import ACTIVE

NOTIFICATION = "campus_snapshot"
# More cards than this are not listed: the edges ask for the delta.
PUSHED_CARDS_MAX = 200
_HOOK = "campus_snapshot.push"


class CampusSnapshot(models.AbstractModel):
    """Telling connected edges at once what changed, above all that a card is frozen."""

    _inherit = "campus.snapshot"

    @api.model
    def _announce(self):
        """Tell the edges, once this transaction commits, which cards it has changed."""
        precommit = self.env.cr.precommit
        if _HOOK not in precommit.data:
            precommit.data[_HOOK] = True
            precommit.add(self._tell_edges)

    @api.model
    def _tell_edges(self):
        self.env.cr.precommit.data.pop(_HOOK, None)
        self.env.flush_all()
        # sudo: whoever freezes a card need not see devices, and nobody may see their channels
        edges = self.env["campus.edge"].sudo().search([("state", "=", ACTIVE)])
        for company, of_company in edges.grouped("company_id").items():
            payload = self._changed_now(company)
            for edge in of_company if payload else ():
                self.env["bus.bus"]._sendone(edge.channel, NOTIFICATION, payload)

    @api.model
    def _changed_now(self, company):
        """``{"version", "cards": [[card, state], ...]}`` of this transaction; None if no card changed."""
        version = self.env["campus.key"]._version_now()
        self.env.cr.execute(
            """SELECT mark.card_id,
                      CASE WHEN card.state = 'active' AND wallet.state <> 'open' THEN 'wallet_' || wallet.state
                           WHEN card.active THEN card.state ELSE 'returned' END
                 FROM campus_snapshot_card mark
                 LEFT JOIN campus_card card ON card.id = mark.card_id
                 LEFT JOIN campus_wallet wallet ON wallet.id = card.wallet_id
                WHERE mark.company_id = %s AND mark.changed_version = %s
                ORDER BY mark.card_id LIMIT %s""",
            [company.id, version, PUSHED_CARDS_MAX + 1],
        )
        cards = [list(row) for row in self.env.cr.fetchall()]
        if not cards:
            return None
        return {"version": version, "cards": cards if len(cards) <= PUSHED_CARDS_MAX else []}
