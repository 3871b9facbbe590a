"""OSDP on lines that lose and change bytes, and on lines that say anything at all."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from osdp_rig import KEY, Rig, reader

from campus_edge.protocols import osdp_codes, osdp_frame
from campus_edge.protocols.base import READY, CardSeen, Feedback
from campus_edge.protocols.osdp import OsdpBus, OsdpReader, ReaderConfig
from campus_edge.simulators.cards import Card

CARD = Card("04A1B2C3")
SEEN = CardSeen("uid:04A1B2C3")


def ready(*readers, **config):
    return Rig(*readers, **config).until_state(READY, readers[0].address)


@pytest.mark.parametrize("key", [KEY, None], ids=["secured", "clear"])
@pytest.mark.parametrize("seed", range(6))
def test_on_a_line_that_loses_and_changes_bytes_no_false_card_appears(key, seed):
    chance = random.Random(seed)

    def spoil(data):
        if not data or chance.random() < 0.85:
            return data
        raw = bytearray(data)
        for _ in range(chance.randint(1, 4)):
            raw[chance.randrange(len(raw))] = chance.randrange(256)
        return bytes(raw[: chance.randrange(len(raw) + 1)] if chance.random() < 0.5 else raw)

    device = reader(key=key)
    rig = ready(device, key=key)
    rig.to_readers = rig.to_panel = spoil
    for _ in range(40):
        device.put(CARD)
        rig.bus.answer(0, Feedback("refused", "no"))
        rig.run(1000)
    assert {event.credential for event in rig.of(CardSeen)} == {SEEN.credential}
    rig.to_readers = rig.to_panel = lambda data: data
    rig.run(9000).until_state(READY)
    rig.run(5000)  # what the reader still had to tell
    before = len(rig.of(CardSeen))
    device.put(CARD)
    rig.run(1000)
    assert len(rig.of(CardSeen)) == before + 1
    assert rig.bus.is_secure(0) is (key is not None)


NOISE = st.lists(
    st.one_of(
        st.binary(max_size=60),
        st.builds(
            osdp_frame.build,
            st.integers(0, 2),
            st.integers(0, 3),
            st.sampled_from(
                [value for name, value in vars(osdp_codes).items() if name.isupper() and type(value) is int]
            ),
            st.binary(max_size=40),
            block=st.sampled_from([b"", b"\x12\x01", b"\x14\x01", b"\x16", b"\x18"]),
            is_reply=st.booleans(),
            use_crc=st.booleans(),
        ),
    ),
    max_size=60,
)


@settings(max_examples=200, deadline=None)
@given(NOISE, st.sampled_from([None, KEY]), st.booleans())
def test_whatever_a_line_says_nothing_is_raised_and_no_card_gets_past_a_key(said, key, install):
    bus = OsdpBus([ReaderConfig(address, key, install=install) for address in (0, 1)])
    events = []
    for number, data in enumerate(said):
        bus.poll(number * 60)
        events += bus.feed(data)
        bus.answer(number % 2, Feedback("again"))
    if key is not None:
        assert not any(isinstance(event, CardSeen) for _address, event in events)


@given(st.lists(st.integers(1, 30), max_size=30))
def test_any_chunking_of_the_answers_gives_the_same_events(sizes):
    events = []
    for chunked in (False, True):
        decoder, device = OsdpReader(ReaderConfig(0)), reader(key=None)
        found, cuts = [], iter(sizes)
        for now_ms in range(0, 1500, 10):
            said = device.feed(decoder.poll(now_ms))
            while said:
                size = next(cuts, len(said)) if chunked else len(said)
                found += decoder.feed(said[:size])
                said = said[size:]
            found += decoder.feed(b"")
            if now_ms == 600:
                device.put(CARD)
        events.append(found)
    assert events[0] == events[1]
    assert SEEN in events[0]
