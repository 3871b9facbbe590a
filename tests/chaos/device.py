"""One edge as a process, with an OSDP reader on its line and people who hold cards to it."""

import contextlib
import json
import os
import random
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from pathlib import Path

from campus_cli.paths import PURE_PATH
from campus_edge.simulators.cards import Card
from campus_edge.simulators.osdp_reader import OsdpReader
from campus_edge.simulators.wire import Wire

ROOT = Path(__file__).resolve().parents[2]
GREEN = 2
ANSWER_S = 6.0
DISK_MB = 24
#: So often a card is held to a reader that does not answer yet.
PATIENCE = 5
NOTHING = 10_000_000_000


class Device:
    """Edge number ``number`` below ``folder``, whose requests go over ``line``."""

    def __init__(self, number, folder, line, cards, clock_library, walkers):
        self.folder, self.line, self.cards, self.clock_library = folder, line, list(cards), clock_library
        self.terminal = f"CHAOS{number}"
        self.key = os.urandom(16)
        self.wire = Wire(OsdpReader(0, self.key), 0)
        self.door, self.side, self.walkers = Wire(OsdpReader(0, self.key), 0), number, walkers
        self.shown, self.journaled, self.lost_with_the_disk = {}, {}, set()
        #: ``uuid kind`` of everything that its journals say of doors.
        self.passages = set()
        self.process, self.clock_s = None, 0
        self._draw = random.Random(number)
        self._stop = threading.Event()
        self._copy = None
        self._hands = [threading.Thread(target=life, daemon=True) for life in (self._tap, self._walk)]
        self.is_mounted = False

    # -- life ----------------------------------------------------------------------

    def set_up(self, code):
        """Make its disk and settings, pair it, start it."""
        state = self.state
        state.mkdir(parents=True)
        mounted = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={DISK_MB}m,mode=700", "tmpfs", str(state)],
            capture_output=True, check=False,
        )  # fmt: skip
        self.is_mounted = mounted.returncode == 0
        self.wire.plug()
        self.door.plug()
        key = self.folder / "reader.key"
        key.write_text(self.key.hex())
        key.chmod(0o600)
        (self.folder / "edge.toml").write_text(
            f"""[edge]
state_folder = "state"
language = "en_US"
time_zone = "UTC"
[server]
ask_timeout_ms = 400
request_timeout_ms = 3000
poll_ms = 500
[log]
level = "info"
[[reader]]
terminal = "{self.terminal}"
driver = "osdp"
url = "{self.wire.url}"
key_file = "{key}"
[[reader]]
terminal = "DOOR{self.side}"
driver = "osdp"
url = "{self.door.url}"
key_file = "{key}"
""",
            "utf-8",
        )
        paired = self._call("pair", code, self.line.url)
        if paired.returncode:
            raise RuntimeError(f"pairing failed: {paired.stderr}")
        self.start()
        for hand in self._hands:
            hand.start()

    def start(self):
        """Start the program, with its clock as wrong as it was set."""
        env = self._env()
        if self.clock_s and self.clock_library:
            env |= {
                "LD_PRELOAD": self.clock_library,
                "FAKETIME": f"{self.clock_s:+d}s",
                "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            }
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(self._program("run"), env=env, stdout=log, stderr=log)

    def kill(self):
        """As a power cut does."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def end(self):
        """Stop everything and give the disk back."""
        self._stop.set()
        if self.process and self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        self.wire.unplug()
        self.door.unplug()
        if self.is_mounted:
            subprocess.run(["umount", "-l", str(self.state)], check=False)

    @property
    def state(self):
        """The folder of its state."""
        return self.folder / "state"

    def _program(self, *arguments):
        return [sys.executable, "-m", "campus_edge", "--config", str(self.folder / "edge.toml"), *arguments]

    def _env(self):
        return {
            **os.environ,
            "PYTHONPATH": PURE_PATH,
            "PYTHONDONTWRITEBYTECODE": "1",
        }

    def _call(self, *arguments):
        return subprocess.run(
            self._program(*arguments),
            env=self._env(),
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    # -- people ----------------------------------------------------------------------

    def _tap(self):
        while not self._stop.is_set():
            uid = self._draw.choice(self.cards)
            if self._present(self.wire, uid) == GREEN:
                self.shown[uid] = self.shown.get(uid, 0) + 1
            self._stop.wait(self._draw.uniform(0.7, 1.2))

    def _walk(self):
        draw = random.Random(f"walk {self.side}")
        while not self._stop.is_set():
            uid = self.walkers.next(self.side)
            if uid:
                self.walkers.answered(self.side, uid, self._present(self.door, uid) == GREEN)
            self._stop.wait(draw.uniform(0.7, 1.2))

    def _present(self, wire, uid):
        """Hold a card to a reader: the colour that it shows, None without an answer."""
        reader = wire.device
        with wire.lock:
            reader.commands.clear()
            if reader.is_secure:
                reader.put(Card(uid))
        end = time.monotonic() + ANSWER_S
        colour = None
        while colour is None and time.monotonic() < end and not self._stop.is_set():
            time.sleep(0.02)
            with wire.lock:
                colour = next((c["on_color"] for c in reader.commands if c["name"] == "LED"), None)
        return colour

    def rest(self):
        """Nobody comes any more by themselves."""
        self._stop.set()
        for hand in self._hands:
            hand.join()
        self._stop.clear()

    def lets_through(self, uid):
        """Whether the door's reader shows green to this card; waits until the reader answers."""
        colour = None
        for _time in range(PATIENCE):
            colour = colour or self._present(self.door, uid)
        assert colour is not None, f"the reader of door {self.side} does not answer"
        return colour == GREEN

    def sold(self):
        """How often its readers have shown green."""
        return sum(list(self.shown.values()))

    # -- faults ------------------------------------------------------------------------

    def restart(self):
        """SIGKILL and start."""
        self.kill()
        self.remember()
        self.start()

    def fill_disk(self, seconds):
        """No byte fits on its disk for a while."""
        if self.is_mounted:
            filler = self.state / "filler"
            with contextlib.suppress(OSError), filler.open("wb") as file:
                while True:
                    file.write(b"x" * 65536)
            time.sleep(seconds)  # so long the disk is full: the fault itself
            filler.unlink(missing_ok=True)
            return
        limits = resource.prlimit(self.process.pid, resource.RLIMIT_FSIZE)
        resource.prlimit(self.process.pid, resource.RLIMIT_FSIZE, (0, limits[1]))
        time.sleep(seconds)  # the fault itself
        resource.prlimit(self.process.pid, resource.RLIMIT_FSIZE, limits)

    def wrong_clock(self):
        """It comes back from a power cut believing that it is another time."""
        self.kill()
        self.remember()
        self.clock_s = self._draw.choice((-86_400, -600, 600, 86_400))
        self.start()

    def right_clock(self):
        """Somebody has set the clock."""
        if self.clock_s:
            self.kill()
            self.remember()
            self.clock_s = 0
            self.start()

    def copy_journal(self):
        """Make a copy of its disk, as a backup does."""
        self.kill()
        self.remember()
        self._copy = self.folder / "backup"
        shutil.rmtree(self._copy, ignore_errors=True)
        shutil.copytree(self.state, self._copy)
        self.start()

    def restore_journal(self):
        """Put the older copy back. What was written since is gone; returns whether anything was."""
        if self._copy is None:
            return
        self.kill()
        self.remember()
        now, kept = ({entry[2] for entry in self._entries(each)} for each in (self.state, self._copy))
        self.lost_with_the_disk |= now - kept
        for path in (self.state).glob("journal*"):
            path.unlink()
        for path in self._copy.glob("journal*"):
            shutil.copy2(path, self.state / path.name)
        self._copy = None
        self.start()

    # -- what it knows -------------------------------------------------------------------

    def remember(self):
        """Note what its journals hold: ``{uuid: credential}`` of taps."""
        self.journaled |= self._uuids(self.state)
        self.passages |= self._passages(self.state)

    @classmethod
    def _uuids(cls, folder):
        return {
            entry[2]: entry[6] for entry in cls._entries(folder) if entry[1] == "tap" and entry[5] != "door"
        }

    @classmethod
    def _passages(cls, folder):
        return {f"{entry[2]} {entry[1]}" for entry in cls._entries(folder) if entry[5] == "door"}

    @staticmethod
    def _entries(folder):
        found = []
        for path in folder.glob("journal*.db"):
            with contextlib.suppress(sqlite3.Error), contextlib.closing(sqlite3.connect(path)) as base:
                found += [json.loads(text) for (text,) in base.execute("SELECT text FROM entry").fetchall()]
        return found

    def queue(self):
        """Entries that the server has not acknowledged; a large number while nobody knows."""
        status = self._call("status", "--json")
        try:
            return json.loads(status.stdout)["queue"]
        except (ValueError, KeyError):
            return NOTHING
