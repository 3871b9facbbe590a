"""PC/SC with the real service: cards come and go, chips are read, the service itself restarts."""

import time

import pytest
from edge_support import Events, cards
from pcscd import virtual_reader
from smartcard.CardConnection import CardConnection
from smartcard.Exceptions import CardConnectionException, NoCardException
from smartcard.System import readers

from campus_core.credentials import sun
from campus_edge.ports.backoff import Backoff
from campus_edge.ports.pcsc_port import PcscPort, acr122_lamps
from campus_edge.protocols import base
from campus_edge.protocols.base import CardGone, CardSeen, Feedback, Noise, ReaderState
from campus_edge.simulators.cards import Card, NdefCard
from campus_edge.simulators.ntag424 import FACTORY_KEYS, ntag424
from campus_edge.simulators.vpcd import VpcdCard, atr


@pytest.fixture(scope="module")
def service(tmp_path_factory):
    with virtual_reader(tmp_path_factory.mktemp("pcscd")) as service:
        yield service


@pytest.fixture
def tcp_port(service):
    return service.port


@pytest.fixture
def reader(tcp_port):
    events = Events()
    port = PcscPort("T01", events.put, reader="virtual pcd", backoff=Backoff(50, 200))
    port.start()
    events.until(ReaderState, state=base.READY)
    yield events, port
    assert port.stop()


def test_the_atr_of_a_plain_card_is_the_one_that_readers_show():
    known = "3B8F8001804F0CA000000306030001000000006A"
    assert atr(Card("04A1B2C3")).hex().upper() == known


@pytest.mark.parametrize("uid", ["04A1B2C3", "04A1B2C3D4E5F6", "0102030405060708090A"])
def test_a_plain_card_is_one_tap_until_it_is_gone(reader, tcp_port, uid):
    events, _port = reader
    with VpcdCard(Card(uid), tcp_port):
        assert events.until(CardSeen).credential == f"uid:{uid}"
    assert events.until(CardGone).credential == f"uid:{uid}"
    assert len(cards(events.drain())) == 1


def test_a_chip_is_read_once_per_visit(reader, tcp_port):
    events, port = reader
    chip, found = ntag424("04DE5F1EACC040"), []
    for _ in range(2):
        with VpcdCard(chip, tcp_port):
            found.append(events.until(CardSeen).credential)
            port.show(Feedback(base.GRANTED))
        events.until(CardGone)
    taps = [sun.verify(sun.parse(text.removeprefix("sun:")), [FACTORY_KEYS]) for text in found]
    assert [(tap.uid, tap.counter) for tap in taps] == [("04DE5F1EACC040", 1), ("04DE5F1EACC040", 2)]


def test_a_card_without_a_name_of_its_own_is_no_tap(reader, tcp_port):
    events, _port = reader
    with VpcdCard(NdefCard("04A1B2C3D4E5F6", random_uid=True), tcp_port):
        events.until(Noise, reason="nameless")
    assert cards(events.drain()) == []


def test_a_card_torn_away_while_it_is_read_is_no_tap(reader, tcp_port):
    class Torn(VpcdCard):
        def _answer(self, message):
            if message[:2] == b"\x00\xa4":
                self._socket.shutdown(2)
            return super()._answer(message)

    events, _port = reader
    with Torn(ntag424("04DE5F1EACC040", random_uid=False), tcp_port):
        events.until(Noise, reason="torn")
    assert cards(events.drain()) == []


def test_other_programs_see_the_simulated_card_as_a_card(tcp_port):
    with VpcdCard(ntag424("04DE5F1EACC040", random_uid=False), tcp_port):
        connection, uid = connected()
        assert uid == "04DE5F1EACC040"
        assert connection.transmit(list(bytes.fromhex("00A4040007D276000085010100"))) == ([], 0x90, 0x00)
        connection.release()


def connected():
    """Connect as another program and ask for the UID; the service needs a moment to see the card."""
    end = time.monotonic() + 10
    while True:
        connection = next(r for r in readers() if "Virtual PCD" in r.name).createConnection()
        try:
            connection.connect(CardConnection.T1_protocol)
            return connection, bytes(connection.transmit([0xFF, 0xCA, 0, 0, 0])[0]).hex().upper()
        except (CardConnectionException, NoCardException):
            connection.release()
            if time.monotonic() > end:
                raise
            time.sleep(0.05)


def test_a_card_that_lies_there_from_before_is_no_tap_until_it_was_away(tcp_port):
    events = Events()
    port = PcscPort("T02", events.put, reader="virtual pcd")
    with VpcdCard(Card("04A1B2C3"), tcp_port):
        connected()[0].release()
        port.start()
        events.until(ReaderState, state=base.READY)
    with VpcdCard(Card("0A0B0C0D"), tcp_port):
        events.until(CardSeen, credential="uid:0A0B0C0D")
    assert cards(events.drain()) == ["uid:0A0B0C0D"]
    assert port.stop()


def test_a_service_that_restarts_is_found_again(service, reader):
    events, _port = reader
    service.stop()
    service.start()
    if service.process:
        events.until(ReaderState, state=base.LOST)
        events.until(ReaderState, state=base.READY)
    with VpcdCard(Card("0A0B0C0D"), service.port):
        events.until(CardSeen, credential="uid:0A0B0C0D")


def test_a_reader_that_is_not_there_is_said_to_be_missing(tcp_port):
    events = Events()
    port = PcscPort("T02", events.put, reader="no such thing", backoff=Backoff(60_000))
    port.start()
    assert "no such thing" in events.until(ReaderState, state=base.LOST).detail
    assert port.stop(timeout_ms=2000)


def test_the_lamp_commands_are_those_of_the_makers_document():
    # API document of the ACR122U, section 6.2, example 2: both lamps on
    assert acr122_lamps(Feedback(base.ASKING)) == bytes.fromhex("FF00400F0400000000")
    assert acr122_lamps(Feedback(base.GRANTED)) == bytes.fromhex("FF00400E0401000101")
    assert acr122_lamps(Feedback(base.REFUSED)) == bytes.fromhex("FF00400D0405000101")
