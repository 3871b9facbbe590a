"""Odoo as a program: its configuration file, single runs, and a running server."""

from __future__ import annotations

import re
import secrets
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from . import paths, ports, process
from .console import CampusError, Step
from .odoo_tree import OdooTree
from .postgres import Server

LAUNCHER = paths.ODOO_SCRIPTS / "odoo_launcher.py"
LOADING = re.compile(r"Loading module (\w+) \((\d+)/(\d+)\)")
REPORTED = re.compile(r"^\S+ \S+ \d+ (ERROR|CRITICAL) ")
WARNED = re.compile(r"^\S+ \S+ \d+ (WARNING|ERROR|CRITICAL) ")
# The embedded PostgreSQL has no contrib extensions. Odoo logs that and continues.
HARMLESS = ("CREATE EXTENSION IF NOT EXISTS",)
# While a database is being made it need not survive a crash: it is made again then.
HURRIED = {"PGOPTIONS": "-c synchronous_commit=off"}
START_TIMEOUT_S = 120
# The launcher writes this header into every answer.
MARK = "X-Campus-Server"


@dataclass(frozen=True)
class Odoo:
    """One database of one server, run by one tree of Odoo."""

    tree: OdooTree
    server: Server
    database: str
    purpose: str = ""
    options: dict[str, object] = field(default_factory=dict)

    @property
    def config(self) -> Path:
        """One file per purpose, so that a shell does not overwrite the file of a running server."""
        return paths.CONF / f"{self.database}{self.purpose and '-' + self.purpose}.conf"

    def env(self) -> dict[str, str]:
        programs = Path(self.server.program("psql")).parent
        path = f"{paths.VENV / 'bin'}:{programs}:{process.clean_env().get('PATH', '')}"
        env = {**self.server.env(), "PYTHONPATH": str(self.tree.base), "PATH": path}
        # Odoo would use it as the name of the database.
        del env["PGDATABASE"]
        return env

    def write_config(self) -> Path:
        """The file contains the database password, so only its owner may read it."""
        values = {
            "addons_path": ",".join(map(str, [*self.tree.addons_paths, paths.ADDONS])),
            "data_dir": paths.ODOO_DATA,
            "db_host": self.server.host,
            "db_port": self.server.port,
            "db_user": self.server.user,
            "db_name": self.database,
            "list_db": False,
            "admin_passwd": secrets.token_urlsafe(24),
            "http_interface": "127.0.0.1",
            "limit_memory_hard": 0,
            "limit_memory_soft": 0,
            **self.options,
        }
        if self.server.password:
            values["db_password"] = self.server.password
        lines = ["[options]", *(f"{key} = {value}" for key, value in values.items())]
        paths.CONF.mkdir(parents=True, exist_ok=True)
        self.config.touch(mode=0o600)
        self.config.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return self.config

    def command(self, *arguments: str | Path) -> list[str]:
        """`arguments` may begin with a command of Odoo, such as shell."""
        head = list(arguments[:1]) if arguments and not str(arguments[0]).startswith("-") else []
        rest = arguments[len(head) :]
        python = paths.VENV / "bin" / "python"
        return [str(p) for p in (python, LAUNCHER, *head, "-c", self.config, *rest)]

    def install(
        self,
        modules: Iterable[str],
        step: Step,
        languages: Iterable[str] = (),
        update: bool = False,
        warnings: bool = True,
    ) -> None:
        """Install modules into the database. It is created if it does not exist.

        An error in the log is an error; without ``warnings`` a warning is one, too.
        """
        names = ",".join(modules)
        arguments = ["-i", names, "--stop-after-init", "--no-http"]
        if update:
            arguments += ["-u", names]
        if languages:
            arguments.append("--load-language=" + ",".join(languages))
        self._run(arguments, f"install-{self.database}", step, REPORTED if warnings else WARNED)

    def update(self, modules: Iterable[str], step: Step) -> None:
        """Update installed modules. A warning in the log is an error."""
        arguments = ["-u", ",".join(modules), "--stop-after-init", "--no-http"]
        self._run(arguments, f"update-{self.database}", step, WARNED)

    def _run(self, arguments: list[str], log: str, step: Step, wrong: re.Pattern[str]) -> None:
        self.write_config()

        def show(line: str) -> None:
            if found := LOADING.search(line):
                step.note(f"{found[1]} ({found[2]} of {found[3]})")

        env = {**self.env(), **HURRIED}
        output = process.run(self.command(*arguments), log, env, on_line=show, cwd=paths.ROOT)
        reported = [line for line in output.splitlines() if is_wrong(line, wrong)]
        if reported:
            text = "\n".join(reported[:10])
            raise CampusError(f"Odoo reported:\n{text}", f"log: .campus/log/{log}.log")

    def script(
        self,
        name: str,
        log: str,
        env: dict[str, str] | None = None,
        on_line: Callable[[str], None] | None = None,
    ) -> str:
        """Run `tools/odoo_scripts/<name>` in Odoo's shell; returns its output."""
        self.write_config()
        with (paths.ODOO_SCRIPTS / name).open(encoding="utf-8") as source:
            return process.run(
                self.command("shell", "--no-http", "--log-level=warn"),
                log,
                {**self.env(), **(env or {})},
                on_line,
                stdin=source,
                cwd=paths.ROOT,
            )

    def start(self, log: str, listener: socket.socket | None = None) -> subprocess.Popen:
        """Start in the background, in a process group of its own. The process inherits its listening socket."""
        listener = listener or ports.listen(int(self.options["http_port"]))
        with listener:
            self.write_config()
            return launch(self.command(), self.env(), log, listener)


def launch(command: list[str], env: dict[str, str], log: str, listener: socket.socket) -> subprocess.Popen:
    """Start the launcher with its socket. It writes the mark into all answers."""
    paths.LOGS.mkdir(parents=True, exist_ok=True)
    own = {"CAMPUS_LISTENER": str(listener.fileno()), "CAMPUS_MARK": paths.CHECKOUT}
    with (paths.LOGS / f"{log}.log").open("w", encoding="utf-8") as file:
        return subprocess.Popen(
            command,
            env=process.clean_env({**env, **own}),
            cwd=paths.ROOT,
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            pass_fds=[listener.fileno()],
        )


def is_wrong(line: str, wrong: re.Pattern[str] = REPORTED) -> bool:
    """Whether a line of Odoo's log is of a level that ``wrong`` names, and not known to be harmless."""
    return bool(wrong.search(line)) and not any(text in line for text in HARMLESS)


def wait_until_healthy(url: str, server: subprocess.Popen, log: str) -> None:
    """Return when the database answers over HTTP. Raises if the server ends."""
    deadline = time.monotonic() + START_TIMEOUT_S
    log_path = paths.LOGS / f"{log}.log"
    while time.monotonic() < deadline:
        if server.poll() is not None:
            break
        if answers(f"{url}/web/login", server.pid):
            return
        time.sleep(0.2)
    tail = "\n".join(log_path.read_text(errors="replace").splitlines()[-25:])
    raise CampusError(f"Odoo did not start:\n{tail}", f"log: {paths.relative(log_path)}")


def answers(url: str, pid: int) -> bool:
    """True if this process of this checkout gives the page, and not another server."""
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with direct.open(url, timeout=60) as response:
            return response.status == 200 and response.headers.get(MARK) == mark(pid)
    except (OSError, urllib.error.URLError):
        return False


def mark(pid: int) -> str:
    """The name of this checkout and process, to recognise the server."""
    return f"{paths.CHECKOUT}-{pid}"
