"""Prepares everything that Odoo needs: packages, Python, Odoo, PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from . import odoo_tree, postgres, system, venv
from .console import CampusError, Steps
from .odoo_process import Odoo

STEPS = 4


@dataclass(frozen=True)
class Workspace:
    python: Path
    tree: odoo_tree.OdooTree
    server: postgres.Server

    def odoo(self, database: str, purpose: str = "", **options: object) -> Odoo:
        return Odoo(self.tree, self.server, database, purpose, options)


def prepare(steps: Steps, packages: Iterable[str] = (), wanted: Iterable[str] = ()) -> Workspace:
    """Make or repair everything. It takes `STEPS` steps."""
    with steps.step("system packages") as step:
        step.result = system.require((*venv.NEEDS, *packages), wanted)
    with steps.step("Python environment") as step:
        python = venv.ensure(step)
    with steps.step("Odoo") as step:
        tree = odoo_tree.ensure(python, step)
    with steps.step("PostgreSQL") as step:
        server = postgres.ensure(step)
    return Workspace(python, tree, server)


def existing() -> Workspace:
    """What is there and running. Raises if something must be made first."""
    hint = "run ./campus demo first"
    if not venv.is_ready():
        raise CampusError("there is no Python environment yet", hint)
    tree = odoo_tree.find(venv.PYTHON)
    if tree is None:
        raise CampusError("there is no Odoo yet", hint)
    server = postgres.running()
    if server is None:
        raise CampusError("PostgreSQL is not running", hint)
    return Workspace(venv.PYTHON, tree, server)
