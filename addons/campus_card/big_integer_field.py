"""An Integer field stored in PostgreSQL's ``bigint``: versions of snapshots, numbers of journals."""

from odoo import fields


class BigInteger(fields.Integer):
    """Whole number of 64 bits."""

    _column_type = ("int8", "int8")
