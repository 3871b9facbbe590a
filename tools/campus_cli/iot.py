"""Odoo's IoT service on this machine: its packages, and the service as a program."""

from __future__ import annotations

import hashlib
import subprocess
from pathlib import Path

from . import odoo_process, paths, ports, process, venv
from .console import Step
from .odoo_tree import OdooTree

REQUIREMENTS = paths.ROOT / "requirements-iot.txt"
PACKAGES = paths.WORK / "iot-packages"
STAMP = PACKAGES / "campus-lock"
LOADED = "base,web,iot_drivers,campus_iot"


def ensure_packages(step: Step) -> Path:
    """The folder with the packages that only this service needs. It is made if it is not there."""
    digest = hashlib.sha256(REQUIREMENTS.read_bytes()).hexdigest()
    if STAMP.exists() and STAMP.read_text(encoding="utf-8") == digest:
        return PACKAGES
    install = [venv.find_uv(step), "pip", "install", "--quiet", "--require-hashes", "--reinstall"]
    install += ["--python", venv.PYTHON, "--target", PACKAGES, "--requirements", REQUIREMENTS]
    process.run(install, "iot-packages", venv.SYSTEM_CERTIFICATES)
    STAMP.write_text(digest, encoding="utf-8")
    return PACKAGES


def start(tree: OdooTree, packages: Path, port: int, readers: str, log: str) -> subprocess.Popen:
    """Start the service with these readers (see ``campus_edge.lan.reader_line``); it has no database."""
    addons = ",".join(map(str, [*tree.addons_paths, paths.ADDONS]))
    command = [venv.PYTHON, odoo_process.LAUNCHER, f"--load={LOADED}", f"--addons-path={addons}"]
    command += ["--http-interface=127.0.0.1", f"--http-port={port}", f"--data-dir={paths.WORK / 'iot-data'}"]
    command += ["--workers=0", "--max-cron-threads=0", "--no-database-list"]
    env = {"PYTHONPATH": f"{tree.base}:{packages}", "CAMPUS_READERS": readers}
    with ports.listen(port) as listener:
        return odoo_process.launch(list(map(str, command)), env, log, listener)
