from odoo.addons.campus_card.campus_core import errors
from odoo.addons.campus_card.campus_core.errors import WireError
from odoo.addons.campus_card.campus_core.taps import wire


class Apart:
    """Entries of a batch that are kept in another table than taps: this default keeps none there.

    Other addons give a class of their own through ``campus.taps._apart``. The journal is the same for all: the
    chain, gaps and the head belong to the batch, wherever its entries are kept.
    """

    def __init__(self, batch):
        self.batch = batch

    def check(self):
        """Refuse a batch with entries of a kind that nobody here keeps.

        :raise WireError: ``malformed``, with the field's name
        """
        if any(entry.kind not in (wire.TAP, wire.FINAL) for entry in self.batch.sent.entries):
            raise WireError(errors.MALFORMED, field="kind")

    def takes(self, entry):
        """Say whether an entry is kept apart."""
        return False

    def read_known(self, cr, entries):
        """Return ``{(uuid, kind): known_taps.Known}``: what is stored here of the entries."""
        return {}

    def is_forgotten(self, entry):
        """Say whether an entry that is not known here may have been, and was erased in its time."""
        return False

    def judge(self, entry, judged, terminal, card):
        """Return the decision for an entry that is kept apart; ``judged``: what a tap would be answered.

        ``terminal`` and ``card`` are None where nobody knows them.
        """
        return judged

    def call(self, decided):
        """Return the call that stores ``[(Line, Decision)]``, as ``prepared.run_all`` takes it; it is the last.

        Only asked where :meth:`takes` says yes, which this default never does.
        """
        raise NotImplementedError

    def stored(self, env, rows):
        """Do what follows in the same transaction; ``rows``: what :meth:`call` has returned."""

    def make_room(self, env):
        """Make the part of the table that entries of this batch belong to, as the database has refused them;
        say whether there are such entries.
        """
        return False
