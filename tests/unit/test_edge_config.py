"""Settings: what is wrong is named, with what it may be."""

from pathlib import Path

import pytest

from campus_edge.config import ConfigError, load, parse
from campus_edge.readers.drivers import DRIVERS, Ports

ROOT = Path(__file__).resolve().parents[2]
NAMES = tuple(DRIVERS)
READER = {"terminal": "T01", "driver": "rdm6300", "url": "socket://127.0.0.1:1"}


def read(data):
    return parse(data, Path("/etc/campus-edge"), NAMES)


def test_the_example_is_valid_and_shows_the_defaults():
    example, nothing = load(ROOT / "config" / "edge.toml", NAMES), read({})
    assert example.state_folder == nothing.state_folder == Path("/var/lib/campus-edge")
    for name in ("language", "ask_timeout_ms", "request_timeout_ms", "poll_ms", "keep_days", "log_level",
                 "allow_plain_http", "ca_file", "readers", "lan"):  # fmt: skip
        assert getattr(example, name) == getattr(nothing, name), name


def test_the_readers_of_the_example_are_valid_when_they_are_switched_on(tmp_path):
    text = (ROOT / "config" / "edge.toml").read_text("utf-8")
    start = text.index("# [[reader]]")
    tail = "\n".join(line.removeprefix("# ").removeprefix("#") for line in text[start:].splitlines())
    path = tmp_path / "edge.toml"
    path.write_text(text[:start] + tail, "utf-8")
    (tmp_path / "d01.key").write_text("00112233445566778899aabbccddeeff\n")
    example = load(path, NAMES)
    assert [board.doors for board in example.boards] == [(("D01", "D02"), ("D03", ""))]
    readers = example.readers
    assert [reader.terminal for reader in readers] == ["T01", "C01", "S01", "D01", "F01", "F01", "K01"]
    for reader in readers:
        Ports()(reader, lambda event: None)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({"serve": {}}, r"\[serve\] is not a part of the settings"),
        ({"server": []}, "server must be a table"),
        ({"server": {"timeout": 3}}, "server.timeout is not a setting; there are"),
        ({"server": {"ask_timeout_ms": 49}}, "server.ask_timeout_ms is 49: .* from 50 to 5000"),
        ({"server": {"ask_timeout_ms": "300"}}, "must be a whole number"),
        ({"server": {"ask_timeout_ms": True}}, "must be a whole number"),
        ({"server": {"allow_plain_http": 1}}, "must be true or false"),
        ({"edge": {"language": "de_DE"}}, "edge.language is 'de_DE': it must be one of zh_CN, en_US"),
        ({"edge": {"time_zone": "Asia/Nowhere"}}, "edge.time_zone"),
        ({"edge": {"time_zone": "../../etc/passwd"}}, "edge.time_zone"),
        ({"edge": {"state_folder": 5}}, "must be a text"),
        ({"journal": {"keep_days": 0}}, "journal.keep_days is 0"),
        ({"reader": {}}, r"\[\[reader\]\]"),
        ({"reader": [{}]}, "reader.terminal is missing"),
        ({"reader": [{"terminal": "T01"}]}, "reader.driver of T01 is '': it must be one of"),
        ({"reader": [READER, READER]}, "'T01' is there twice"),
        ({"reader": [READER | {"use": "shop"}]}, "reader.use is 'shop'"),
        ({"reader": [READER | {"address": 127}]}, "from 0 to 126"),
        ({"lan": {"port": 99_999}}, "lan.port"),
        ({"lan": {"enabled": "yes"}}, "lan.enabled"),
        ({"lan": 5}, "lan must be a table"),
    ],
)
def test_a_wrong_setting_is_named_with_what_it_may_be(data, message):
    with pytest.raises(ConfigError, match=message):
        read(data)


@pytest.mark.parametrize("content", [None, b"[edge", b"\xff\xfe"])
def test_a_file_that_cannot_be_read_is_named(tmp_path, content):
    path = tmp_path / "edge.toml"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ConfigError, match=r"edge\.toml"):
        load(path, NAMES)


@pytest.mark.parametrize("driver", sorted(set(NAMES) & {"rdm6300", "pn532", "osdp"}))
def test_a_serial_reader_needs_its_line(driver):
    (reader,) = read({"reader": [{"terminal": "T01", "driver": driver}]}).readers
    with pytest.raises(ConfigError, match=r"reader.url of T01 is missing"):
        Ports()(reader, lambda event: None)


@pytest.mark.parametrize("key", ["", "zz", "00" * 15])
def test_a_readers_key_is_32_hex_digits_in_a_file(tmp_path, key):
    (tmp_path / "d.key").write_text(key)
    row = {"terminal": "D01", "driver": "osdp", "url": "/dev/null", "key_file": "d.key"}
    (reader,) = parse({"reader": [row]}, tmp_path, NAMES).readers
    with pytest.raises(ConfigError, match="32 hex digits"):
        Ports()(reader, lambda event: None)
