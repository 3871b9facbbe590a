from odoo import api, models

from .campus_ledger_load import Shelf


class CampusLedgerLook(models.AbstractModel):
    """Wallets as the ledger's rules see them, for who only shows what is in them.

    What can be spent, and what may be paid out, is said by ``campus_core`` alone: portal, counter,
    till and edge show the same figures.
    """

    _inherit = "campus.ledger"

    @api.model
    def _look_at(self, wallets):
        """``{wallet id: (campus_core Wallet, calendar day of its company)}``, nothing locked.

        Callers may read the wallets; of their accounts no more is shown than sums.
        """
        if not wallets.ids:
            return {}
        for name in ("campus.account", "campus.wallet", "campus.pocket.plan"):
            self.env[name].flush_model()
        shelf = Shelf()
        shelf.company_of_wallet = {wallet.id: wallet.company_id.id for wallet in wallets}
        for company in wallets.company_id:
            # sudo: everybody who sees a wallet may know what time it is at its company
            shelf.books[company.id] = self._book_of_today(company.partner_id.sudo().tz, None)
        self._read_wallets(shelf, lock=False)
        self._load_debts(shelf)
        return {
            wallet_id: (wallet, book.today)
            for book in shelf.books.values()
            for wallet_id, wallet in book.wallets.items()
        }
