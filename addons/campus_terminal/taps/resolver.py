from collections import namedtuple

from odoo.addons.campus_card.campus_core import errors
from odoo.addons.campus_card.campus_core.taps import rules, told, wire
from odoo.addons.campus_card.campus_core.taps.resolved import ResolvedCard

from .cards import Cards
from .dated import Dated

# Credentials as the hooks of ``campus.taps`` state them: ``resolvers``: ``{kind: resolve(cards, texts)}``;
# ``used_up``: ``{kind that is good once: refusal code}``.
Kinds = namedtuple("Kinds", "resolvers used_up")


class Resolver:
    """Which card each fresh entry is about; ``kinds``: the :class:`Kinds` of credentials."""

    def __init__(self, env, batch, frame, known, kinds):
        self._env, self._batch, self._frame = env, batch, frame
        self._kinds, self._used_up = kinds
        self._good_once = tuple(f"{kind}:" for kind in self._used_up)
        self._resolved, self._first, self._proven_cards = {}, {}, frozenset()
        self._has_dated = False
        self._dated = Dated(env.cr, batch, frame, known, self._resolved)

    def load(self, entries):
        """Look the cards of ``entries`` up: one statement per kind of credential."""
        cards = Cards(self._env, self._batch, self._frame, entries)
        self._first = cards.first
        self._resolve(cards)
        found = [card for card in self._resolved.values() if isinstance(card, ResolvedCard)]
        if self._frame.chip_required and found:
            self._proven_cards = self._env["campus.chip"]._of_cards(card.card_id for card in found)
        dated = [entry for entry in entries if self._batch.is_dated(entry)]
        self._has_dated = bool(dated)
        if dated:
            self._dated.load(dated)

    def _resolve(self, cards):
        """Fill ``{credential: ResolvedCard or refusal code}``."""
        by_kind = {}
        for credential in cards.first:
            kind, _colon, text = credential.partition(":")
            by_kind.setdefault(kind, {})[text] = credential
        for kind, texts in by_kind.items():
            resolve = self._kinds.get(kind)
            if resolve is None:
                self._resolved.update(dict.fromkeys(texts.values(), errors.CREDENTIAL_MALFORMED))
                continue
            for text, resolved in resolve(cards, list(texts)).items():
                self._resolved[texts[text]] = resolved

    def all(self):
        """Return every card that an entry may be about; some may be there twice."""
        found = (*self._resolved.values(), *self._dated.cards.values())
        return [card for card in found if isinstance(card, ResolvedCard)]

    def of(self, entry):
        """Return the card of an entry, or the refusal code of its credential at this reader."""
        credential = entry.credential
        resolved = self._resolved.get(credential, errors.UNKNOWN_CARD)
        if credential.startswith(self._good_once) and self._first[credential].uuid != entry.uuid:
            resolved = self._used_up[credential.partition(":")[0]]
        # what was told is done: whether its edge is believed is seen elsewhere
        if entry.mode != wire.TOLD and (self._proven_cards or credential.startswith(rules.NUMBER)):
            resolved = self._shown_at(entry, resolved)
        if self._has_dated and self._batch.is_dated(entry):
            return self._dated.card_of(entry, resolved)
        return resolved

    def proof(self, entry, card):
        """Return what speaks for a told entry whose card is ``card``: a ``told.Proof``."""
        return told.Proof(self._dated.is_shown(entry, card), self._dated.listed.get(card.card_id))

    def _shown_at(self, entry, resolved):
        """The card, or why its credential counts for nothing at the reader: nobody learns whose number it is."""
        terminal = self._frame.terminals.get(entry.terminal)
        refusal = rules.shown_refusal(
            entry.credential,
            accepts_numbers=bool(terminal and terminal.accepts_numbers),
            has_to_prove_itself=getattr(resolved, "card_id", 0) in self._proven_cards,
        )
        return refusal.code if refusal else resolved
