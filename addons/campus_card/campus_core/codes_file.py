"""Codes of errors and warnings about a file of an old card system (see ``codes``)."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from .codes_plan import *  # noqa: F403 (files of timetables are read with the same machinery)
from .codes_plan import PLAN_CODES

# -- files of old card systems: the whole file ----------------------------------
FILE_EMPTY: Final = "file_empty"
FILE_TOO_LARGE: Final = "file_too_large"
FILE_TYPE: Final = "file_type"
FILE_ENCODING: Final = "file_encoding"
FILE_TRUNCATED: Final = "file_truncated"
FILE_UNREADABLE: Final = "file_unreadable"
FILE_HEADER: Final = "file_header"
FILE_COLUMN_MISSING: Final = "file_column_missing"
FILE_COLUMN_TWICE: Final = "file_column_twice"
FILE_HTML: Final = "file_html"
FILE_SHEETS: Final = "file_sheets"
DIGITS_CUT: Final = "digits_cut"

# -- files of old card systems: one row -----------------------------------------
ROW_SHORT: Final = "row_short"
ROW_LONG: Final = "row_long"
VALUE_MISSING: Final = "value_missing"
VALUE_TOO_LONG: Final = "value_too_long"
TEXT_GARBLED: Final = "text_garbled"
NUMBER_DAMAGED: Final = "number_damaged"
FORMULA_EMPTY: Final = "formula_empty"
CELL_MERGED: Final = "cell_merged"
MACHINE_WORD: Final = "machine_word"
DATE_INVALID: Final = "date_invalid"
DATES_REVERSED: Final = "dates_reversed"
STATUS_UNKNOWN: Final = "status_unknown"
ROLE_UNKNOWN: Final = "role_unknown"
FLAG_UNKNOWN: Final = "flag_unknown"
DEPARTMENT_UNKNOWN: Final = "department_unknown"
DEPARTMENT_FORBIDDEN: Final = "department_forbidden"
DUPLICATE_NUMBER: Final = "duplicate_number"
DUPLICATE_ACCOUNT: Final = "duplicate_account"
DUPLICATE_UID: Final = "duplicate_uid"
NUMBER_TAKEN: Final = "number_taken"
ACCOUNT_TAKEN: Final = "account_taken"
UID_TAKEN: Final = "uid_taken"
PLAN_UNKNOWN: Final = "plan_unknown"

# -- files of old card systems: what a person should look at ---------------------
BALANCE_CHANGED: Final = "balance_changed"
STATUS_DIFFERS: Final = "status_differs"
CLOSED_WITH_MONEY: Final = "closed_with_money"
DEPARTMENT_CREATED: Final = "department_created"
FILE_OPEN_END: Final = "file_open_end"
SHEET_NOT_READ: Final = "sheet_not_read"
ROWS_HIDDEN: Final = "rows_hidden"
COLUMN_HIDDEN: Final = "column_hidden"
NUMBER_FRACTION: Final = "number_fraction"
NUMBER_ROUND: Final = "number_round"
UID_RANDOM: Final = "uid_random"
UID_HALF: Final = "uid_half"
UID_LONGER: Final = "uid_longer"

FILE_CODES: Final[Mapping[str, str]] = MappingProxyType(
    {
        **PLAN_CODES,
        FILE_EMPTY: "The file is empty.",
        FILE_TOO_LARGE: "The file is too large.",
        FILE_TYPE: "The file is neither CSV nor XLSX.",
        FILE_ENCODING: "The file's encoding is wrong or damaged.",
        FILE_TRUNCATED: "The file is cut off: a part of it is missing.",
        FILE_UNREADABLE: "The file cannot be read.",
        FILE_HEADER: "No row of the file has the columns of an import profile.",
        FILE_COLUMN_MISSING: "A column is missing.",
        FILE_COLUMN_TWICE: "A column is there twice.",
        FILE_HTML: "The file is a web page, not a spreadsheet.",
        FILE_SHEETS: "A further sheet has rows that would not be read.",
        DIGITS_CUT: "A spreadsheet cut the numbers of this column to 15 digits.",
        ROW_SHORT: "The row has fewer cells than the header.",
        ROW_LONG: "The row has more cells than the header.",
        VALUE_MISSING: "A value is missing.",
        VALUE_TOO_LONG: "The value is too long.",
        TEXT_GARBLED: "The text was spoiled by a wrong encoding.",
        NUMBER_DAMAGED: "A spreadsheet has rounded this number: digits are lost.",
        FORMULA_EMPTY: "A formula without a value.",
        CELL_MERGED: "The cell is merged with one above or before it.",
        MACHINE_WORD: "This is a program's word for an error or for nothing.",
        DATE_INVALID: "This is not a date.",
        DATES_REVERSED: "The last day is before the first.",
        STATUS_UNKNOWN: "The profile does not know this status.",
        ROLE_UNKNOWN: "The profile does not know this role.",
        FLAG_UNKNOWN: "This is neither yes nor no.",
        DEPARTMENT_UNKNOWN: "There is no such department.",
        DEPARTMENT_FORBIDDEN: "The department is not one of the user's.",
        DUPLICATE_NUMBER: "The campus number is in the file twice.",
        DUPLICATE_ACCOUNT: "The account is in the file twice.",
        DUPLICATE_UID: "The card number is in the file twice.",
        NUMBER_TAKEN: "The campus number came with another account before.",
        ACCOUNT_TAKEN: "The account came with another campus number before.",
        UID_TAKEN: "Another holder's card in use has this card number.",
        PLAN_UNKNOWN: "There is no such pocket plan.",
        BALANCE_CHANGED: "The balance differs from the one opened before; no money was moved.",
        STATUS_DIFFERS: "The card's state differs from the file and was left as it is.",
        CLOSED_WITH_MONEY: "The account is closed but holds money.",
        DEPARTMENT_CREATED: "The department was created.",
        FILE_OPEN_END: "The file does not end with a line break: check that its last row is whole.",
        SHEET_NOT_READ: "A further sheet is not read.",
        ROWS_HIDDEN: "Rows of the sheet are hidden.",
        COLUMN_HIDDEN: "The column is hidden in the sheet.",
        NUMBER_FRACTION: "The number had decimals of zero and was read without them.",
        NUMBER_ROUND: "The number ends in zeros from its 16th digit on: a spreadsheet may have cut it.",
        UID_RANDOM: "A card that shows another number each time cannot be known by it.",
        UID_HALF: "This is the first half of a longer card number.",
        UID_LONGER: "This card number is longer than those of nearly all others in the file.",
    }
)
