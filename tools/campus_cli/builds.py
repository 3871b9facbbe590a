"""Databases that are built in layers. Each is cached under a digest of its sources.

`base` has Odoo's own addons, `product` also has ours. Tests and demos copy them.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from pathlib import Path

from . import databases, paths, process, settings
from .console import Step
from .workspace import Workspace

# Changes of these files do not change what an installation writes to the database.
NOT_INSTALLED = ("tests", "static", "__pycache__")


def base(ws: Workspace, step: Step) -> str:
    """The database of Odoo's own addons, in all languages, without our addons."""
    modules = settings.base_modules()
    parts = [ws.tree.version, str(ws.tree.base), *modules, *settings.LOADED_LANGUAGES]
    name = ws.server.name(f"base_{_digest(parts)}")
    if databases.exists(ws.server, name):
        step.result = "ready"
        return name
    half = name + databases.HALF_MADE
    databases.drop(ws.server, half)
    ws.odoo(half).install(["base", *modules], step, settings.LOADED_LANGUAGES)
    databases.rename(ws.server, half, name)
    _drop_others(ws, "base_", name)
    step.result = f"{len(modules)} addons of Odoo with what they need"
    return name


def product(ws: Workspace, base_name: str, step: Step, addons: Iterable[str]) -> str:
    """The base with our addons installed. It is built again when one of them has changed."""
    addons = settings.with_dependencies(addons)
    label, name = _product_name(ws, base_name, addons)
    if databases.exists(ws.server, name):
        step.result = "ready"
        return name
    source, missing = _nearest(ws, base_name, addons)
    half = name + databases.HALF_MADE
    databases.copy(ws.server, source, half)
    ws.odoo(half).install(missing, step, warnings=False)
    databases.rename(ws.server, half, name)
    _drop_others(ws, label, name)
    step.result = ", ".join(addons)
    return name


def _product_name(ws: Workspace, base_name: str, addons: list[str]) -> tuple[str, str]:
    """What the names of all databases with these addons begin with, and the name for their present sources."""
    label = f"product_{_digest(addons)[:4]}_"
    return label, ws.server.name(label + _digest([base_name, *_contents(addons)]))


def _nearest(ws: Workspace, base_name: str, addons: list[str]) -> tuple[str, list[str]]:
    """The finished database that has most of these addons, and those that it has not."""
    for count in range(len(addons) - 1, 0, -1):
        _label, name = _product_name(ws, base_name, addons[:count])
        if databases.exists(ws.server, name):
            return name, addons[count:]
    return base_name, addons


def warm(ws: Workspace, name: str, step: Step) -> None:
    """Compile the browsers' code in a database that is copied. Otherwise each copy does that, and each test of an
    addon that opens a page: what it has compiled is rolled back with the test.
    """
    if ws.server.query("SELECT 1 FROM ir_attachment WHERE url LIKE '/web/assets/%' LIMIT 1", name):
        return
    step.note("compiling the browsers' code")
    ws.odoo(name).script("warm_assets.py", "warm-assets", {"CAMPUS_WARM": "tests"})


def throwaway(ws: Workspace, source: str, label: str) -> str:
    """A copy for one run of one process. Copies of processes that have ended are dropped."""
    prefix = ws.server.name("run_")
    for name in databases.names(ws.server, prefix):
        pid = name.removeprefix(prefix).split("_")[0]
        if not (pid.isdigit() and process.command_line(int(pid))):
            process.end_all(f"{paths.CONF}/{name}")
            databases.drop(ws.server, name)
    name = f"{prefix}{os.getpid()}_{label}"
    databases.copy(ws.server, source, name)
    return name


def digest_of(addons: Iterable[str]) -> str:
    """A digest that changes when a file changes that an installation writes to the database."""
    return _digest(_contents(addons))


def _digest(parts: Iterable[str]) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:10]


def _contents(addons: Iterable[str]) -> Iterable[str]:
    for addon in addons:
        folder = paths.ADDONS / addon
        for path in sorted(folder.rglob("*")):
            if path.is_file() and not _is_left_out(path.relative_to(folder)):
                digest = hashlib.sha256(path.read_bytes()).hexdigest()
                yield f"{path.relative_to(paths.ADDONS)} {digest}"


def _is_left_out(path: Path) -> bool:
    return any(part in NOT_INSTALLED for part in path.parts)


def _drop_others(ws: Workspace, label: str, keep: str) -> None:
    for name in databases.names(ws.server, ws.server.name(label)):
        if name != keep:
            databases.drop(ws.server, name)
