"""Every kind of reader as somebody sets it up, against the simulated reader of that kind."""

import pytest
from edge_support import Events
from pcscd import virtual_reader

from campus_core.errors import UidError
from campus_edge.protocols.base import LOST, READY, SICK, CardGone, CardSeen, ReaderState
from campus_edge.readers import KINDS, Reader
from campus_edge.simulators.desk import SIMULATORS, card_of, simulated


@pytest.fixture(scope="module")
def service(tmp_path_factory):
    with virtual_reader(tmp_path_factory.mktemp("pcscd")) as service:
        yield service


@pytest.fixture
def places(tmp_path, service):
    """Where the simulated readers are put."""
    return {
        "rdm6300": "",
        "pn532": "tcp:0",
        "osdp": "",
        "pcsc": f"tcp:{service.port}",
        "wedge": f"{tmp_path}/k",
    }


def test_every_kind_of_reader_can_be_simulated():
    assert set(SIMULATORS) == set(KINDS)


@pytest.mark.parametrize("kind", KINDS)
def test_a_card_on_a_reader_of_each_kind_is_a_tap(kind, places):
    events = Events()
    with simulated(kind, places[kind]) as reader:
        port = Reader("T01", kind, reader.address, form="hex_be").port(events.put)
        port.start()
        events.until(ReaderState, state=READY)
        for uid in ("04A1B2C3", "0A0B0C0D"):
            reader.put(card_of(uid))
            assert events.until(CardSeen).credential == f"uid:{uid}"
            reader.take()
            events.until(CardGone)
        assert port.stop()
    assert {LOST, SICK}.isdisjoint(event.state for event in events.past if isinstance(event, ReaderState))


@pytest.mark.parametrize("kind", ["pn532", "pcsc"])
def test_a_chip_is_written_down_with_its_kind(kind, places):
    events = Events()
    with simulated(kind, places[kind]) as reader:
        port = Reader("T01", kind, reader.address).port(events.put)
        port.start()
        events.until(ReaderState, state=READY)
        reader.put(card_of("ntag424:04DE5F1EACC040"))
        assert events.until(CardSeen).credential.startswith("sun:picc_data=")
        assert port.stop()


@pytest.mark.parametrize(
    ("kind", "address", "form", "message"),
    [
        ("bluetooth", "x", "auto", "bluetooth"),
        ("rdm6300", "", "auto", "address"),
        ("wedge", "/dev/input/event0", "hex", "'hex'"),
    ],
)
def test_a_reader_that_cannot_be_is_refused_when_it_is_set_up(kind, address, form, message):
    with pytest.raises(ValueError, match=message):
        Reader("T01", kind, address, form)


def test_what_cannot_be_simulated_is_refused():
    with pytest.raises(ValueError, match="bluetooth"):
        simulated("bluetooth")
    with pytest.raises(UidError):
        card_of("ntag424:04")
    assert card_of("0x04a1b2c3").uid == "04A1B2C3"
