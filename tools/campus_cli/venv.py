"""The virtual environment `.venv`, installed from the lock file with hashes."""

from __future__ import annotations

import hashlib
import shutil
import sys
from pathlib import Path

from . import paths, process, pythons, system
from .console import CampusError, Step

PYTHON = paths.VENV / "bin" / "python"
# What is needed to make it: the machine's uv, else pip.
NEEDS = ("python-venv",)
STAMP = paths.VENV / "campus-lock"
# The option has different names in different versions of uv.
SYSTEM_CERTIFICATES = {"UV_SYSTEM_CERTS": "1", "UV_NATIVE_TLS": "1"}
BOOTSTRAP = paths.WORK / "bootstrap"


def program(name: str) -> Path:
    return paths.VENV / "bin" / name


def lock_digest() -> str:
    return hashlib.sha256(paths.REQUIREMENTS.read_bytes()).hexdigest()


def is_ready() -> bool:
    try:
        fresh = STAMP.read_text(encoding="utf-8") == lock_digest()
    except OSError:
        return False
    return fresh and process.answers([PYTHON, "-c", "pass"])


def ensure(step: Step) -> Path:
    """Make or repair `.venv` and return its Python. The stamp is written last."""
    if is_ready():
        step.result = "ready"
        return PYTHON
    STAMP.unlink(missing_ok=True)
    uv = find_uv(step)
    if not process.answers([PYTHON, "-c", "pass"]):
        step.note("creating .venv")
        shutil.rmtree(paths.VENV, ignore_errors=True)
        process.run([uv, "venv", "--quiet", "--python", pythons.base_python(), paths.VENV], "venv")
    step.note("installing the locked packages")
    _install(uv, step)
    STAMP.write_text(lock_digest(), encoding="utf-8")
    count = paths.REQUIREMENTS.read_text(encoding="utf-8").count("==")
    step.result = f"{count} locked packages"
    return PYTHON


def find_uv(step: Step) -> str:
    """The machine's uv, else one that is installed from the package index."""
    found = shutil.which("uv")
    if found and process.answers([found, "--version"]):
        return found
    own = BOOTSTRAP / "bin" / "uv"
    if not process.answers([own, "--version"]):
        step.note("installing uv")
        shutil.rmtree(BOOTSTRAP, ignore_errors=True)
        if not process.answers([sys.executable, "-c", "import ensurepip"]):
            system.install(["python3-venv"])
        process.run([sys.executable, "-m", "venv", BOOTSTRAP], "bootstrap")
        process.run([BOOTSTRAP / "bin" / "pip", "install", "--quiet", "uv"], "bootstrap")
    return str(own)


def _install(uv: str, step: Step) -> None:
    """Install with uv; then again with the machine's own certificates; then with pip.

    uv uses its built-in certificates and does not read pip's configuration. Some machines reach the package
    index only with their own certificates, others only with the built-in ones.
    """
    sync = [uv, "pip", "sync", "--python", PYTHON, "--require-hashes", paths.REQUIREMENTS]
    for env in ({}, SYSTEM_CERTIFICATES):
        try:
            process.run(sync, "venv", env, on_line=step.note)
            return
        except CampusError:
            step.note("uv could not, trying another way")
    if not process.answers([PYTHON, "-c", "import ensurepip"]):
        system.install(["python3-venv"])
    process.run([PYTHON, "-m", "ensurepip"], "venv-pip")
    pip = [PYTHON, "-m", "pip", "install", "--require-hashes", "-r", paths.REQUIREMENTS]
    process.run(pip, "venv-pip", on_line=step.note)
