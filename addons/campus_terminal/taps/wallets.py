import datetime as dt

import orjson
from odoo.addons.campus_card.campus_core.taps import charge, told, wire
from odoo.addons.campus_card.db.prepared import Statement, array
from odoo.addons.campus_card.ledger import wallets

from .. import card_memory
from .known_taps import has_cost

# Another batch may have been waited for: a row without a wallet says that a card, its holder or its wallet
# is no longer what it was when this one began.
_LOCK = Statement(
    "taps_lock",
    f"""WITH locked AS MATERIALIZED ({wallets.LOCK_POCKETS})
        SELECT * FROM locked
         UNION ALL
        SELECT NULL, NULL, NULL, NULL, NULL, NULL, NULL
         WHERE campus_snapshot_outdated(%s, %s, %s, %s)""",
)
# What an edge has had of leases and has charged on its own word lately, and what holders owe.
_RISK = Statement(
    "taps_told_risk",
    """SELECT json_build_array(
           (SELECT json_agg(json_build_array(uuid, card_id, wallet_id, minor, is_open))
              FROM (SELECT uuid::text, card_id, wallet_id, sum(amount_minor) AS minor,
                           bool_or(state = 'open') AS is_open
                      FROM campus_reservation
                     WHERE origin = %s AND purpose = 'lease'
                       AND (state = 'open' OR (close_reason = 'spent' AND closed_at > %s))
                     GROUP BY uuid, card_id, wallet_id) AS lease),
           (SELECT json_agg(json_build_array(card_id, minor))
              FROM (SELECT card_id, sum(amount_minor) AS minor FROM campus_tap
                     WHERE edge_id = %s AND received_at > %s AND mode = 'told' AND purpose = 'pay'
                       AND outcome = 'granted' AND code = 'ok' AND balance_minor IS NOT NULL
                     GROUP BY card_id) AS spent),
           (SELECT json_agg(json_build_array(wallet_id, minor))
              FROM (SELECT debt.wallet_id, sum(CASE WHEN transfer.debit_account_id = debt.id
                                                    THEN transfer.amount_minor
                                                    ELSE -transfer.amount_minor END) AS minor
                      FROM campus_account debt
                      JOIN campus_transfer transfer ON transfer.wallet_id = debt.wallet_id
                       AND debt.id IN (transfer.debit_account_id, transfer.credit_account_id)
                     WHERE debt.kind = 'debt' AND debt.wallet_id = ANY(%s)
                     GROUP BY debt.wallet_id) AS owed))::text""",
)


class Wallets:
    """Puts the wallets of a batch into its book: locked, and for told sales with what their edge has risked.

    ``cards``: the cards (``resolved.ResolvedCard``) whose wallets are asked for.
    """

    def __init__(self, env, batch, frame, book, cards):
        self._env, self._batch, self._frame = env, batch, frame
        self._book, self._cards = book, cards

    def load(self, lines, known, history):
        """Lock the pockets and read the money; returns the ``told.Risk`` that told charges are measured by.

        ``history``: caps of edges on their own, old ones first. Raises ``card_memory.Outdated`` where a card
        was changed while another batch was waited for.
        """
        wallet_ids = sorted({card.wallet_id for card in self._cards})
        if not wallet_ids:
            return told.Risk()
        entries = [line.entry for line in lines]
        if any(entry.mode == wire.TOLD and entry.outcome == wire.GRANTED for entry in entries):
            # Goods that are gone are charged in any case: what is missing needs a debt account.
            self._env["campus.wallet"]._ensure_debt_accounts(wallet_ids)
        self._lock()
        if any(entry.mode == wire.TOLD and entry.purpose == wire.PAY for entry in entries):
            return self._load_risk(lines, known, history)
        return told.Risk()

    def _lock(self):
        frame, to_wallet = self._frame, wallets.to_wallet
        by_id = {card.wallet_id: to_wallet(card.wallet_id, *card.wallet_terms) for card in self._cards}
        card_ids = {card.card_id for card in self._cards}
        looked = (self._batch.edge.company_id, array(card_ids), frame.snapshot, frame.seen)
        rows = _LOCK.rows(self._env.cr, array(by_id), *looked)
        if rows and rows[-1][0] is None:
            raise card_memory.Outdated
        wallets.fill(by_id, rows, wallets.to_plans(frame.plans))
        wallets.Wallets(self._env.cr).add(self._book, by_id.values())

    def _load_risk(self, lines, known, history):
        """Read what the edge has risked, and release what was set aside for the told charges of this batch."""
        edge_id = self._batch.edge.id
        window_s = max((caps.snapshot_age_s for caps in history[-1:]), default=0)
        since = dt.datetime.fromtimestamp(self._batch.now_ms / 1000 - window_s, dt.timezone.utc)
        since = since.replace(tzinfo=None)
        values = (f"campus.edge,{edge_id}", since, edge_id, since, array(self._maybe_short(lines)))
        leases, spent, debts = orjson.loads(_RISK.one(self._env.cr, *values)[0])
        allowed = {}
        for _uuid, card_id, _wallet_id, minor, _is_open in leases or ():
            allowed[card_id] = allowed.get(card_id, 0) + minor
        self._give_back(leases or (), _told_wallets(lines, known))
        for wallet_id, minor in debts or ():
            self._book.wallets[wallet_id].debt_minor = minor
        return told.Risk(dict(spent or ()), allowed, self._frame.debt_limit_minor)

    def _give_back(self, leases, wallet_ids):
        """Release the open ``leases`` of wallets that are to be charged, and read their money again."""
        here = [
            uuid for uuid, _card, wallet_id, _minor, is_open in leases if is_open and wallet_id in wallet_ids
        ]
        if here:
            self._env["campus.ledger"]._release([{"uuid": uuid, "reason": "spent"} for uuid in here])
            self._env["campus.snapshot"]._mark(self._env["campus.edge"].browse(self._batch.edge.id))
            self._lock()

    def _maybe_short(self, lines):
        """Wallets that this batch may ask for more than they have."""
        posts = [
            line.judged.post for line in lines if isinstance(line.judged, charge.Pending) and line.judged.post
        ]
        asked, short = {}, set()
        for post in posts:
            asked[post.wallet_id] = asked.get(post.wallet_id, 0) + post.amount_minor
        for post in posts:
            if post.settle and asked[post.wallet_id] > told.usable_minor(self._book, post):
                short.add(post.wallet_id)
        return short


def _told_wallets(lines, known):
    """Wallets that told sales are to be charged to: not those of taps that have cost something already."""
    return {
        line.judged.wallet_id
        for line in lines
        if isinstance(line.judged, charge.Pending)
        and line.judged.caps is not None
        and not has_cost(known.get((line.entry.uuid, wire.TAP)))
    }
