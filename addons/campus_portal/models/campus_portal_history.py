from odoo import api, models
from odoo.addons.campus_card.campus_core import money
from odoo.tools import SQL

from ..const import RECENT_MAX

ICONS = {
    "purchase": "cart",
    "topup": "plus",
    "payout": "minus",
    "subsidy": "gift",
    "gift": "gift",
    "fee": "receipt",
}


class CampusPortal(models.AbstractModel):
    """The latest movements of a holder's money."""

    _inherit = "campus.portal"

    @api.model
    def _recent(self, wallet):
        """``[{icon, title, detail, at, amount, kind: in, out or refused}]``, newest first.

        Addons add events (doors, top-ups that are not finished) by extending :meth:`_recent_events`.
        """
        events = sorted(self._recent_events(wallet), key=lambda event: event["at"], reverse=True)
        return events[:RECENT_MAX]

    @api.model
    def _recent_events(self, wallet):
        if not wallet:
            return []
        return [*self._recent_transfers(wallet), *self._recent_refusals(wallet)]

    @api.model
    def _recent_transfers(self, wallet):
        transfers = wallet.env["campus.transfer"].search(
            [("wallet_id", "=", wallet.id)], order="occurred_at desc, id desc", limit=RECENT_MAX * 4
        )
        # A purchase may have been paid from several pockets. Holders see it as one line.
        groups = list(transfers.grouped("uuid").values())[:RECENT_MAX]
        how = self._how_paid([lines[0].uuid for lines in groups])
        return [self._present_transfers(lines, how.get(lines[0].uuid)) for lines in groups]

    @api.model
    def _how_paid(self, uuids):
        """``{uuid: text}`` for payments that were made without a card. Addons extend this method."""
        # sudo: it looks only for transfers of the holder's own wallet
        uses = self.env["campus.credential.use"].sudo().search([("payment", "in", uuids)])
        words = {"phone": self.env._("phone"), "emergency": self.env._("emergency code")}
        return {use.payment: words[use.kind] for use in uses}

    @api.model
    def _present_transfers(self, lines, how=None):
        lines = lines.sorted("line")
        first = lines[0]
        # A refund that first reduces the debt makes a second transfer. It belongs to the refund and is not
        # shown alone.
        moved = [t for t in lines if t.kind != "debt_return"]
        minor = sum(-t.amount_minor if self._is_own(t.debit_account_id, t) else t.amount_minor for t in moved)
        details = [self._detail_of(lines), how]
        return {
            "icon": "back" if first.reverses_id else ICONS.get(first.kind, "receipt"),
            "title": self._title_of(first),
            "detail": " · ".join(filter(None, details)),
            "at": first.occurred_at,
            "amount": f"{'−' if minor < 0 else '+'}{money.format_minor(abs(minor))}",
            "kind": "out" if minor < 0 else "in",
        }

    @staticmethod
    def _is_own(account, transfer):
        return account.wallet_id == transfer.wallet_id

    @api.model
    def _own_pockets(self, transfer):
        both = transfer.debit_account_id | transfer.credit_account_id
        return both.filtered(lambda account: account.kind == "pocket" and self._is_own(account, transfer))

    @api.model
    def _detail_of(self, lines):
        """The second line: for a purchase the pocket that paid, for everything else where the money came
        from.
        """
        if lines[0].kind == "purchase":
            pockets = {account.plan_id.name for t in lines for account in self._own_pockets(t)}
            return ", ".join(sorted(filter(None, pockets)))
        return self._place_of(lines[0])

    @api.model
    def _place_of(self, transfer):
        """The name of the till, the desk or the way of payment. It is the name of the account, not of its
        company.
        """
        other = (transfer.debit_account_id | transfer.credit_account_id).filtered(
            lambda account: not self._is_own(account, transfer)
        )
        return other[:1].display_name or ""

    @api.model
    def _title_of(self, transfer):
        """The first line: for a purchase the place, for everything else the reason."""
        kinds = dict(transfer._fields["kind"]._description_selection(self.env))
        label = kinds.get(transfer.kind, transfer.kind)
        if transfer.kind == "purchase":
            label = self._place_of(transfer) or label
        return self.env._("Refund: %s", label) if transfer.reverses_id else label

    @api.model
    def _recent_refusals(self, wallet):
        """Refused payments with their reasons. They come from the register of answers.

        A till that needs the PIN is refused first, and paid a moment later under the same uuid. Such a
        payment is not listed.
        """
        rows = self.env.execute_query(
            SQL(
                """SELECT answer, answered_at FROM campus_posting refused
                    WHERE wallet_id = %s AND NOT ok AND action = 'birth' AND code <> 'conflict'
                      AND answered_at > now() AT TIME ZONE 'UTC' - INTERVAL '14 days'
                      AND NOT EXISTS (SELECT FROM campus_posting paid
                                       WHERE paid.uuid = refused.uuid AND paid.ok AND paid.action = 'birth'
                                         AND paid.wallet_id = refused.wallet_id)
                    ORDER BY answered_at DESC, id DESC LIMIT %s""",
                wallet.id,
                RECENT_MAX,
            )
        )
        ledger = self.env["campus.ledger"]
        return [
            {
                "icon": "no",
                "title": self.env._("Payment of %s", money.format_minor(answer["amount_minor"])),
                "detail": ledger._explain(answer),
                "at": answered_at,
                "amount": self.env._("Refused"),
                "kind": "refused",
            }
            for answer, answered_at in rows
        ]
