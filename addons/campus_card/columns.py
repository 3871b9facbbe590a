"""Columns of the ledger, of taps and of edges that Odoo's own field types do not have."""

from odoo import fields


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


class LedgerLink(fields.Many2one):
    """A Many2one of an append-only table, without a foreign key of its own.

    PostgreSQL checks a foreign key once per row and column, and locks the row it points to: all
    tills and readers would meet at the rows of their company and their merchant. The triggers in
    ``data/*_schema.sql`` check all links of a statement at once instead, and what is pointed to
    (wallets, accounts, cards) refuses to be deleted.
    """

    def update_db_foreign_key(self, model, column):
        """Add none."""
