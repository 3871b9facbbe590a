"""Columns of the ledger, of taps and of edges that Odoo's own field types do not have."""

from odoo import fields
from odoo.tools import SQL, sql


class Uuid(fields.Char):
    """Client-made id of a request, lower-case text with hyphens in Python.

    Stored in PostgreSQL's native ``uuid`` type: 16 bytes instead of 36 in the table and in every
    index; malformed ids are refused by the database. Only equality makes sense in a search.
    """

    @property
    def _column_type(self):
        return ("uuid", "uuid")


class BigInteger(fields.Integer):
    """Whole number of 64 bits: versions of snapshots, numbers of journals."""

    _column_type = ("int8", "int8")


class BigLink(fields.Many2one):
    """A Many2one to a model whose ids have 64 bits: transfers, taps, answered requests."""

    _column_type = ("int8", "int8")


class BigReference(fields.Many2oneReference):
    """A reference to a record of any model, also of one whose ids have 64 bits."""

    _column_type = ("int8", "int8")


def make_ids_big(cr, table):
    """Give a table ids of 64 bits: half a million taps a day use up 32 bits within eleven years."""
    if sql.table_columns(cr, table)["id"]["udt_name"] == "int8":
        return
    cr.execute(SQL("ALTER TABLE %s ALTER COLUMN id TYPE bigint", SQL.identifier(table)))
    cr.execute(SQL("ALTER SEQUENCE %s AS bigint", SQL.identifier(f"{table}_id_seq")))


class LedgerLink(fields.Many2one):
    """A Many2one of an append-only table, without a foreign key of its own.

    PostgreSQL checks a foreign key once per row and column, and locks the row it points to: all
    tills and readers would meet at the rows of their company and their merchant. The triggers in
    ``data/*_schema.sql`` check all links of a statement at once instead, and what is pointed to
    (wallets, accounts, cards) refuses to be deleted.
    """

    def update_db_foreign_key(self, model, column):
        """Add none."""


class BigLedgerLink(LedgerLink):
    """A :class:`LedgerLink` to a model whose ids have 64 bits."""

    _column_type = ("int8", "int8")
