"""The server side of chaos: Odoo with workers, PostgreSQL, and what the database says."""

import contextlib
import os
import signal
import subprocess
from pathlib import Path

from campus_cli import pg_embedded, process
from support.edge_rig import until


class Campus:
    """``query(sql)`` reads the database; the rest are faults of the server."""

    def __init__(self, ws, database, url):
        self.ws, self.database, self.url = ws, database, url

    def query(self, sql):
        """Rows of a statement."""
        return self.ws.server.query(sql, self.database)

    def workers(self):
        """Process ids of the HTTP workers of this server."""
        found = subprocess.run(
            ["pgrep", "-f", f"{self.database}.conf"], capture_output=True, text=True, check=False
        )
        pids = [int(pid) for pid in found.stdout.split()]
        parents = {
            pid: int(Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[1]) for pid in pids
        }
        return [pid for pid in pids if parents[pid] in parents]

    def kill_worker(self, draw):
        workers = self.workers()
        if workers:
            with contextlib.suppress(ProcessLookupError):
                os.kill(draw.choice(workers), signal.SIGKILL)

    def back_up(self):
        """A copy of the database as it is now."""
        with self._nobody():
            self._maintain(f'DROP DATABASE IF EXISTS "{self.backup}"')
            self._maintain(f'CREATE DATABASE "{self.backup}" TEMPLATE "{self.database}" STRATEGY file_copy')

    def restore(self):
        """The copy takes the database's place; what was stored since is gone."""
        lost = f"{self.database}_lost"
        with self._nobody():
            self._maintain(f'ALTER DATABASE "{self.database}" RENAME TO "{lost}"')
            self._maintain(f'ALTER DATABASE "{self.backup}" RENAME TO "{self.database}"')
            self._maintain(f'DROP DATABASE "{lost}" WITH (FORCE)')

    @contextlib.contextmanager
    def _nobody(self):
        """Nobody is connected to the database meanwhile."""
        self._maintain(f'ALTER DATABASE "{self.database}" ALLOW_CONNECTIONS false')
        self._maintain(
            f"SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = '{self.database}'"
        )
        try:
            yield
        finally:
            self._maintain(f'ALTER DATABASE "{self.database}" ALLOW_CONNECTIONS true')

    def _maintain(self, sql):
        return self.ws.server.query(sql)

    @property
    def backup(self):
        return f"{self.database}_backup"

    def kill_postgres(self):
        """SIGKILL to the postmaster, then what an operator does."""
        embedded = pg_embedded.Embedded()
        postmaster = int((embedded.data / "postmaster.pid").read_text().split()[0])
        os.kill(postmaster, signal.SIGKILL)
        assert until(lambda: not process.command_line(postmaster)), "the postmaster does not end"
        embedded.start()
