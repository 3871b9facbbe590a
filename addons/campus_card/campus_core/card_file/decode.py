"""Bytes of a CSV or XLSX file -> a table of cells, or the reason why not.

Text is UTF-8 (with or without a byte order mark), UTF-16 with one, or GB18030, which
contains GBK and GB2312. Text that decodes strictly as UTF-8 is UTF-8. Text in none of
these is refused with the row of the first bad byte; no replacement characters are used.
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
_BYTE_ORDER_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig", UTF8),
    (codecs.BOM_UTF16_LE, "utf-16", UTF16),
    (codecs.BOM_UTF16_BE, "utf-16", UTF16),
)
_DELIMITERS: Final = ",\t;|"
DELIMITER_WITHIN: Final = 20
_QUOTED: Final = re.compile(r'"(?:[^"]|"")*"')
#: Rare characters of names: Python's codec (GB18030-2000) puts them into the private
#: use area; these are their code points in GB18030-2022.
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

    The kind is found from the content, because spreadsheets are often saved under
    a wrong file name. ``limit`` lines are enough for a preview; more than
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
    # Also remove byte order marks that are doubled or come from an appended file.
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
        # A quotation mark without its closing one makes the rest of the file one cell.
        cut = "unexpected end" in str(error) or "field larger" in str(error)
        code = errors.FILE_TRUNCATED if cut else errors.FILE_UNREADABLE
        table.problems.append(Problem(start, "", "", code))
    return table


def decode_text(content: bytes, encoding: str = AUTO) -> tuple[str, str, bool]:
    """Return text, the encoding found, and whether the last character is cut in half.

    Raises ``FileProblem`` (``file_encoding``) with the row of the first bad byte.
    """
    for signature, codec, name in _BYTE_ORDER_MARKS:
        if content.startswith(signature):
            return _whole(content, codec, name)
    if encoding in (UTF8, UTF16):
        return _whole(content, encoding, encoding)
    if encoding == GB18030:
        return _whole(content, GB18030, GB18030)
    if _mostly_utf8(content):
        return _whole(content, UTF8, UTF8)
    return _whole(content, GB18030, GB18030)


def _whole(content: bytes, codec: str, name: str) -> tuple[str, str, bool]:
    """Decode strictly; an incomplete last character is reported as a cut, not as an error."""
    decoder = codecs.getincrementaldecoder(codec)()
    try:
        text = decoder.decode(content, final=False)
    except UnicodeDecodeError as error:
        row = _lines(content[: error.start])
        raise FileProblem(errors.FILE_ENCODING, row=row, value=name) from None
    pending = decoder.getstate()[0]
    return text.translate(_RARE) if name == GB18030 else text, name, bool(pending)


def _mostly_utf8(content: bytes) -> bool:
    """Say whether this is UTF-8, possibly with some damaged bytes.

    Chinese text in another encoding has almost no valid UTF-8 sequences. So a UTF-8 file
    with a few damaged bytes is not taken for GB18030.
    """
    text = content.decode(UTF8, errors="replace")
    spoiled = text.count("\ufffd")
    good = len(text) - len(text.encode("ascii", errors="ignore")) - spoiled
    return spoiled == 0 or good > 10 * spoiled


def looks_garbled(text: str) -> bool:
    """Say whether most characters beyond ASCII are rare, as in text read with a wrong encoding.

    Everyday Chinese is in GB 2312. Text of another encoding that is read as GB18030, and
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
