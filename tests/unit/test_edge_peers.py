"""Our simulated readers against host programs of other people, as they come from the package index."""

import threading

import nfc.clf
import nfc.clf.pn532
import nfc.clf.transport
import pytest
import rdm6300

from campus_edge.simulators.cards import Card, NdefCard
from campus_edge.simulators.pn532 import Pn532Module
from campus_edge.simulators.rdm6300 import Rdm6300Reader
from campus_edge.simulators.wire import Wire

FIELD = 1


def test_nfcpy_takes_our_module_for_a_pn532_and_sees_its_cards():
    module = Pn532Module()
    with Wire(module) as wire:
        device = nfc.clf.pn532.init(nfc.clf.transport.TTY(wire.url))
        target = nfc.clf.RemoteTarget("106A")
        assert device.sense_tta(target) is None
        for uid in ("04A1B2C3", "04A1B2C3D4E5F6", "0102030405060708090A"):
            module.put(Card(uid))
            assert device.sense_tta(target).sdd_res.hex().upper() == uid
        module.put(NdefCard("04A1B2C3D4E5F6"))
        found = device.sense_tta(target)
        assert (found.sel_res, found.sens_res.hex()) == (b"\x20", "4403")
        select = bytearray.fromhex("00A4040007D276000085010100")
        assert device.chipset.in_data_exchange(select, 0.5) == (bytearray(b"\x90\x00"), False)
        assert device.sense_tta(target) is None, "a card in a dialogue is not found again"
        device.chipset.rf_configuration(FIELD, b"\x00")
        assert device.sense_tta(target) is not None
        module.take()
        with pytest.raises(nfc.clf.pn532.Chipset.Error, match="Time out"):
            device.chipset.in_data_exchange(select, 0.5)
        device.close()


def test_another_reader_program_sees_the_card_on_our_rdm6300():
    seen = []

    class Program(rdm6300.BaseReader):
        def card_inserted(self, card):
            seen.append(card)
            reader.take()

        def card_removed(self, card):
            self.stop()

    reader = Rdm6300Reader(version=0x62)
    reader.put(Card("E3086CED"))
    with Wire(reader) as wire:
        program = Program(wire.url)
        watch = threading.Timer(20, program.stop)
        watch.start()
        program.start()
        watch.cancel()
        program.close()
    [card] = seen
    assert card.is_valid
    assert (card.type, card.value, card.checksum) == (0x62, 0xE3086CED, 0x08)
