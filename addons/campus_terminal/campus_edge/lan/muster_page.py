"""The muster list: who is in which zone, for guards in an emergency, while the server is down too."""

from __future__ import annotations

import time
from collections.abc import Mapping
from html import escape
from string import Template
from typing import Any, Final

from .page_style import STYLE
from .page_text import Say, duration, language, speaker

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
$zones
<footer>$note <a href="/">$back</a></footer>
</main>
</body>
</html>
"""
)


def render(found: Mapping[str, Any], accept_language: str) -> str:
    """Return the page for a list of ``feed.Feed.muster``, in the browser's language."""
    lang = language(accept_language)
    say = speaker(lang)
    age = duration(say, int(found["age_s"]))
    verdict = (
        say("News of all edges") if found["is_connected"] else say("Last news of other edges %s ago", age)
    )
    at = time.strftime("%H:%M:%S", time.localtime(found["at_ms"] / 1000))
    return _PAGE.substitute(
        lang={"zh": "zh-CN"}.get(lang, lang),
        renew_s=RENEW_S,
        style=STYLE,
        title=escape(say("Who is where")),
        mood="good" if found["is_connected"] else "warn",
        verdict=escape(verdict),
        zones="".join(_zone(zone, say) for zone in found["zones"]),
        note=escape(say("As of %s. The page renews itself every five seconds.", at)),
        back=escape(say("State of the edge")),
    )


def _zone(zone: Mapping[str, Any], say: Say) -> str:
    people = "".join(_person(one) for one in zone["people"])
    rows = people or f'<li class="empty">{escape(say("Nobody"))}</li>'
    title = f"{'· ' * max(zone['depth'] - 1, 0)}{zone['name']} ({zone['count']})"
    return f"<section><h2>{escape(title)}</h2><ul>{rows}</ul></section>\n"


def _person(person: Mapping[str, Any]) -> str:
    since = time.strftime("%m-%d %H:%M", time.localtime(person["since_ms"] / 1000))
    return (
        f'<li><span class="name">{escape(str(person["name"]))}</span><span class="state">{since}</span></li>'
    )
