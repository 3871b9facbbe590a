"""Every kind of reader as it is written into the settings, against the simulated reader of that kind."""

import argparse

import pytest
from edge_support import Events
from pcscd import virtual_reader

from campus_core.errors import UidError
from campus_edge import config
from campus_edge.cli import simulate as cli_simulate
from campus_edge.cli.simulate import SIMULATORS
from campus_edge.protocols.base import LOST, READY, SICK, CardGone, CardSeen, KeysPressed, ReaderState
from campus_edge.readers.drivers import DRIVERS, Ports
from campus_edge.simulators.desk import card_of


@pytest.fixture(scope="module")
def service(tmp_path_factory):
    with virtual_reader(tmp_path_factory.mktemp("pcscd")) as service:
        yield service


@pytest.fixture
def simulated(tmp_path, service):
    """Make the reader that ``campus-edge simulate`` makes for these words."""

    def make(driver, *words):
        parser = argparse.ArgumentParser()
        cli_simulate.arguments(parser)
        places = {"pcsc": ["--tcp", str(service.port)], "pn532": ["--tcp", "0"]}
        place = places.get(driver, ["--link", str(tmp_path / "reader")])
        return SIMULATORS[driver](parser.parse_args([driver, *place, *words]))

    return make


def port_of(tmp_path, events, **reader):
    rows = [{"terminal": "T01", **reader}]
    if reader.get("use") == "keypad":
        rows.append({"terminal": "T01", "driver": "rdm6300", "url": "/dev/null"})
    settings = config.parse({"reader": rows}, tmp_path, tuple(DRIVERS))
    return Ports()(settings.readers[0], events.put)


def where(driver, reader):
    return {"name": reader.address} if driver == "pcsc" else {"url": reader.address}


def test_every_kind_of_reader_can_be_simulated():
    assert set(SIMULATORS) == set(DRIVERS)


@pytest.mark.parametrize("driver", sorted(set(DRIVERS) - {"keypad"}))
def test_a_card_on_a_reader_of_each_kind_is_a_tap(driver, simulated, tmp_path):
    events = Events()
    with simulated(driver) as reader:
        port = port_of(tmp_path, events, driver=driver, form="hex_be", **where(driver, reader))
        port.start()
        events.until(ReaderState, state=READY)
        for uid in ("04A1B2C3", "0A0B0C0D"):
            reader.put(card_of(uid))
            assert events.until(CardSeen).credential == f"uid:{uid}"
            reader.take()
            events.until(CardGone)
        assert port.stop()
    assert {LOST, SICK}.isdisjoint(event.state for event in events.past if isinstance(event, ReaderState))


@pytest.mark.parametrize("driver", ["pn532", "pcsc"])
def test_a_chip_is_read_by_readers_that_can(driver, simulated, tmp_path):
    events = Events()
    with simulated(driver) as reader:
        port = port_of(tmp_path, events, driver=driver, **where(driver, reader))
        port.start()
        events.until(ReaderState, state=READY)
        reader.put(card_of("ntag424:04DE5F1EACC040"))
        assert events.until(CardSeen).credential.startswith("sun:picc_data=")
        assert port.stop()


def test_a_reader_that_types_is_read_in_its_form_and_reads_codes(simulated, tmp_path):
    events = Events()
    with simulated("wedge", "--form", "dec_le") as reader:
        port = port_of(tmp_path, events, driver="wedge", url=reader.address, form="dec_le")
        port.start()
        events.until(ReaderState, state=READY)
        reader.put(card_of("04A1B2C3"))
        assert events.until(CardSeen).credential == "uid:04A1B2C3"
        reader.scan("number:2025001")
        assert events.until(CardSeen).credential == "number:2025001"
        assert port.stop()


@pytest.mark.parametrize(
    ("reader", "message"),
    [
        ({"driver": "bluetooth"}, "bluetooth"),
        ({"driver": "rdm6300"}, "url"),
        ({"driver": "wedge"}, "vendor and product"),
        ({"driver": "wedge", "name": "x", "form": "hex"}, "reader.form"),
        ({"driver": "pn532", "url": "x", "baud": 10_000_000}, "reader.baud"),
    ],
)
def test_a_reader_that_cannot_be_is_refused_when_it_is_set_up(reader, message, tmp_path):
    with pytest.raises(config.ConfigError, match=message):
        port_of(tmp_path, Events(), **reader)


@pytest.mark.parametrize(
    ("driver", "set_to", "baud"),
    [("rdm6300", 0, 9600), ("pn532", 0, 115_200), ("pn532", 9600, 9600)],
)
def test_each_line_has_the_speed_of_its_readers_unless_another_is_set(driver, set_to, baud, tmp_path):
    assert port_of(tmp_path, Events(), driver=driver, url="/dev/none", baud=set_to)._baud == baud


@pytest.mark.parametrize(
    ("reader", "address"),
    [
        ({"url": "/dev/input/event7", "name": "x"}, "/dev/input/event7"),
        ({"vendor": 0x08FF, "product": 9}, "08ff:0009"),
        ({"name": "Sycreader"}, "name:sycreader"),
    ],
)
def test_a_keyboard_is_named_by_path_number_or_name(reader, address, tmp_path):
    assert port_of(tmp_path, Events(), driver="wedge", **reader)._address == address


def test_what_is_no_card_cannot_be_laid_on_a_reader():
    with pytest.raises(UidError):
        card_of("ntag424:04")
    assert card_of("0x04a1b2c3").uid == "04A1B2C3"


@pytest.mark.parametrize("driver", ["keypad", "wedge"])
def test_keys_of_a_keypad_arrive_in_their_order(driver, simulated, tmp_path):
    events = Events()
    with simulated(driver) as pad:
        port = port_of(tmp_path, events, driver=driver, use="keypad", url=pad.address)
        port.start()
        events.until(ReaderState, state=READY)
        pressed = ""
        for keys in ("12", "<", "C", "3.5#", "2025001*48152637#"):
            pad.press(keys)
            while len(pressed) < len(keys):
                pressed += events.until(KeysPressed).keys
            assert pressed == keys
            pressed = ""
        assert port.stop()
    assert not any(isinstance(event, CardSeen) for event in events.past)


def test_a_keypad_is_told_to_be_one_and_has_a_reader(tmp_path):
    for driver, use in (("keypad", "tap"), ("rdm6300", "keypad"), ("osdp", "keypad"), ("pcsc", "keypad")):
        with pytest.raises(config.ConfigError, match='use = "keypad" goes with'):
            port_of(tmp_path, Events(), driver=driver, use=use, url="/dev/null")
    pad = {"terminal": "T01", "driver": "keypad", "use": "keypad", "url": "/dev/null"}
    for rows, wrong in (
        ([pad], "has no reader"),
        ([pad, pad, pad | {"driver": "pn532", "use": "tap"}], "twice"),
    ):
        with pytest.raises(config.ConfigError, match=wrong):
            config.parse({"reader": rows}, tmp_path, tuple(DRIVERS))


def test_readers_without_keys_say_so(simulated):
    with simulated("pn532") as reader, pytest.raises(ValueError, match="no keys"):
        reader.press("1")
