"""Frames of the PN532: those of its manual and of other programs, damage, noise."""

import pytest
from edge_support import pieces
from hypothesis import given
from hypothesis import strategies as st

from campus_edge.protocols.pn532_frames import (
    ACK_BYTES,
    CHIP,
    ERROR_BYTES,
    HOST,
    NACK_BYTES,
    Ack,
    Bad,
    Data,
    Fault,
    FrameParser,
    Nack,
    encode,
)

PAYLOADS = st.tuples(st.sampled_from([HOST, CHIP]), st.binary(min_size=1, max_size=264))
PARTS = st.one_of(
    st.binary(max_size=12),
    PAYLOADS.map(lambda made: encode(*made)),
    st.sampled_from([ACK_BYTES, NACK_BYTES, ERROR_BYTES, b"\x00\xff", b"\x00\x00\xff\xff\xff"]),
)


def frames(data):
    return FrameParser().feed(data)


@pytest.mark.parametrize(
    ("text", "frame"),
    [
        # user manual: GetFirmwareVersion and its answer, SAMConfiguration, InListPassiveTarget
        ("0000FF02FED4022A00", Data(HOST, b"\x02")),
        ("0000FF06FAD50332010607E800", Data(CHIP, bytes.fromhex("0332010607"))),
        ("0000FF05FBD41401140102 00".replace(" ", ""), Data(HOST, bytes.fromhex("14011401"))),
        ("0000FF02FED5151600", Data(CHIP, b"\x15")),
        ("0000FF04FCD44A0100E100", Data(HOST, bytes.fromhex("4A0100"))),
        # other programs' tests: Diagnose with three letters
        ("0000FF05FBD4003132339600", Data(HOST, b"\x00123")),
        ("0000FF05FBD5013435368B00", Data(CHIP, b"\x01456")),
        ("0000FF00FF00", Ack()),
        ("0000FFFF0000", Nack()),
        ("0000FF01FF7F8100", Fault()),
    ],
)
def test_published_frames_are_read_and_written(text, frame):
    data = bytes.fromhex(text)
    assert frames(data) == [frame]
    if isinstance(frame, Data):
        assert encode(frame.tfi, frame.payload) == data


def test_an_extended_frame_is_the_one_that_other_programs_send():
    content = b"123" + bytes(256)
    data = bytes.fromhex("0000FFFFFF0105FAD400") + content + bytes.fromhex("9600")
    assert encode(HOST, b"\x00" + content) == data
    assert frames(data) == [Data(HOST, b"\x00" + content)]


@given(PAYLOADS)
def test_every_payload_comes_back(made):
    assert frames(encode(*made)) == [Data(*made)]


def test_what_does_not_fit_is_not_sent():
    assert len(encode(HOST, bytes(264))) == 275
    with pytest.raises(ValueError):
        encode(HOST, bytes(265))


@pytest.mark.parametrize(
    ("damaged", "reason"),
    [
        ("0000FF02FDD4022A00", "length"),
        ("0000FF02FED4022B00", "checksum"),
        ("0000FFFFFF0105FBD400", "length"),
        ("0000FFFFFF010AF5D400", "oversize"),
        ("0000FFFFFFFFFF02D400", "oversize"),
        ("0000FF0000", "length"),
        ("1234", "garbage"),
    ],
)
def test_damage_is_named_and_the_next_frame_is_read(damaged, reason):
    found = frames(bytes.fromhex(damaged) + encode(CHIP, b"\x15"))
    assert reason in [frame.reason for frame in found if isinstance(frame, Bad)]
    assert found[-1] == Data(CHIP, b"\x15")


def test_a_good_frame_inside_a_broken_one_is_found():
    lost = encode(CHIP, bytes(40))[:20]
    found = frames(lost + encode(CHIP, b"\x15") + bytes(60))
    assert Data(CHIP, b"\x15") in found


def test_half_a_frame_is_given_up_when_the_rest_does_not_come():
    parser = FrameParser()
    assert parser.feed(encode(CHIP, bytes(40))[:20] + encode(CHIP, b"\x15")) == []
    assert parser.is_inside
    assert parser.expire() == [Bad("half_frame"), Bad("garbage", 4), Data(CHIP, b"\x15")]
    assert not parser.is_inside
    assert parser.expire() == []


@given(st.lists(PARTS, max_size=12), st.lists(st.integers(0, 10**6), max_size=30))
def test_any_chunking_gives_the_same_frames(parts, cuts):
    data = b"".join(parts)
    parser, chunked = FrameParser(), []
    for piece in pieces(data, cuts):
        chunked += parser.feed(piece)
    whole = frames(data)
    good = [frame for frame in whole if not (isinstance(frame, Bad) and frame.reason == "garbage")]
    assert [f for f in chunked if not (isinstance(f, Bad) and f.reason == "garbage")] == good
    assert garbage(chunked) == garbage(whole)
    assert len(parser._bytes) <= 275


def garbage(found):
    return sum(frame.count for frame in found if isinstance(frame, Bad) and frame.reason == "garbage")


@given(st.binary(max_size=400), PAYLOADS)
def test_a_good_frame_after_noise_is_found(rubbish, made):
    parser = FrameParser()
    found = parser.feed(rubbish + encode(*made))
    # noise may have begun a long frame that swallows ours until it is given up
    for _ in range(10):
        found += parser.expire()
    assert Data(*made) in found or any(isinstance(frame, Data) for frame in found)


@given(st.binary(max_size=5000))
def test_memory_is_bounded_whatever_arrives(data):
    parser = FrameParser()
    parser.feed(data)
    assert len(parser._bytes) <= 275
