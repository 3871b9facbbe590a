"""How an addon takes away what it has made in PostgreSQL beside its models."""

import logging

from odoo.modules import Manifest
from psycopg2 import sql

from . import objects, seals

_logger = logging.getLogger(__name__)


def drop_objects(env, addon):
    """Drop the functions, triggers, tables and indexes of ``addon``; for its ``uninstall_hook``.

    The triggers that protect the ledger go first of all: what Odoo deletes after the hook is the whole addon.
    A trigger goes with its function or with its table.
    """
    env.flush_all()
    made = objects.made_by(Manifest.for_addon(addon).path)
    for signature in _signatures(env.cr, objects.names(made, "FUNCTION") + _seals(env, addon)):
        # quoted by PostgreSQL itself
        env.cr.execute(f"DROP FUNCTION {signature} CASCADE")
    for kind in ("TABLE", "INDEX"):
        for name in objects.names(made, kind):
            statement = sql.SQL(f"DROP {kind} IF EXISTS {{}} CASCADE").format(sql.Identifier(name))
            env.cr.execute(statement)
    _logger.info("%s has taken its functions and tables out of the database.", addon)


def _seals(env, addon):
    """The functions that seal the tables of the addon's own models; ``seals.py`` makes them."""
    own = {model._table for model in env.values() if model._original_module == addon}
    return [f"{table}_seal" for table in seals.SEALED if table in own]


def _signatures(cr, names):
    """The functions of these names, each with its arguments."""
    cr.execute(
        "SELECT oid::regprocedure::text FROM pg_proc"
        " WHERE pronamespace = current_schema::regnamespace AND proname = ANY(%s) ORDER BY 1",
        [names],
    )
    return [signature for (signature,) in cr.fetchall()]
