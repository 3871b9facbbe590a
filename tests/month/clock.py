"""One clock for everything that plays the month: PostgreSQL, Odoo and the people.

Debian's ``faketime`` adds a number of seconds from a file to the real time of every process that is
started with it. Moving the clock is writing that file. Intervals (the monotonic clock) stay real, so
that nothing waits for days or times out early.
"""

import datetime as dt
import math
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

from campus_cli import pg_embedded, process, system
from campus_cli.odoo_process import Odoo
from support.own_postgres import OwnPostgres

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


class ClockedPostgres(OwnPostgres):
    """A PostgreSQL of its own whose time is the clock's; ``place`` names its folders."""

    def __init__(self, clock, place):
        # What a crash would lose is made again from the demo.
        super().__init__(place, fsync="off", synchronous_commit="off", full_page_writes="off")
        self.clock = clock

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
