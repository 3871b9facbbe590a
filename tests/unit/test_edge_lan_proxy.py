"""The hardware proxy as the POS of Odoo Community asks for it."""

import json
import time

import pytest
from lan_world import POS, Edge, Scans, Till, lan, until

CARD = "uid:04A1B2C3"
READY = [{"terminal": "T01", "name": "Counter 3", "state": "ready", "detail": ""}]


@pytest.fixture
def edge():
    return Edge(readers=READY)


@pytest.fixture
def service(edge):
    with lan(edge, poll_ms=2_000) as server:
        yield server


def waiting(service, terminal="T01"):
    return service.routes.desk(terminal).waiting()


def test_a_pos_finds_the_proxy_shakes_hands_and_sees_the_reader(service):
    till = Till(service.port)
    hello = till.ask("GET", "/hw_proxy/hello")
    assert (hello.status, hello.body) == (200, b"ping")
    assert hello.headers["access-control-allow-origin"] == POS
    assert till.call("handshake").result is True
    assert till.call("status_json").result == {"scanner": {"status": "connected", "messages": []}}


def test_the_pos_is_told_when_its_reader_is_lost():
    lost = [{"terminal": "T01", "state": "lost", "detail": "SerialException: [Errno 2] could not open port"}]
    with lan(Edge(readers=lost)) as service:
        scanner = Till(service.port).call("status_json").result["scanner"]
    words = "The reader is not plugged in. Check its cable, and plug it in again."
    assert scanner == {"status": "disconnected", "messages": [words]}


def test_a_tap_comes_to_the_waiting_pos_as_a_wedge_reader_types_it(edge):
    with lan(edge, poll_ms=20_000) as service:
        till = Till(service.port)
        till.send_call("scanner")
        until(lambda: waiting(service) == 1)
        started = time.monotonic()
        assert edge.tap(CARD) is True
        answer = till.read()
        assert answer.json == {"jsonrpc": "2.0", "id": 1, "result": "04A1B2C3"}
        assert answer.headers["access-control-allow-origin"] == POS
        # at once, and not when the poll is over
        assert time.monotonic() - started < 10


def test_a_poll_without_a_tap_ends_in_time_and_the_connection_goes_on():
    edge = Edge()
    with lan(edge, poll_ms=100) as service:
        till = Till(service.port)
        for _ in range(3):
            assert till.call("scanner").result is None
        edge.tap(CARD)
        assert till.call("scanner").result == "04A1B2C3"


def test_taps_one_after_the_other_all_arrive_in_order(service, edge):
    scans = Scans(Till(service.port))
    wanted = [f"04A1B2{number:02X}" for number in range(40)]
    for number, uid in enumerate(wanted, 1):
        edge.tap(f"uid:{uid}")
        until(lambda count=number: len(scans.got) == count)
    assert scans.got == wanted


def test_two_tabs_never_get_the_same_tap(service, edge):
    tabs = [Scans(Till(service.port)), Scans(Till(service.port))]
    until(lambda: waiting(service) == 2)
    wanted = {f"04A1B2{number:02X}" for number in range(20)}
    for number, uid in enumerate(sorted(wanted), 1):
        edge.tap(f"uid:{uid}")
        until(lambda count=number: len(tabs[0].got) + len(tabs[1].got) == count)
    assert set(tabs[0].got) | set(tabs[1].got) == wanted


def test_tills_of_two_terminals_get_their_own_taps():
    edge = Edge("T01", "T02")
    with lan(edge) as service:
        first, second = (Scans(Till(service.port, seat=seat)) for seat in ("T01", "T02"))
        until(lambda: waiting(service, "T01") == waiting(service, "T02") == 1)
        edge.tap("uid:04A1B2C3", "T02")
        edge.tap("uid:04A1B2C4", "T01")
        until(lambda: first.got and second.got)
    assert (first.got, second.got) == (["04A1B2C4"], ["04A1B2C3"])


@pytest.mark.parametrize(
    ("terminals", "configured", "seat", "status"),
    [
        (("T01",), "", "", 200),
        (("T01", "T02"), "", "", 404),
        (("T01", "T02"), "T02", "", 200),
        (("T01", "T02"), "", "T02", 200),
        (("T01", "T02"), "", "T03", 404),
        (("T01",), "T09", "", 200),
    ],
)
def test_the_address_says_which_terminal_is_meant(terminals, configured, seat, status):
    with lan(Edge(*terminals), terminal=configured) as service:
        assert Till(service.port, seat=seat).call("handshake").status == status


def test_a_tab_that_was_closed_does_not_swallow_the_tap(service, edge):
    closed, reloaded = Till(service.port), Till(service.port)
    reloaded.send_call("scanner")
    until(lambda: waiting(service) == 1)
    closed.send_call("scanner")
    until(lambda: waiting(service) == 2)
    closed.close()
    until(lambda: waiting(service) == 1)
    edge.tap(CARD)
    assert reloaded.read().result == "04A1B2C3"


def test_the_reader_learns_whether_a_till_is_there(service, edge):
    assert edge.tap(CARD) is False
    scans = Scans(Till(service.port))
    until(lambda: waiting(service) == 1)
    assert edge.tap("uid:04A1B2C4") is True
    until(lambda: len(scans.got) == 2)


@pytest.mark.parametrize("credential", ["uid:nonsense", "", "qr:\x07\x07\x07"])
def test_what_is_no_credential_is_not_passed_on(service, edge, credential):
    scans = Scans(Till(service.port))
    until(lambda: waiting(service) == 1)
    assert edge.tap(credential) is False
    edge.tap(CARD)
    until(lambda: scans.got)
    assert scans.got == ["04A1B2C3"]


def test_a_tap_of_another_terminal_stays_away_from_the_till(service, edge):
    assert edge.tap(CARD, "D07") is False


def test_more_tills_than_a_terminal_can_have_are_told_to_come_later(edge):
    with lan(edge, poll_ms=20_000) as service:
        tills = [Till(service.port) for _ in range(16)]
        for till in tills:
            till.send_call("scanner")
        until(lambda: waiting(service) == 16)
        assert Till(service.port).call("scanner").json == {"code": "too_many_tills"}


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'"x"', b"\xff\xfe", b"[" * 9_000])
def test_a_body_that_is_no_call_is_refused(service, body):
    answer = Till(service.port).ask("POST", "/hw_proxy/handshake", body)
    assert (answer.status, answer.json) == (400, {"code": "malformed"})


@pytest.mark.parametrize("rpc_id", [{"a": 1}, ["x"], "x" * 65, 1.5, None])
def test_a_strange_id_is_not_sent_back(service, rpc_id):
    answer = Till(service.port).ask("POST", "/hw_proxy/handshake", json.dumps({"id": rpc_id}).encode())
    assert answer.json == {"jsonrpc": "2.0", "id": None, "result": True}


def test_an_edge_whose_status_is_broken_takes_no_till_down(edge):
    with lan(edge) as service:
        edge._status = {"readers": 5}
        assert Till(service.port).call("status_json").status == 500
        assert Till(service.port).call("handshake").result is True


def test_stopping_ends_waiting_tills_and_frees_the_port(edge):
    with lan(edge, poll_ms=20_000) as service:
        till = Till(service.port)
        till.send_call("scanner")
        until(lambda: waiting(service) == 1)
        port = service.port
        service.stop()
        assert till.read() is None
        assert edge._takes == []
    with lan(edge, port=port) as again:
        assert again.port == port
        with pytest.raises(OSError), lan(edge, port=port):
            pass
