"""The database server: the embedded one, or the one the environment names.

`CAMPUS_DB_URL` (postgresql://user:password@host:port/maintenance_db) or libpq's
own `PGHOST` select a real server; without them the checkout runs its own.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from . import paths, pg_embedded, ports, process
from .console import CampusError, Step

PORT = 5432
# Since this version databases can be copied by their files.
OLDEST = 15


@dataclass(frozen=True)
class Server:
    """How to reach a PostgreSQL server; `host` may be a socket directory."""

    host: str
    user: str
    port: int = PORT
    password: str = ""
    maintenance: str = "postgres"
    embedded: bool = False

    def env(self) -> dict[str, str]:
        """The libpq variables for psql, pgbench and Odoo's own tools."""
        values = {
            "PGHOST": self.host,
            "PGPORT": str(self.port),
            "PGUSER": self.user,
            "PGDATABASE": self.maintenance,
        }
        if self.password:
            values["PGPASSWORD"] = self.password
        return values

    def name(self, label: str) -> str:
        """A database name. On a shared server it differs from the names of other checkouts."""
        return f"campus_{label}" if self.embedded else f"campus_{paths.CHECKOUT}_{label}"

    def program(self, name: str) -> str:
        """A PostgreSQL program: the bundled one; with another server, the system's first."""
        bundled = pg_embedded.bundled_programs() / name
        system = None if self.embedded else shutil.which(name)
        if system or bundled.exists():
            return system or str(bundled)
        raise CampusError(f"{name} is not on this machine", "install the PostgreSQL client")

    def query(self, sql: str, database: str = "") -> list[list[str]]:
        """Rows as text. Raises with the server's own message."""
        done = subprocess.run(
            [self.program("psql"), "-XqAt", "-F", "\t", "-v", "ON_ERROR_STOP=1", "-c", sql],
            env=process.clean_env({**self.env(), "PGDATABASE": database or self.maintenance}),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise CampusError(f"PostgreSQL: {done.stderr.strip()}")
        return [line.split("\t") for line in done.stdout.splitlines() if line]


def chosen() -> Server | None:
    """The server that the environment names, if it names one."""
    url = os.environ.get("CAMPUS_DB_URL")
    if url:
        return parse_url(url)
    if not os.environ.get("PGHOST"):
        return None
    return Server(
        host=os.environ["PGHOST"],
        port=_port(os.environ.get("PGPORT", ""), "PGPORT"),
        user=os.environ.get("PGUSER") or os.environ.get("USER") or "odoo",
        password=os.environ.get("PGPASSWORD", ""),
        maintenance=os.environ.get("PGDATABASE") or "postgres",
    )


def _port(text: str, what: str) -> int:
    text = text.strip()
    if not text:
        return PORT
    if not (text.isascii() and text.isdigit() and 0 < int(text) <= ports.PORT_MAX):
        raise CampusError(
            f"{what} is {text}, which is no port", f"set a number; PostgreSQL's usual one is {PORT}"
        )
    return int(text)


def _port_of(netloc: str) -> str:
    """The port after the host's colon. IPv6 addresses have their colons in brackets."""
    return netloc.rpartition("@")[2].rpartition("]")[2].partition(":")[2]


def parse_url(url: str) -> Server:
    parts = urlsplit(url)
    if parts.scheme not in ("postgresql", "postgres"):
        raise CampusError("CAMPUS_DB_URL must begin with postgresql://")
    query = parse_qs(parts.query)
    return Server(
        host=query.get("host", [unquote(parts.hostname or "localhost")])[0],
        port=_port(_port_of(parts.netloc) or query.get("port", [""])[0], "the port in CAMPUS_DB_URL"),
        user=unquote(parts.username or "odoo"),
        password=unquote(parts.password or ""),
        maintenance=unquote(parts.path.strip("/")) or "postgres",
    )


def ensure(step: Step) -> Server:
    server = chosen()
    if server is None:
        embedded = pg_embedded.Embedded()
        step.note("starting the embedded PostgreSQL")
        embedded.start()
        server = of(embedded)
    if server.user == "postgres":
        raise CampusError(
            "Odoo refuses the database role postgres",
            "create a role of its own: createuser --createdb campus",
        )
    version = check(server)
    where = "embedded" if server.embedded else f"{server.host}:{server.port}"
    step.result = f"{version}, {where}"
    return server


def check(server: Server) -> str:
    """The server's version. Raises if it is too old, or if the role may not create databases."""
    sql = """SELECT current_setting('server_version_num'), current_setting('server_version'), current_user,
                    (SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user)"""
    number, version, role, may_create = server.query(sql)[0]
    version = version.split()[0]
    if int(number) < OLDEST * 10_000:
        raise CampusError(
            f"PostgreSQL {version} at {server.host}:{server.port} is too old: {OLDEST} is the oldest that will do",
            f"choose a server of PostgreSQL {OLDEST} or newer, or leave out CAMPUS_DB_URL and PGHOST: "
            "the checkout then runs one of its own",
        )
    if may_create != "t":
        raise CampusError(
            f"the database role {role} may not create databases",
            f'as an administrator of the server: ALTER ROLE "{role}" CREATEDB',
        )
    return version


def of(embedded: pg_embedded.Embedded) -> Server:
    return Server(host=str(embedded.socket_folder), user=pg_embedded.ROLE, embedded=True)


def running() -> Server | None:
    """The running server. This starts nothing."""
    server = chosen()
    if server is not None:
        return server
    embedded = pg_embedded.Embedded()
    return of(embedded) if embedded.is_running() else None


def stop() -> bool:
    """Stop the embedded server. A server that the environment names is left alone."""
    return chosen() is None and pg_embedded.Embedded().stop()


def programs_present() -> bool:
    return Path(pg_embedded.bundled_programs() / "postgres").exists()
