"""The status page: what it says in which language, and what it must not say."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lan_world import Edge, Till, lan

from campus_edge.lan import page
from campus_edge.lan.page_text import _CHINESE, duration, language, speaker

STATUS = {
    "name": "Canteen 1 <b>",
    "version": "1.0",
    "uptime_s": 7_300,
    "server": {"state": "away", "answered_s": 75, "url": "https://pos.example"},
    "queue": 12,
    "snapshot": 4711,
    "snapshot_age_s": 4_000,
    "drift_ms": -2_500,
    "readers": [{"terminal": "T01", "name": "Counter 3", "state": "ready", "detail": ""}],
    "taps": [
        {"at_ms": 1_790_000_000_000, "terminal": "T01", "purpose": "pay", "credential": "uid:04A1B2C3D4E5F6"},
        {"at_ms": 0, "terminal": "T01", "purpose": "pay", "credential": "qr:SECRETCODE", "outcome": "refused",
         "code": "card_frozen"},
    ],
}  # fmt: skip


@pytest.fixture(scope="module")
def service():
    with lan(Edge(**STATUS)) as server:
        yield server


def text(html):
    return re.sub(r"\s+", " ", re.sub(r"<style>.*</style>|<[^>]+>", " ", html, flags=re.DOTALL))


def test_the_json_has_the_status_with_tills_and_masked_credentials(service):
    answer = Till(service.port, origin="").ask("GET", "/status")
    assert answer.headers["content-type"] == "application/json"
    assert [tap["credential"] for tap in answer.json["taps"]] == ["uid:**********E5F6", "qr:(10)"]
    assert answer.json["tills"] == [
        {"terminal": "T01", "attended": False, "waiting": 0, "delivered": 0, "dropped": 0}
    ]
    assert answer.json["queue"] == 12


@pytest.mark.parametrize(
    ("accept", "words"),
    [
        (
            "en-US,en;q=0.9",
            ["Working without the server", "Card frozen", "last answer 1 min ago", "version 4711", "2 h"],
        ),
        (
            "zh-CN,zh;q=0.9,en;q=0.8",
            ["服务器暂不可达，离线工作中", "卡片已冻结", "1 分钟前有应答", "版本 4711", "2 小时"],
        ),
    ],
)
def test_the_page_speaks_the_language_of_the_browser(service, accept, words):
    answer = Till(service.port).ask("GET", "/", Accept_Language=accept)
    shown = text(answer.body.decode())
    assert all(word in shown for word in [*words, "-2500 ms", "T01 · Counter 3"])


def test_a_chinese_page_has_no_english_left(service):
    html = Till(service.port).ask("GET", "/", Accept_Language="zh-CN").body.decode()
    left = set(re.findall(r"[A-Za-z]{2,}", text(html)))
    assert left <= {"Canteen", "Counter", "lt", "gt", "uid", "qr", "ms", "JSON", "status"}


def test_nothing_on_the_page_is_taken_for_markup_or_shows_a_card(service):
    html = Till(service.port).ask("GET", "/").body.decode()
    assert "<b>" not in html and "Canteen 1 &lt;b&gt;" in html
    assert "04A1B2" not in html and "SECRET" not in html


def test_the_page_loads_nothing_and_runs_nothing(service):
    answer = Till(service.port).ask("GET", "/")
    html = answer.body.decode()
    assert not re.search(r"<script|<link|<img|src=|@import|url\(|style=\"", html)
    assert answer.headers["content-security-policy"].startswith("default-src 'none'; style-src 'sha256-")


@given(
    st.fixed_dictionaries(
        {},
        optional={
            "uptime_s": st.integers(0, 10**9),
            "queue": st.integers(0, 10**6),
            "snapshot_age_s": st.none() | st.integers(0, 10**9),
            "drift_ms": st.none() | st.integers(-(10**9), 10**9),
            "server": st.fixed_dictionaries({"state": st.text(max_size=9)}),
            "readers": st.lists(st.fixed_dictionaries({"state": st.text(max_size=9)}), max_size=3),
            "taps": st.lists(st.fixed_dictionaries({"credential": st.text(max_size=40)}), max_size=3),
        },
    )
)
def test_a_status_with_gaps_makes_a_page(status):
    assert "</html>" in page.render(status, "zh")


@pytest.mark.parametrize(
    ("mood", "server", "reader"),
    [("good", "connected", "ready"), ("warn", "away", "ready"), ("bad", "refused", "ready")]
    + [("bad", "connected", state) for state in ("opening", "lost", "sick", "stopped")],
)
def test_the_head_of_the_page_sums_up(mood, server, reader):
    status = {"server": {"state": server}, "readers": [{"state": reader, "terminal": "T01"}]}
    assert f'class="pill {mood}"' in page.render(status, "")


def test_readers_without_a_server_do_not_miss_one():
    html = page.render({"readers": [{"state": "ready", "terminal": "T01"}]}, "")
    assert "All well" in html and "Server" not in html and "Snapshot" not in html


def test_what_is_wrong_with_the_server_is_said():
    server = {
        "state": "refused",
        "detail": "HTTP 403",
        "problems": ["switched off by the server", "a new one"],
    }
    english, chinese = (page.render({"server": server}, lang) for lang in ("en", "zh"))
    assert (
        "Needs attention" in english and "Ask a device manager." in english and "Ask whoever set" in english
    )
    assert "请联系设备管理员" in chinese and "HTTP" not in english + chinese


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_reader_s_trouble_is_said_in_words_and_not_as_an_exception(lang):
    detail = "keypad: SerialException: [Errno 2] could not open port /dev/ttyUSB0"
    html = page.render({"readers": [{"terminal": "T01", "state": "lost", "detail": detail}]}, lang)
    assert ("读卡器未插好" if lang == "zh" else "not plugged in") in html
    assert "小键盘" in html if lang == "zh" else "Keypad:" in html
    assert "Exception" not in html and "Errno" not in html


RAW = "SerialException: [Errno 2] could not open port /dev/ttyUSB0"


def test_neither_page_nor_json_nor_a_till_is_told_what_a_library_said():
    readers = [
        {"terminal": terminal, "state": state, "detail": detail}
        for terminal, state, detail in (
            ("T01", "lost", RAW),
            ("T02", "sick", RAW),
            ("T03", "ready", "PN532 1.6"),
        )
    ]
    status = {
        "server": {"state": "away", "detail": RAW, "problems": ["taps are not sent", "a new one"]},
        "readers": readers,
    }  # fmt: skip
    with lan(Edge("T01", "T02", **status)) as service:
        told = Till(service.port, origin="").ask("GET", "/status")
        answers = [told.body.decode()]
        answers += [
            Till(service.port).ask("GET", "/", Accept_Language=lang).body.decode() for lang in ("en", "zh")
        ]
        answers += [
            Till(service.port, seat=name).call("status_json").body.decode() for name in ("T01", "T02")
        ]
    assert told.json["readers"][0] == {"terminal": "T01", "state": "lost", "detail": "not_there"}
    assert told.json["server"] == {"state": "away", "problems": ["taps are not sent", "a new one"]}
    for answer in answers:
        assert not re.search("Exception|Errno|tty", answer), answer


@pytest.mark.parametrize(
    ("accept", "wanted"),
    [
        ("", "en"),
        ("zh", "zh"),
        ("zh-TW,en;q=0.5", "zh"),
        ("en-GB,zh;q=0.9", "en"),
        ("fr,zh;q=0.2", "zh"),
        ("de, *;q=0.5", "en"),
        ("zh;q=x", "en"),
        (";;,,=" * 100, "en"),
    ],
)
def test_the_language_is_the_one_the_browser_likes_best(accept, wanted):
    assert language(accept) == wanted


@pytest.mark.parametrize(
    ("seconds", "said"), [(0, "0 s"), (59, "59 s"), (60, "1 min"), (7_199, "1 h"), (9**6, "6 d")]
)
def test_spans_of_time_are_said_in_their_largest_unit(seconds, said):
    assert duration(speaker("en"), seconds) == said


def test_both_languages_have_the_same_gaps_to_fill():
    assert all(english.count("%s") == chinese.count("%s") for english, chinese in _CHINESE.items())


def test_the_page_stands_in_no_frame():
    assert page.HEADERS["X-Frame-Options"] == "DENY"
    assert "frame-ancestors 'none'" in page.HEADERS["Content-Security-Policy"]
