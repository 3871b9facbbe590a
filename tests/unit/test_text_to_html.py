"""What people wrote stays text: nowhere does it become HTML without being escaped."""

import ast
import importlib.util
import re
from pathlib import Path

import pytest

ADDONS = Path(__file__).resolve().parents[2] / "addons"
SOURCES = sorted(
    path
    for path in ADDONS.rglob("*.py")
    if not {"tests", "campus_core", "campus_edge", "__pycache__"} & set(path.relative_to(ADDONS).parts)
)
SCRIPTS = sorted(
    path
    for path in ADDONS.rglob("static/src/**/*.js")
    if "lib" not in path.relative_to(ADDONS).parts and path.is_file()
)
INTO_HTML = re.compile(r"(?:inner|outer)HTML\s*=[^=]|insertAdjacentHTML|document\.write|\bmarkup\(")
VIEWS = sorted(ADDONS.rglob("*.xml"))


def load(name):
    spec = importlib.util.spec_from_file_location(name, ADDONS / "campus_card" / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def calls(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            yield node, getattr(node.func, "attr", getattr(node.func, "id", ""))


def place(path, node):
    return f"{path.name}:{node.lineno}"


def is_text(node):
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def raw_notes(path):
    """Notes of activities that are not escaped: Odoo stores them as HTML as they come."""
    for node, name in calls(path):
        if name == "activity_schedule":
            for keyword in node.keywords:
                escaped = (
                    isinstance(keyword.value, ast.Call) and getattr(keyword.value.func, "id", "") == "to_html"
                )
                if keyword.arg == "note" and not escaped:
                    yield place(path, node)


def raw_markup(path):
    """HTML that is made of anything but the words of the program; also Odoo's maker of links."""
    for node, name in calls(path):
        if name == "Markup" and not all(map(is_text, node.args)):
            yield place(path, node)
        if name in ("plaintext2html", "append_content_to_html"):
            yield place(path, node)


def test_the_search_finds_what_it_looks_for(tmp_path):
    bad = tmp_path / "bad.py"
    lines = ("x.activity_schedule('a', note=y)", "Markup(f'<b>{y}</b>')", "plaintext2html(y)")
    bad.write_text("\n".join(lines), encoding="utf-8")
    assert list(raw_notes(bad)) == ["bad.py:1"]
    assert list(raw_markup(bad)) == ["bad.py:2", "bad.py:3"]


def test_notes_of_activities_are_escaped():
    assert [found for path in SOURCES for found in raw_notes(path)] == []


def test_html_is_made_of_our_own_words_and_escaped_values():
    assert [found for path in SOURCES for found in raw_markup(path)] == []


def test_no_template_and_no_script_puts_text_in_as_html():
    views = [path.name for path in VIEWS if re.search(r"\bt-raw=", path.read_text(encoding="utf-8"))]
    # a part of a page is fetched from us and parsed; nothing that somebody wrote is
    scripts = [path.name for path in SCRIPTS if INTO_HTML.search(path.read_text(encoding="utf-8"))]
    assert (views, scripts) == ([], [])


@pytest.mark.parametrize(
    ("text", "html"),
    [
        (None, ""),
        ("", ""),
        ("two\nlines", "<p>two<br/>lines</p>"),
        ("<img src=x onerror=alert(1)>", "<p>&lt;img src=x onerror=alert(1)&gt;</p>"),
        ("see https://evil.example/a", "<p>see https://evil.example/a</p>"),
        ('"quoted" & more', "<p>&#34;quoted&#34; &amp; more</p>"),
    ],
)
def test_text_becomes_a_paragraph_and_nothing_else(text, html):
    assert str(load("html_text").to_html(text)) == html


@pytest.mark.parametrize(
    ("line", "kept"),
    [
        ("GET /card/topup/abcDEF-_123 HTTP/1.1", "GET /card/topup/[hidden] HTTP/1.1"),
        ("GET /zh_CN/card/topup/abc?amount=5 HTTP/1.1", "GET /zh_CN/card/topup/[hidden]?amount=5 HTTP/1.1"),
        (
            "GET /card/topup/abc/done/7?access_token=xyz HTTP/1.1",
            "GET /card/topup/[hidden]/done/7?access_token=[hidden] HTTP/1.1",
        ),
        ("GET /campus_pos/photo/ab.cd-ef", "GET /campus_pos/photo/[hidden]"),
        ("GET /campus/calendar/ab-C_d.ics HTTP/1.1", "GET /campus/calendar/[hidden] HTTP/1.1"),
        ("GET /web/signup?db=x&token=t0k3n&x=1", "GET /web/signup?db=x&token=[hidden]&x=1"),
        ("POST /zh_CN/card/identity/12/abc_-D HTTP/1.1", "POST /zh_CN/card/identity/12/[hidden] HTTP/1.1"),
        ("GET /my/card/topup?amount=30", "GET /my/card/topup?amount=30"),
    ],
)
def test_no_secret_of_an_address_is_in_the_log(line, kept):
    assert load("address_log").without_secrets(line) == kept


@pytest.mark.parametrize(
    ("path", "ours"),
    [
        ("/my/card", True),
        ("/my/card/topup", True),
        ("/zh_CN/my/card", True),
        ("/card/topup/x", True),
        ("/campus/v1/taps", True),
        ("/campus_pos/photo/x", True),
        ("/my/cards", False),
        ("/web/login", False),
        ("/odoo/campus", False),
    ],
)
def test_addresses_of_the_card_are_known(path, ours):
    assert load("page_headers").is_ours(path) is ours


def test_headers_that_a_page_has_set_stay():
    policy = "default-src 'none'; frame-ancestors 'none'"
    headers = {"Content-Security-Policy": policy, "X-Frame-Options": "DENY"}
    complete = load("page_headers").complete
    complete(headers, "text/html; charset=utf-8", "/my/card")
    assert (headers["Content-Security-Policy"], headers["X-Content-Type-Options"]) == (policy, "nosniff")
    for kind in ("application/json", "text/html", None):
        headers = {}
        complete(headers, kind, "/my/card")
        assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
        assert headers["Referrer-Policy"] == "same-origin"


def test_an_address_that_opens_something_is_told_to_no_other_page():
    for path in (
        "/card/topup/abc",
        "/zh_CN/card/topup/abc/done/1",
        "/campus_pos/photo/x",
        "/zh_CN/card/identity/1/x",
    ):
        headers = {"Referrer-Policy": "same-origin"}
        load("page_headers").complete(headers, "text/html", path)
        assert headers["Referrer-Policy"] == "no-referrer"


def test_nginx_writes_no_secret_of_an_address_either():
    text = (ADDONS.parent / "config" / "nginx.conf").read_text(encoding="utf-8")
    paths = re.search(r"map \$uri \$campus_path \{(.*?)\n\}", text, re.DOTALL)[1]
    rules = [(rule[1:], value) for rule, value in re.findall(r'"(~[^"]+)" "([^"]+)"', paths)]
    log_format = re.search(r"log_format campus (.*?);", text, re.DOTALL)[1]
    assert "$campus_path" in log_format
    for raw in ("$request ", "$request_uri", "$args", "$http_referer", "$uri", "$query_string"):
        assert raw not in log_format.replace("$request_method", ""), raw
    assert re.search(r"access_log \S+ campus;", text)

    def logged(path):
        for rule, value in rules:
            if match := re.search(rule.replace("(?<", "(?P<"), path):
                return re.sub(r"\$\{?(\w+)\}?", lambda name: match[name[1]], value)
        return path

    assert logged("/card/topup/abc/done/5") == "/card/topup/[hidden]/done/5"
    assert logged("/zh_CN/card/topup/abc") == "/zh_CN/card/topup/[hidden]"
    assert logged("/campus/calendar/abc.ics") == "/campus/calendar/[hidden]"
    assert logged("/campus_pos/photo/abc.def") == "/campus_pos/photo/[hidden]"
    assert logged("/my/card/topup") == "/my/card/topup"
