from odoo import api, models

from ..ledger import days
from ..ledger import wallets as reading
from ..ledger.wallets import LOCK_POCKETS, PLAN_COLUMNS, TERMS_COLUMNS

__all__ = ["LOCK_POCKETS", "PLAN_COLUMNS", "TERMS_COLUMNS"]


class CampusLedgerWallets(models.AbstractModel):
    """What ``campus.taps`` asks the ledger for by these names; it goes when taps use ``ledger`` themselves."""

    _inherit = "campus.ledger"

    _book_of_today = staticmethod(days.book_of_today)
    _share_day = staticmethod(days.share_day)
    _to_plans = staticmethod(reading.to_plans)
    _to_wallet = staticmethod(reading.to_wallet)
    _fill_wallets = staticmethod(reading.fill)

    @api.model
    def _add_wallets(self, book, wallets):
        reading.Wallets(self.env.cr).add(book, wallets)
