"""The muster list: who is in which zone, for guards in an emergency, while the server is down too."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

from . import page_frame
from .page_text import Say, duration, language, speaker


def render(found: Mapping[str, Any], accept_language: str) -> str:
    """Return the page for a list of ``feed.Feed.muster``, in the browser's language."""
    lang = language(accept_language)
    say = speaker(lang)
    age = duration(say, int(found["age_s"]))
    verdict = (
        say("News of all edges") if found["is_connected"] else say("Last news of other edges %s ago", age)
    )
    time_zone = str(found.get("time_zone") or "")
    at = page_frame.local_time(found["at_ms"], time_zone, "%H:%M:%S")
    return page_frame.page(
        lang=lang,
        title=say("Who is where"),
        mood="good" if found["is_connected"] else "warn",
        verdict=verdict,
        content="".join(_zone(zone, say, time_zone) for zone in found["zones"]),
        note=say("As of %s. The page renews itself every five seconds.", at),
        link="/",
        link_text=say("State of the edge"),
    )


def _zone(zone: Mapping[str, Any], say: Say, time_zone: str) -> str:
    people = "".join(_person(one, time_zone) for one in zone["people"])
    rows = people or f'<li class="empty">{escape(say("Nobody"))}</li>'
    title = f"{'· ' * max(zone['depth'] - 1, 0)}{zone['name']} ({zone['count']})"
    return f"<section><h2>{escape(title)}</h2><ul>{rows}</ul></section>\n"


def _person(person: Mapping[str, Any], time_zone: str) -> str:
    since = page_frame.local_time(person["since_ms"], time_zone, "%m-%d %H:%M")
    return (
        f'<li><span class="name">{escape(str(person["name"]))}</span><span class="state">{since}</span></li>'
    )
