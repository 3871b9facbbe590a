"""OSDP with readers that do not answer as they should: silence, refusals, replays, forgeries."""

import pytest
from osdp_rig import KEY, Rig, reader

from campus_edge.protocols import osdp_codes, osdp_frame
from campus_edge.protocols.base import LOST, READY, SICK, CardSeen, Feedback, Noise, ReaderState
from campus_edge.protocols.osdp import OsdpReader, ReaderConfig
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
        self.answers = {
            osdp_codes.ID: (osdp_codes.PDID, bytes(12)),
            osdp_codes.CAP: (osdp_codes.PDCAP, b"\x04\x01\x01"),
        }
        self.answers |= {
            osdp_codes.LSTAT: (osdp_codes.LSTATR, b"\0\0"),
            osdp_codes.POLL: (osdp_codes.ACK, b""),
        } | answers
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
    line.answers[osdp_codes.POLL] = None
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
    card = (osdp_codes.RAW, FORGED)
    for number, address in ((1, 0), (0, 5)):
        line.answers[osdp_codes.POLL] = lambda frame, n=number, a=address: osdp_frame.build(
            a, (frame.sequence + n) % 4, *card, is_reply=True
        )
        line.run(500)
    line.answers[osdp_codes.POLL] = lambda frame: osdp_frame.build(0, frame.sequence, *card)  # our own echo
    line.run(500)
    assert [event for event in line.events if isinstance(event, CardSeen)] == []


def test_a_busy_reader_is_asked_again_with_the_same_command():
    line = Script({}).run(1000)
    busy = iter([True] * 5)
    line.answers[osdp_codes.POLL] = lambda frame: (
        osdp_frame.build(0, 0, osdp_codes.BUSY, is_reply=True)
        if next(busy, False)
        else (osdp_codes.RAW, FORGED)
    )
    start = len(line.asked)
    line.run(1000)
    asked = line.asked[start:]
    assert len({frame.sequence for frame in asked[:6]}) == 1
    assert CardSeen("uid:04DEAD00") in line.events
    assert line.states() == [READY]


def test_a_reader_that_is_always_busy_is_sick():
    line = Script(
        {osdp_codes.POLL: lambda frame: osdp_frame.build(0, 0, osdp_codes.BUSY, is_reply=True)}
    ).run(6000)
    assert SICK in line.states()


@pytest.mark.parametrize("reason", [1, 4, 5, 6])
def test_after_a_nak_that_means_confusion_it_begins_anew(reason):
    line = Script({}).run(1000)
    once = iter([(osdp_codes.NAK, bytes([reason]))])
    line.answers[osdp_codes.POLL] = lambda frame: next(once, (osdp_codes.ACK, b""))
    line.run(1500)
    assert line.states() == [READY, SICK, READY]


@pytest.mark.parametrize("reason", [2, 3, 9, 200])
def test_a_command_that_a_reader_cannot_do_is_passed_over(reason):
    line = Script({osdp_codes.LED: (osdp_codes.NAK, bytes([reason]))}).run(1000)
    line.decoder.answer(Feedback("granted"))
    line.run(500)
    assert line.states() == [READY]
    assert Noise("nak") in line.events


def test_a_reader_without_the_newer_commands_works():
    nak = (osdp_codes.NAK, b"\x03")
    line = Script(
        {osdp_codes.CAP: nak, osdp_codes.LSTAT: nak, osdp_codes.POLL: (osdp_codes.RAW, FORGED)}
    ).run(1000)
    assert line.states() == [READY]
    assert CardSeen("uid:04DEAD00") in line.events


@pytest.mark.parametrize(
    "answer",
    [
        (osdp_codes.NAK, b"\x05"),
        (osdp_codes.ACK, b""),
        (osdp_codes.CCRYPT, bytes(32)),
        (osdp_codes.CCRYPT, b""),
        (osdp_codes.RAW, FORGED),
    ],
)
def test_a_reader_that_cannot_prove_itself_gets_no_cards_in(answer):
    line = Script({osdp_codes.CHLNG: answer, osdp_codes.POLL: (osdp_codes.RAW, FORGED)}, key=KEY).run(6000)
    assert set(line.states()) == {SICK}
    assert not any(isinstance(event, CardSeen) for event in line.events)
    assert osdp_codes.POLL not in {frame.code for frame in line.asked}


@pytest.mark.parametrize("code", [osdp_codes.RAW, osdp_codes.ACK, osdp_codes.NAK])
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


def test_a_card_under_a_false_mac_is_not_believed():
    rig = ready(reader())
    forged = []

    def forge(said):
        found = osdp_frame.Splitter().feed(said)
        if not found or len(forged) == 3:
            return said
        block = bytes([osdp_codes.SCS_REPLY])
        number = found[0].sequence
        forged.append(
            osdp_frame.build(
                0,
                number,
                osdp_codes.RAW,
                FORGED,
                block=block,
                mac=lambda covered: found[0].mac,
                is_reply=True,
            )
        )
        return forged[-1]

    rig.to_panel = forge
    rig.run(5000)
    assert forged
    assert rig.of(CardSeen) == []
    assert "not_secure" in rig.noise()


def test_a_sealed_frame_outside_a_secure_channel_is_not_believed():
    line = Script({}).run(1000)
    line.answers[osdp_codes.POLL] = lambda frame: osdp_frame.build(
        0, frame.sequence, osdp_codes.RAW, FORGED, block=b"\x16", mac=lambda covered: b"MAC.", is_reply=True
    )
    line.run(500)
    assert not any(isinstance(event, CardSeen) for event in line.events)
    assert Noise("not_secure") in line.events


def test_a_reader_that_is_busy_now_and_then_is_not_lost():
    line = Script({}).run(1000)
    sayings = iter([None, None, b"busy"] * 4)

    def answer(frame):
        said = next(sayings, b"")
        if said == b"":
            return osdp_codes.ACK, b""
        return said and osdp_frame.build(0, 0, osdp_codes.BUSY, is_reply=True)

    line.answers[osdp_codes.POLL] = answer
    line.run(6000)
    assert line.states() == [READY]


def test_a_recorded_card_played_again_is_not_believed():
    device = reader()
    rig = ready(device)
    device.put(CARD)
    rig.until(lambda: rig.of(CardSeen))
    record = next(data for data in reversed(rig.wire) if len(osdp_frame.Splitter().feed(data)[0].data) == 16)
    assert osdp_frame.Splitter().feed(record)[0].block == bytes([osdp_codes.SCS_REPLY_DATA])
    rig.run(3000)
    rig.to_panel = lambda said: record if said else said
    rig.run(3000)
    assert rig.of(CardSeen) == [SEEN]
