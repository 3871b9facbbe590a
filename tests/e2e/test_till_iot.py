"""The same reader in Odoo's own IoT service, on a machine that is no IoT box of Odoo's."""

import threading

import pytest
from till_at_edge import LUNCH_MINOR, UIDS, Cashier, campus_of

from support.card_reader import CardReader
from support.iot import iot_service

UID = UIDS[0]


@pytest.fixture(scope="module")
def reader():
    with CardReader() as reader:
        yield reader


@pytest.fixture(scope="module")
def service(server, reader):
    with iot_service(server.workspace.tree, {"T01": reader.url}) as running:
        yield running


@pytest.fixture(scope="module")
def campus(server, service):
    made = campus_of(server)
    made.point(0, service.url)
    return made


def while_waiting(question, act):
    """The answer to a long poll during which something is done."""
    answers = []
    thread = threading.Thread(target=lambda: answers.append(question()))
    thread.start()
    # This second is the test: a long poll is not answered by itself.
    thread.join(1)
    assert not answers, "it was answered before anything happened"
    act()
    thread.join(30)
    return answers[0]


def test_a_page_that_listens_to_the_device_hears_the_tap(service, reader):
    listener = {"session_id": "page", "devices": ["T01"], "last_event": 0}
    event = while_waiting(
        lambda: service.call("/iot_drivers/event", listener=listener), lambda: reader.tap("5E3300F1")
    )
    assert (event["device_identifier"], event["value"]) == ("T01", "5E3300F1")
    # what the page heard, the till need not hear again a while later
    service.call("/hw_proxy/scanner")


def test_the_service_shows_the_reader_as_odoo_s_own_pages_do(service):
    assert service.call("/hw_proxy/handshake") is True
    assert service.call("/hw_proxy/status_json") == {"scanner": {"status": "connected", "messages": []}}


def test_a_tap_on_the_service_s_reader_pays_the_order_at_the_till(visit, campus, service, reader):
    cashier = Cashier(visit("en_US").login(campus.login), campus, 0)
    with cashier.page.expect_request("**/hw_proxy/scanner"):
        cashier.open()
    before = campus.spent(UID)
    cashier.order()
    reader.tap(UID)
    cashier.sees_paid("Holder 0")
    assert campus.spent(UID) - before == LUNCH_MINOR
    assert cashier.visitor.errors == []


def test_the_service_has_loaded_both_handlers_without_a_complaint(service):
    log = service.log.read_text(encoding="utf-8", errors="replace")
    assert "Device T01 is now connected" in log
    assert not [line for line in log.splitlines() if " ERROR " in line or " CRITICAL " in line]
