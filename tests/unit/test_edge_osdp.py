"""OSDP against libosdp, which is not our code: real frames both ways, secured and in the clear."""

import pytest
from osdp_rig import KEY, OTHER_KEY, Rig, reader

from campus_edge.protocols.base import (
    AGAIN,
    ASKING,
    GRANTED,
    KEYING,
    LOST,
    READY,
    REFUSED,
    SICK,
    CardGone,
    CardSeen,
    Feedback,
    KeysPressed,
    ReaderState,
    Tamper,
)
from campus_edge.protocols.osdp import OsdpBus, OsdpReader, ReaderConfig
from campus_edge.simulators.cards import Card

CARD = Card("04A1B2C3")
SEEN = CardSeen("uid:04A1B2C3")


def ready(*readers, **config):
    return Rig(*readers, **config).until_state(READY, readers[0].address)


@pytest.mark.parametrize("key", [KEY, None], ids=["secured", "clear"])
@pytest.mark.parametrize("uid", ["04A1B2C3", "04A1B2C3D4E5F6", "04A1B2C3D4E5F6070809"])
def test_a_card_shown_at_the_reader_is_seen(key, uid):
    device = reader(key=key)
    rig = ready(device, key=key)
    assert rig.bus.is_secure(0) is device.is_secure is (key is not None)
    device.put(Card(uid))
    rig.until(lambda: rig.of(CardSeen))
    assert rig.of(CardSeen) == [CardSeen(f"uid:{uid}")]
    assert not rig.noise()


def test_under_the_secure_channel_nobody_reads_the_card_on_the_wire():
    for key, is_readable in ((KEY, False), (None, True)):
        device = reader(key=key)
        rig = ready(device, key=key)
        device.put(CARD)
        rig.until(lambda rig=rig: rig.of(CardSeen))
        assert any(CARD.raw_uid in data for data in rig.wire) is is_readable


def test_a_card_that_stays_or_is_reported_twice_is_one_tap_and_leaves_once():
    device = reader()
    rig = ready(device)
    for _ in range(3):
        device.put(CARD)
        rig.run(500)
    rig.run(2000)
    assert rig.of((CardSeen, CardGone)) == [SEEN, CardGone("uid:04A1B2C3")]
    device.put(CARD)
    rig.run(500)
    assert rig.of(CardSeen) == [SEEN, SEEN]


@pytest.mark.parametrize("key", [KEY, None], ids=["secured", "clear"])
def test_feedback_arrives_at_lamp_buzzer_display_and_relay(key):
    device = reader(key=key)
    rig = ready(device, key=key)
    rig.bus.answer(0, Feedback(GRANTED, "3.50\n余额 96.50", 2000))
    rig.run(500)
    relay, lamp, buzzer, line, second = device.commands
    assert [command["name"] for command in device.commands] == ["OUTPUT", "LED", "BUZZER", "TEXT", "TEXT"]
    assert (relay["output_no"], relay["control_code"], relay["timer_count"]) == (0, 5, 20)
    assert (lamp["temporary"], lamp["on_color"], lamp["timer_count"]) == (True, 2, 20)
    assert buzzer["rep_count"] == 1
    assert (line["data"], line["offset_row"], line["temp_time"]) == ("3.50", 1, 2)
    assert (second["data"], second["offset_row"]) == ("96.50", 2)


@pytest.mark.parametrize(
    ("outcome", "colour", "beeps"), [(REFUSED, 1, 3), (ASKING, 3, 0), (AGAIN, 3, 2), (GRANTED, 2, 1)]
)
def test_each_outcome_has_its_sign_and_only_granted_opens(outcome, colour, beeps):
    device = reader()
    rig = ready(device)
    rig.bus.answer(0, Feedback(outcome))
    rig.run(500)
    done = {command["name"]: command for command in device.commands}
    assert done["LED"]["on_color"] == colour
    assert done.get("BUZZER", {"rep_count": 0})["rep_count"] == beeps
    assert ("OUTPUT" in done) is (outcome == GRANTED)


def test_a_pay_terminal_without_a_relay_switches_none():
    device = reader()
    rig = ready(device, relay=None)
    rig.bus.answer(0, Feedback(GRANTED))
    rig.run(500)
    assert {command["name"] for command in device.commands} == {"LED", "BUZZER"}


def test_newer_feedback_replaces_what_still_waits():
    device = reader()
    rig = ready(device)
    rig.bus.answer(0, Feedback(ASKING, "..."))
    rig.bus.answer(0, Feedback(REFUSED, "no"))
    rig.run(500)
    assert [command["data"] for command in device.commands if command["name"] == "TEXT"] == ["no"]


def test_a_reader_with_another_key_is_refused_and_its_cards_are_not_believed():
    device = reader(key=OTHER_KEY)
    rig = Rig(device).until_state(SICK)
    device.put(CARD)
    rig.run(10_000)
    assert rig.of(CardSeen) == []
    assert {event.state for event in rig.of(ReaderState)} == {SICK}
    assert "key" in rig.of(ReaderState)[0].detail
    assert not device.is_secure


def test_a_reader_that_insists_on_security_gets_it_or_nothing():
    device = reader(secure_only=True)
    rig = Rig(device, key=None).until_state(SICK)
    device.put(CARD)
    assert rig.run(3000).of(CardSeen) == []
    assert ready(reader(secure_only=True)).bus.is_secure(0)


def test_a_new_reader_is_given_its_key_only_where_that_is_wanted():
    device = reader(key=None)
    assert Rig(device).until_state(SICK).run(5000).bus.state(0) == SICK
    assert not device.commands
    rig = ready(device, install=True)
    assert [command["name"] for command in device.commands] == ["KEYSET"]
    assert device.commands[0]["data"] == KEY
    assert rig.bus.is_secure(0)
    # from now on it needs no installing, and another key is refused
    assert ready(device).bus.is_secure(0)
    assert Rig(device, key=OTHER_KEY, install=True).run(8000).bus.state(0) == SICK


def test_tamper_and_power_are_reported_when_they_change():
    device = reader()
    rig = ready(device)
    device.open_case()
    rig.run(500)
    device.fail_power()
    rig.run(500)
    device.open_case(False)
    device.fail_power(False)
    rig.run(500)
    assert rig.of(Tamper) == [Tamper(True, "case"), Tamper(False, "case")]
    assert [event.detail for event in rig.of(ReaderState)] == ["", "power failure", ""]


def test_a_case_opened_while_nobody_listened_is_noticed():
    device = reader()
    device.open_case()
    rig = ready(device).run(500)
    assert rig.of(Tamper) == [Tamper(True, "case")]
    rig.run(12_000)
    assert rig.of(Tamper) == [Tamper(True, "case")]
    # a panel that starts later learns it too
    assert ready(device).run(500).of(Tamper) == [Tamper(True, "case")]


def test_keys_come_in_their_order_and_others_have_a_sign_of_their_own():
    device = reader()
    rig = ready(device)
    for keys in ("2025001", "*", "48152637", "#"):
        device.press(keys)
    device.press_raw(b"A*#")
    rig.run(1000)
    assert "".join(event.keys for event in rig.of(KeysPressed)) == "2025001*48152637#?*#"
    assert rig.of(CardSeen) == []


def test_text_while_somebody_keys_is_shown_without_lamp_and_buzzer():
    device = reader()
    rig = ready(device)
    rig.bus.answer(0, Feedback(KEYING, "Amount 3.50\nTap card", 60_000))
    rig.run(500)
    assert [command["name"] for command in device.commands] == ["TEXT", "TEXT"]
    assert [command["data"] for command in device.commands] == ["Amount 3.50", "Tap card"]


def test_a_card_from_before_the_panel_listened_opens_nothing():
    device = reader()
    device.put(CARD)
    device.press("1")
    rig = ready(device).run(1000)
    assert rig.of(CardSeen) == []
    assert "stale" in rig.noise()
    device.put(Card("04A1B2C4"))
    assert rig.run(300).of(CardSeen) == [CardSeen("uid:04A1B2C4")]


def test_several_readers_on_one_line_have_their_own_cards_and_lamps():
    devices = [reader(address, key=bytes([address]) * 16) for address in (1, 2, 5)]
    bus = OsdpBus([ReaderConfig(each.address, bytes([each.address]) * 16) for each in devices])
    rig = Rig(*devices)
    rig.bus = bus
    for device in devices:
        rig.until_state(READY, device.address)
    for address, device in zip((1, 2, 5), devices, strict=True):
        device.put(Card(f"0{address}A1B2C3"))
    bus.answer(2, Feedback(REFUSED))
    rig.run(1000)
    for address in (1, 2, 5):
        assert rig.of(CardSeen, address) == [CardSeen(f"uid:0{address}A1B2C3")]
    assert [len(device.commands) for device in devices] == [0, 2, 0]


def test_a_reader_that_is_torn_off_is_lost_comes_back_and_does_not_hold_up_the_others():
    here, there = reader(1), reader(2)
    rig = Rig(here, there)
    rig.until_state(READY, 1).until_state(READY, 2)
    rig.readers = (here,)
    rig.until_state(LOST, 2)
    assert rig.now_ms < 3000
    here.put(CARD)
    rig.run(1500)
    assert rig.of(CardSeen, 1) == [SEEN]
    rig.readers = (here, there)
    rig.until_state(READY, 2)
    there.put(CARD)
    rig.run(1000)
    assert rig.of(CardSeen, 2) == [SEEN]
    assert rig.bus.is_secure(2)


def test_a_reader_that_lost_power_is_greeted_anew():
    rig = ready(reader())
    again = reader()
    rig.readers = (again,)
    rig.until(lambda: again.is_secure)
    rig.until_state(READY)
    again.put(CARD)
    rig.run(500)
    assert rig.of(CardSeen) == [SEEN]


def test_after_a_reset_the_line_begins_from_the_first_hello():
    device = reader()
    rig = ready(device)
    rig.bus.reset()
    assert rig.bus.state(0) != READY
    rig.until_state(READY)
    device.put(CARD)
    rig.run(500)
    assert rig.of(CardSeen) == [SEEN]


def test_checksum_instead_of_crc_is_spoken_as_well():
    device = reader()
    rig = ready(device, use_crc=False)
    device.put(CARD)
    rig.run(500)
    assert rig.of(CardSeen) == [SEEN]


def test_one_reader_is_driven_like_any_decoder():
    decoder, device = OsdpReader(ReaderConfig(0, KEY)), reader()
    events = []
    for now_ms in range(0, 3000, 10):
        events += decoder.feed(device.feed(decoder.poll(now_ms)))
        if now_ms == 1500:
            device.put(CARD)
            assert decoder.answer(Feedback(REFUSED)) == b""
    assert decoder.is_secure
    assert [event for event in events if isinstance(event, CardSeen)] == [SEEN]
    assert device.commands[0]["name"] == "LED"


@pytest.mark.parametrize(
    "terms", [{"address": 127}, {"address": -1}, {"key": b"short"}, {"key": bytes(range(48, 64))}]
)
def test_a_wrong_configuration_is_refused(terms):
    with pytest.raises(ValueError, match=r"OSDP address|key"):
        ReaderConfig(**{"address": 0, **terms})


def test_a_line_needs_readers_with_addresses_of_their_own():
    for configs in ([], [ReaderConfig(1), ReaderConfig(1)]):
        with pytest.raises(ValueError, match="address"):
            OsdpBus(configs)


def test_a_key_is_shown_in_no_log():
    assert KEY.hex() not in repr(ReaderConfig(0, KEY)) and str(KEY) not in repr(ReaderConfig(0, KEY))
