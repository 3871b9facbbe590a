"""An OSDP reader: the peripheral device of libosdp, which others wrote, on a simulated wire.

libosdp (on PyPI, compiled, Linux) is imported only when a reader is made.
"""

from __future__ import annotations

import ctypes
import importlib
from collections import deque
from typing import Any, Final

from campus_core.credentials import uids

from .cards import Card

#: The most commands kept in ``commands``.
COMMANDS_MAX: Final = 200
#: Names of libosdp's commands, as ``CMD_...`` in its module.
NAMES: Final = ("OUTPUT", "LED", "BUZZER", "TEXT", "KEYSET", "COMSET", "COMSET_DONE")
#: The functions that it reports: one relay, lamp, buzzer and display; inputs for contacts and buttons.
ABILITIES: Final = (
    "OUTPUT_CONTROL",
    "READER_LED_CONTROL",
    "READER_AUDIBLE_OUTPUT",
    "READER_TEXT_OUTPUT",
    "CONTACT_STATUS_MONITORING",
)
INPUTS: Final = 8
#: Control codes that switch an output on.
_RELAY_ON: Final = (2, 4, 5)
_QUIET: Final = "LOG_CRIT"
_KEYS: Final = bytes.maketrans(b"*#", b"\x7f\x0d")

#: The second part of an answer to libosdp without values.
_NOTHING: Final = object()


def _answer(code: int) -> tuple[int, object]:
    """Return what a command's callback returns: 0 done, -1 refused.

    libosdp 3.2 releases a reference to the second part that it does not own. With None, its reference
    count would reach zero after some thousands of commands, and Python before 3.12 would crash.
    """
    ctypes.pythonapi.Py_IncRef(ctypes.py_object(_NOTHING))
    return code, _NOTHING


class _Channel:
    """The channel in which libosdp reads and writes: two buffers in memory."""

    id = 0

    def __init__(self) -> None:
        self.received = bytearray()
        self.sent = bytearray()

    def read(self, limit: int) -> bytes:
        data = bytes(self.received[:limit])
        del self.received[:limit]
        return data

    def write(self, data: bytes) -> int:
        self.sent += data
        return len(data)

    def flush(self) -> None:
        self.received.clear()


class OsdpReader:
    """A ``wire.Device``. Without a ``key`` it is like a new reader, with the default key.

    ``secure_only`` makes it refuse unencrypted commands. ``commands`` has the commands of the control
    panel, newest last: dicts of libosdp with ``name`` (``LED``, ``TEXT`` ...) added.
    """

    def __init__(self, address: int = 0, key: bytes | None = None, secure_only: bool = False) -> None:
        try:
            self._lib: Any = importlib.import_module("osdp_sys")
        except ImportError as error:
            raise RuntimeError("a simulated OSDP reader needs the package libosdp") from error
        self._lib.set_loglevel(getattr(self._lib, _QUIET))
        self.address = address
        self.commands: deque[dict[str, Any]] = deque(maxlen=COMMANDS_MAX)
        self._channel = _Channel()
        self._names = {getattr(self._lib, f"CMD_{name}"): name for name in NAMES}
        self._status = b"\0\0"
        self._inputs = bytearray(INPUTS)
        self._is_opened = False
        #: Names of commands that it refuses.
        self.refuses: tuple[str, ...] = ()
        self._pd = self._make(key, secure_only)

    @property
    def is_secure(self) -> bool:
        """Whether the secure channel is open."""
        return bool(self._pd.is_sc_active())

    def feed(self, data: bytes) -> bytes:
        self._channel.received += data
        return self.poll(0)

    def poll(self, now_ms: int) -> bytes:
        self._pd.refresh()
        sent = bytes(self._channel.sent)
        self._channel.sent.clear()
        return sent

    def put(self, card: Card) -> None:
        """Show a card: send its UID, first byte first."""
        self.put_bits(bytes.fromhex(uids.check(card.uid)), len(card.raw_uid) * 8)

    def take(self) -> None:
        """Take the card away; an OSDP reader does not report that."""

    def put_bits(self, bits: bytes, count: int) -> None:
        """Show a card that gives ``count`` bits, the first one first."""
        card = {"reader_no": 0, "direction": 0, "format": self._lib.CARD_FMT_RAW_UNSPECIFIED}
        self._tell(self._lib.EVENT_CARDREAD, {**card, "length": count, "data": bits})

    def press(self, keys: str) -> None:
        """Press keys: digits, ``*`` and ``#``, which are sent as 7F and 0D. Raises ``ValueError`` for others."""
        for key in keys:
            if key not in "0123456789*#":
                raise ValueError(f"an OSDP keypad has no {key!r}")
        self.press_raw(keys.encode("ascii").translate(_KEYS))

    def press_raw(self, keys: bytes) -> None:
        """Press keys that are sent as these bytes."""
        self._tell(self._lib.EVENT_KEYPRESS, {"reader_no": 0, "data": keys})

    def open_case(self, is_open: bool = True) -> None:
        """Open or close the case."""
        self._status = bytes([is_open, self._status[1]])
        self._tell_status()

    def switch(self, number: int, is_on: bool) -> None:
        """Change the level of an input, to which a contact or a button is wired."""
        self._inputs[number] = is_on
        self._tell_inputs()

    def fail_power(self, fails: bool = True) -> None:
        """Report a failure of the power supply (or its end); the reader goes on with a battery."""
        self._status = bytes([self._status[0], fails])
        self._tell_status()

    def _tell_status(self) -> None:
        self._tell(self._lib.EVENT_STATUS, {"type": self._lib.STATUS_REPORT_LOCAL, "report": self._status})

    def take_opened(self) -> bool:
        """Say whether a relay was switched on since the last call."""
        was_opened, self._is_opened = self._is_opened, False
        return was_opened

    def _tell_inputs(self) -> None:
        values = {"type": self._lib.STATUS_REPORT_INPUT, "report": bytes(self._inputs)}
        self._tell(self._lib.EVENT_STATUS, values)

    def _tell(self, kind: int, values: dict[str, Any]) -> None:
        self._pd.submit_event({"event": kind, **values})

    def _make(self, key: bytes | None, secure_only: bool) -> Any:
        info = {
            "name": f"reader-{self.address}",
            "address": self.address,
            "flags": self._lib.FLAG_ENFORCE_SECURE if secure_only else 0,
            "scbk": key,
            "channel": self._channel,
            "version": 1,
            "model": 1,
            "vendor_code": 0x00C0FE,
            "serial_number": 1000 + self.address,
            "firmware_version": 0x010203,
        }
        functions = {getattr(self._lib, f"CAP_{name}"): 1 for name in ABILITIES}
        functions[self._lib.CAP_CONTACT_STATUS_MONITORING] = INPUTS
        able = [
            {"function_code": code, "compliance_level": 1, "num_items": count}
            for code, count in functions.items()
        ]
        device = self._lib.PeripheralDevice(info, capabilities=able)
        device.set_command_callback(self._on_command)
        return device

    def _on_command(self, command: dict[str, Any]) -> tuple[int, object]:
        if self._names.get(command["command"]) in self.refuses:
            return _answer(-1)
        if command["command"] == self._lib.CMD_OUTPUT and command["control_code"] in _RELAY_ON:
            self._is_opened = True
        if command["command"] != self._lib.CMD_STATUS:
            self.commands.append({**command, "name": self._names.get(command["command"], "?")})
        elif command.get("type") == self._lib.STATUS_REPORT_INPUT:
            self._tell_inputs()
            return _answer(-1)
        elif any(self._status):
            # libosdp's callback can report only success; the status follows with the next poll
            self._tell_status()
            return _answer(-1)
        return _answer(0)
