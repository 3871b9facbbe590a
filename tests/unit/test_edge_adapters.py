"""Adapters without serial numbers are named by their socket, and swapped readers are noticed."""

import json
import os

import pytest

from campus_edge.readers import adapters
from campus_edge.readers.adapters import Adapter, LineAdapters

CH340, FTDI = "1a86:7523", "0403:6001"
BY_ID = "/dev/serial/by-id/usb-1a86_USB_Serial-if00-port0"
BY_PATH = "/dev/serial/by-path/pci-0:1.2:1.0-port0"


@pytest.fixture
def machine(monkeypatch, tmp_path):
    """A machine whose names lead where a test says, and whose USB has the adapters of a list."""
    links, plugged = {}, []
    monkeypatch.setattr(adapters, "present", lambda: list(plugged))
    monkeypatch.setattr(adapters.os.path, "realpath", lambda path: links.get(str(path), str(path)))
    monkeypatch.setattr(adapters, "BY_PATH", tmp_path / "none")
    return links, plugged


def told(*lines, machine, by_path=None):
    return LineAdapters(lines, machine[1]).unsteady(by_path or {})


def test_an_adapter_without_a_serial_number_is_named_by_its_socket(machine):
    links, plugged = machine
    links[BY_ID] = "/dev/ttyUSB0"
    plugged += [Adapter("/dev/ttyUSB0", CH340, "", "1-1.2"), Adapter("/dev/ttyUSB1", CH340, "", "1-1.3")]
    [text] = told(("T01", BY_ID), machine=machine, by_path={"/dev/ttyUSB0": BY_PATH})
    assert text.startswith("T01: this adapter has no serial number of its own")
    assert text.endswith(f"write {BY_PATH}")


def test_a_serial_number_that_two_have_is_none(machine):
    links, plugged = machine
    links[BY_ID] = "/dev/ttyUSB0"
    plugged += [Adapter(f"/dev/ttyUSB{n}", CH340, "0001", f"1-1.{n}") for n in (0, 1)]
    assert len(told(("T01", BY_ID), machine=machine)) == 1
    plugged[1] = Adapter("/dev/ttyUSB1", CH340, "0002", "1-1.1")
    assert told(("T01", BY_ID), machine=machine) == []


def test_a_name_that_changes_with_the_order_of_plugging_is_told_and_steady_ones_are_not(machine):
    links, plugged = machine
    links[BY_PATH] = "/dev/ttyUSB0"
    plugged.append(Adapter("/dev/ttyUSB0", CH340, "", "1-1.2"))
    assert "may be another adapter after a restart" in told(("T01", "/dev/ttyUSB0"), machine=machine)[0]
    assert told(("T01", BY_PATH), ("T02", "socket://10.0.0.9:4001"), machine=machine) == []


def test_swapped_readers_are_noticed_until_they_are_put_back_or_accepted(machine, tmp_path):
    links, plugged = machine
    lines = [("T01", f"{BY_PATH}1"), ("T02", f"{BY_PATH}2")]
    links.update({f"{BY_PATH}1": "/dev/ttyUSB0", f"{BY_PATH}2": "/dev/ttyUSB1"})
    first = [Adapter("/dev/ttyUSB0", FTDI, "A1", "1-1.1"), Adapter("/dev/ttyUSB1", FTDI, "B2", "1-1.2")]
    other = [Adapter("/dev/ttyUSB0", FTDI, "B2", "1-1.1"), Adapter("/dev/ttyUSB1", FTDI, "A1", "1-1.2")]
    plugged += first
    assert adapters.look(lines, tmp_path) == []
    plugged[:] = other
    for _start in range(2):
        noticed = adapters.look(lines, tmp_path)
        assert [text[:4] for text in noticed] == ["T01:", "T02:"]
        assert f"is the adapter that was at {BY_PATH}2 before" in noticed[0]
    plugged[:] = first
    assert adapters.look(lines, tmp_path) == []
    plugged[:] = other
    assert adapters.look(lines, tmp_path, accept=True) == []
    assert adapters.look(lines, tmp_path) == []


def test_equal_adapters_that_were_found_in_another_order_are_noticed_by_their_sockets(machine, tmp_path):
    _links, plugged = machine
    lines = [("T01", "/dev/ttyUSB0"), ("T02", "/dev/ttyUSB1")]
    plugged += [Adapter("/dev/ttyUSB0", CH340, "", "1-1.1"), Adapter("/dev/ttyUSB1", CH340, "", "1-1.2")]
    assert not any("swapped" in text for text in adapters.look(lines, tmp_path))
    plugged[:] = [Adapter("/dev/ttyUSB0", CH340, "", "1-1.2"), Adapter("/dev/ttyUSB1", CH340, "", "1-1.1")]
    assert sum("swapped" in text for text in adapters.look(lines, tmp_path)) == 2


def test_several_readers_on_one_line_are_no_swap_and_a_new_adapter_is_none(machine, tmp_path):
    _links, plugged = machine
    lines = [("D01", BY_PATH), ("D02", BY_PATH)]
    machine[0][BY_PATH] = "/dev/ttyUSB0"
    for serial in ("A1", "A1", "B2"):
        plugged[:] = [Adapter("/dev/ttyUSB0", FTDI, serial, "1-1.1")]
        assert adapters.look(lines, tmp_path) == []
    assert LineAdapters(lines, plugged).terminals == {BY_PATH: "D01, D02"}


@pytest.mark.parametrize("content", ["", "{half", "[]"])
def test_a_broken_memory_counts_as_none(machine, tmp_path, content):
    (tmp_path / adapters.FILE).write_text(content)
    machine[1].append(Adapter("/dev/ttyUSB0", FTDI, "A1", "1-1.1"))
    adapters.look([("T01", "/dev/ttyUSB0")], tmp_path)
    assert json.loads((tmp_path / adapters.FILE).read_text()) == {"/dev/ttyUSB0": f"{FTDI} A1"}


def test_the_names_of_a_folder_are_found_by_their_devices(tmp_path):
    device = tmp_path / "ttyUSB0"
    device.touch()
    folder = tmp_path / "by-path"
    folder.mkdir()
    (folder / "pci-0").symlink_to(device)
    assert adapters._names(folder) == {os.path.realpath(device): str(folder / "pci-0")}
    assert adapters._names(tmp_path / "none") == {}
