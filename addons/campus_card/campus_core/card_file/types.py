"""Values used when a card file is read: profiles, tables, records, problems.

A ``Profile`` says what a vendor's columns mean, a ``Table`` is the decoded file, a
``Record`` is one row, a ``Problem`` says what cannot be imported and why. Row numbers are
those that a spreadsheet shows: the first line of the file is 1.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from types import MappingProxyType
from typing import Final

from .. import money
from ..credentials import uids
from ..errors import Number

Cell = str | int | float | bool | datetime | date | None

#: The header is searched in so many first lines, because exporters put titles above it.
HEADER_WITHIN: Final = 20
#: Day 0 of a spreadsheet's serial dates (1900 system, with its false leap day), and of the 1904 system.
EPOCH_1900: Final = date(1899, 12, 30)
EPOCH_1904: Final = date(1904, 1, 1)


class Unread(str):
    """A cell that shows a value but does not hold one; ``code`` says why."""

    code: str

    def __new__(cls, text: str, code: str) -> Unread:
        cell = super().__new__(cls, text)
        cell.code = code
        return cell


# -- targets: what a column may mean -------------------------------------------
ACCOUNT: Final = "account"
NUMBER: Final = "number"
NAME: Final = "name"
DEPARTMENT: Final = "department"
ROLE: Final = "role"
UID: Final = "uid"
AMOUNT: Final = "amount"
STATUS: Final = "status"
FLAG: Final = "flag"
REMARK: Final = "remark"
VALID_FROM: Final = "valid_from"
VALID_UNTIL: Final = "valid_until"
IGNORE: Final = "ignore"
TARGETS: Final = (
    ACCOUNT,
    NUMBER,
    NAME,
    DEPARTMENT,
    ROLE,
    UID,
    AMOUNT,
    STATUS,
    FLAG,
    REMARK,
    VALID_FROM,
    VALID_UNTIL,
    IGNORE,
)

# -- forms: how the text of a column is read -----------------------------------
DATE_YMD: Final = "ymd"
DATE_DMY: Final = "dmy"
DATE_MDY: Final = "mdy"
FORMS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        UID: uids.WHOLE_FORMS,
        AMOUNT: money.UNITS,
        VALID_FROM: (DATE_YMD, DATE_DMY, DATE_MDY),
        VALID_UNTIL: (DATE_YMD, DATE_DMY, DATE_MDY),
    }
)

# -- status of an old account --------------------------------------------------
ACTIVE: Final = "active"
FROZEN: Final = "frozen"
LOST: Final = "lost"
CLOSED: Final = "closed"
#: From weak to strong; a row that states several gets the strongest.
STATUSES: Final = (ACTIVE, FROZEN, LOST, CLOSED)

AUTO: Final = "auto"


@dataclass(frozen=True)
class Column:
    """One column of a vendor's file.

    ``form`` reads the text (see ``FORMS``); ``detail`` is the pocket plan of an
    amount (``cash``) or the status that a flag sets (``lost``).
    """

    header: str
    target: str
    form: str = ""
    detail: str = ""
    required: bool = False

    def __post_init__(self) -> None:
        forms = FORMS.get(self.target)
        if self.target not in TARGETS or (forms and self.form not in forms):
            raise ValueError(f"column {self.header!r}: {self.target!r} as {self.form!r}")
        if (self.target == FLAG and self.detail not in STATUSES) or (
            self.target == AMOUNT and not self.detail
        ):
            raise ValueError(f"column {self.header!r}: {self.detail!r}")


@dataclass(frozen=True)
class Profile:
    """The meaning of the columns and words of one vendor's file.

    ``source`` names the old system: with the account it identifies an opening
    balance. Words are compared after ``values.key``; a remark's word may
    stand anywhere in the text. A date on or after ``no_end`` means no end.
    """

    source: str
    columns: Sequence[Column]
    status_words: Mapping[str, str] = field(default_factory=dict)
    role_words: Mapping[str, str] = field(default_factory=dict)
    remark_words: Mapping[str, str] = field(default_factory=dict)
    encoding: str = AUTO
    no_end: date | None = date(2099, 12, 31)


@dataclass(frozen=True)
class Problem:
    """Why a row, or the whole file, cannot be imported; or a warning."""

    row: int
    column: str
    value: str
    code: str
    numbers: Mapping[str, Number] = field(default_factory=dict)


@dataclass
class Table:
    """A decoded file: its rows as ``(row number, cells)``, header and titles included.

    ``problems`` concern the whole file. ``open_end``: the last line has no line break.
    ``guessed``: GB18030 was chosen only because the other encodings did not fit. ``rest`` has the
    first lines of further sheets; hidden columns are counted from 0.
    """

    kind: str
    rows: list[tuple[int, list[Cell]]]
    encoding: str = ""
    sheet: str = ""
    open_end: bool = False
    guessed: bool = False
    epoch: date = EPOCH_1900
    hidden_rows: Sequence[int] = ()
    hidden_columns: frozenset[int] = frozenset()
    rest: list[Table] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


@dataclass
class Record:
    """One row. ``openings``: pocket plan -> cents, for every amount column."""

    row: int
    account: str = ""
    number: str = ""
    name: str = ""
    department: str = ""
    role: str = ""
    uid: str = ""
    openings: dict[str, int] = field(default_factory=dict)
    status: str = ACTIVE
    valid_from: date | None = None
    valid_until: date | None = None
    remark: str = ""
    #: Header of each target in this file, to name the column of problems found later.
    columns: Mapping[str, str] = field(default_factory=dict)
    #: The UID as written in the file.
    uid_text: str = ""


@dataclass
class Reading:
    """A file read with a profile: the good records, and the problems of the other rows.

    ``fatal`` problems prevent any import; ``warnings`` prevent nothing.
    """

    table: Table
    header_row: int = 0
    headers: list[str] = field(default_factory=list)
    records: list[Record] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    #: The readable part of the rows with problems, by row number.
    refused: dict[int, Record] = field(default_factory=dict)
    fatal: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)
    row_count: int = 0
    #: Which of the profile's targets the file has a column for.
    targets: frozenset[str] = frozenset()
