"""A running ``pcscd`` with a virtual reader: the machine's own, else one for these tests.

There can be one on a machine only (its socket has a fixed place), so tests take turns.
"""

import contextlib
import fcntl
import shutil
import socket
import subprocess
import tempfile
import time
from pathlib import Path

from smartcard import scard

from campus_edge.simulators import vpcd

LOCK = Path(tempfile.gettempdir()) / "campus-pcscd.lock"
START_TIMEOUT_S = 20


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

    port = vpcd.PORT

    def stop(self):
        pass

    start = stop


class Pcscd:
    """The service in the foreground with nothing but a virtual reader on a port of its own."""

    def __init__(self, folder):
        driver = min(Path("/usr/lib/pcsc/drivers/serial").glob("libifdvpcd.so*"))
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        (folder / "vpcd").write_text(
            f'FRIENDLYNAME "Virtual PCD"\nDEVICENAME /dev/null:{self.port:#x}\n'
            f"LIBPATH {driver}\nCHANNELID {self.port:#x}\n"
        )
        self.folder, self.process = folder, None

    def start(self):
        program = shutil.which("pcscd") or "/usr/sbin/pcscd"
        command = [program, "--foreground", "--config", str(self.folder)]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        end = time.monotonic() + START_TIMEOUT_S
        while not answers():
            assert self.process.poll() is None, "pcscd ended; as root it starts itself, else start it"
            assert time.monotonic() < end, "pcscd does not answer"
            time.sleep(0.05)

    def stop(self):
        if self.process is not None:
            self.process.terminate()
            self.process.wait(10)
            self.process = None


def answers():
    """A PC/SC service is there and has a virtual reader."""
    result, context = scard.SCardEstablishContext(scard.SCARD_SCOPE_USER)
    if result != scard.SCARD_S_SUCCESS:
        return False
    try:
        return any("Virtual PCD" in name for name in scard.SCardListReaders(context, [])[1])
    finally:
        scard.SCardReleaseContext(context)
