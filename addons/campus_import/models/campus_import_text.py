from odoo import api, models
from odoo.addons.campus_card.campus_core import errors, money


class _Numbers(dict):
    """Numbers for a sentence. A missing one is shown as a dash in place of raising an error."""

    def __missing__(self, key):
        return "–"


class CampusImport(models.Model):
    """Writes the problems of a file as sentences, made of code and numbers, in the user's language."""

    _inherit = "campus.import"

    @api.model
    def _sentences(self):
        """``{code: sentence}``. It is made once per import and language."""
        return {
            **errors.CODES,
            **self._file_sentences(),
            **self._cell_sentences(),
            **self._row_sentences(),
            **self._doubt_sentences(),
        }

    @staticmethod
    def _sentence(sentences, code, numbers):
        """The sentence of a code. Numbers whose keys end in ``_minor`` are cents."""
        shown = {
            name.removesuffix("_minor"): money.format_minor(value) if name.endswith("_minor") else value
            for name, value in numbers.items()
        }
        return sentences[code] % _Numbers(shown)

    def _file_sentences(self):
        _ = self.env._
        return {
            errors.FILE_EMPTY: _("The file is empty."),
            errors.FILE_TOO_LARGE: _("The file is too large. Split it."),
            errors.FILE_TYPE: _("This is neither a CSV nor an XLSX file. Save it as one of them."),
            errors.FILE_HTML: _(
                "This is a web page with a table, whatever its name says. "
                "Open it in a spreadsheet program and save it as XLSX."
            ),
            errors.FILE_SHEETS: _(
                "The sheet “%(sheet)s” holds rows of the same kind, and only one sheet is read. "
                "Put all rows on one sheet, or save each sheet as a file of its own."
            ),
            errors.DIGITS_CUT: _(
                "A spreadsheet cut the numbers of this column to 15 digits: %(count)s of them end in zeros. "
                "Format the column as text and export again."
            ),
            errors.FILE_ENCODING: _(
                "The characters of the file are spoiled or in an unknown encoding. Export it again as UTF-8."
            ),
            errors.FILE_TRUNCATED: _("The file is cut off here. Nothing is imported from half a file."),
            errors.FILE_UNREADABLE: _("The file is damaged and cannot be read from here on."),
            errors.FILE_HEADER: _("No import profile knows the columns of this file."),
            errors.FILE_COLUMN_MISSING: _("The profile needs this column, and the file does not have it."),
            errors.FILE_COLUMN_TWICE: _("The file has this column twice."),
            errors.FILE_OPEN_END: _(
                "The file does not end with a line break. Check that its last cell is whole."
            ),
            errors.PLAN_UNKNOWN: _("There is no pocket plan “%(plan)s” to put this balance into."),
        }

    def _cell_sentences(self):
        _ = self.env._
        return {
            errors.VALUE_MISSING: _("This must not be empty."),
            errors.VALUE_TOO_LONG: _("Longer than %(limit)s characters."),
            errors.TEXT_GARBLED: _("This text was spoiled by a wrong encoding before it got here."),
            errors.NUMBER_DAMAGED: _(
                "A spreadsheet has rounded this number. Format the column as text and export again."
            ),
            errors.UID_SPREADSHEET_DAMAGE: _(
                "A spreadsheet has turned this UID into a number and lost digits. "
                "Format the column as text and export again."
            ),
            errors.FORMULA_EMPTY: _(
                "A formula without a value. Open the file in a spreadsheet program, save it, and try again."
            ),
            errors.CELL_MERGED: _(
                "This cell is merged with another one, which alone has the value. Take the merged cells apart."
            ),
            errors.MACHINE_WORD: _(
                "A program wrote this where a value is missing or wrong. Correct the cell."
            ),
            errors.UID_PLACEHOLDER: _("This number stands for “no card”. No card has it."),
            errors.UID_EMPTY: _("The UID is missing."),
            errors.UID_MALFORMED: _("This UID does not have the format that the profile states."),
            errors.UID_LENGTH: _("A UID has 4, 7 or 10 bytes: 8, 14 or 20 hexadecimal digits."),
            errors.UID_OUT_OF_RANGE: _("This number is too large for a UID."),
            errors.MONEY_EMPTY: _("The amount is missing."),
            errors.MONEY_MALFORMED: _("This is not an amount."),
            errors.MONEY_TOO_PRECISE: _("The amount has parts of a cent."),
            errors.MONEY_NEGATIVE: _(
                "The balance is negative (%(amount)s). Settle the debt in the old system first."
            ),
            errors.MONEY_OUT_OF_RANGE: _("The amount is too large."),
            errors.MONEY_SCIENTIFIC: _("A spreadsheet has shortened this amount, and digits may be lost."),
            errors.AMOUNT_INVALID: _("The amounts of this row are too large together."),
            errors.DATE_INVALID: _("This date does not have the format that the profile states."),
            errors.DATES_REVERSED: _("The last valid day is before the first."),
            errors.STATUS_UNKNOWN: _("The profile does not know this status. Add the word to it."),
            errors.ROLE_UNKNOWN: _("The profile does not know this role. Add the word to it."),
            errors.FLAG_UNKNOWN: _("This is neither yes nor no."),
        }

    def _row_sentences(self):
        _ = self.env._
        return {
            errors.ROW_SHORT: _("The row ends before this column."),
            errors.ROW_LONG: _("The row has more cells than the header."),
            errors.DUPLICATE_ACCOUNT: _("This account is in row %(first_row)s already."),
            errors.DUPLICATE_NUMBER: _("This campus number is in row %(first_row)s already."),
            errors.DUPLICATE_UID: _("The card with this UID is in row %(first_row)s already."),
            errors.NUMBER_TAKEN: _("This campus number was imported with account %(account)s before."),
            errors.ACCOUNT_TAKEN: _("This account was imported for campus number %(number)s before."),
            errors.UID_TAKEN: _("A card in use of campus number %(number)s has this UID."),
            errors.DEPARTMENT_UNKNOWN: _("There is no such department, and the profile does not create any."),
            errors.DEPARTMENT_FORBIDDEN: _("This department is not one of yours."),
            errors.DEPARTMENT_CREATED: _("The department is new."),
            errors.BALANCE_CHANGED: _(
                "The balance was %(was)s when it was imported and is %(now)s in this file. No money was moved."
            ),
            errors.STATUS_DIFFERS: _("The card is “%(state)s” here and stays so."),
            errors.CLOSED_WITH_MONEY: _(
                "The account is closed and still holds %(amount)s, which is opened here."
            ),
        }

    def _doubt_sentences(self):
        """Sentences for rows that are imported although something about them should be checked."""
        _ = self.env._
        return {
            errors.SHEET_NOT_READ: _("The sheet “%(sheet)s” is not read: its columns are others."),
            errors.ROWS_HIDDEN: _("%(count)s hidden rows of the sheet are read like all others."),
            errors.COLUMN_HIDDEN: _("This column is hidden in the sheet and is read like all others."),
            errors.NUMBER_FRACTION: _("The number ended in “.0” and was read without it."),
            errors.NUMBER_ROUND: _(
                "The number ends in zeros from its 16th digit on. Check that no spreadsheet has cut it."
            ),
            errors.UID_RANDOM: _(
                "A card whose UID begins with 08 makes a new UID at each reading, so the UID cannot "
                "identify the card."
            ),
            errors.UID_HALF: _(
                "A UID of four bytes that begins with 88 is the first half of a longer one. "
                "The old readers did not read the rest."
            ),
            errors.UID_LONGER: _(
                "This UID is longer than those of the other cards. Check it for a digit too many."
            ),
        }
