from uuid import NAMESPACE_URL, uuid5

from odoo import fields, models
from odoo.exceptions import UserError

from ..campus_core.ledger.types import CLOSED, DEBT, OPEN

JOIN_NAMESPACE = uuid5(NAMESPACE_URL, "campus.card/joined-wallets")


class CampusWallet(models.Model):
    """Two wallets of one person become one: the money moves by transfers, the cards follow it."""

    _inherit = "campus.wallet"

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
