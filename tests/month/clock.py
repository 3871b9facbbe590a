"""One clock for everything that plays the month: PostgreSQL, Odoo and the people.

Debian's ``faketime`` adds a number of seconds from a file to the real time of every process that is
started with it. Moving the clock is writing that file. Intervals (the monotonic clock) stay real, so
that nothing waits for days or times out early.
"""

import contextlib
import datetime as dt
import math
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

from campus_cli import pg_embedded, process, system
from campus_cli import postgres as postgres_cli
from campus_cli.odoo_process import Odoo

UTC = dt.timezone.utc
CLOCKED = Path(__file__).parent / "clocked"


class Clock:
    """The time that the campus believes; ``path`` is the file that the processes read."""

    def __init__(self, path, zone):
        system.require(("faketime",), ())
        self.library = str(next(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1")))
        self.path, self.zone, self.ahead_s = Path(path), ZoneInfo(zone), 0
        self._write()

    def env(self):
        """Environment of a process that lives in this time."""
        return {
            "LD_PRELOAD": self.library,
            "FAKETIME_TIMESTAMP_FILE": str(self.path),
            "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            "FAKETIME_DONT_RESET": "1",
        }

    def now(self):
        """Local time of the campus, with its zone."""
        real = dt.datetime.now(UTC)
        return (real + dt.timedelta(seconds=self.ahead_s)).astimezone(self.zone)

    def ms(self):
        """Milliseconds since 1970 in this time."""
        return int(self.now().timestamp() * 1000)

    def move_to(self, moment):
        """Set the clock forward to a local ``moment``; it never goes back."""
        target = moment.replace(tzinfo=self.zone)
        self.ahead_s += max(0, math.ceil((target - self.now()).total_seconds()))
        self._write()

    def pass_s(self, seconds):
        """Let some seconds pass."""
        self.ahead_s += seconds
        self._write()

    def _write(self):
        half = self.path.with_suffix(".new")
        half.write_text(f"{self.ahead_s:+d}\n")
        half.chmod(0o644)
        half.replace(self.path)


class ClockedPostgres(pg_embedded.Embedded):
    """A PostgreSQL of its own whose time is the clock's; ``place`` names its folders."""

    def __init__(self, clock, place):
        super().__init__()
        self.clock = clock
        # What a crash would lose is made again from the demo.
        self.settings = {**pg_embedded.SETTINGS, "fsync": "off", "synchronous_commit": "off"}
        self.settings["full_page_writes"] = "off"
        self.data, self.log = self.home / f"pg-{place}", self.home / f"pg-{place}.log"
        self.socket_folder = self.socket_folder.with_name(f"{self.socket_folder.name}-{place}")

    def delete(self):
        """Stop it and remove its data; what the checkout's own server has stays."""
        self.stop()
        for folder in (self.data, self.socket_folder):
            shutil.rmtree(folder, ignore_errors=True)

    def _answers(self, command):
        user = pg_embedded.as_user(self.system_user)
        env = {**(user.pop("env", None) or process.clean_env()), **self.clock.env()}
        return process.answers(command, cwd="/", env=env, **user)


@dataclass(frozen=True)
class ClockedOdoo(Odoo):
    """Odoo whose time is the clock's."""

    clock: Clock | None = None

    def env(self):
        env = super().env()
        return {**env, **self.clock.env(), "PYTHONPATH": f"{CLOCKED}:{env['PYTHONPATH']}"}


def _take_over(source, postgres):
    """The files of the checkout's own server, while it runs: seconds where a dump takes a minute."""
    half = postgres.data.with_name(f"{postgres.data.name}.new")
    shutil.rmtree(half, ignore_errors=True)
    half.mkdir(mode=0o700)
    command = [source.program("pg_basebackup"), "-D", half, "-c", "fast", "-X", "stream"]
    process.run([str(part) for part in command], "month-copy", source.env(), cwd="/")
    if postgres.system_user:
        process.run(["chown", "-R", postgres.system_user, str(half)], "month-copy", cwd="/")
    half.rename(postgres.data)


def _dump(source, target, old, name):
    """A dump of the database ``old`` of somebody else's server, read where it is called ``name``."""
    dump = [source.program("pg_dump"), "-Fc", "-Z0", old]
    restore = [target.program("pg_restore"), "--no-owner", "-d", name]
    target.query(f'CREATE DATABASE "{name}"')
    with subprocess.Popen(dump, env=process.clean_env(source.env()), stdout=subprocess.PIPE) as dumping:
        subprocess.run(
            restore,
            env=process.clean_env(target.env()),
            stdin=dumping.stdout,
            check=True,
            capture_output=True,
        )
    if dumping.returncode:
        raise RuntimeError(f"pg_dump ended with {dumping.returncode}")
    target.query("ANALYZE", name)


@contextlib.contextmanager
def copied_postgres(clock, place, source, old, name):
    """A PostgreSQL with the clock's time and ``old`` of the server ``source``, called ``name``; deleted at the end."""
    postgres = ClockedPostgres(clock, place)
    postgres.delete()
    try:
        if source.embedded:
            _take_over(source, postgres)
        postgres.start()
        server = postgres_cli.of(postgres)
        if source.embedded:
            server.query(f'ALTER DATABASE "{old}" RENAME TO "{name}"')
        else:
            _dump(source, server, old, name)
        yield server
    finally:
        postgres.delete()
