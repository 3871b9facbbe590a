"""Bytes of a CSV or XLSX file -> a table of cells, or the reason why not.

Text is UTF-8 (with or without a mark), UTF-16 with a mark, or GB18030, which
contains GBK and GB2312. UTF-8 is told by its strict form; what is neither is
refused with the row of the first bad byte, never read with replacement characters.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections import Counter
from typing import Final

from .. import errors
from .file_problem import MAX_BYTES, MAX_ROWS, FileProblem, check_rows
from .types import AUTO, Cell, Problem, Table

UTF8: Final = "utf-8"
GB18030: Final = "gb18030"
UTF16: Final = "utf-16"
ENCODINGS: Final = (UTF8, GB18030, UTF16)

_ZIP: Final = b"PK\x03\x04"
_OLE2: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig", UTF8),
    (codecs.BOM_UTF16_LE, "utf-16", UTF16),
    (codecs.BOM_UTF16_BE, "utf-16", UTF16),
)
_DELIMITERS: Final = ",\t;|"
DELIMITER_WITHIN: Final = 20
_QUOTED: Final = re.compile(r'"(?:[^"]|"")*"')
#: Rare characters of names that Python's codec (GB18030-2000) leaves in the private
#: use area, at their places of GB18030-2022.
_RARE: Final = {
    0xE81E: 0x9FB4,
    0xE826: 0x9FB5,
    0xE82B: 0x9FB6,
    0xE82C: 0x9FB7,
    0xE832: 0x9FB8,
    0xE843: 0x9FB9,
    0xE854: 0x9FBA,
    0xE864: 0x9FBB,
}


def decode(content: bytes, encoding: str = AUTO, limit: int = MAX_ROWS) -> Table:
    """Return the file's table; a file that cannot be read gives a table with a problem.

    The content tells the kind, not the file's name: spreadsheets are often saved
    under a wrong one. ``limit`` lines are enough for a preview; more than
    ``MAX_ROWS`` are refused.
    """
    try:
        _check_size(content)
        if content.startswith(_ZIP):
            from .xlsx import read_xlsx

            return read_xlsx(content, limit)
        if content.startswith(_OLE2):
            raise FileProblem(errors.FILE_TYPE, value="xls")
        if content.removeprefix(codecs.BOM_UTF8).lstrip().startswith(b"<"):
            raise FileProblem(errors.FILE_HTML)
        return _read_csv(content, encoding, limit)
    except FileProblem as error:
        return Table("", [], problems=[error.problem])


def _check_size(content: bytes) -> None:
    if not content.strip():
        raise FileProblem(errors.FILE_EMPTY)
    if len(content) > MAX_BYTES:
        raise FileProblem(errors.FILE_TOO_LARGE, value=f"{len(content) >> 20} MB")


def _read_csv(content: bytes, encoding: str, limit: int) -> Table:
    text, found, truncated = decode_text(content, encoding)
    # A byte order mark that was put before another one, or came with a file that was appended.
    text = text.replace("\ufeff", "")
    if text.lstrip().startswith("<"):
        raise FileProblem(errors.FILE_HTML)
    if "\x00" in text:
        raise FileProblem(errors.FILE_TYPE, row=text.count("\n", 0, text.index("\x00")) + 1)
    table = Table("csv", [], encoding=found, open_end=not text.endswith(("\n", "\r")))
    table.guessed = encoding == AUTO and found == GB18030
    if truncated:
        table.problems.append(Problem(_lines(content), "", "", errors.FILE_TRUNCATED))
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    start = 1
    try:
        for cells in reader:
            if len(table.rows) >= limit:
                check_rows(start, limit)
                break
            table.rows.append((start, list[Cell](cells)))
            start = reader.line_num + 1
    except csv.Error as error:
        # A quotation mark that never closes has swallowed the rest of the file.
        cut = "unexpected end" in str(error) or "field larger" in str(error)
        code = errors.FILE_TRUNCATED if cut else errors.FILE_UNREADABLE
        table.problems.append(Problem(start, "", str(error), code))
    return table


def decode_text(content: bytes, encoding: str = AUTO) -> tuple[str, str, bool]:
    """Return text, the encoding found, and whether the last character is cut in half.

    Raises ``FileProblem`` (``file_encoding``) with the row of the first bad byte.
    """
    for mark, codec, name in _MARKS:
        if content.startswith(mark):
            return _whole(content, codec, name)
    if encoding in (UTF8, UTF16):
        return _whole(content, encoding, encoding)
    if encoding == GB18030:
        return _whole(content, GB18030, GB18030)
    if _mostly_utf8(content):
        return _whole(content, UTF8, UTF8)
    return _whole(content, GB18030, GB18030)


def _whole(content: bytes, codec: str, name: str) -> tuple[str, str, bool]:
    """Decode strictly; bytes missing at the very end are a cut, not an error."""
    decoder = codecs.getincrementaldecoder(codec)()
    try:
        text = decoder.decode(content, final=False)
    except UnicodeDecodeError as error:
        row = _lines(content[: error.start])
        raise FileProblem(errors.FILE_ENCODING, row=row, value=name) from None
    pending = decoder.getstate()[0]
    return text.translate(_RARE) if name == GB18030 else text, name, bool(pending)


def _mostly_utf8(content: bytes) -> bool:
    """Say whether this is UTF-8, be it with some spoiled bytes.

    Chinese text in another encoding has next to no valid multi-byte sequences, so
    bytes that are spoiled in one place do not turn a UTF-8 file into GB18030.
    """
    text = content.decode(UTF8, errors="replace")
    spoiled = text.count("\ufffd")
    good = len(text) - len(text.encode("ascii", errors="ignore")) - spoiled
    return spoiled == 0 or good > 10 * spoiled


def looks_garbled(text: str) -> bool:
    """Say whether most characters beyond ASCII are rare: a wrong encoding's mark.

    Everyday Chinese is in GB 2312; text of another encoding read as GB18030, or
    UTF-8 that was once read as GBK, is mostly outside of it.
    """
    foreign = [character for character in text if character > "\x7f"]
    usual = "".join(foreign).encode("gb2312", errors="ignore")
    return len(usual) < len(foreign)  # two bytes each, so: fewer than half


def _lines(content: bytes) -> int:
    return content.count(b"\n") + 1 if not content.endswith(b"\n") else content.count(b"\n")


def _delimiter(text: str) -> str:
    """The delimiter that most of the first lines have equally often, outside of quotes; a comma if none."""
    head = "\n".join(text.splitlines()[:DELIMITER_WITHIN])
    lines = [line for line in _QUOTED.sub("", head).splitlines() if line.strip()]

    def evidence(delimiter: str) -> int:
        counts = Counter(line.count(delimiter) for line in lines)
        return max((count * times for count, times in counts.items()), default=0)

    return max(_DELIMITERS, key=evidence)
