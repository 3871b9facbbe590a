"""Scans are card numbers: who may have them."""

import time

import pytest
from lan_world import POS, REFUSED_DELAY_MS, Edge, Till, lan

from campus_edge.lan import guesses
from campus_edge.lan.config import LanConfig, LanConfigError, normal_origin
from campus_edge.lan.guesses import Guesses

ROUTES = ["handshake", "status_json", "scanner"]
FOREIGN = [
    "https://evil.example",
    "http://pos.example",
    "https://pos.example:8443",
    "null",
    "",
    POS + ".evil",
]


@pytest.fixture(scope="module")
def service():
    with lan(Edge(), poll_ms=100, hosts=("edge.school.example",)) as server:
        yield server


@pytest.mark.parametrize("origin", FOREIGN)
@pytest.mark.parametrize("route", ROUTES)
def test_a_page_of_another_origin_gets_no_scans(service, origin, route):
    answer = Till(service.port, origin=origin).call(route)
    assert (answer.status, answer.json) == (403, {"code": "origin_refused"})
    assert "access-control-allow-origin" not in answer.headers


def test_a_preflight_of_the_pos_is_allowed_what_it_needs_and_no_more(service):
    answer = Till(service.port).ask(
        "OPTIONS",
        "/hw_proxy/scanner",
        Access_Control_Request_Method="POST",
        Access_Control_Request_Headers="content-type",
        Access_Control_Request_Private_Network="true",
    )
    assert answer.status == 204 and answer.body == b""
    allowed = {name: text for name, text in answer.headers.items() if name.startswith("access-control")}
    assert allowed == {
        "access-control-allow-origin": POS,
        "access-control-allow-methods": "GET, POST",
        "access-control-allow-headers": "Content-Type",
        "access-control-max-age": "600",
        "access-control-allow-private-network": "true",
    }
    assert answer.headers["vary"] == "Origin"


@pytest.mark.parametrize("origin", FOREIGN)
def test_a_preflight_of_another_origin_is_refused(service, origin):
    till = Till(service.port, origin=origin)
    answer = till.ask("OPTIONS", "/hw_proxy/scanner", Access_Control_Request_Private_Network="true")
    assert answer.status == 403
    assert not any(name.startswith("access-control") for name in answer.headers)


def test_without_an_origin_a_person_may_say_hello_and_nothing_else(service):
    till = Till(service.port, origin="")
    assert till.ask("GET", "/hw_proxy/hello").status == 200
    assert till.call("scanner").status == 403


@pytest.mark.parametrize("host", ["evil.example", "evil.example:8169", "", "[::1", "127.0.0.1.evil.example"])
@pytest.mark.parametrize("path", ["/", "/status", "/hw_proxy/hello"])
def test_a_name_that_was_made_to_point_here_is_refused(service, host, path):
    answer = Till(service.port, host=host or " ").ask("GET", path)
    assert answer.status == 421
    assert b"T01" not in answer.body


@pytest.mark.parametrize(
    "host", ["localhost", "LOCALHOST:8169", "10.0.0.7", "[::1]:8169", "[fe80::1]", "edge.school.example:8169"]
)
def test_numeric_addresses_and_configured_names_are_ours(service, host):
    assert Till(service.port, host=host).ask("GET", "/status").status == 200


def test_with_a_token_only_who_knows_it_is_served():
    with lan(Edge("T01"), token="k3y9k3y9", poll_ms=100) as service:
        for seat in ("", "T01", "T01-", "T01-k3y9k3y", "-wrong", "T01-K3Y9K3Y9"):
            assert Till(service.port, seat=seat).call("scanner").status == 404, seat
        for seat in ("T01-k3y9k3y9", "-k3y9k3y9"):
            assert Till(service.port, seat=seat).call("scanner").status == 200, seat


def test_guessing_is_slow_and_bounded(monkeypatch):
    monkeypatch.setattr(guesses, "WRONG_MAX", 2)
    with lan(Edge("T01"), token="k3y9k3y9") as service:
        till = Till(service.port, seat="T01-aaaaaaaa")
        assert [till.call("handshake").status for _ in range(3)] == [404, 404, 429]
        answer = Till(service.port, seat="T01-k3y9k3y9").call("handshake")
    assert (answer.status, answer.json) == (429, {"code": "rate_limited"})
    assert 0 < int(answer.headers["retry-after"]) <= 61


def test_who_asks_in_a_loop_is_slowed_down():
    with lan(Edge(), refused_delay_ms=300) as service:
        started = time.monotonic()
        assert Till(service.port, origin="https://evil.example").call("scanner").status == 403
        assert 0.3 <= time.monotonic() - started < 5
    assert REFUSED_DELAY_MS >= 1_000


def test_guesses_are_forgotten_after_a_minute_and_by_client():
    wrong = Guesses()
    for _ in range(guesses.WRONG_MAX):
        assert wrong.retry_after_ms("a", 0) == 0
        wrong.wrong("a", 0)
    assert wrong.retry_after_ms("a", 1_000) == 59_000
    assert wrong.retry_after_ms("b", 1_000) == 0
    assert wrong.retry_after_ms("a", 60_000) == 0
    wrong.wrong("a", 60_000)
    assert wrong.retry_after_ms("a", 60_001) == 0


@pytest.mark.parametrize(
    ("text", "origin"),
    [
        ("https://Pos.Example/", "https://pos.example"),
        ("https://pos.example:443", "https://pos.example"),
        ("http://10.0.0.5:8069", "http://10.0.0.5:8069"),
        ("http://[::1]:8069", "http://[::1]:8069"),
    ],
)
def test_origins_are_compared_as_browsers_send_them(text, origin):
    assert normal_origin(text) == origin


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("origins", ["*"]),
        ("origins", ["pos.example"]),
        ("origins", ["https://pos.example/odoo"]),
        ("origins", ["https://user@pos.example"]),
        ("origins", ["https://pos.example:99999"]),
        ("origins", [5]),
        ("origins", "https://pos.example"),
        ("hosts", ["https://edge"]),
        ("bind", "edge.local"),
        ("port", 70_000),
        ("port", "8169"),
        ("port", True),
        ("terminal", "a/b"),
        ("token", "short"),
        ("token", "with-dash-inside"),
        ("poll_ms", 600_000),
        ("keep_ms", 60_000),
        ("connections_max", 0),
        ("cert_file", "cert.pem"),
        ("colour", "red"),
    ],
)
def test_a_wrong_setting_is_named(setting, value):
    with pytest.raises(LanConfigError) as caught:
        LanConfig.from_mapping({setting: value})
    assert caught.value.setting == setting


def test_settings_of_a_file_are_read_with_files_beside_it(tmp_path):
    config = LanConfig.from_mapping(
        {"bind": "0.0.0.0", "origins": [POS], "cert_file": "c.pem", "key_file": "/k.pem"}, tmp_path
    )
    assert (config.cert_file, config.key_file) == (str(tmp_path / "c.pem"), "/k.pem")
    assert config.origins == (POS,) and config.tls
