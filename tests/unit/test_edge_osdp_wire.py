"""An OSDP reader on real wires: a pty and a TCP socket, driven by the edge's serial port."""

import pytest
from edge_support import Events
from osdp_rig import KEY, OTHER_KEY, reader

from campus_edge.ports.backoff import Backoff
from campus_edge.ports.osdp_line import OsdpLines
from campus_edge.ports.serial_port import SerialPort
from campus_edge.protocols.base import LOST, READY, SICK, STOPPED, CardSeen, Feedback, ReaderState, Tamper
from campus_edge.protocols.osdp import OsdpReader, ReaderConfig
from campus_edge.simulators.cards import Card
from campus_edge.simulators.wire import Wire


@pytest.fixture
def port():
    running = []

    def start(url, **config):
        events = Events()
        decoder = OsdpReader(ReaderConfig(0, **({"key": KEY, "relay": 0} | config)))
        line = SerialPort("D01", events.put, decoder, url, announces=True, backoff=Backoff(20, 50))
        line.start()
        running.append(line)
        return line, events

    yield start
    for line in running:
        assert line.stop()


@pytest.mark.parametrize("tcp", [None, 0], ids=["pty", "tcp"])
def test_a_card_and_its_answer_cross_a_real_wire(port, tcp):
    with Wire(reader(), tcp) as wire:
        line, events = port(wire.url)
        events.until(ReaderState, state=READY)
        with wire.lock:
            assert wire.device.is_secure
            wire.device.put(Card("04A1B2C3D4E5F6"))
        assert events.until(CardSeen) == CardSeen("uid:04A1B2C3D4E5F6")
        line.show(Feedback("granted", "3.50"))
        with wire.lock:
            wire.device.open_case()
        events.until(Tamper, on=True)
        with wire.lock:
            wire.device.put(Card("04A1B2C3"))
        events.until(CardSeen)
        with wire.lock:
            assert [each["name"] for each in wire.device.commands] == ["OUTPUT", "LED", "BUZZER", "TEXT"]


def test_a_reader_with_another_key_stays_sick(port):
    with Wire(reader(key=OTHER_KEY)) as wire:
        _line, events = port(wire.url)
        assert "key" in events.until(ReaderState, state=SICK).detail


def test_a_cable_pulled_and_put_back_is_noticed_and_mended(port):
    wire = Wire(reader(), tcp=0)
    with wire:
        _line, events = port(wire.url)
        events.until(ReaderState, state=READY)
        wire.unplug()
        events.until(ReaderState, state=LOST)
        wire.plug()
        events.until(ReaderState, state=READY)
        with wire.lock:
            wire.device.put(Card("04A1B2C3"))
        events.until(CardSeen)


class TwoReaders:
    """Two readers on one line: a ``wire.Device`` that both hear and speak on."""

    def __init__(self, *readers):
        self.readers = readers

    def feed(self, data):
        return b"".join(each.feed(data) for each in self.readers)

    def poll(self, now_ms):
        return b"".join(each.poll(now_ms) for each in self.readers)


def test_two_readers_on_one_line_are_two_ports():
    first, second = reader(1), reader(2)
    lines, sinks = OsdpLines(lambda: Backoff(20, 50)), (Events(), Events())
    with Wire(TwoReaders(first, second)) as wire:
        ports = [
            lines.port(f"D0{address}", sink.put, wire.url, 9600, ReaderConfig(address, KEY))
            for address, sink in zip((1, 2), sinks, strict=True)
        ]
        with pytest.raises(ValueError, match="address 2"):
            lines.port("D03", sinks[0].put, wire.url, 9600, ReaderConfig(2))
        for port in ports:
            port.start()
        for sink in sinks:
            sink.until(ReaderState, state=READY)
        with wire.lock:
            second.put(Card("04A1B2C3"))
        assert sinks[1].until(CardSeen) == CardSeen("uid:04A1B2C3")
        ports[1].show(Feedback("refused"))
        with wire.lock:
            first.put(Card("04FFFFFF"))
        assert sinks[0].until(CardSeen) == CardSeen("uid:04FFFFFF")
        assert ports[0].stop()
        with wire.lock:
            second.put(Card("04DEAD01"))
        assert sinks[1].until(CardSeen) == CardSeen("uid:04DEAD01")
        assert ports[1].stop()
        assert sinks[1].until(ReaderState, state=STOPPED)
        assert not first.commands and second.commands
    assert not [event for event in sinks[0].drain() if event == CardSeen("uid:04DEAD01")]
