"""An Odoo shell that stays: a test's Python runs in it without loading Odoo again."""

import json
import socket
import subprocess
import tempfile
import time
from pathlib import Path

from campus_cli import paths, process

SCRIPT = paths.ODOO_SCRIPTS / "answer_scripts.py"
# Runs a whole script and answers with what it prints.
WHOLE = """
import contextlib, io, os
os.environ.update(environment)
printed = io.StringIO()
with contextlib.redirect_stdout(printed):
    exec(compile(source, name, "exec"), {"env": env, "__name__": name})
answer = printed.getvalue()
"""
START_TIMEOUT_S = 120
ANSWER_TIMEOUT_S = 300


class OdooShell:
    """The shell of one database, started when it is asked for the first time."""

    def __init__(self, odoo):
        self.odoo = odoo
        self.log = paths.LOGS / f"script-{odoo.database}.log"
        self.folder = tempfile.TemporaryDirectory()
        self.address = Path(self.folder.name) / "shell.sock"
        self.running = None

    def run(self, code, **values):
        """Run ``code`` with ``values`` as names; what it calls ``answer`` comes back. It commits by itself."""
        if not self.running:
            self._start()
        found = self._ask({"code": code, "values": values})
        if "error" in found:
            raise RuntimeError(found["error"])
        return found["answer"]

    def script(self, name, _log="", env=None):
        """Run ``tools/odoo_scripts/<name>`` as :meth:`Odoo.script` does, without a start of Odoo; return its output."""
        source = (paths.ODOO_SCRIPTS / name).read_text(encoding="utf-8")
        return self.run(WHOLE, source=source, environment=env or {}, name=name)

    def close(self):
        """End the shell, which holds connections to the database."""
        if self.running and self.running.poll() is None:
            self._ask(None)
        if self.running:
            process.end(self.running)
        self.folder.cleanup()

    def _ask(self, asked):
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(ANSWER_TIMEOUT_S)
            connection.connect(str(self.address))
            with connection.makefile("rw", encoding="utf-8") as lines:
                lines.write(json.dumps(asked) + "\n")
                lines.flush()
                return json.loads(lines.readline() or '{"error": "the shell ended"}')

    def _start(self):
        self.odoo.write_config()
        env = process.clean_env({**self.odoo.env(), "CAMPUS_SOCKET": str(self.address)})
        with SCRIPT.open(encoding="utf-8") as source, self.log.open("w", encoding="utf-8") as log:
            self.running = subprocess.Popen(
                self.odoo.command("shell", "--no-http", "--log-level=warn"),
                env=env, cwd=paths.ROOT, stdin=source, stdout=log, stderr=subprocess.STDOUT,
            )  # fmt: skip
        deadline = time.monotonic() + START_TIMEOUT_S
        while not self.address.exists():
            if self.running.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"Odoo's shell did not start: {paths.relative(self.log)}")
            time.sleep(0.1)
