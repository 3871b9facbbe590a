"""The seal of taps; see ``campus_card/db/seals.py``."""

from odoo.addons.campus_card.db.seals import SEALED

SEALED["campus_tap"] = (
    "uuid kind company_id edge_id terminal_id journal seq chain_hash purpose credential card_id wallet_id"
    " amount_minor balance_minor mode outcome code rule numbers snapshot occurred_at received_at"
)
