"""OSDP on bad lines: lost, changed, repeated and forged frames never raise and never make a card."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from osdp_rig import KEY, Rig, reader

from campus_edge.protocols import osdp_codes as codes
from campus_edge.protocols import osdp_frame
from campus_edge.protocols.base import LOST, READY, SICK, CardSeen, Feedback, Noise, ReaderState
from campus_edge.protocols.osdp import OsdpBus, OsdpReader, ReaderConfig
from campus_edge.simulators.cards import Card

CARD = Card("04A1B2C3")
SEEN = CardSeen("uid:04A1B2C3")
FORGED = b"\0\0\x20\0" + bytes.fromhex("04DEAD00")


def ready(*readers, **config):
    return Rig(*readers, **config).until_state(READY, readers[0].address)


class Script:
    """A reader that answers as a test says: ``answers`` maps a command to (reply code, data)."""

    def __init__(self, answers, **config):
        self.decoder = OsdpReader(ReaderConfig(0, **config))
        self.answers = {codes.ID: (codes.PDID, bytes(12)), codes.CAP: (codes.PDCAP, b"\x04\x01\x01")}
        self.answers |= {codes.LSTAT: (codes.LSTATR, b"\0\0"), codes.POLL: (codes.ACK, b"")} | answers
        self.asked, self.events, self.now_ms = [], [], 0

    def run(self, duration_ms):
        for _ in range(duration_ms // 10):
            self.now_ms += 10
            said = b""
            for frame in osdp_frame.Splitter().feed(self.decoder.poll(self.now_ms)):
                self.asked.append(frame)
                said += self.answer(frame)
            self.events += self.decoder.feed(said)
        return self

    def answer(self, frame):
        answer = self.answers.get(frame.code)
        answer = answer(frame) if callable(answer) else answer
        if answer is None or isinstance(answer, bytes):
            return answer or b""
        return osdp_frame.build(0, frame.sequence, *answer, is_reply=True)

    def states(self):
        return [event.state for event in self.events if isinstance(event, ReaderState)]


def test_the_same_command_is_sent_again_unchanged_when_no_answer_comes():
    line = Script({}).run(1000)
    line.answers[codes.POLL] = None
    start = len(line.asked)
    line.run(950)
    tries = line.asked[start:][-3:]
    assert tries[0] == tries[1] == tries[2]
    assert line.states()[-1] == LOST


def test_sequence_numbers_begin_with_zero_and_leave_it_out_afterwards():
    line = Script({}).run(1000)
    assert [frame.sequence for frame in line.asked[:8]] == [0, 1, 2, 3, 1, 2, 3, 1]


def test_an_answer_with_another_number_or_address_is_none():
    line = Script({}).run(1000)
    card = (codes.RAW, FORGED)
    for number, address in ((1, 0), (0, 5)):
        line.answers[codes.POLL] = lambda frame, n=number, a=address: osdp_frame.build(
            a, (frame.sequence + n) % 4, *card, is_reply=True
        )
        line.run(500)
    line.answers[codes.POLL] = lambda frame: osdp_frame.build(0, frame.sequence, *card)  # our own echo
    line.run(500)
    assert [event for event in line.events if isinstance(event, CardSeen)] == []


def test_a_busy_reader_is_asked_again_with_the_same_command():
    line = Script({}).run(1000)
    busy = iter([True] * 5)
    line.answers[codes.POLL] = lambda frame: (
        osdp_frame.build(0, 0, codes.BUSY, is_reply=True) if next(busy, False) else (codes.RAW, FORGED)
    )
    start = len(line.asked)
    line.run(1000)
    asked = line.asked[start:]
    assert len({frame.sequence for frame in asked[:6]}) == 1
    assert CardSeen("uid:04DEAD00") in line.events
    assert line.states() == [READY]


def test_a_reader_that_is_always_busy_is_sick():
    line = Script({codes.POLL: lambda frame: osdp_frame.build(0, 0, codes.BUSY, is_reply=True)}).run(6000)
    assert SICK in line.states()


@pytest.mark.parametrize("reason", [1, 4, 5, 6])
def test_after_a_nak_that_means_confusion_it_begins_anew(reason):
    line = Script({}).run(1000)
    once = iter([(codes.NAK, bytes([reason]))])
    line.answers[codes.POLL] = lambda frame: next(once, (codes.ACK, b""))
    line.run(1500)
    assert line.states() == [READY, SICK, READY]


@pytest.mark.parametrize("reason", [2, 3, 9, 200])
def test_a_command_that_a_reader_cannot_do_is_passed_over(reason):
    line = Script({codes.LED: (codes.NAK, bytes([reason]))}).run(1000)
    line.decoder.answer(Feedback("granted"))
    line.run(500)
    assert line.states() == [READY]
    assert Noise("nak") in line.events


def test_a_reader_without_the_newer_commands_works():
    nak = (codes.NAK, b"\x03")
    line = Script({codes.CAP: nak, codes.LSTAT: nak, codes.POLL: (codes.RAW, FORGED)}).run(1000)
    assert line.states() == [READY]
    assert CardSeen("uid:04DEAD00") in line.events


@pytest.mark.parametrize(
    "answer",
    [
        (codes.NAK, b"\x05"),
        (codes.ACK, b""),
        (codes.CCRYPT, bytes(32)),
        (codes.CCRYPT, b""),
        (codes.RAW, FORGED),
    ],
)
def test_a_reader_that_cannot_prove_itself_gets_no_cards_in(answer):
    line = Script({codes.CHLNG: answer, codes.POLL: (codes.RAW, FORGED)}, key=KEY).run(6000)
    assert set(line.states()) == {SICK}
    assert not any(isinstance(event, CardSeen) for event in line.events)
    assert codes.POLL not in {frame.code for frame in line.asked}


@pytest.mark.parametrize("code", [codes.RAW, codes.ACK, codes.NAK])
def test_a_frame_in_the_clear_is_not_believed_in_a_secure_channel(code):
    device = reader()
    rig = ready(device)
    forged = []

    def forge(said):
        found = osdp_frame.Splitter().feed(said)
        if not found or forged:
            return said
        forged.append(osdp_frame.build(0, found[0].sequence, code, FORGED, is_reply=True))
        return forged[0]

    rig.to_panel = forge
    rig.run(500)
    assert forged
    assert rig.of(CardSeen) == []
    assert "not_secure" in rig.noise()
    device.put(CARD)
    rig.until(lambda: rig.of(CardSeen))
    assert rig.bus.is_secure(0)


def test_a_recorded_card_played_again_is_not_believed():
    device = reader()
    rig = ready(device)
    device.put(CARD)
    rig.until(lambda: rig.of(CardSeen))
    record = next(data for data in reversed(rig.wire) if len(osdp_frame.Splitter().feed(data)[0].data) == 16)
    assert osdp_frame.Splitter().feed(record)[0].block == bytes([codes.SCS_REPLY_DATA])
    rig.run(3000)
    rig.to_panel = lambda said: record if said else said
    rig.run(3000)
    assert rig.of(CardSeen) == [SEEN]


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
                [value for name, value in vars(codes).items() if name.isupper() and type(value) is int]
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
