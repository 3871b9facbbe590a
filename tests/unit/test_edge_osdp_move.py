"""Another address and speed for a reader (COMSET), with libosdp as the reader on a real wire."""

import pytest
from osdp_rig import KEY, OTHER_KEY, reader

from campus_edge.cli.program import main
from campus_edge.protocols.osdp import ReaderConfig
from campus_edge.readers.osdp_move import NotMoved, move
from campus_edge.simulators.wire import Wire


@pytest.mark.parametrize("key", [KEY, None], ids=["secured", "clear"])
def test_a_reader_answers_at_its_new_address_and_speed_and_no_longer_at_the_old(key):
    with Wire(reader(key=key)) as wire:
        move(wire.url, ReaderConfig(0, key), 9_600, 5, 38_400)
        move(wire.url, ReaderConfig(5, key), 38_400, 5, 9_600)
        with pytest.raises(NotMoved, match="no reader is ready at address 0"):
            move(wire.url, ReaderConfig(0, key), 9_600, 1, 9_600, limit_ms=600)


def test_a_reader_with_another_key_is_not_moved():
    with Wire(reader(key=OTHER_KEY)) as wire, pytest.raises(NotMoved, match="no reader is ready"):
        move(wire.url, ReaderConfig(0, KEY), 9_600, 5, 9_600, limit_ms=800)


def test_a_reader_that_refuses_is_told_of():
    device = reader()
    device.refuses = ("COMSET",)
    with Wire(device) as wire, pytest.raises(NotMoved, match="maker's tool"):
        move(wire.url, ReaderConfig(0, KEY), 9_600, 5, 9_600, limit_ms=1_500)


def test_the_command_moves_a_reader_and_says_what_is_wrong(tmp_path, capsys):
    key_file = tmp_path / "d05.key"
    key_file.write_text(KEY.hex())
    with Wire(reader()) as wire:
        call = ["osdp-set", wire.url, "--key-file", str(key_file), "--address", "0", "--to-address"]
        assert main([*call, "5"]) == 0
        assert "answers at address 5 and 9600 baud" in capsys.readouterr().out
        assert main([*call, "127"]) == 1
        assert "0 to 126" in capsys.readouterr().err
    assert main([*call, "6"]) == 1
    key_file.write_text("12")
    assert main([*call, "6"]) == 1
    assert "32 hex digits" in capsys.readouterr().err
