"""A PN532 on a bad line: lost and broken frames, silence, nonsense."""

import pytest
from edge_support import cards, noise
from hypothesis import given, settings
from hypothesis import strategies as st
from pn532_bench import Bench

from campus_edge.protocols import base
from campus_edge.protocols.base import CardGone
from campus_edge.protocols.pn532 import Pn532
from campus_edge.protocols.pn532_frames import ACK_BYTES, CHIP, encode
from campus_edge.simulators.cards import Card
from campus_edge.simulators.ntag424 import ntag424
from campus_edge.simulators.pn532 import Pn532Module


@pytest.mark.parametrize(
    "spoil",
    [
        lambda data: data.replace(ACK_BYTES, b""),
        lambda data: data.replace(ACK_BYTES, ACK_BYTES + b"\x17\x2a"),
        lambda data: b"\xff\x00\xff\x13" + data,
    ],
    ids=["lost acknowledgements", "bytes between", "noise before"],
)
def test_a_line_with_faults_still_reads_cards(spoil):
    bench = Bench(spoil=spoil)
    bench.put(ntag424("04DE5F1EACC040"))
    bench.run(3000)
    assert len(cards(bench.events)) == 1
    assert base.SICK not in bench.states()


def test_a_broken_answer_is_asked_for_again():
    broken = []

    def once(data):
        if b"\xd5\x4b\x01" in data and not broken:
            broken.append(data)
            return data.replace(b"\xd5\x4b\x01", b"\xd5\x4b\x00")
        return data

    bench = Bench(spoil=once)
    bench.put(Card("04A1B2C3"))
    bench.run(500)
    assert broken
    assert bytes.fromhex("0000FFFF0000") in bench.written
    assert cards(bench.events) == ["uid:04A1B2C3"]
    assert noise(bench.events)["checksum"] == 1


def test_a_silent_chip_is_sick_and_ready_again_when_it_speaks():
    quiet = [True]
    bench = Bench(spoil=lambda data: b"" if quiet[0] else data)
    bench.run(1000)
    assert bench.states() == [base.SICK]
    assert bench.written.count(bytes.fromhex("D414011401")) == 3
    quiet[0] = False
    bench.run(2000)
    assert bench.states()[-1] == base.READY


def test_a_chip_that_falls_silent_takes_the_card_with_it():
    quiet = [False]
    bench = Bench(spoil=lambda data: b"" if quiet[0] else data)
    bench.put(Card("04A1B2C3"))
    bench.run(500)
    quiet[0] = True
    bench.run(6000)
    assert bench.states()[:2] == [base.READY, base.SICK]
    assert CardGone("uid:04A1B2C3") in bench.events


def test_a_slow_chip_is_waited_for():
    bench = Bench(Pn532Module(delay_ms=300))
    bench.put(Card("04A1B2C3"))
    bench.run(3000)
    assert cards(bench.events) == ["uid:04A1B2C3"]
    assert noise(bench.events) == {}


@settings(deadline=None, max_examples=60)
@given(st.lists(st.one_of(st.binary(max_size=60), st.sampled_from([
    ACK_BYTES, encode(CHIP, b"\x15"), encode(CHIP, b"\x03\x32\x01\x06\x07"), encode(CHIP, b"\x33"),
    encode(CHIP, b"\x4b"), encode(CHIP, b"\x4b\x01\x01\x00\x04\x20\x04\x01\x02\x03\x04"),
    encode(CHIP, b"\x41\x00\x90\x00"), encode(CHIP, b"\x41\x40"), encode(CHIP, b"\x0f"),
])), max_size=40))  # fmt: skip
def test_a_chip_that_says_anything_never_breaks_the_reader(words):
    decoder, now_ms = Pn532(), 0
    for word in words:
        decoder.poll(now_ms)
        decoder.feed(word)
        now_ms += 60
    bench = Bench()
    bench.decoder, bench.now_ms = decoder, now_ms
    bench.run(12_000)
    bench.module.put(Card("0A0B0C0D"))
    bench.run(500)
    assert bench.decoder._presence.credential == "uid:0A0B0C0D", "it finds its way back to a good module"
