"""The doors of the demo: simulated OSDP readers on one line, and the edge program that serves them.

Runs in the background. Who connects to the socket beside the settings and sends a line of JSON,
``{"reader": "A01", "card": "CA4D0001", "pin": ""}``, has the card shown there, and gets a line of JSON with what
the reader was told to do and what the edge has written into its journal.
"""

import contextlib
import json
import signal
import socketserver
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

from campus_core.errors import UidError
from campus_edge import config
from campus_edge.edge import JOURNAL_FILE, STATUS_FILE
from campus_edge.journal import store
from campus_edge.protocols.base import READY
from campus_edge.readers.drivers import DRIVERS
from campus_edge.simulators.desk import card_of
from campus_edge.simulators.osdp_reader import OsdpReader
from campus_edge.simulators.wire import Wire

READY_S, DECIDED_S, LOCK_S, DOOR_S, TURN_S = 60, 25, 2.0, 0.6, 0.05
CONTACT = 0


class Line:
    """Several readers on one line, as a device of :class:`Wire`: each hears everything and answers for its address."""

    def __init__(self, readers):
        self.readers = readers

    def feed(self, data):
        return b"".join(reader.feed(data) for reader in self.readers)

    def poll(self, now_ms):
        return b"".join(reader.poll(now_ms) for reader in self.readers)


class Doors:
    """The readers by their code, the edge, and its journal."""

    def __init__(self, path):
        self.settings = config.load(path, tuple(DRIVERS))
        rows = self.settings.readers
        self.readers = {
            row.terminal: OsdpReader(row.address, bytes.fromhex(Path(row.key_file).read_text("ascii")))
            for row in rows
        }
        self.wire = Wire(Line(list(self.readers.values())), link=Path(rows[0].url))
        self.encoding = rows[0].encoding
        self.edge = [sys.executable, "-m", "campus_edge", "--config", str(path), "run"]
        self.folder = self.settings.state_folder

    def tap(self, code, text, pin=""):
        """Show a card, key the PIN, go through if the lock opens."""
        reader, card = self.readers[code], card_of(text)
        with self.wire.lock:
            reader.take_opened()
            reader.commands.clear()
        before = self._head()
        with self.wire.lock:
            reader.put(card)
        if pin:
            time.sleep(1.0)
            with self.wire.lock:
                reader.press(f"{pin}#")
        entry = self._decided(before)
        opened = entry.outcome == "granted" and self._go_through(reader)
        if not opened:
            # the display hears of it a moment later
            time.sleep(DOOR_S)
        return {
            "display": self._display(reader),
            "opened": opened,
            "uuids": [entry.uuid],
            "note": entry.rule or entry.code,
        }

    def is_ready(self):
        """Whether the edge has a card list and all its readers."""
        with contextlib.suppress(OSError, ValueError, KeyError):
            status = json.loads((self.folder / STATUS_FILE).read_text("utf-8"))
            readers = {reader["state"] for reader in status["readers"]}
            return status["state"] == "online" and readers == {READY}
        return False

    def _head(self):
        with contextlib.closing(store.connect(self.folder / JOURNAL_FILE, read_only=True)) as base:
            return store.head(base)[0]

    def _decided(self, before):
        """The first tap in the journal after an entry; with a PIN pad the answer may take a while."""
        deadline = time.monotonic() + DECIDED_S
        while time.monotonic() < deadline:
            with contextlib.closing(store.connect(self.folder / JOURNAL_FILE, read_only=True)) as base:
                for entry in store.entries(base, before):
                    if entry.kind == "tap":
                        return entry
            time.sleep(TURN_S)
        raise TimeoutError("the edge has not decided: is the reader ready?")

    def _go_through(self, reader):
        deadline = time.monotonic() + LOCK_S
        while time.monotonic() < deadline:
            with self.wire.lock:
                if reader.take_opened():
                    break
            time.sleep(TURN_S)
        else:
            return False
        for is_open in (True, False):
            with self.wire.lock:
                reader.switch(CONTACT, is_open)
            time.sleep(DOOR_S)
        return True

    def _display(self, reader):
        with self.wire.lock:
            commands = list(reader.commands)
        lines = [one["data"] for one in commands if one["name"] == "TEXT"]
        words = [line if isinstance(line, str) else bytes(line).decode(self.encoding) for line in lines]
        return " / ".join(dict.fromkeys(word.strip() for word in words if word.strip()))


class Desk(socketserver.StreamRequestHandler):
    def handle(self):
        doors = self.server.doors
        try:
            asked = json.loads(self.rfile.readline())
            answer = doors.tap(asked["reader"], asked["card"], asked.get("pin", ""))
        except (UidError, ValueError, KeyError, OSError, sqlite3.Error) as error:
            answer = {"error": str(error) or type(error).__name__}
        self.wfile.write(json.dumps(answer, ensure_ascii=False).encode() + b"\n")


def main(path):
    """Serve until the process is ended, or the edge ends."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    doors = Doors(path)
    (doors.folder / STATUS_FILE).unlink(missing_ok=True)
    with doors.wire, subprocess.Popen(doors.edge) as edge:
        try:
            deadline = time.monotonic() + READY_S
            while not doors.is_ready() and edge.poll() is None and time.monotonic() < deadline:
                time.sleep(0.2)
            with socketserver.UnixStreamServer(str(path.with_name("socket")), Desk) as server:
                server.doors, server.timeout = doors, 1.0
                while edge.poll() is None:
                    server.handle_request()
        finally:
            edge.terminate()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
