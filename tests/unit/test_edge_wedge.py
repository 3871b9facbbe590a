"""Keyboards: keys of any layout, gaps, repeats, damage, and a keyboard on a real pipe or device."""

import time

import evdev
import pytest
from edge_support import Events, cards, noise, pieces
from hypothesis import given
from hypothesis import strategies as st

from campus_core.credentials import uids
from campus_edge.ports.backoff import Backoff
from campus_edge.ports.wedge_port import WedgePort, _fits
from campus_edge.protocols import base, keys, scan, wedge
from campus_edge.protocols.base import CardGone, CardSeen, Noise, ReaderState
from campus_edge.protocols.keys import Key
from campus_edge.protocols.wedge import Wedge, encode, keystroke
from campus_edge.simulators.wedge import UINPUT, WedgeKeyboard

ENTER = Key(keys.ENTER, False)
SUN = "https://card.example.edu/t?picc_data=EF963FF7828658A599F3041510671E88&cmac=94EED9EE65337086"
#: All zeros and all ones are no card.
UIDS = (
    st.sampled_from(uids.SIZES)
    .flatmap(lambda n: st.binary(min_size=n, max_size=n))
    .filter(lambda raw: set(raw) not in ({0x00}, {0xFF}))
    .map(bytes.hex)
)
PRINTABLE = st.text(st.sampled_from([letter for pair in keys.US.values() for letter in pair]), max_size=40)


def stream(pressed, start_ms=1000, key_ms=4):
    return b"".join(keystroke(start_ms + place * key_ms, key) for place, key in enumerate(pressed))


def typed(text, **times):
    return stream([*keys.of_text(text), ENTER], **times)


def read(data, decoder=None):
    return (decoder or Wedge("hex_be")).feed(data)


def test_the_codes_of_keys_are_those_of_the_kernel():
    names = {"KEY_MINUS": "-_", "KEY_EQUAL": "=+", "KEY_SEMICOLON": ";:", "KEY_SLASH": "/?", "KEY_DOT": ".>",
             "KEY_BACKSLASH": "\\|", "KEY_GRAVE": "`~", "KEY_LEFTBRACE": "[{", "KEY_SPACE": "  ",
             "KEY_KPASTERISK": "**", "KEY_KPSLASH": "//", "KEY_KPDOT": ".."}  # fmt: skip
    names |= {f"KEY_{letter}": letter.lower() + letter for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"}
    names |= {f"KEY_{digit}": digit + sign for digit, sign in zip("1234567890", "!@#$%^&*()", strict=True)}
    names |= {f"KEY_KP{digit}": digit * 2 for digit in "0123456789"}
    codes = {evdev.ecodes.ecodes[name]: pair for name, pair in names.items()}
    assert {code: keys.US[code] for code in codes} == codes
    for name, code in [("KEY_ENTER", keys.ENTER), ("KEY_KPENTER", keys.KEYPAD_ENTER), ("KEY_TAB", keys.TAB),
                       ("KEY_LEFTSHIFT", keys.LEFT_SHIFT), ("KEY_RIGHTSHIFT", keys.RIGHT_SHIFT)]:  # fmt: skip
        assert evdev.ecodes.ecodes[name] == code


def test_an_event_has_the_form_that_another_library_reads():
    assert (
        wedge.EVENT.size == evdev.device.struct.calcsize("llHHi") if hasattr(evdev.device, "struct") else True
    )
    event = evdev.InputEvent(*wedge.EVENT.unpack(encode(1_790_000_000_123, 1, 30, 1)))
    assert (event.timestamp(), event.type, event.code, event.value) == (1_790_000_000.123, 1, 30, 1)


@pytest.mark.parametrize(
    ("text", "form", "credential"),
    [
        ("04A1B2C3", "hex_be", "uid:04A1B2C3"),
        ("04a1b2c3d4e5f6", "hex_be", "uid:04A1B2C3D4E5F6"),
        ("uid:04a1b2c3", "auto", "uid:04A1B2C3"),
        ("0077705923", "dec_be", "uid:04A1B2C3"),
        ("3283263748", "dec_le", "uid:04A1B2C3"),
        # may be two cards: who knows the cards decides
        ("3283263748", "auto", "3283263748"),
        ("04A1B2C3", "auto", "04A1B2C3"),
        ("04A1A104", "auto", "uid:04A1A104"),
        ("C3B2A104", "hex_le", "uid:04A1B2C3"),
        (";04:A1:B2:C3?", "auto", ";04:A1:B2:C3?"),
        (SUN, "auto", f"sun:{SUN}"),
        ("number:2025001", "auto", "number:2025001"),
        ("K-000123", "auto", "number:K-000123"),
        ("04A1B2C3D4", "hex_be", "number:04A1B2C3D4"),
    ],
)
def test_what_a_reader_types_becomes_a_credential(text, form, credential):
    assert read(typed(text), Wedge(form)) == [CardSeen(credential)]


def test_a_reader_needs_a_form_that_exists():
    with pytest.raises(ValueError, match="hex_xx"):
        Wedge("hex_xx")
    assert set(uids.WHOLE_FORMS) < set(scan.FORMS)


@given(UIDS)
def test_a_uid_is_read_in_every_layout_and_case(digits):
    expected = f"uid:{digits.upper()}"
    plain = keys.of_text(digits.upper())
    caps_lock = [Key(58, False), *keys.of_text(digits), Key(58, False)]
    french = [
        Key(16, key.shift) if key.code == 30 else key._replace(shift=True) for key in keys.of_text(digits)
    ]
    keypad = keys.of_text(digits.lower())
    for pressed in (plain, caps_lock, french, keypad):
        assert cards(read(stream([*pressed, ENTER]), Wedge("hex_be"))) == [expected]


def test_the_keypad_types_digits():
    keypad = {"0": 82, "1": 79, "2": 80, "3": 81, "4": 75, "5": 76, "6": 77, "7": 71, "8": 72, "9": 73}
    pressed = [Key(keypad[digit], False) for digit in "0077705923"] + [Key(keys.KEYPAD_ENTER, False)]
    assert cards(read(stream(pressed), Wedge("dec_be"))) == ["uid:04A1B2C3"]


def test_a_scan_without_enter_ends_with_the_pause():
    decoder = Wedge("hex_be")
    decoder.poll(0)
    assert read(stream(keys.of_text("04A1B2C3")), decoder) == []
    decoder.poll(wedge.SILENCE_MS)
    assert decoder.feed(b"") == [CardSeen("uid:04A1B2C3")]


def test_two_scans_without_enter_are_told_apart_by_their_times_alone():
    data = (
        stream(keys.of_text("04A1B2C3"))
        + stream(keys.of_text("0A0B0C0D"), start_ms=2000)
        + stream([ENTER], 2040)
    )
    assert cards(read(data)) == ["uid:04A1B2C3", "uid:0A0B0C0D"]


def test_a_person_who_types_is_noise():
    events = read(typed("04A1B2C3", key_ms=150))
    assert cards(events) == []
    assert noise(events) == {"typing": 8}


def test_a_reader_that_repeats_is_one_tap():
    decoder, events = Wedge("hex_be"), []
    for now_ms in range(0, 5000, 500):
        decoder.poll(now_ms)
        events += read(typed("04A1B2C3", start_ms=now_ms), decoder)
    assert events == [CardSeen("uid:04A1B2C3")]
    decoder.poll(6000)
    assert decoder.feed(b"") == [CardGone("uid:04A1B2C3")]


def test_a_held_key_is_pressed_once():
    held = (
        encode(1000, 1, 30, 1)
        + b"".join(encode(1000 + ms, 1, 30, 2) for ms in range(30))
        + encode(1031, 1, 30, 0)
    )
    data = held + stream(keys.of_text("4A1B2C3"), 1035) + stream([ENTER], 1070)
    assert cards(read(data)) == ["uid:A4A1B2C3"]


def test_shift_that_is_held_over_many_keys_counts_for_all_and_no_longer():
    shift_down, shift_up = encode(1000, 1, 42, 1), encode(1010, 1, 42, 0)
    data = shift_down + stream([Key(code, False) for code in (30, 48, 46)], 1001) + shift_up
    data += stream([*keys.of_text("x-1"), ENTER], 1011)
    assert cards(read(data)) == ["number:ABCX-1"]


def test_a_scan_with_holes_is_thrown_away():
    data = stream(keys.of_text("04A1")) + encode(1020, 0, 3, 0) + typed("B2C3", start_ms=1024)
    events = read(data + typed("04A1B2C3", start_ms=2000))
    assert noise(events) == {"overrun": 1, "broken": 1}
    assert cards(events) == ["uid:04A1B2C3"]


@given(UIDS, st.integers(4, 40), st.integers(wedge.GAP_MS + 1, wedge.REST_MS), st.sampled_from([[ENTER], []]))
def test_a_reader_that_falters_makes_no_credential_of_the_pieces(digits, cut, pause_ms, end):
    first, rest = keys.of_text(digits)[:cut], [*keys.of_text(digits)[cut:], *end]
    resumed_ms = 1000 + 4 * (len(first) - 1) + pause_ms
    data = stream(first) + stream(rest, start_ms=resumed_ms)
    next_ms = resumed_ms + 4 * len(rest) + wedge.REST_MS
    events = read(data + typed("0A0B0C0D", start_ms=next_ms + 1))
    assert cards(events) in ([["uid:0A0B0C0D"]] if rest else [[f"uid:{digits.upper()}", "uid:0A0B0C0D"]])


def test_a_reader_that_ends_its_scans_is_waited_for():
    decoder = Wedge("hex_be")
    decoder.poll(0)
    assert cards(read(typed("0A0B0C0D"), decoder)) == ["uid:0A0B0C0D"]
    read(stream(keys.of_text("04A1B2C3"), start_ms=5000), decoder)
    decoder.poll(wedge.SILENCE_MS)
    assert decoder.feed(b"") == [Noise("broken")]
    assert read(typed("D4E5F6", start_ms=5900), decoder) == [Noise("broken")]
    assert cards(read(typed("04A1B2C3"), decoder)) == ["uid:04A1B2C3"]


def test_keys_that_were_waiting_to_be_read_are_no_silence():
    decoder = Wedge("hex_be")
    decoder.poll(0)
    assert read(stream(keys.of_text("04A1B2C3")), decoder) == []
    # the thread that reads had to wait
    decoder.poll(10 * wedge.SILENCE_MS)
    assert read(typed("D4E5F6", start_ms=1032), decoder) == [CardSeen("uid:04A1B2C3D4E5F6")]


def test_a_scan_that_does_not_end_is_noise_and_the_next_one_is_read():
    events = read(
        stream(keys.of_text("A" * 5000), key_ms=0) + stream([ENTER], 1001) + typed("04A1B2C3", start_ms=1010)
    )
    assert noise(events) == {"oversize": 1}
    assert cards(events) == ["uid:04A1B2C3"]


def test_text_that_is_no_credential_is_noise():
    assert noise(read(typed("cmac=zz"))) == {"malformed": 1}
    assert noise(read(stream([Key(59, False)]))) == {"typing": 1}


@given(
    st.lists(st.one_of(st.binary(max_size=30), PRINTABLE.map(typed)), max_size=6),
    st.lists(st.integers(0, 10**6)),
)
def test_any_chunking_gives_the_same_scans(parts, cuts):
    data = b"".join(parts)
    whole = read(data)
    decoder, chunked = Wedge("hex_be"), []
    for piece in pieces(data, cuts):
        chunked += decoder.feed(piece)
    assert [e for e in chunked if not isinstance(e, Noise)] == [e for e in whole if not isinstance(e, Noise)]
    assert noise(chunked) == noise(whole)
    assert len(decoder._bytes) < wedge.EVENT.size


@given(st.binary(max_size=100))
def test_a_scan_after_noise_is_found(rubbish):
    decoder = Wedge("hex_be")
    decoder.poll(0)
    read(rubbish, decoder)
    decoder.poll(wedge.SILENCE_MS)
    # the first events may be taken for the rest of the rubbish, and a shift may be stuck in it
    read(typed("00000000") * 2, decoder)
    decoder.reset()
    assert cards(read(typed("04A1B2C3"), decoder)) == ["uid:04A1B2C3"]


@given(PRINTABLE)
def test_every_text_can_be_typed_and_read(text):
    assert keys.text(keys.of_text(text)) == text
    assert {isinstance(event, CardSeen | Noise) for event in read(typed(text))} <= {True}


def test_what_no_key_types_is_refused():
    with pytest.raises(ValueError, match="é"):
        keys.of_text("é")


def test_devices_are_found_by_name_or_number():
    assert _fits("08ff:0009", "sycreader rfid", 0x08FF, 0x0009)
    assert _fits("name:sycreader", "sycreader rfid", 1, 2)
    assert not _fits("sycreader", "sycreader rfid", 1, 2)
    assert not _fits("08ff:0010", "sycreader rfid", 0x08FF, 0x0009)


def test_a_keyboard_is_read_unplugged_and_plugged_in_again(tmp_path):
    events = Events()
    keyboard = WedgeKeyboard(tmp_path / "keyboard")
    assert keyboard.kind == ("uinput" if UINPUT.exists() else "pipe")
    with keyboard:
        port = WedgePort("T01", events.put, keyboard.address, Wedge("dec_be"), backoff=Backoff(50, 100))
        port.start()
        events.until(ReaderState, state=base.READY)
        keyboard.type("0077705923", end="")
        assert events.until(CardSeen).credential == "uid:04A1B2C3"
        # A rest longer than the one that belongs to a number: this is about time.
        time.sleep((wedge.REST_MS + 100) / 1000)
        keyboard.type("3283263748")
        assert events.until(CardSeen).credential == "uid:C3B2A104"
        port.show(base.Feedback(base.GRANTED))
    assert "unplugged" in events.until(ReaderState, state=base.LOST).detail
    with keyboard:
        events.until(ReaderState, state=base.READY)
        keyboard.type("0077705923")
        events.until(CardSeen, credential="uid:04A1B2C3")
        assert port.stop()


def test_a_keyboard_that_is_not_there_is_said_to_be_missing():
    events = Events()
    port = WedgePort("T01", events.put, "name:no such keyboard", backoff=Backoff(60_000))
    port.start()
    assert "no keyboard" in events.until(ReaderState, state=base.LOST).detail
    assert port.stop(timeout_ms=2000)
