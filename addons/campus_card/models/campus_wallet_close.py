from uuid import NAMESPACE_URL, uuid5

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..campus_core.ledger.types import CLOSED, DEBT, FROZEN, OPEN

MANAGER = "campus_card.group_campus_card_manager"
JOIN_NAMESPACE = uuid5(NAMESPACE_URL, "campus.card/joined-wallets")


class CampusWallet(models.Model):
    """The end of a wallet: it is closed, opened again, or joined with another one of the same person.

    All of it is decided under the locks that posts take. Joined: the money moves by transfers, the cards
    follow it.
    """

    _inherit = "campus.wallet"

    state_reason = fields.Char(
        "Reason", readonly=True, copy=False, help="Why the wallet was opened again or joined with another."
    )

    joined_into_id = fields.Many2one(
        "campus.wallet",
        "Joined Into",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        help="The wallet that has taken over the money and the cards of this one.",
    )

    _joined_closed = models.Constraint(
        "CHECK (joined_into_id IS NULL OR (state = 'closed' AND joined_into_id <> id))",
        "A wallet that was joined with another one stays closed.",
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
        """Raise ``AccessError`` unless the user is a manager who may write these wallets."""
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

    def _join_into(self, target):
        """Move money, debt and cards of this wallet into ``target``, pocket by pocket, and close it.

        What is refunded later to a purchase of this wallet goes on to ``target``.
        """
        self.ensure_one()
        (self | target)._check_manager()
        (self | target)._lock_money()
        self._release_leases()
        self._check_can_join(target)
        # sudo: a manager joins wallets; the accounts behind it are the ledger's business
        ledger = self.env["campus.ledger"].sudo()
        for answer in ledger._post(self.sudo()._prepare_join(target.sudo())):
            ledger._raise_refusal(answer)
        # sudo: cards, links, payments and the state of a wallet follow its money; nobody writes them by hand
        self.sudo()._move_links(target.sudo())
        self.sudo().search([("joined_into_id", "=", self.id)]).write({"joined_into_id": target.id})
        # sudo: the state of a wallet is written by its verbs alone
        self.sudo().write({"state": CLOSED, "joined_into_id": target.id})

    def _has_money(self):
        """Whether joining this wallet with another one moves money or debt."""
        self.ensure_one()
        return bool(self.balance_minor or self.debt_minor)

    def _check_can_join(self, target):
        holder = self.partner_id.display_name
        if self == target or self.company_id != target.company_id:
            raise UserError(self.env._("Only two wallets of one company are joined."))
        for wallet in self | target:
            if wallet.state != OPEN:
                raise UserError(
                    self.env._(
                        "The wallet of %s is frozen or closed: open it first, then join the two.",
                        wallet.partner_id.display_name,
                    )
                )
        if any(account.reserved_minor for account in self.account_ids):
            raise UserError(
                self.env._("A payment of %s is under way. Wait until it is settled, then try again.", holder)
            )

    def _prepare_join(self, target):
        """Requests out of this wallet and into ``target``: each pocket with its plan and last day."""
        join = self.env["campus.account"]._system("join", self.company_id).id
        # empty pockets too: a later refund finds its place
        pockets = self.pocket_ids
        wanted = {(target.id, p.plan_id.code, p.expires_on or None) for p in pockets}
        self._ensure_pockets(wanted, also_archived=True)
        moves = []
        for plan, group in pockets.grouped("plan_id").items():
            total = sum(group.mapped("balance_minor"))
            moves.append((self, "join_out", plan.code, None, total))
        moves += [
            (target, "join_in", pocket.plan_id.code, pocket.expires_on or None, pocket.balance_minor)
            for pocket in pockets
        ]
        moves += [
            (self, "join_in", DEBT, None, self.debt_minor),
            (target, "join_out", DEBT, None, self.debt_minor),
        ]
        return [
            {
                "uuid": str(uuid5(JOIN_NAMESPACE, f"{self.id}/{target.id}/{kind}/{plan}/{expires_on}")),
                "kind": kind,
                "wallet_id": wallet.id,
                "account_id": join,
                "amount_minor": amount_minor,
                "plan": plan,
                "expires_on": expires_on,
                "origin": f"campus.wallet,{self.id}",
                "memo": self.env._("Accounts joined"),
            }
            for wallet, kind, plan, expires_on, amount_minor in moves
            if amount_minor
        ]

    def _move_links(self, target):
        """Hook: what belongs to this wallet and goes on working with ``target``."""
        cards = self.env["campus.card"].with_context(active_test=False)
        cards.search([("wallet_id", "=", self.id)]).write({"wallet_id": target.id})
