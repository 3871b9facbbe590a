"""OSDP's frames, keys and card bits: the standard's figures, damage, noise, any chunking."""

import pytest
from edge_support import pieces
from hypothesis import assume, given
from hypothesis import strategies as st

from campus_edge.protocols import osdp_codes, osdp_feedback, osdp_frame
from campus_edge.protocols.base import CardSeen, Noise
from campus_edge.protocols.osdp_card import card_event
from campus_edge.protocols.osdp_secure import DEFAULT_KEY, SecureChannel

FRAMES = st.builds(
    osdp_frame.build,
    st.integers(0, 126),
    st.integers(0, 3),
    st.integers(0, 255),
    st.binary(max_size=40),
    is_reply=st.booleans(),
    use_crc=st.booleans(),
)


def split(data, splitter=None):
    return (splitter or osdp_frame.Splitter()).feed(data)


def bitwise_crc(data):
    """The definition, beside the table that the code uses."""
    crc = 0x1D0F
    for byte in data:
        crc ^= byte << 8
        for _ in range(8):
            crc = (crc << 1 ^ 0x1021 if crc & 0x8000 else crc << 1) & 0xFFFF
    return crc


def test_frames_are_the_bytes_that_libosdp_takes_and_sends():
    assert osdp_frame.build(0, 2, osdp_codes.LSTAT).hex() == "5300080006640d8c"
    assert osdp_frame.build(0, 3, osdp_codes.POLL).hex() == "530008000760b8ff"
    [reply] = split(bytes.fromhex("53800a0006480000465c"))
    assert (reply.address, reply.is_reply, reply.sequence) == (0, True, 2)
    assert (reply.code, reply.data) == (osdp_codes.LSTATR, b"\0\0")


@given(st.binary(max_size=64))
def test_the_crc_is_that_of_its_definition(data):
    assert osdp_frame.crc16(data) == bitwise_crc(data)


@given(st.binary(max_size=64))
def test_the_checksum_makes_the_sum_zero(data):
    assert (sum(data) + osdp_frame.checksum(data)) % 256 == 0


@given(FRAMES, st.integers(0, 10**6))
def test_a_frame_with_a_flipped_bit_is_not_taken(frame, bit):
    raw = bytearray(frame)
    bit %= len(raw) * 8
    assume(bit != 34)  # turns a CRC into a checksum of 8 bits, which is right once in 256 times
    raw[bit // 8] ^= 1 << bit % 8
    # what is left may hold a shorter frame by chance, but never one of this length
    assert not [found for found in split(bytes(raw)) if len(found.covered) >= len(frame) - 3]


@given(st.lists(st.one_of(st.binary(max_size=20), FRAMES), max_size=12), st.lists(st.integers(0, 10**6)))
def test_any_chunking_gives_the_same_frames_and_noise(parts, cuts):
    data = b"".join(parts)
    whole, chunked = osdp_frame.Splitter(), osdp_frame.Splitter()
    assert [found for piece in pieces(data, cuts) for found in chunked.feed(piece)] == whole.feed(data)
    assert chunked.noise == whole.noise


@given(st.lists(FRAMES, max_size=6))
def test_frames_with_and_without_a_mark_are_all_found(frames):
    splitter = osdp_frame.Splitter()
    assert len(splitter.feed(b"".join(osdp_frame.MARK + frame for frame in frames))) == len(frames)
    assert len(splitter.feed(b"".join(frames))) == len(frames)
    assert splitter.noise == 0


@given(st.lists(st.binary(max_size=300), max_size=40))
def test_memory_is_bounded_whatever_arrives(chunks):
    splitter = osdp_frame.Splitter()
    for chunk in [b"\x53\x00\xa0\x05\x04", *chunks]:
        splitter.feed(chunk)
        assert len(splitter._buffer) <= osdp_frame.LENGTH_MAX


@pytest.mark.parametrize("length", [0, 6, osdp_frame.LENGTH_MAX + 1, 0xFFFF])
def test_a_length_that_cannot_be_is_passed_over(length):
    frame = osdp_frame.build(1, 0, osdp_codes.ACK, is_reply=True)
    assert len(split(b"\x53\x81" + length.to_bytes(2, "little") + b"\x04" + frame)) == 1


@pytest.mark.parametrize("block", [b"\0", b"\1", b"\xff\x15", b"\x08\x15\x40"])
def test_a_security_block_that_does_not_fit_is_no_frame(block):
    body = b"\x53\x81" + (7 + len(block)).to_bytes(2, "little") + b"\x0c" + block
    assert split(body + osdp_frame.crc16(body).to_bytes(2, "little")) == []


# -- secure channel -------------------------------------------------------------------------


def test_a_channel_opens_only_after_the_reader_has_proved_its_key():
    assert SecureChannel(DEFAULT_KEY, bytes(8)).key_flag == b"\0"
    channel = SecureChannel(bytes(16), bytes(8))
    assert channel.key_flag == b"\1"
    assert not channel.activate(bytes(16), b"\x14\x01")
    assert channel.server_cryptogram(bytes(32)) is None
    assert not channel.activate(bytes(16), b"\x14\x01")
    assert not channel.active


@given(st.binary(max_size=60))
def test_no_reply_of_noise_opens_a_channel(reply):
    channel = SecureChannel(bytes(16), bytes(8))
    assert channel.server_cryptogram(reply) is None
    assert not channel.activate(reply, reply)


# -- cards and keys ---------------------------------------------------------------------------


def raw(count, value):
    size = (count + 7) // 8
    return b"\0\0" + count.to_bytes(2, "little") + (value << -count % 8).to_bytes(size, "big")


def with_parity(value, bits):
    half = bits // 2
    even = (value >> half).bit_count() % 2
    odd = 1 - (value & (1 << half) - 1).bit_count() % 2
    return raw(bits + 2, even << bits + 1 | value << 1 | odd)


@pytest.mark.parametrize(
    ("data", "credential"),
    [
        (raw(32, 0x04A1B2C3), "uid:04A1B2C3"),
        (raw(56, 0x04A1B2C3D4E5F6), "uid:04A1B2C3D4E5F6"),
        (raw(80, 0x04A1B2C3D4E5F6070809), "uid:04A1B2C3D4E5F6070809"),
        (with_parity(0x04A1B2C3, 32), "uid:04A1B2C3"),
        (with_parity(0x04A1B2C3D4E5F6, 56), "uid:04A1B2C3D4E5F6"),
        (with_parity(0xA1B2C3, 24), "number:161,45763"),
        (raw(24, 0xA1B2C3), "number:161,45763"),
    ],
)
def test_card_bits_become_a_credential(data, credential):
    assert card_event(data) == CardSeen(credential)


def test_a_wiegand_number_leads_to_the_card_that_prints_it():
    from campus_core.credentials import uids

    [seen] = [card_event(with_parity(0xA1B2C3, 24))]
    assert uids.forms("04A1B2C3")["w26_be"] == seen.credential.removeprefix("number:")


def test_a_reader_that_sends_the_last_byte_first_is_turned_round():
    assert card_event(raw(32, 0xC3B2A104), uid_reversed=True) == CardSeen("uid:04A1B2C3")


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "card_length"),
        (raw(32, 1)[:-1], "card_length"),
        (raw(32, 1) + b"\0", "card_length"),
        (b"\0\0\0\0\0", "card_length"),
        (b"\0\0\xff\xff" + bytes(8192), "card_length"),
        (raw(37, 12345), "card_format"),
        (raw(26, 0), "card_parity"),
        (raw(34, int.from_bytes(with_parity(0x04A1B2C3, 32)[4:], "big") >> 6 ^ 4), "card_parity"),
        (raw(32, 0x08A1B2C3), "card_random"),
        (raw(32, 0), "card_random"),
    ],
)
def test_bits_that_are_no_card_are_counted(data, reason):
    assert card_event(data) == Noise(reason)


@given(st.binary(max_size=200))
def test_card_noise_raises_nothing(data):
    assert isinstance(card_event(data), (CardSeen, Noise))


@given(st.integers(0, (1 << 34) - 1))
def test_one_wrong_bit_of_a_wiegand_frame_is_noticed(bit):
    good = int.from_bytes(with_parity(0x04A1B2C3, 32)[4:], "big") >> 6
    assert card_event(raw(34, good ^ 1 << bit % 34)) == Noise("card_parity")


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8"])
@pytest.mark.parametrize("before", ["", "a", "ab"])
def test_text_that_is_too_long_is_cut_between_two_characters(encoding, before):
    line = before + "三层楼梯门今天全天不开放请走正门或者侧门"
    [command] = osdp_feedback.text(line, 1000, encoding)
    shown = command.data[6:]
    assert len(shown) == command.data[5] <= osdp_feedback.TEXT_MAX
    assert line.startswith(shown.decode(encoding)) and len(shown) > osdp_feedback.TEXT_MAX - 4
