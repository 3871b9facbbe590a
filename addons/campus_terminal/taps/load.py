import datetime as dt
from collections import namedtuple

from odoo.addons.campus_card.campus_core.taps import charge, told, wire
from odoo.addons.campus_card.ledger import days

from . import known_taps, rows
from .resolver import Resolver
from .sort import Sorter
from .wallets import Wallets

# A fresh entry: its place in the batch, its terminal, its card or the refusal code of its credential
# (``resolved``), its card or None, how far it is decided without a look into wallets, and whether it is kept
# in another table than taps.
Line = namedtuple("Line", "index entry terminal resolved card judged is_apart")


class Loader:
    """Reads what a batch is decided with: terminals, cards, pockets, what came before.

    ``kinds``: ``resolver.Kinds`` of credentials; ``apart``: the :class:`apart.Apart`. After :meth:`run`:
    ``known``: ``{(uuid, kind): Known}``, ``ends``: what they say of the ends of taps; ``sorter``: the
    :class:`Sorter`; ``lines``: the fresh entries, judged as far as no money is asked; ``money``: those that are
    taps; ``columns``: what can be written of them; ``terms`` and ``book`` they are decided under; ``taken``: ids
    that other money has; ``risk``: what the edge has charged alone.
    """

    def __init__(self, env, batch, frame, kinds, apart):
        self._env, self._batch, self._frame = env, batch, frame
        self._kinds, self.apart = kinds, apart
        self.known, self.taken, self.columns = {}, frozenset(), {}

    def run(self):
        """Read, and lock the pockets last; returns itself.

        :raise WireError: ``journal_fork``
        :raise card_memory.Outdated: a card was changed while another batch was waited for
        """
        env, batch, frame = self._env, self._batch, self._frame
        closed_until = dt.date.fromisoformat(frame.closed_until) if frame.closed_until else None
        self.book = days.book_of_today(frame.tz, closed_until)
        self.terms = charge.Terms(self.book.today, batch.now_ms, frame.uid_limit_minor, frame.history)
        self.apart.check()
        if batch.is_careful or self._may_be_known():
            self._read_known()
        self.ends = known_taps.Ends(batch, frame.terminals, self.known)
        self.sorter = Sorter(env.cr, batch, frame, self.known, self.ends, self.apart).run()
        entries = [batch.sent.entries[index] for index in self.sorter.fresh]
        resolver = Resolver(env, batch, frame, self.known, self._kinds)
        resolver.load(entries)
        self.lines = [self._judge(index, resolver) for index in self.sorter.fresh]
        self.money = [line for line in self.lines if not line.is_apart]
        if self.money:
            # before a pocket is locked: other batches wait for the pockets
            self.columns = rows.pack_taps(batch, self.money)
        if batch.is_careful:
            self.taken = known_taps.read_taken(env.cr, entries)
        wallets = Wallets(env, batch, frame, self.book, self._cards_of_money(resolver))
        self.risk = wallets.load(self.money, self.known, frame.history)
        return self

    def _read_known(self):
        entries = self._batch.sent.entries
        self.known = known_taps.read_known(self._env.cr, entries)
        elsewhere = [entry for entry in entries if self.apart.takes(entry)]
        if elsewhere:
            self.known |= self.apart.read_known(self._env.cr, elsewhere)

    def _cards_of_money(self, resolver):
        """The cards whose wallets are locked: what is kept apart costs nothing."""
        if len(self.money) == len(self.lines):
            return resolver.all()
        costly = [line for line in self.lines if isinstance(line.judged, charge.Pending) or not line.is_apart]
        return [line.card for line in costly if line.card]

    def _may_be_known(self):
        """Say whether the batch itself shows that the server may have something of it: numbers up to
        the head, or the ends of taps."""
        sent = self._batch.sent
        return sent.fresh_from > 0 or any(entry.kind == wire.FINAL for entry in sent.entries)

    def _judge(self, index, resolver):
        """The line of one fresh entry, decided as far as that does not hang on money."""
        entry = self._batch.sent.entries[index]
        terminal, resolved = self._frame.terminals.get(entry.terminal), resolver.of(entry)
        card = None if type(resolved) is str else resolved
        proof = resolver.proof(entry, card) if card and entry.mode == wire.TOLD else told.SHOWN
        judged = charge.judge(entry, terminal, resolved, self.terms, proof)
        is_apart = self.apart.takes(entry)
        if is_apart:
            judged = self.apart.judge(entry, judged, terminal, card)
        return Line(index, entry, terminal, resolved, card, judged, is_apart)
