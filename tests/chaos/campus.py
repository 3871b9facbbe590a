"""The server side of the faults, on a PostgreSQL that nobody else uses."""

import contextlib
import os
import signal
import subprocess
from dataclasses import replace
from pathlib import Path

from campus_cli import databases, paths, process, state
from campus_cli.console import Steps
from support.edge_rig import until
from support.odoo import built
from support.own_postgres import OwnPostgres, copied_postgres


@contextlib.contextmanager
def university():
    """``(PostgreSQL, workspace, database)``: our addons on a PostgreSQL that may be killed, as nobody else uses it."""
    ws, source = built()
    name = f"{source}_chaos"
    with contextlib.ExitStack() as stack:
        stack.enter_context(state.locked(paths.WORK / "chaos.lock"))
        postgres = OwnPostgres("chaos")
        with Steps(1).step("a copy that may be killed"):
            server = stack.enter_context(copied_postgres(postgres, ws.server, source, name))
            databases.copy_filestore(source, name)
        stack.callback(databases.drop_filestore, name)
        yield postgres, replace(ws, server=server), name


class Campus:
    """The server side: Odoo with workers, PostgreSQL, and what the database says."""

    def __init__(self, postgres, ws, database, url):
        self.postgres, self.ws, self.database, self.url = postgres, ws, database, url

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
        postmaster = int((self.postgres.data / "postmaster.pid").read_text().split()[0])
        os.kill(postmaster, signal.SIGKILL)
        assert until(lambda: not process.command_line(postmaster)), "the postmaster does not end"
        self.postgres.start()
