"""The status page: one HTML document without scripts or other files, for phones and computers."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from html import escape
from typing import Any, Final

from campus_core.devices.heartbeat import BAD_READER_STATES

from ..protocols.base import READY
from . import page_frame
from .feed import AWAY, CONNECTED
from .page_style import STYLE
from .page_text import Say, duration, language, outcome, problems, refusal, speaker, trouble

TAPS_MAX: Final = 12
#: A larger difference of the clock is shown in the warning colour.
DRIFT_WARN_MS: Final = 2_000
SNAPSHOT_WARN_S: Final = 3_600
_STYLE_HASH: Final = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
HEADERS: Final = {
    "Content-Security-Policy": f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
    "Vary": "Accept-Language",
}


def render(status: Mapping[str, Any], accept_language: str) -> str:
    """Return the page for a status from ``routes``, in the browser's language."""
    lang = language(accept_language)
    say = speaker(lang)
    mood, verdict = _verdict(status)
    time_zone = str(status.get("time_zone") or "")
    taps = list(status.get("taps", ()))[:TAPS_MAX]
    sections = (
        (say("Readers"), "", [_reader(reader, say) for reader in status.get("readers", ())],
         say("No reader is set up.")),
        (say("Tills"), "", [_till(till, say) for till in status.get("tills", ())],
         say("No terminal serves a till.")),
        (say("Last taps"), "taps", [_tap(tap, say, lang, time_zone) for tap in taps],
         say("No card has been shown yet.")),
    )  # fmt: skip
    facts = "".join(_fact(*fact) for fact in _facts(status, say))
    return page_frame.page(
        lang=lang,
        title=str(status.get("name") or say("Edge")),
        mood=mood,
        verdict=say(verdict),
        content=f'<dl class="facts">{facts}</dl>\n' + "".join(_section(*section) for section in sections),
        note=say("The page renews itself every five seconds. The same as JSON:"),
        link="/status",
        link_text="/status",
    )


def _section(title: str, kind: str, rows: list[str], empty: str) -> str:
    attribute = f' class="{kind}"' if kind else ""
    items = "".join(rows) or _empty(empty)
    return f"<section><h2>{escape(title)}</h2><ul{attribute}>{items}</ul></section>\n"


def _verdict(status: Mapping[str, Any]) -> tuple[str, str]:
    server = status.get("server", {}).get("state")
    if status.get("lockdowns"):
        return "bad", "Lockdown in force"
    if any(reader.get("state") != READY for reader in status.get("readers", ())):
        return "bad", "Needs attention"
    if server == CONNECTED or "server" not in status:
        return "good", "All well"
    return ("warn", "Working without the server") if server == AWAY else ("bad", "Needs attention")


def _facts(status: Mapping[str, Any], say: Say) -> list[tuple[str, str, str, str]]:
    """Return ``(label, value, note, mood)`` of each fact; there are fewer without a server."""
    uptime, version = status.get("uptime_s"), str(status.get("version") or "")
    running = "–" if uptime is None else duration(say, uptime)
    facts = _server_facts(status, say) if "server" in status else []
    return [*facts, (say("Running for"), running, version, "")]


def _server_facts(status: Mapping[str, Any], say: Say) -> list[tuple[str, str, str, str]]:
    server = status["server"]
    state = str(server.get("state") or "unknown")
    answered, age = server.get("answered_s"), status.get("snapshot_age_s")
    drift, queue, version = status.get("drift_ms"), status.get("queue"), status.get("snapshot")
    ago = say("last answer %s ago", duration(say, answered)) if answered is not None else ""
    is_old = age is not None and age > SNAPSHOT_WARN_S
    is_off = drift is not None and abs(drift) > DRIFT_WARN_MS
    return [
        (
            say("Server"),
            say(state),
            problems(say, server.get("problems") or ()) or ago,
            "" if state == CONNECTED else "warn",
        ),
        (say("Waiting to be sent"), _known(queue), "", "warn" if queue and state != CONNECTED else ""),
        (
            say("Snapshot"),
            say("%s old", duration(say, age)) if age is not None else "–",
            say("version %s", version) if version else "",
            "warn" if is_old else "",
        ),
        (
            say("Clock against the server"),
            "–" if drift is None else f"{drift:+d} ms",
            "",
            "warn" if is_off else "",
        ),
    ]


def _known(value: object) -> str:
    return "–" if value is None else str(value)


def _fact(label: str, value: str, beside: str, mood: str) -> str:
    note = f"<small>{escape(beside)}</small>" if beside else ""
    return f'<div><dt>{escape(label)}</dt><dd class="{mood}">{escape(value)}{note}</dd></div>'


def _row(dot: str, name: str, detail: str, state: str) -> str:
    small = f"<small>{escape(detail)}</small>" if detail else ""
    return (
        f'<li><i class="{dot}"></i><span class="name">{escape(name)}{small}</span>'
        f'<span class="state">{escape(state)}</span></li>'
    )


def _empty(text: str) -> str:
    return f'<li class="empty">{escape(text)}</li>'


def _reader(reader: Mapping[str, Any], say: Say) -> str:
    state = str(reader.get("state") or "unknown")
    name = " · ".join(str(reader[key]) for key in ("terminal", "name") if reader.get(key))
    detail = str(reader.get("detail") or "")
    if state in BAD_READER_STATES and detail:
        detail = trouble(say, detail)
    return _row("good" if state == READY else "bad", name, detail, say(state))


def _till(till: Mapping[str, Any], say: Say) -> str:
    is_there = till["attended"]
    counts = say("%s handed over, %s not fetched", till["delivered"], till["dropped"])
    state = say("till is listening" if is_there else "no till is listening")
    return _row("good" if is_there else "idle", str(till["terminal"]), counts, state)


def _tap(tap: Mapping[str, Any], say: Say, lang: str, time_zone: str) -> str:
    at = page_frame.local_time(tap.get("at_ms", 0), time_zone, "%H:%M:%S")
    word = str(tap.get("outcome") or "asking")
    beside = [str(tap.get("terminal") or ""), say(str(tap.get("purpose") or ""))]
    code = str(tap.get("code") or "")
    state = outcome(say, lang, word) + (f" · {refusal(lang, code)}" if code and code != "ok" else "")
    dot = {"granted": "good", "refused": "bad"}.get(word, "idle")
    detail = " · ".join(part for part in (at, *beside) if part)
    return _row(dot, str(tap.get("credential") or ""), detail, state)
