"""The demo server in the background: start it, find it, stop it."""

from __future__ import annotations

import contextlib

from . import odoo_process, ports, process, state
from .console import Step
from .odoo_process import Odoo
from .workspace import Workspace

LOG = "demo"


def address(port: int) -> str:
    return f"http://127.0.0.1:{port}"


def running() -> dict | None:
    """The stored state of the server, if its process still runs."""
    server = state.read().get("server")
    if not server or server["config"] not in process.command_line(server["pid"]):
        return None
    return server


def start(ws: Workspace, database: str, step: Step) -> str:
    """Start the server unless it runs. Returns its address."""
    server = running()
    if server and odoo_process.answers(address(server["port"]) + "/web/login", server["pid"]):
        step.result = "runs already"
        return address(server["port"])
    stop()
    # The port of the last time, unless another program uses it now.
    with ports.take(state.read().get("port")) as listener:
        port = listener.getsockname()[1]
        odoo = _odoo(ws, database, port)
        child = odoo.start(LOG, listener)
    state.update(port=port, server={"pid": child.pid, "port": port, "config": str(odoo.config)})
    try:
        odoo_process.wait_until_healthy(address(port), child, LOG)
    except BaseException:
        stop()
        raise
    step.result = f"process {child.pid}"
    return address(port)


def stop() -> bool:
    """Stop the server and delete its state. True if there was one."""
    server = running()
    stopped = bool(server) and process.end_pid(server["pid"], server["config"])
    with contextlib.suppress(FileNotFoundError):
        state.update(server=None)
    return stopped


def _odoo(ws: Workspace, database: str, port: int) -> Odoo:
    """It uses threads and no workers, so that one port serves pages and websocket without a proxy."""
    return ws.odoo(database, "server", http_port=port, workers=0, max_cron_threads=1)
