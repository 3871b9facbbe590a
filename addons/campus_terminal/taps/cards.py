from odoo.addons.campus_card.campus_core import card_state, numbers
from odoo.addons.campus_card.campus_core.credentials import uids
from odoo.addons.campus_card.campus_core.taps.resolved import ResolvedCard
from odoo.addons.campus_card.db.prepared import Statement, array
from odoo.addons.campus_card.ledger.wallets import TERMS_COLUMNS

_CARDS = {
    by: Statement(
        f"cards_by_{by}",
        f"""SELECT card.{by}, card.id, card.wallet_id, card.state, card.valid_from, card.valid_until,
                   holder.campus_valid_from, holder.campus_valid_until, holder.name, {TERMS_COLUMNS}
              FROM campus_card card
              JOIN res_partner holder ON holder.id = card.partner_id
              JOIN campus_wallet wallet ON wallet.id = card.wallet_id
             WHERE card.{by} = ANY(%s) AND card.company_id = %s""",
    )
    for by in ("id", "uid", "number")
}


class Cards:
    """Finds the cards of credentials; handed to the resolvers of ``campus.taps._credential_kinds``.

    ``env``: in the batch's transaction. ``batch``, ``frame``: where it stands. ``first``: ``{credential: first
    fresh entry with it}``.
    """

    def __init__(self, env, batch, frame, entries):
        self.env, self.batch, self.frame = env, batch, frame
        self.first = {}
        for entry in entries:
            self.first.setdefault(entry.credential, entry)

    def find(self, by, values):
        """Return ``{value: ResolvedCard}``; of several cards those that pay win over others.

        ``by``: ``id`` or ``uid``, both as texts without special characters, or ``number``, any texts.
        """
        wanted = list(values) if by == "number" else array(values)
        found = {}
        for name, *row in _CARDS[by].rows(self.env.cr, wanted, self.batch.edge.company_id):
            card = ResolvedCard._make(row)
            if name not in found or _rank(card) > _rank(found[name]):
                found[name] = card
        return found


def _rank(card):
    return card.state == card_state.PAYS, card.state in card_state.IN_USE, card.card_id


def is_uid(text):
    """Say whether a text may be a UID: hexadecimal digits, as many as a chip has."""
    return text.isalnum() and text.isascii() and len(text) // 2 in uids.SIZES


def by_uid(cards, texts):
    """Resolve bare UIDs: ``{text: ResolvedCard}`` of those that are cards, as far as possible from memory."""
    found, memory = {}, cards.frame.memory
    if memory:
        found, texts = memory.look_up(texts)
    wanted = [text for text in texts if is_uid(text)]
    if wanted:
        read = cards.find("uid", wanted)
        found |= read
        if memory:
            memory.keep(cards.frame.snapshot, read)
    return found


def by_number(cards, texts):
    """Resolve printed numbers: ``{text: ResolvedCard}`` of those that are cards."""
    forms = {text: numbers.normalise(text) for text in texts}
    found = cards.find("number", forms.values())
    return {text: found[form] for text, form in forms.items() if form in found}
