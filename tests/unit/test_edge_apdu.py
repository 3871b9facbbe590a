"""Dialogues with cards: type 4 tags, SUN addresses, cards that lie, NDEF damage."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campus_core.credentials import sun
from campus_edge.protocols import apdu, ndef
from campus_edge.simulators.cards import Card, NdefCard, ndef_url
from campus_edge.simulators.ntag424 import FACTORY_KEYS, ntag424, sun_query

# AN12196, "SUN message, UID and counter mirrored encrypted", keys of zeros.
AN12196 = "picc_data=EF963FF7828658A599F3041510671E88&cmac=94EED9EE65337086"


def played(trace, dialogue):
    """Run a dialogue against a recorded one; every command must be the recorded one."""
    commands = [bytes.fromhex(line) for line in trace[::2]]
    answers = [bytes.fromhex(line) for line in trace[1::2]]
    sent = []

    def send(command):
        sent.append(command)
        return answers[len(sent) - 1]

    result = apdu.run(dialogue, send)
    assert sent == commands
    return result


def test_the_card_simulator_makes_the_message_of_the_makers_example():
    padding = bytes.fromhex("DA5CF60941")
    assert sun_query("04DE5F1EACC040", 61, random=lambda size: padding) == AN12196


def test_a_dialogue_recorded_from_another_program_is_understood():
    # the words of libnfc's nfc-emulate-forum-tag4 with a text record "ABCD"
    message = played(
        [
            "00a4040007d276000085010100", "9000",
            "00a4000c02e103", "9000",
            "00b000000f", "000f20005400ff0406e104fffe00009000",
            "00a4000c02e104", "9000",
            "00b0000002", "000b9000",
            "00b000020b", "d101075402656e414243449000",
        ],
        apdu.read_ndef(),
    )  # fmt: skip
    assert ndef.uri(message) is None
    assert list(ndef.records(message)) == [ndef.Record(1, b"T", b"\x02enABCD")]


def test_a_chip_gives_a_new_message_at_every_visit_and_the_server_believes_it():
    card = ntag424("04DE5F1EACC040", first_counter=61)
    found = []
    for _ in range(2):
        card.enter()
        found.append(apdu.run(apdu.read_credential(card.raw_uid), card.apdu))
    taps = [sun.verify(sun.parse(text.removeprefix("sun:")), [FACTORY_KEYS]) for text in found]
    assert [(tap.uid, tap.counter) for tap in taps] == [("04DE5F1EACC040", 61), ("04DE5F1EACC040", 62)]


def test_a_chip_with_a_secret_uid_shows_none():
    card = ntag424("04DE5F1EACC040")
    card.enter()
    assert card.raw_uid[0] == 0x08 and len(card.raw_uid) == 4
    assert ntag424("04DE5F1EACC040", random_uid=False).raw_uid.hex().upper() == "04DE5F1EACC040"


@pytest.mark.parametrize("size", [1, 126, 127, 128, 129, 250, 255])
def test_messages_of_any_length_are_read_in_as_many_parts_as_the_card_wants(size):
    content = bytes(range(256))[:size]
    card = NdefCard("04A1B2C3D4E5F6", message=lambda reads: content)
    assert apdu.run(apdu.read_ndef(), card.apdu) == content


def test_a_card_without_an_address_of_ours_is_known_by_its_uid():
    card = NdefCard("04A1B2C3D4E5F6", message=lambda reads: ndef_url("https://example.org/?a=b"))
    assert apdu.run(apdu.read_credential(card.raw_uid), card.apdu) == "uid:04A1B2C3D4E5F6"
    silent = NdefCard("04A1B2C3D4E5F6")
    assert apdu.run(apdu.read_credential(silent.raw_uid), silent.apdu) == "uid:04A1B2C3D4E5F6"
    assert apdu.run(apdu.read_credential(b"\x08123"), lambda command: b"\x6a\x82") is None
    assert Card("04A1B2C3").apdu(apdu.SELECT_NDEF_APPLICATION) is None


def test_data_that_the_card_holds_back_is_fetched():
    assert played(
        ["00b0000010", "6c04", "00b0000004", "0102030490 00"], apdu.transmit(apdu.read_binary(0, 16))
    )
    fetched = played(
        ["00b0000010", "01026102", "00c0000002", "030461 01", "00c0000001", "059000"],
        apdu.transmit(apdu.read_binary(0, 16)),
    )
    assert fetched == bytes([1, 2, 3, 4, 5])


@given(st.lists(st.binary(max_size=40), max_size=60), st.binary(max_size=10))
def test_a_card_that_says_anything_never_breaks_the_reader(answers, raw_uid):
    words = iter(answers)
    found = apdu.run(apdu.read_credential(raw_uid), lambda command: next(words, b"\x61\x01"))
    assert found is None or found.startswith(("uid:", "sun:"))


def test_a_card_that_spins_the_dialogue_out_is_left():
    asked = []

    def endless(command):
        asked.append(command)
        return b"\x00\x0f\x20\x00\x10\x00\x34\x04\x06\xe1\x04\x04\x00\x00\x00\x90\x00"

    assert apdu.run(apdu.read_credential(b"\x04\x01\x02\x03"), endless) == "uid:04010203"
    assert len(asked) <= apdu.EXCHANGES_MAX


@pytest.mark.parametrize("code", range(len(ndef.URI_PREFIXES)))
def test_every_code_of_an_address_is_written_out(code):
    assert len(ndef.URI_PREFIXES) == 36
    assert ndef.uri(bytes([0xD1, 1, 2, 0x55, code]) + b"x") == ndef.URI_PREFIXES[code] + "x"


def test_an_address_inside_a_smart_poster_or_behind_other_records_is_found():
    url = ndef_url("https://example.org/é")
    assert ndef.uri(url) == "https://example.org/é"
    poster = bytes([0xD1, 2, len(url)]) + b"Sp" + url
    assert ndef.uri(poster) == "https://example.org/é"
    assert ndef.uri(b"\x91\x01\x03T\x02en" + url) == "https://example.org/é"
    long = b"\xc1\x01\x00\x00\x01\x01U\x04" + b"a" * 256
    assert ndef.uri(long) == "https://" + "a" * 256
    with_id = b"\xd9\x01\x02\x01UI\x04a"
    assert ndef.uri(with_id) == "https://a"


@pytest.mark.parametrize(
    "message", [b"", b"\xd1", b"\xd1\x01", b"\xd1\x01\x05U\x04a", b"\xd1\x01\x02U\x04\xff"]
)
def test_a_damaged_message_has_no_address(message):
    assert ndef.uri(message) is None


@given(st.binary(max_size=300))
def test_no_message_breaks_the_reader(message):
    found = ndef.uri(message)
    assert found is None or isinstance(found, str)


@given(st.text(max_size=1200))
def test_an_address_is_a_credential_only_if_the_server_can_read_it(address):
    found = apdu.sun_of(address)
    assert found is None or sun.parse(found.removeprefix("sun:"))
    assert apdu.sun_of(f"https://x.org/t?{AN12196}#top") == f"sun:{AN12196}"
