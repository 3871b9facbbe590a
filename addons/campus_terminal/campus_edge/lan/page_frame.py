"""What all pages of the LAN service have around their content: one HTML document, without scripts."""

from __future__ import annotations

from datetime import datetime
from html import escape
from string import Template
from typing import Final
from zoneinfo import ZoneInfo

from .page_style import STYLE

RENEW_S: Final = 5
_PAGE: Final = Template(
    """<!doctype html>
<html lang="$lang">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="refresh" content="$renew_s">
<title>$title</title>
<style>$style</style>
</head>
<body>
<main>
<header><h1>$title</h1><p class="pill $mood" role="status">$verdict</p></header>
$content
<footer>$note <a href="$link">$link_text</a></footer>
</main>
</body>
</html>
"""
)


def page(
    lang: str, title: str, mood: str, verdict: str, content: str, note: str, link: str, link_text: str
) -> str:
    """Return a document; ``content`` is HTML, all other texts are plain."""
    return _PAGE.substitute(
        lang={"zh": "zh-CN"}.get(lang, lang),
        renew_s=RENEW_S,
        style=STYLE,
        title=escape(title),
        mood=mood,
        verdict=escape(verdict),
        content=content,
        note=escape(note),
        link=escape(link),
        link_text=escape(link_text),
    )


def local_time(at_ms: int, time_zone: str, form: str) -> str:
    """Return a moment as clocks of the campus show it; without ``time_zone`` as this machine's clock does."""
    zone = ZoneInfo(time_zone) if time_zone else None
    return datetime.fromtimestamp(at_ms / 1000, zone).strftime(form)
