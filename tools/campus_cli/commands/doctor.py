"""`./campus doctor`: list what is there, what is missing and how to get it. Changes nothing."""

from __future__ import annotations

import argparse
import os
import platform
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass

from .. import (
    databases,
    demo_server,
    odoo_tree,
    owners,
    paths,
    ports,
    postgres,
    pythons,
    settings,
    system,
    venv,
)
from ..console import CampusError

HELP = "say what is there, what is missing and how to get it"
FREE_GB_MIN = 4


@dataclass(frozen=True)
class Finding:
    """`state` is ok, missing (needed now) or later (the next ./campus demo makes it)."""

    topic: str
    state: str
    text: str


def arguments(parser: argparse.ArgumentParser) -> None:
    del parser


def run(args: argparse.Namespace) -> int:
    del args
    findings = [_safely(check) for check in CHECKS] + _packages()
    width = max(len(finding.topic) for finding in findings)
    for finding in findings:
        print(f"{finding.state:8} {finding.topic:{width}}  {finding.text}")
    missing = sum(finding.state == "missing" for finding in findings)
    print(f"{missing} missing" if missing else "everything needed is there or will be made by ./campus demo")
    return 1 if missing else 0


def _safely(check: Callable[[], Finding]) -> Finding:
    try:
        return check()
    except CampusError as error:
        hint = f" -> {error.hint}" if error.hint else ""
        return Finding(check.__name__.strip("_"), "missing", f"{error}{hint}")


def _python() -> Finding:
    base = pythons.base_python()
    note = f"; uv gets {base} for .venv" if base == pythons.PYTHON_OTHER else f"; .venv from {base}"
    return Finding("python", "ok", f"{platform.python_version()} ({sys.executable}){note}")


def _uv() -> Finding:
    found = shutil.which("uv")
    return Finding("uv", "ok" if found else "later", found or "installed into .campus/bootstrap when needed")


def _environment() -> Finding:
    ready = venv.is_ready()
    text = paths.relative(paths.VENV) if ready else "made from requirements.txt by ./campus demo"
    return Finding("environment", "ok" if ready else "later", text)


def _odoo() -> Finding:
    python = venv.PYTHON if venv.is_ready() else sys.executable
    tree = odoo_tree.find(python)
    if tree:
        return Finding("odoo", "ok", f"{tree.version} in {tree.base}")
    return Finding("odoo", "later", "fetched by ./campus demo, or set CAMPUS_ODOO to a tree of Odoo 19.0")


def _postgresql() -> Finding:
    server = postgres.running()
    if server is None:
        return Finding("postgresql", "later", "the embedded one is started by ./campus demo")
    if not server.embedded and not venv.is_ready():
        return Finding("postgresql", "ok", f"{server.host}:{server.port}, chosen by the environment")
    return Finding("postgresql", "ok", f"{postgres.check(server)} at {server.host}")


def _demo() -> Finding:
    server = postgres.running()
    if server is None or not venv.is_ready():
        return Finding("demo", "later", "made by ./campus demo")
    name = server.name(settings.DEMO_DATABASE)
    running = demo_server.running()
    if running:
        return Finding("demo", "ok", f"{demo_server.address(running['port'])}, database {name}")
    there = databases.exists(server, name)
    text = f"database {name}, not running" if there else "made by ./campus demo"
    return Finding("demo", "ok" if there else "later", text)


def _disk() -> Finding:
    free_gb = shutil.disk_usage(paths.ROOT).free / 1e9
    state = "ok" if free_gb > FREE_GB_MIN else "missing"
    return Finding("disk", state, f"{free_gb:.0f} GB free; {FREE_GB_MIN} GB are needed")


def _port() -> Finding:
    return Finding("port", "ok", f"the first free one from {ports.first()} on")


def _owner() -> Finding:
    owners.check()
    return Finding("owner", "ok", "what is made here is yours")


CHECKS = (_python, _uv, _environment, _odoo, _postgresql, _port, _demo, _disk, _owner)


def _packages() -> list[Finding]:
    findings = []
    for name, package in settings.SYSTEM_PACKAGES.items():
        if not system.missing([name]):
            findings.append(Finding(name, "ok", "found"))
        elif os.geteuid() == 0 and shutil.which("apt-get"):
            findings.append(Finding(name, "later", f"installed by ./campus test: {package}"))
        else:
            findings.append(Finding(name, "missing", system.install_command([package])))
    return findings
