"""Texts of a reader's display for answers that the edge gives alone, in Chinese and English.

Answers of the server have their own text. Texts are short: a display may have two lines of 16 letters.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from campus_core import errors

from .code_words import CHINESE, ENGLISH

LANGUAGES: Final = ("zh_CN", "en_US")
#: Texts that are not for codes: for a payment, and while an amount is keyed.
_MORE: Final[Mapping[str, Mapping[str, str]]] = {
    "zh_CN": {
        "ok": "通过",
        "offline": "离线",
        "keying": "金额",
        "present": "请刷卡",
        "cleared": "已清除",
        "code": "应急码",
        "too_much": "最多",
        "unclear": "请重新输入",
        "enter_first": "请先按确认键",
        "close_door": "请关门",
        "drill": "演习：封控",
        "mustered": "已到集合点",
    },
    "en_US": {
        "ok": "OK",
        "offline": "offline",
        "keying": "Amount",
        "present": "Tap card",
        "cleared": "Cleared",
        "code": "Code",
        "too_much": "At most",
        "unclear": "Key it again",
        "enter_first": "Press # first",
        "close_door": "Close the door",
        "drill": "Lockdown drill",
        "mustered": "You are counted",
    },
}
_TEXTS: Final[Mapping[str, Mapping[str, str]]] = {
    "zh_CN": {**CHINESE, **_MORE["zh_CN"]},
    "en_US": {**ENGLISH, **_MORE["en_US"]},
}


def amount(amount_minor: int) -> str:
    """Return cents as people read them: ``3.50``."""
    return f"{amount_minor // 100}.{amount_minor % 100:02d}"


def word(name: str, language: str) -> str:
    """Return one of these texts."""
    return _MORE[language][name]


def told(numbers: Mapping[str, errors.Number], language: str) -> str:
    """Return what a judge wants to be shown instead: its ``word``, and below it the text of ``warning``."""
    found = _MORE[language].get(str(numbers.get("word", "")), "")
    warning = text_of(str(numbers["warning"]), language) if found and "warning" in numbers else ""
    return f"{found}\n{warning.splitlines()[0]}" if warning else found


def text_of(code: str, language: str, amount_minor: int | None = None, name: str = "") -> str:
    """Return the display's text for an answer of the edge alone."""
    words = _TEXTS[language]
    if code == "ok" and amount_minor is not None:
        return f"{amount(amount_minor)}  {words['offline']}"
    if code == "ok":
        return f"{words['ok']}\n{name}" if name else words["ok"]
    return words.get(code) or errors.CODES.get(code, code)
