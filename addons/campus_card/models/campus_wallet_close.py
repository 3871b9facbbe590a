from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..campus_core.ledger.types import CLOSED, FROZEN, OPEN

MANAGER = "campus_card.group_campus_card_manager"


class CampusWallet(models.Model):
    """Closing a wallet, and opening it again: decided under the locks that posts take."""

    _inherit = "campus.wallet"

    state_reason = fields.Char(
        "Reason", readonly=True, copy=False, help="Why the wallet was opened again or joined with another."
    )

    def action_close(self):
        """Close empty wallets for good; money has to be paid out first, and debt settled."""
        self._check_manager()
        self._lock_money()
        self._release_leases()
        for wallet in self:
            wallet._check_can_close()
        self._set_state(CLOSED, {OPEN, FROZEN})

    def action_reopen(self, reason=None):
        """Open closed wallets again, with a reason; without one, ask for it."""
        self._check_manager()
        if not (reason or "").strip():
            return self._ask_reason()
        for wallet in self:
            if wallet.joined_into_id:
                raise UserError(
                    self.env._(
                        "This wallet was joined with another one of %s and stays closed.",
                        wallet.partner_id.display_name,
                    )
                )
            # sudo: an archived holder is none that a manager can read
            if not wallet.sudo().partner_id.active:
                raise UserError(
                    self.env._("%s is archived. Restore the holder first.", wallet.partner_id.display_name)
                )
        self._set_state(OPEN, {CLOSED})
        self._note(self.env._("Wallet opened again: %s", reason.strip()), reason.strip())
        return True

    def _ask_reason(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Open Wallet Again"),
            "res_model": "campus.wallet.reopen",
            "view_mode": "form",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_wallet_ids": self.ids},
        }

    def _check_manager(self):
        if not self.env.su and not self.env.user.has_group(MANAGER):
            raise AccessError(self.env._("Only a manager closes, opens or joins wallets."))
        self.check_access("write")

    def _lock_money(self):
        """Lock the wallets and all their accounts; who posts to them waits, or begins again.

        The rows are written, so that a post whose transaction has an older view of the wallet is
        repeated by PostgreSQL instead of putting money into what has been closed meanwhile.
        """
        for company in self.company_id.sorted("id"):
            # first, as posts and the close of a day do: whoever takes the same locks waits in one order
            self.env["campus.ledger"]._lock_day(company)
        self.env.flush_all()
        ids = sorted(self.ids)
        self.env.cr.execute(
            "SELECT 1 FROM campus_wallet WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE", [ids]
        )
        self.env.cr.execute(
            """WITH locked AS MATERIALIZED (
                   SELECT id FROM campus_account WHERE wallet_id = ANY(%s) ORDER BY id FOR NO KEY UPDATE)
               UPDATE campus_account SET write_date = now() AT TIME ZONE 'UTC'
                WHERE id IN (SELECT id FROM locked)""",
            [ids],
        )
        self.env.invalidate_all(flush=False)

    def _check_can_close(self):
        if self.balance_minor or self.debt_minor:
            raise UserError(
                self.env._(
                    "The wallet of %(holder)s still holds money or debt. Settle it first.",
                    holder=self.partner_id.display_name,
                )
            )

    def _release_leases(self):
        """Take back what is only set aside for the offline sales of readers."""
        # sudo: leases are made by the server for its edges; a manager may only read reservations
        leases = self.env["campus.reservation"].sudo()
        leases = leases.search(
            [("wallet_id", "in", self.ids), ("state", "=", OPEN), ("purpose", "=", "lease")]
        )
        if leases:
            requests = [{"uuid": uuid, "reason": "wallet closed"} for uuid in set(leases.mapped("uuid"))]
            # sudo: the ledger is closed to hands; the right to close the wallet was checked
            self.env["campus.ledger"].sudo()._release(requests)
            self.invalidate_recordset()

    def _note(self, text, reason):
        """Keep the reason at the wallet, and in the history of the holder."""
        # sudo: the state of a wallet and its reason are written by its verbs alone
        self.sudo().write({"state_reason": reason})
        for wallet in self:
            # sudo: whoever may change the wallet leaves a trace at its holder
            wallet.partner_id.sudo().message_post(body=text, author_id=self.env.user.partner_id.id)

    @api.model
    def _live(self):
        """Domain of the wallets that were not joined with another one."""
        return [("joined_into_id", "=", False)]
