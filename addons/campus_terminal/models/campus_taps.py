from odoo import api, models
from odoo.addons.campus_card.campus_core import errors
from odoo.addons.campus_card.campus_core.errors import WireError
from odoo.addons.campus_card.campus_core.taps import journal_chain
from odoo.addons.campus_card.db import own_cursor
from odoo.addons.campus_card.ledger import days
from psycopg2 import errors as pg_errors

from .. import card_memory
from ..taps import cards, chips, frame
from ..taps.answer import Answerer, missing
from ..taps.apart import Apart
from ..taps.batch import Batch
from ..taps.decide import Decider
from ..taps.load import Loader
from ..taps.resolver import Kinds
from ..taps.store import Storer


class CampusTaps(models.AbstractModel):
    """Taking a batch of taps: a few statements however long it is, one transaction, exactly once.

    No ORM record per tap: resolve credentials, lock the pockets in the order of their ids,
    decide each entry in pure Python, store with one INSERT per table. The steps are classes in ``taps``;
    other addons add kinds of credentials through the hooks below.
    """

    _name = "campus.taps"
    _description = "Taps on Their Way In"

    @api.model
    def _take(self, edge, body):
        """Take what an edge sends.

        :param edge: named tuple or record with ``id`` and ``company_id`` (an int)
        :param body: the request's JSON
        :return: the answer's JSON, see ``docs/dev/edge_wire.md``
        :raise WireError: the request as a whole is refused; nothing was stored
        """
        sent = journal_chain.parse_batch(body)
        journal_chain.chain(sent)
        # Ids that were never seen are what nearly every batch consists of: only one that runs into
        # the database's refusal is looked through for ids that belong to other taps or payments.
        for is_careful in (False, True):
            try:
                return self._try(edge, sent, is_careful)
            except card_memory.Outdated as error:
                if is_careful:
                    raise WireError(errors.TRY_AGAIN) from error
            except pg_errors.UniqueViolation:
                if is_careful:
                    raise
            except pg_errors.CheckViolation as error:
                # a month that no part of a table is for yet
                if not self._make_room(edge, sent):
                    raise
                if is_careful:
                    raise WireError(errors.TRY_AGAIN) from error
        raise AssertionError("unreachable")

    @api.model
    def _try(self, edge, sent, is_careful):
        try:
            return self._take_batch(Batch(self.env.registry, edge, sent, is_careful))
        except WireError as error:
            if error.code == errors.JOURNAL_FORK:
                self._note_fork(edge, sent)
            raise
        except (pg_errors.LockNotAvailable, pg_errors.DeadlockDetected) as error:
            raise WireError(errors.TRY_AGAIN) from error

    @api.model
    def _take_batch(self, batch):
        """Load, decide and store a batch in one transaction, and put its answers into words after that."""
        ledger = self.env["campus.ledger"]
        # the shared lock of the day, then what surrounds the batch
        begin = (days.share_day(batch.edge.company_id), frame.call(batch))
        with ledger._own_transaction(*begin, settings=own_cursor.TAPS) as env:
            around = frame.read(env.cr, batch)
            taps = env["campus.taps"]
            kinds = Kinds(taps._credential_kinds(), taps._used_up_codes())
            loader = Loader(env, batch, around, kinds, taps._apart(batch)).run()
            decider = Decider(loader, around.uid_hour).run()
            storer = Storer(env, batch, around, loader, decider).run()
        return {
            "server_time_ms": batch.now_ms,
            "head_seq": storer.head_seq,
            "snapshot": around.news,
            "answers": Answerer(self.env, batch, loader.sorter, decider.decided).run(),
            **missing(batch.sent, around.head),
        }

    @api.model
    def _note_fork(self, edge, sent):
        """Keep the fork in mind, in a transaction that the refusal does not undo."""
        with self.env["campus.ledger"]._own_transaction() as env:
            env["campus.edge"]._note_fork(edge, sent.journal, sent.entries[0].seq)

    @api.model
    def _make_room(self, edge, sent):
        """Make what entries kept apart need; say whether there was something to make."""
        apart = self._apart(Batch(self.env.registry, edge, sent, is_careful=True))
        with self.env["campus.ledger"]._own_transaction() as env:
            return apart.make_room(env)

    # -- hooks -------------------------------------------------------------------

    @api.model
    def _credential_kinds(self):
        """Hook: how the credentials of each kind are resolved to cards.

        :return: ``{kind: resolve}``; ``resolve(cards, texts)`` gets a ``taps.cards.Cards`` and the credentials
            without their kind, and returns ``{text: resolved.ResolvedCard or refusal code}`` of those it knows
        """
        return {"uid": cards.by_uid, "number": cards.by_number, "sun": chips.by_message}

    @api.model
    def _used_up_codes(self):
        """Hook: ``{kind of credential that is good once: refusal code for the second tap with it}``."""
        return {"sun": errors.SUN_REPLAYED}

    @api.model
    def _apart(self, batch):
        """Hook: which entries of a ``batch.Batch`` are kept in another table, as a ``taps.apart.Apart``."""
        return Apart(batch)
