"""A running ``pcscd`` with a virtual reader: the machine's own, else one for these tests.

There can be one on a machine only (its socket has a fixed place), so tests take turns.
"""

import contextlib
import fcntl
import random
import shutil
import socket
import subprocess
import tempfile
import time
from pathlib import Path

from smartcard import scard

from campus_edge.simulators import vpcd

LOCK = Path(tempfile.gettempdir()) / "campus-pcscd.lock"
START_TIMEOUT_S = 8
STARTS_MAX = 4
#: Below the ports that outgoing connections get on Linux.
PORTS = range(21_000, 32_000, 2)


@contextlib.contextmanager
def virtual_reader(folder):
    """Give a service with ``port``: where cards are laid on its virtual reader, by TCP."""
    with LOCK.open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if answers():
            yield Foreign()
            return
        service = Pcscd(folder)
        try:
            service.start()
            yield service
        finally:
            service.stop()


class Foreign:
    """The machine's own service, which is not ours to end."""

    port, process = vpcd.PORT, None

    def stop(self):
        pass

    start = stop


class Pcscd:
    """The service in the foreground with nothing but a virtual reader on ports of its own."""

    def __init__(self, folder):
        self.folder, self.process, self.port = folder / "reader.conf.d", None, 0
        self.folder.mkdir()

    def start(self):
        """On the former port if it had one, else on free ones; anybody may take these first."""
        for attempt in range(STARTS_MAX):
            if not self.port or attempt:
                self.port = free_ports()
            self._configure()
            program = shutil.which("pcscd") or "/usr/sbin/pcscd"
            command = [program, "--foreground", "--config", str(self.folder)]
            self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            if self._is_up():
                return
            self.stop()
        raise AssertionError("pcscd gave no virtual reader")

    def _configure(self):
        driver = min(Path("/usr/lib/pcsc/drivers/serial").glob("libifdvpcd.so*"))
        (self.folder / "vpcd").write_text(
            f'FRIENDLYNAME "Virtual PCD"\nDEVICENAME /dev/null:{self.port:#x}\n'
            f"LIBPATH {driver}\nCHANNELID {self.port:#x}\n"
        )

    def _is_up(self):
        end = time.monotonic() + START_TIMEOUT_S
        while not answers():
            assert self.process.poll() is None, (
                "pcscd ended; root can start one, others need the machine's own"
            )
            if time.monotonic() > end:
                return False
            time.sleep(0.05)
        return True

    def stop(self):
        if self.process is not None:
            self.process.terminate()
            self.process.wait(10)
            self.process = None


def free_ports():
    """Return the first of two free ports: the virtual reader has two slots."""
    for port in random.sample(PORTS, 50):
        with contextlib.suppress(OSError), contextlib.ExitStack() as stack:
            for place in (port, port + 1):
                stack.enter_context(socket.create_server(("", place)))
            return port
    raise AssertionError("no free ports")


def answers():
    """A PC/SC service is there and has a virtual reader."""
    result, context = scard.SCardEstablishContext(scard.SCARD_SCOPE_USER)
    if result != scard.SCARD_S_SUCCESS:
        return False
    try:
        return any("Virtual PCD" in name for name in scard.SCardListReaders(context, [])[1])
    finally:
        scard.SCardReleaseContext(context)
