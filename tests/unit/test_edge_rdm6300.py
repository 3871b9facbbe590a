"""RDM6300 frames: the datasheet's example, damage, noise, and a reader on real wires."""

import pytest
from edge_support import Events, cards, noise, pieces
from hypothesis import given
from hypothesis import strategies as st

from campus_edge.ports.backoff import Backoff
from campus_edge.ports.serial_port import SerialPort
from campus_edge.protocols import rdm6300
from campus_edge.protocols.base import LOST, READY, CardGone, CardSeen, Feedback, Noise, ReaderState
from campus_edge.simulators.cards import Card
from campus_edge.simulators.rdm6300 import Rdm6300Reader
from campus_edge.simulators.wire import Wire

# The example of the 125 kHz module's manual: card 62E3086CED, checksum 08.
DATASHEET = bytes.fromhex("02 36 32 45 33 30 38 36 43 45 44 30 38 03")
FRAMES = st.builds(
    rdm6300.encode,
    st.integers(0, 255),
    st.integers(1, 0xFFFFFFFF),
    st.sampled_from(["rdm6300", "id12"]),
)


def read(data, decoder=None):
    return (decoder or settled()).feed(data)


def settled():
    decoder = rdm6300.Rdm6300()
    decoder.poll(-1000)
    decoder.poll(0)
    assert decoder.feed(b"") == [ReaderState(READY)]
    return decoder


def test_the_example_of_the_datasheet_is_read():
    assert read(DATASHEET) == [CardSeen("uid:E3086CED")]
    assert rdm6300.encode(0x62, 0xE3086CED) == DATASHEET


def test_the_printed_number_of_a_card_leads_to_the_same_uid():
    # printed 0003809197,058,08109 on the card; the reader sends 01003A1FAD
    from campus_core.credentials import uids

    [seen] = read(rdm6300.encode(0x01, 3809197))
    assert uids.forms(seen.credential.removeprefix("uid:"))["dec_be"] == "0003809197"
    assert uids.forms(seen.credential.removeprefix("uid:"))["w26_be"] == "058,08109"


def test_a_card_that_lies_there_is_one_tap_until_it_is_gone():
    decoder, seen = rdm6300.Rdm6300(), []
    decoder.poll(-1000)
    for now_ms in range(0, 3000, 65):
        decoder.poll(now_ms)
        seen += decoder.feed(DATASHEET)
    assert seen == [ReaderState(READY), CardSeen("uid:E3086CED")]
    decoder.poll(2990 + 700)
    assert decoder.feed(b"") == [CardGone("uid:E3086CED")]
    assert decoder.feed(DATASHEET) == [CardSeen("uid:E3086CED")]


@given(st.lists(st.tuples(st.integers(1, 900), st.sampled_from(["card", "other", "half"])), max_size=7))
def test_a_decoder_that_is_polled_when_it_asks_for_it_tells_the_same_at_the_same_time(script):
    parts = {"card": DATASHEET, "other": rdm6300.encode(1, 99), "half": DATASHEET[:5]}
    arrivals, now_ms = {}, 0
    for pause_ms, part in script:
        now_ms += pause_ms
        arrivals[now_ms] = parts[part]

    def told(is_due):
        decoder, seen, due_ms = rdm6300.Rdm6300(), [], 0
        for at_ms in range(now_ms + 3000):
            if at_ms in arrivals or is_due(at_ms, due_ms):
                decoder.poll(at_ms)
                seen += [(at_ms, event) for event in decoder.feed(arrivals.get(at_ms, b""))]
                due_ms = at_ms + decoder.poll_ms
        return seen

    assert told(lambda at_ms, due_ms: at_ms >= due_ms) == told(lambda at_ms, due_ms: True)


def test_a_card_that_lies_there_from_before_is_no_tap_until_it_was_away():
    decoder, seen = rdm6300.Rdm6300(), []
    for now_ms in range(0, 3000, 65):
        decoder.poll(now_ms)
        seen += decoder.feed(DATASHEET)
    decoder.poll(4000)
    seen += decoder.feed(b"")
    assert seen == [ReaderState(READY)]
    assert decoder.feed(DATASHEET) == [CardSeen("uid:E3086CED")]


@pytest.mark.parametrize(
    ("frame", "reason"),
    [
        (DATASHEET.replace(b"08\x03", b"09\x03"), "checksum"),
        (DATASHEET.replace(b"08\x03", b"8\x03"), "half_frame"),
        (DATASHEET.replace(b"08\x03", b"080\x03"), "oversize"),
        (DATASHEET.replace(b"6C", b"GC"), "half_frame"),
        (DATASHEET[:7], "half_frame"),
        (b"\x02" + b"0" * 12 + b"\x03", "empty"),
        (b"\x02" + b"F" * 5000, "oversize"),
    ],
)
def test_damage_is_counted_and_the_next_frame_is_read(frame, reason):
    events = read(frame + DATASHEET)
    assert cards(events) == ["uid:E3086CED"]
    assert noise(events)[reason] == 1


def test_half_a_frame_is_given_up_after_a_while():
    decoder = settled()
    assert read(DATASHEET[:6], decoder) == []
    decoder.poll(rdm6300.FRAME_TIMEOUT_MS)
    assert decoder.feed(DATASHEET[6:])[0] == Noise("half_frame")
    assert cards(read(DATASHEET, decoder)) == ["uid:E3086CED"]


@given(st.lists(st.one_of(st.binary(max_size=20), FRAMES), max_size=12), st.lists(st.integers(0, 10**6)))
def test_any_chunking_gives_the_same_cards_and_noise(parts, cuts):
    data = b"".join(parts)
    whole = read(data)
    decoder = settled()
    chunked = [event for piece in pieces(data, cuts) for event in decoder.feed(piece)]
    assert [event for event in chunked if not isinstance(event, Noise)] == [
        event for event in whole if not isinstance(event, Noise)
    ]
    assert noise(chunked) == noise(whole)


@given(st.binary(max_size=300), FRAMES)
def test_a_good_frame_after_noise_is_found(rubbish, frame):
    # noise may look like a frame of its own, so only the last card is ours
    assert cards(read(rubbish + frame))[-1] == cards(read(frame))[0]


@given(FRAMES, st.integers(1, 12), st.integers(0, 255))
def test_no_damaged_byte_gives_another_card(frame, place, byte):
    damaged = frame[:place] + bytes([byte]) + frame[place + 1 :]
    assert cards(read(damaged)) in ([], cards(read(frame)))


@pytest.mark.parametrize("tcp", [None, 0])
def test_a_reader_on_a_wire_is_read_unplugged_and_plugged_in_again(tcp, tmp_path):
    reader, events = Rdm6300Reader(), Events()
    wire = Wire(reader, tcp=tcp, link=tmp_path / "reader")
    with wire:
        decoder = rdm6300.Rdm6300()
        port = SerialPort("T01", events.put, decoder, wire.url, announces=True, backoff=Backoff(50, 100))
        port.start()
        events.until(ReaderState, state=READY)
        reader.put(Card("04A1B2C3"))
        assert events.until(CardSeen).credential == "uid:04A1B2C3"
        port.show(Feedback("granted", "3.50", 100))
        reader.take()
        events.until(CardGone)
        assert len(cards(events.past)) == 1
        reader.put(Card("0A0B0C0D"))
        events.until(CardSeen, credential="uid:0A0B0C0D")
    events.until(ReaderState, state=LOST)
    assert CardGone("uid:0A0B0C0D") in events.past
    wire.plug()
    events.until(ReaderState, state=READY)
    assert cards(events.drain()).count("uid:0A0B0C0D") == 1, "the forgotten card is not charged again"
    reader.put(Card("0A0B0C0E"))
    events.until(CardSeen, credential="uid:0A0B0C0E")
    assert port.stop()
    assert port.stop()
    wire.unplug()
    events.until(ReaderState, state="stopped")


def test_a_port_without_a_device_says_so_and_stops_at_once(tmp_path):
    events = Events()
    port = SerialPort("T01", events.put, rdm6300.Rdm6300(), str(tmp_path / "none"), backoff=Backoff(60_000))
    port.start()
    assert "No such file" in events.until(ReaderState, state=LOST).detail
    with pytest.raises(RuntimeError):
        port.start()
    assert port.stop(timeout_ms=2000)


def test_noise_on_the_line_reaches_the_engine_as_noise():
    events = Events()

    class Rubbish(Rdm6300Reader):
        def poll(self, now_ms):
            return b"\xff" * 10 + super().poll(now_ms)

    with Wire(Rubbish()) as wire:
        port = SerialPort("T01", events.put, rdm6300.Rdm6300(), wire.url, announces=True)
        port.start()
        events.until(ReaderState, state=READY)
        wire.device.put(Card("04A1B2C3"))
        events.until(CardSeen)
        assert events.until(Noise).reason == "garbage"
        told = len(events.drain())
        assert events.until(Noise).count > 100
        assert len(events.past) == told + 1, "a noisy line is summed up, not told byte by byte"
        port.stop()
