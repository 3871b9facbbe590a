"""Guesses a profile for a file that fits no known profile, from its header and cells.

A person checks it before anything is imported. What the file does not show
(the byte order of decimal UIDs) gets the usual value.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from .. import money
from ..credentials import uids
from . import types as ft
from . import values
from .reading import headers_of
from .types import Cell, Column, Profile, Table

SAMPLE_ROWS: Final = 200
#: A column with more different words than this is neither a status nor a role.
MAX_WORDS: Final = 12

# Patterns over ``values.key`` of a header; the first that matches is used.
_HEADERS: Final = (
    (
        r"^(学工号|学号|工号|教工号|人员编号)|stuempno|studentno|campusnumber|personno|empno",
        ft.NUMBER,
        "",
    ),
    (r"^(账号|帐号|卡号|卡户号|账户)$|cardno|accountno|^account$", ft.ACCOUNT, ""),
    (r"物理卡号|卡片序列号|芯片号|uid|chip|serial", ft.UID, ""),
    (r"补助|补贴|subsid", ft.AMOUNT, "subsidy"),
    (r"余额|balance|金额", ft.AMOUNT, "cash"),
    (r"姓名|^name|fullname", ft.NAME, ""),
    (r"部门|院系|单位|学院|dept|department|faculty", ft.DEPARTMENT, ""),
    (r"身份|类别|人员类型|^type$|role|category", ft.ROLE, ""),
    (r"^lost$|^挂失$", ft.FLAG, ft.LOST),
    (r"^frozen$|^冻结$", ft.FLAG, ft.FROZEN),
    (r"^closed$|^销户$|^注销$", ft.FLAG, ft.CLOSED),
    (r"状态|status|state", ft.STATUS, ""),
    (r"有效期|截止|expdate|expir|validuntil", ft.VALID_UNTIL, ""),
    (r"开户|开始日期|opendate|validfrom|issuedate", ft.VALID_FROM, ""),
    (r"备注|remark|note|comment", ft.REMARK, ""),
)
_STATUS_WORDS: Final = (
    (r"注销|销户|closed|cancel", ft.CLOSED),
    (r"挂失|丢失|lost", ft.LOST),
    (r"冻结|停用|frozen|block", ft.FROZEN),
    (r"正常|启用|有效|active|normal|^ok$", ft.ACTIVE),
)
_ROLE_WORDS: Final = (
    (r"本科|研究生|博士|硕士|学生|student", "student"),
    (r"教师|教授|teacher|professor", "teacher"),
    (r"教职工|职工|员工|staff|employee", "staff"),
    (r"家属|family", "family"),
    (r"临时|访客|visitor|temporary", "visitor"),
)
_REQUIRED: Final = frozenset({ft.ACCOUNT, ft.NUMBER, ft.NAME, ft.UID, ft.AMOUNT})


def guess(table: Table, source: str) -> Profile:
    """Return a profile for ``table``; columns that are not recognised are ignored."""
    at, headers = headers_of(table)
    sample = [cells for _row, cells in table.rows[at + 1 : at + 1 + SAMPLE_ROWS]]
    columns: list[Column] = []
    words: dict[str, dict[str, str]] = {ft.STATUS: {}, ft.ROLE: {}, ft.REMARK: {}}
    used: set[tuple[str, str]] = set()
    for index, header in enumerate(headers):
        target, detail = _target_of(header)
        if (target, detail) in used:
            target, detail = ft.IGNORE, ""
        if target not in (ft.IGNORE, ft.FLAG):
            used.add((target, detail))
        cells = [row[index] for row in sample if index < len(row) and row[index] is not None]
        form = _form_of(target, header, cells)
        columns.append(Column(header, target, form, detail, target in _REQUIRED))
        if target in words:
            words[target] = _words_of(target, cells)
    return Profile(
        source,
        columns,
        status_words=words[ft.STATUS],
        role_words=words[ft.ROLE],
        remark_words=words[ft.REMARK],
    )


def _target_of(header: str) -> tuple[str, str]:
    text = values.key(header)
    for pattern, target, detail in _HEADERS:
        if re.search(pattern, text):
            return target, detail
    return ft.IGNORE, ""


def _form_of(target: str, header: str, cells: Sequence[Cell]) -> str:
    if target == ft.AMOUNT:
        return money.FEN if re.search(r"分|fen|cent", values.key(header)) else money.YUAN
    if target == ft.UID:
        return _uid_form(header, cells)
    return ft.DATE_YMD if target in (ft.VALID_FROM, ft.VALID_UNTIL) else ""


def _uid_form(header: str, cells: Sequence[Cell]) -> str:
    """Hex if the header or any cell says so, else decimal in the usual byte order."""
    texts = [values.text_of(cell).strip() for cell in cells]
    if "hex" in values.key(header) or any(re.search(r"[A-Fa-f]", text) for text in texts):
        return uids.HEX_BE
    if any("," in text for text in texts):
        return uids.PAIR_LE
    return uids.DEC_LE


def _words_of(target: str, cells: Sequence[Cell]) -> dict[str, str]:
    """Map the words of a column to their guessed meaning; unknown words are left out."""
    found = {values.text_of(cell).strip() for cell in cells} - {""}
    patterns: Sequence[tuple[str, str]] = _ROLE_WORDS if target == ft.ROLE else _STATUS_WORDS
    if target == ft.REMARK:
        patterns = _STATUS_WORDS[:3]
    elif len(found) > MAX_WORDS:
        return {}
    meanings: dict[str, str] = {}
    for word in sorted(found):
        for pattern, meaning in patterns:
            if re.search(pattern, values.key(word)):
                meanings[word] = meaning
                break
    return meanings
