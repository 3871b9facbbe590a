"""The program ``campus-edge`` as a process of its own, for tests."""

import contextlib
import os
import signal
import subprocess
import sys

from campus_cli.paths import PURE_PATH
from campus_edge.simulators.cards import Card
from campus_edge.simulators.rdm6300 import Rdm6300Reader
from campus_edge.simulators.wire import Wire
from support.edge_campus import uid_of
from support.edge_rig import until


class Program:
    """Settings, state and processes of one edge with one simulated reader at ``terminal``."""

    def __init__(self, folder, command=None, terminal="T01", **settings):
        self.folder, self.terminal = folder, terminal
        self.command = command or [sys.executable, "-m", "campus_edge"]
        self.wire = Wire(Rdm6300Reader(), 0)
        self.processes = []
        self._began = 0
        self._settings = settings

    def __enter__(self):
        self.wire.plug()
        reader = f'[[reader]]\nterminal = "{self.terminal}"\ndriver = "rdm6300"\nurl = "{self.wire.url}"\n'
        server = "".join(f"{name} = {value}\n" for name, value in self._settings.items())
        text = f'[edge]\nstate_folder = "state"\nlanguage = "en_US"\n[server]\n{server}{reader}'
        (self.folder / "edge.toml").write_text(text, "utf-8")
        return self

    def __exit__(self, *error):
        for process in self.processes:
            if process.poll() is None:
                process.kill()
            process.wait()
        self.wire.unplug()

    def call(self, *arguments, **options):
        """Run a command to its end; return what it said."""
        return subprocess.run(
            [*self.command, "--config", str(self.folder / "edge.toml"), *arguments],
            env=self._env(), capture_output=True, text=True, timeout=60, check=False, **options,
        )  # fmt: skip

    @contextlib.contextmanager
    def beside(self, *arguments):
        """Run a command during the block; what it says goes to the file that is given."""
        path = self.folder / "beside"
        with path.open("wb") as said:
            process = subprocess.Popen(
                [*self.command, "--config", str(self.folder / "edge.toml"), *arguments],
                env={**self._env(), "PYTHONUNBUFFERED": "1"}, stdout=said, stderr=said,
            )  # fmt: skip
        self.processes.append(process)
        yield path
        process.terminate()

    def run(self):
        """Start ``campus-edge run`` and return the process; its log is in ``log``."""
        with (self.folder / "log").open("ab") as log:
            self._began = log.tell()
            process = subprocess.Popen(
                [*self.command, "--config", str(self.folder / "edge.toml"), "run"],
                env=self._env(), stdout=log, stderr=log,
            )  # fmt: skip
        self.processes.append(process)
        return process

    def started(self):
        """Wait until the process that was started last has a card list and its reader."""
        return until(lambda: f"reader {self.terminal}: ready" in self.recent and self._has_cards(), 30)

    def _has_cards(self):
        # one that was killed has its list on the disk
        return '"message": "snapshot ' in self.log

    @property
    def log(self):
        """What all processes have logged."""
        return (self.folder / "log").read_text("utf-8")

    @property
    def recent(self):
        """What the last process has logged."""
        return (self.folder / "log").read_bytes()[self._began :].decode()

    def put(self, card):
        """Lay a card (a number, or a UID) on the reader."""
        with self.wire.lock:
            self.wire.device.put(Card(card if isinstance(card, str) else uid_of(card)))

    def take(self):
        with self.wire.lock:
            self.wire.device.take()

    def kill(self, process):
        """As a power cut does."""
        process.send_signal(signal.SIGKILL)
        process.wait()

    def _env(self):
        return {**os.environ, "PYTHONPATH": PURE_PATH, "PYTHONDONTWRITEBYTECODE": "1"}
