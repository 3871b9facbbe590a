"""A running ``pcscd`` with a virtual reader of its own: every user and checkout has one.

The service's socket has a fixed place below ``/run``, which is the root's. So the service gets a view
of the file system in which that place is a folder of the test (Linux namespaces, for which an ordinary
user needs no rights), and clients are told the folder. Where the kernel forbids that, the machine's own
service must do, in turns.
"""

import atexit
import contextlib
import os
import random
import shutil
import socket
import subprocess
import tempfile
import time
from pathlib import Path

from smartcard import scard

from campus_edge.simulators import vpcd

START_TIMEOUT_S = 20
STARTS_MAX = 4
#: Below the ports that outgoing connections get on Linux.
PORTS = range(21_000, 32_000, 2)
#: Where libpcsclite looks for the service, when it is told.
SOCKET_NAME = "PCSCLITE_CSOCK_NAME"
#: A name that the kernel holds as long as somebody has it: no file, so none that another user left.
TURN = "\0campus-pcscd"
TURN_S = 0.2
OWN_VIEW = """
[ -d /run/pcscd ] || { mount -t tmpfs none /run && mkdir /run/pcscd; }
mount --bind "$1" /run/pcscd && shift && exec "$@"
"""


@contextlib.contextmanager
def virtual_reader(folder):
    """Give a service with ``port``: where cards are laid on its virtual reader, by TCP."""
    if RUN is None:
        with turn():
            assert answers(), (
                "no PC/SC service runs here, and this user may not start one of his own (Linux namespaces): "
                "install vsmartcard-vpcd and start the machine's: sudo systemctl start pcscd"
            )
            yield Foreign()
        return
    service = Pcscd(folder)
    try:
        service.start()
        yield service
    finally:
        service.stop()


def own_view(*command):
    """The command with a view of the file system of its own, in which it is root."""
    unshare = ["unshare", "--mount"]
    if os.geteuid() != 0:
        unshare = ["unshare", "--user", "--map-root-user", "--mount"]
    return [*unshare, "sh", "-c", OWN_VIEW, "sh", *map(str, command)]


def can_have_own_view():
    """Whether the kernel lets this user have one."""
    with tempfile.TemporaryDirectory() as folder:
        try:
            done = subprocess.run(own_view(folder, "true"), capture_output=True, check=False)
        except OSError:
            return False
    return done.returncode == 0


def place_of_socket():
    """The folder for the service's socket; None where it cannot be ours.

    One per process, told before anything asks for the service: libpcsclite looks once.
    """
    if not can_have_own_view():
        return None
    folder = tempfile.mkdtemp(prefix="campus-pcscd-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    os.environ[SOCKET_NAME] = f"{folder}/pcscd.comm"
    return folder


@contextlib.contextmanager
def turn():
    """Wait until nobody else of this machine uses its service."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as name:
        while True:
            try:
                name.bind(TURN)
                break
            except OSError:
                time.sleep(TURN_S)
        yield


RUN = place_of_socket()


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
            self.process = subprocess.Popen(
                own_view(RUN, *command), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
            )
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
            assert self.process.poll() is None, f"pcscd ended with code {self.process.returncode}"
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
