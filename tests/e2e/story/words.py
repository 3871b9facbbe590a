"""Texts as people see them: English as in the source, Chinese as the addons translate it."""

import re
from functools import lru_cache

import polib
import pytest

from campus_cli import paths

TAG = re.compile(r"<[^>]+>")
CHINESE = re.compile(r"[\u4e00-\u9fff]")


class Words:
    """``words(addon, text)``: the text in the language of the screen.

    ``text`` is a term of the addon, or a piece of one between two tags.
    """

    def __init__(self, language):
        self.language = language

    def __call__(self, addon, text):
        return text if self.language == "en_US" else self._translation(addon, text)

    def _translation(self, addon, text):
        path = paths.ADDONS / addon / "i18n" / f"{self.language}.po"
        found = _translations(path).get(text, "") if path.exists() else ""
        if not CHINESE.search(found):
            pytest.fail(f"{paths.relative(path)} has no translation of {text!r}: {found!r}")
        return found


@lru_cache
def _translations(path):
    """``{text: translation}``; a whole term goes before a piece of another."""
    entries = [entry for entry in polib.pofile(str(path)) if not entry.obsolete]
    found = {}
    for entry in entries:
        source, target = _pieces(entry.msgid), _pieces(entry.msgstr)
        if len(source) == len(target):
            found.update(zip(source, target, strict=True))
    return found | {entry.msgid: entry.msgstr for entry in entries}


def _pieces(term):
    return [piece.strip() for piece in TAG.split(term) if piece.strip()]


def yuan(minor):
    """A pattern that finds the amount however a screen spaces it."""
    sign, cents = "-" if minor < 0 else "", abs(minor)
    number = re.escape(f"{sign}{cents // 100:,}.{cents % 100:02}")
    return re.compile(rf"¥\s*{number}(?!\d)")
