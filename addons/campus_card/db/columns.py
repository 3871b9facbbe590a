"""Columns of the ledger, of taps and of edges that Odoo's own field types do not have."""

from collections.abc import Sequence, Set

from odoo import fields
from odoo.tools import SQL, sql

from ..campus_core import numbers

# Characters that no number in its one form has, in the words of PostgreSQL; ``numbers.normalise`` is the rule.
NO_NUMBER = r"[a-z[:space:]\u00AD\u200B-\u200F\u2010-\u2015\u2060\u2212\u3000\uFEFF\uFF01-\uFF5E]"


class Uuid(fields.Char):
    """Client-made id of a request, lower-case text with hyphens in Python.

    Stored in PostgreSQL's native ``uuid`` type: 16 bytes instead of 36 in the table and in every
    index; malformed ids are refused by the database. Only equality makes sense in a search.
    """

    @property
    def _column_type(self):
        return ("uuid", "uuid")


class Number(fields.Char):
    """Campus number or card number, kept and looked for in the one form of ``campus_core.numbers``.

    So every door knows ``j20087`` and ``Ｊ２００８７`` for ``J20087``: forms, imports, searches, calls.
    """

    # No number is kept as NULL and never as an empty text.
    falsy_value = None

    def convert_to_cache(self, value, record, validate=True):
        text = super().convert_to_cache(value, record, validate)
        return numbers.normalise(text) or None if text else None

    def condition_to_sql(self, field_expr, operator, value, model, alias, query):
        return super().condition_to_sql(field_expr, operator, self._wanted(value), model, alias, query)

    def filter_function(self, records, field_expr, operator, value):
        return super().filter_function(records, field_expr, operator, self._wanted(value))

    @staticmethod
    def _wanted(value):
        """What is looked for, in the form of what is kept; an empty search stays one for everything."""
        if isinstance(value, str):
            return numbers.normalise(value) or value
        if not isinstance(value, (Set, Sequence)):
            return value
        return {(numbers.normalise(one) or False) if isinstance(one, str) else one for one in value}


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
