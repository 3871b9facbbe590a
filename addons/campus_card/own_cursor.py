"""Cursors that money moves on, kept from one request to the next.

Odoo's pool resets a connection whenever it is handed out, and PostgreSQL forgets with it how it
runs our triggers and their checks: planning them anew takes longer than a tap. A kept cursor is
between transactions and belongs to nobody; a few per database and process are enough.
"""

import atexit
import contextlib

import psycopg2
from psycopg2.extensions import ISOLATION_LEVEL_READ_COMMITTED

MAX_IDLE = 2
_AWAY = (psycopg2.OperationalError, psycopg2.InterfaceError)
# Appending to a list and taking from it are atomic: threads share it without a lock. Processes do
# not share it: Odoo closes all connections before it forks, and a closed one is replaced.
_idle = {}


@contextlib.contextmanager
def read_committed(registry, lock_timeout_ms):
    """Yield a cursor at READ COMMITTED, committed at the end; rolled back and closed by an exception."""
    cr = _begin(registry, lock_timeout_ms)
    try:
        yield cr
        # The transaction is this function's own: nobody else would end it.
        cr.commit()  # pylint: disable=invalid-commit
    except BaseException:
        _close(cr)
        raise
    _keep(cr)


@atexit.register
def close_idle():
    """Close what is kept."""
    for kept in _idle.values():
        while kept:
            _close(kept.pop())


def _begin(registry, lock_timeout_ms):
    """A cursor with its transaction begun; one whose connection has died meanwhile is replaced."""
    begin = "SET LOCAL lock_timeout = %s"
    while cr := _take(registry.db_name):
        try:
            cr.execute(begin, [lock_timeout_ms], log_exceptions=False)
        except _AWAY:
            _close(cr)
        else:
            return cr
    cr = registry.cursor()
    try:
        cr.connection.set_isolation_level(ISOLATION_LEVEL_READ_COMMITTED)
        cr.execute(begin, [lock_timeout_ms])
    except BaseException:
        _close(cr)
        raise
    return cr


def _take(dbname):
    """A kept cursor, which then belongs to the caller; None without any."""
    try:
        return _idle.setdefault(dbname, []).pop()
    except IndexError:
        return None


def _keep(cr):
    # its caches are one request's, and its registry may have been replaced by the next
    cr.transaction = None
    cr.cache.clear()
    kept = _idle.setdefault(cr.dbname, [])
    if cr.closed or len(kept) >= MAX_IDLE:
        _close(cr)
    else:
        kept.append(cr)


def _close(cr):
    with contextlib.suppress(*_AWAY):
        cr.close()
