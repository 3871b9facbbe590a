"""Inputs, lasting relays and the change of keys, against libosdp's reader and another panel's frames."""

import time

import osdp._command as peer
import osdp._types as peer_types
import pytest
from osdp._connection import OsdpConnection
from osdp._control_panel import ControlPanel
from osdp._secure_channel import calculate_scbk
from osdp_rig import KEY, OTHER_KEY, Rig, reader

from campus_edge.protocols import osdp_codes as codes
from campus_edge.protocols.base import (
    GRANTED,
    READY,
    RELOCK,
    UNLOCK,
    CardSeen,
    Feedback,
    Input,
    ReaderState,
    Rekeyed,
)
from campus_edge.protocols.osdp_frame import build
from campus_edge.simulators.cards import Card
from campus_edge.simulators.osdp_reader import OsdpReader
from support.edge_rig import until


def ready(device, **config):
    return Rig(device, has_inputs=True, **config).until_state(READY)


@pytest.mark.parametrize("key", [KEY, None], ids=["secured", "clear"])
def test_an_input_is_reported_at_the_start_and_when_it_changes(key):
    device = reader(key=key)
    rig = ready(device, key=key)
    rig.until(lambda: Input(0, False) in rig.of(Input))
    device.switch(2, True)
    before_ms = rig.now_ms
    rig.until(lambda: Input(2, True) in rig.of(Input))
    assert rig.now_ms - before_ms < 1_000
    device.switch(2, False)
    rig.until(lambda: rig.of(Input)[-1] == Input(2, False))
    assert not rig.noise()


def test_what_changed_while_the_line_was_cut_is_told_afterwards():
    device = reader()
    rig = ready(device)
    rig.until(lambda: Input(1, False) in rig.of(Input))
    rig.to_readers = lambda data: b""
    rig.until(lambda: rig.bus.state(0) == "lost")
    device.switch(1, True)
    rig.to_readers = bytes
    rig.until(lambda: Input(1, True) in rig.of(Input))


def test_the_lock_is_held_open_and_other_feedback_does_not_end_that():
    device = reader()
    rig = ready(device, open_ms=5_000)
    rig.bus.answer(0, Feedback(UNLOCK))
    rig.bus.answer(0, Feedback(GRANTED, "ok"))
    rig.run(500)
    outputs = [
        (command["control_code"], command["timer_count"])
        for command in device.commands
        if command["name"] == "OUTPUT"
    ]
    assert outputs == [(2, 0), (5, 50)]
    rig.bus.answer(0, Feedback(RELOCK))
    rig.run(500)
    assert device.commands[-1]["control_code"] == 1


def test_a_reader_gets_another_key_while_it_runs_and_loses_no_card():
    device = reader()
    rig = ready(device)
    cards = [f"04A1{number:04X}" for number in range(12)]
    shown = iter(cards)

    def done():
        # a card each 40 ms; the key changes in between
        if rig.now_ms % 40 == 0 and (card := next(shown, None)):
            device.put(Card(card))
            if card == cards[4]:
                rig.bus.rekey(0, OTHER_KEY)
        return len(rig.of(CardSeen)) == len(cards)

    rig.until(done)
    assert [seen.credential.removeprefix("uid:") for seen in rig.of(CardSeen)] == cards
    assert len(rig.of(Rekeyed)) == 1 and not rig.noise()
    assert rig.bus.is_secure(0) and rig.of(ReaderState)[-1] == ReaderState(READY)
    keys = [command["data"] for command in device.commands if command["name"] == "KEYSET"]
    assert keys == [OTHER_KEY]
    rig.run(2_000)
    assert rig.bus.is_secure(0)


@pytest.mark.parametrize("after", range(12))
def test_a_card_or_a_contact_in_every_moment_of_the_change_is_seen(after):
    device = reader()
    rig = ready(device)
    rig.until(lambda: Input(3, False) in rig.of(Input))
    rig.bus.rekey(0, OTHER_KEY)
    for _ in range(after):
        rig.step()
    device.put(Card("04A1B2C3"))
    device.switch(3, True)
    rig.until(lambda: rig.of(Rekeyed) and rig.of(CardSeen) and Input(3, True) in rig.of(Input))


def test_a_reader_that_has_the_next_key_already_is_reached_with_it():
    # the power went between the reader's change and ours
    rig = Rig(reader(key=OTHER_KEY), next_key=OTHER_KEY).until_state(READY)
    assert len(rig.of(Rekeyed)) == 1 and rig.bus.is_secure(0)


def test_a_reader_with_neither_key_stays_sick():
    rig = Rig(reader(key=bytes(range(2, 18))), next_key=OTHER_KEY)
    rig.until_state("sick").run(5_000)
    assert not rig.of(Rekeyed)


# -- another panel, of other people -------------------------------------------------------------


class _Straight(OsdpConnection):
    """Bytes to and from a simulated reader, without a line."""

    baud_rate, is_open = 9600, True

    def __init__(self, device):
        self._device, self._answer = device, bytearray()

    def open(self):
        """It is open."""

    def close(self):
        self._answer.clear()

    def write(self, buf):
        self._answer += self._device.feed(buf)

    def read(self, size=1):
        for _ in range(200):
            if self._answer:
                break
            self._answer += self._device.poll(0)
            time.sleep(0.001)
        data = bytes(self._answer[:size])
        del self._answer[:size]
        return data


class Panel(ControlPanel):
    def __init__(self, **options):
        super().__init__(**options)
        self.inputs, self.cards, self.locals = [], [], []

    def on_input_status_report_reply_received(self, address, input_status):
        self.inputs.append(list(input_status.statuses))

    def on_raw_card_data_reply_received(self, address, raw_card_data):
        self.cards.append(raw_card_data)

    def on_local_status_report_reply_received(self, address, local_status):
        self.locals.append(local_status)


@pytest.fixture(params=[True, False], ids=["secured", "clear"])
def panel(request):
    device = OsdpReader(0)
    found = Panel(master_key=KEY)
    bus = found.start_connection(_Straight(device))
    found.add_device(bus, 0, True, request.param)
    yield found, bus, device
    found.shutdown()


def test_another_panel_drives_the_relay_and_lamp_and_hears_inputs_cards_and_housing(panel):
    found, bus, device = panel
    assert until(lambda: any(b.is_online(0) for b in found._buses.values()))
    device.switch(0, True)
    assert until(lambda: found.inputs and found.inputs[-1][0] is True)
    device.put(Card("04A1B2C3"))
    assert until(lambda: found.cards)
    device.open_case()
    assert until(lambda: found.locals)
    controls = [
        peer_types.OutputControl(0, peer_types.OutputControlCode.PermanentStateOnAbortTimedOperation, 0)
    ]
    assert found.output_control(bus, 0, peer_types.OutputControls(controls))
    assert until(lambda: [c for c in device.commands if c["name"] == "OUTPUT" and c["control_code"] == 2])


def test_another_panel_gives_a_new_reader_its_key():
    device = OsdpReader(0)
    found = Panel(master_key=KEY)
    bus = found.start_connection(_Straight(device))
    found.add_device(bus, 0, True, True)
    try:
        assert until(lambda: [c for c in device.commands if c["name"] == "KEYSET"])
        assert until(lambda: device.is_secure)
        known = next(iter(found._buses.values()))._configured_devices[0]
        wanted = calculate_scbk(KEY, known.cuid)
        assert [c["data"] for c in device.commands if c["name"] == "KEYSET"] == [wanted]
    finally:
        found.shutdown()


class _Clear:
    """As much of the other panel's device as its frames in the clear need."""

    is_security_established = False

    def __init__(self, sequence):
        self.message_control = peer_types.Control(sequence, True, False)


@pytest.mark.parametrize("address", [0, 5, 126])
@pytest.mark.parametrize("sequence", [0, 1, 2, 3])
def test_our_frames_are_those_of_the_other_panel_byte_for_byte(address, sequence):
    control = peer_types.OutputControl(
        1, peer_types.OutputControlCode.TemporaryStateOnResumePermanentState, 50
    )
    pairs = [
        (peer.PollCommand(address), codes.POLL, b""),
        (peer.InputStatusReportCommand(address), codes.ISTAT, b""),
        (peer.LocalStatusReportCommand(address), codes.LSTAT, b""),
        (
            peer.OutputControlCommand(address, peer_types.OutputControls([control])),
            codes.OUT,
            bytes([1, 5, 50, 0]),
        ),
    ]
    for command, code, data in pairs:
        theirs = command.build_command(_Clear(sequence))
        assert theirs == build(address, sequence, code, data, use_crc=True)
