"""Cases of card files that go wrong elsewhere, and workbooks made to go wrong, for the tests of the readers."""

import io

from card_files import read, sheet_row
from openpyxl import Workbook
from vendor_profiles import DATA, VENDOR_A, VENDOR_B

from campus_core.card_file import reading
from campus_core.card_file.types import Column, Profile

CASES = DATA / "cases"
ENGLISH = Profile(
    "english",
    (
        Column("Account", "account", required=True),
        Column("StudentNo", "number", required=True),
        Column("Name", "name", required=True),
        Column("Dept", "department"),
        Column("UID", "uid", "hex_be"),
        Column("Balance", "amount", "yuan", "cash"),
    ),
)


def case(name, profile=VENDOR_A):
    return reading.read_bytes((CASES / name).read_bytes(), profile)


def named(problems):
    return [(problem.row, problem.column, problem.code) for problem in problems]


def book(*rows, change=lambda book: None):
    """The bytes of a workbook in vendor B's columns, changed before it is saved."""
    made = Workbook()
    for row in (tuple(column.header for column in VENDOR_B.columns), *rows):
        made.active.append(row)
    change(made)
    stream = io.BytesIO()
    made.save(stream)
    return stream.getvalue()


def read_book(*rows, change=lambda book: None):
    return read(book(*rows, change=change), VENDOR_B)


OTHER = sheet_row(account="883001", number="20250503001", uid="1AFDAFB3")
