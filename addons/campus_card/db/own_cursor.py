"""Cursors that money moves on, kept from one request to the next.

Odoo's pool resets a connection whenever it is handed out, and PostgreSQL forgets with it how it
runs our statements, triggers and checks: planning them anew takes longer than a tap. A kept cursor
is between transactions and belongs to nobody; a few per database and process are enough.

A borrowed cursor commits each statement by itself until :func:`transaction` begins one. Begin and
commit can travel with the first and the last statement.
"""

import atexit
import contextlib
import select

import psycopg2
from psycopg2.extensions import ISOLATION_LEVEL_DEFAULT, TRANSACTION_STATUS_IDLE

from . import prepared

MAX_IDLE = 2
# A post that waits longer than this for a pocket gives up; what waits is asked again.
LOCK_TIMEOUT_MS = 5000
# What a session is set to for as long as it lives.
POSTS = (
    "SET default_transaction_isolation TO 'read committed'",
    f"SET lock_timeout TO {LOCK_TIMEOUT_MS}",
)
# All that a batch of taps reads is found by key. Tables that grow by thousands of rows a second are
# never as analysed as the planner would like, and reading one whole costs more than all else.
TAPS = (*POSTS, "SET enable_seqscan TO off", "SET plan_cache_mode TO force_generic_plan")

_AWAY = (psycopg2.OperationalError, psycopg2.InterfaceError)
# ``{(database, settings): cursors}``. Appending to a list and taking from it are atomic: threads
# share it without a lock. Processes do not share it: Odoo closes all connections before it forks,
# and a closed one is replaced.
_idle = {}


def may_commit():
    """Say whether what is done here may be committed, and is then seen by other connections.

    It always may. Tests of addons take back what they have done: ``campus_card/tests`` answers for them.
    """
    return True


@contextlib.contextmanager
def borrow(registry, settings=POSTS):
    """Yield a kept cursor, between transactions, and keep it again."""
    cr = _take(registry.db_name, settings) or _open(registry, settings)
    try:
        yield cr
    finally:
        _keep(cr, settings)


@contextlib.contextmanager
def transaction(cr, *calls):
    """Make one transaction at READ COMMITTED of what is done with a borrowed cursor.

    It begins with the calls, see ``prepared.run_all``: the rows of the last are at hand. It ends with
    :func:`finish` or else with a commit.
    """
    try:
        prepared.run_all(cr, *calls, before="BEGIN")
        yield
        if not is_between_transactions(cr):
            cr.flush()
            cr.execute("COMMIT")
        # What Odoo does after a commit; the connection itself has nothing to commit any more.
        cr.commit()  # pylint: disable=invalid-commit
    except BaseException:
        with contextlib.suppress(*_AWAY):
            cr.execute("ROLLBACK", log_exceptions=False)
        cr.rollback()
        raise


def finish(cr, *calls):
    """Run the last calls of a transaction and commit it, in one message."""
    cr.flush()
    prepared.run_all(cr, *calls, after="COMMIT")


def is_between_transactions(cr):
    """Say whether a cursor is a kept one, sound, that no transaction has begun on."""
    return (
        hasattr(cr, "campus_prepared")
        and not cr.closed
        and cr.connection.get_transaction_status() == TRANSACTION_STATUS_IDLE
    )


@atexit.register
def close_idle():
    """Close what is kept."""
    for kept in _idle.values():
        while kept:
            _close(kept.pop())


def _open(registry, settings):
    cr = registry.cursor()
    try:
        cr.connection.set_isolation_level(ISOLATION_LEVEL_DEFAULT)
        cr.connection.autocommit = True
        cr.execute("; ".join(settings))
    except BaseException:
        _close(cr)
        raise
    # names of the statements that this connection has planned, see prepared.py
    cr.campus_prepared = set()
    return cr


def _take(dbname, settings):
    """A kept cursor, which then belongs to the caller; None without any."""
    kept = _idle.setdefault((dbname, settings), [])
    while kept:
        with contextlib.suppress(IndexError):  # another thread was faster
            cr = kept.pop()
            if _is_alive(cr):
                return cr
            _close(cr)
    return None


def _is_alive(cr):
    """Nothing is owed to an idle connection: what there is to read is the server's goodbye."""
    if cr.closed:
        return False
    poll = select.poll()
    poll.register(cr.connection.fileno(), select.POLLIN)
    return not poll.poll(0)


def _keep(cr, settings):
    kept = _idle.setdefault((cr.dbname, settings), [])
    if len(kept) >= MAX_IDLE or not is_between_transactions(cr):
        _close(cr)
        return
    # its caches are one request's, and its registry may have been replaced by the next
    cr.transaction = None
    cr.cache.clear()
    kept.append(cr)


def _close(cr):
    with contextlib.suppress(*_AWAY):
        cr.close()
