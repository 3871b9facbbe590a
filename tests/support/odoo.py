"""Throwaway databases and running servers for programs that need real commits."""

import contextlib
import json
import os

from campus_cli import builds, databases, odoo_process, ports, process, settings, state, workspace
from campus_cli.console import Steps


def built(addons=settings.PRODUCT_ADDONS):
    """``(workspace, database)`` with these addons installed; nobody changes it."""
    steps = Steps(workspace.STEPS + 2)
    # ./campus test has made everything, and holds the lock while it makes something else
    prepared = bool(os.environ.get("CAMPUS_PREPARED"))
    with contextlib.nullcontext() if prepared else state.checkout_lock():
        ws = workspace.existing() if prepared else workspace.prepare(steps)
        with steps.step("database of Odoo's addons") as step:
            base = builds.base(ws, step)
        with steps.step("database with our addons") as step:
            return ws, builds.product(ws, base, step, settings.existing(addons))


@contextlib.contextmanager
def odoo_database(label):
    """``(workspace, database)`` with our addons installed, thrown away afterwards."""
    ws, product = built()
    database = builds.throwaway(ws, product, label)
    try:
        yield ws, database
    finally:
        databases.drop(ws.server, database)


@contextlib.contextmanager
def odoo_server(ws, database, label, workers=2, **options):
    """URL of a running Odoo with HTTP workers, as in production."""
    http, gevent = ports.hold(2)
    odoo = ws.odoo(
        database, http_port=http, gevent_port=gevent, workers=workers, max_cron_threads=0, **options
    )
    running = odoo.start(label)
    url = f"http://127.0.0.1:{http}"
    try:
        odoo_process.wait_until_healthy(url, running, label)
        yield url
    finally:
        process.end(running)


def school(odoo, **wanted):
    """Run ``load_school.py`` in the database; what its clients must know."""
    output = odoo.script("load_school.py", "load-school", {"CAMPUS_SCHOOL": json.dumps(wanted)})
    line = next(line for line in output.splitlines() if line.startswith("SCHOOL "))
    return json.loads(line.removeprefix("SCHOOL "))
