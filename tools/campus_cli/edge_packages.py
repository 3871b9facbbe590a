"""Further packages in `.venv`: PC/SC for the edge, compiled here, and programs for its tests."""

from __future__ import annotations

import hashlib

from . import paths, process, system, venv
from .console import CampusError, Step

REQUIREMENTS = paths.ROOT / "requirements-edge.txt"
STAMP = paths.VENV / "campus-edge-lock"
#: The service, its virtual reader, and what is needed to compile pyscard.
PACKAGES = ("pcscd", "vsmartcard-vpcd", "libpcsclite-dev", "swig", "c-compiler", "python-headers")


def ensure(step: Step) -> None:
    """Add the packages to a complete `.venv`. The stamp is written last."""
    done = system.require(PACKAGES)
    if is_ready():
        step.result = done
        return
    STAMP.unlink(missing_ok=True)
    step.note("compiling pyscard")
    uv = venv.find_uv(step)
    add = [uv, "pip", "install", "--python", venv.PYTHON, "--require-hashes", "-r", REQUIREMENTS]
    try:
        process.run(add, "venv-edge", on_line=step.note)
    except CampusError:
        step.note("uv could not, trying the machine's own certificates")
        process.run(add, "venv-edge", venv.SYSTEM_CERTIFICATES, on_line=step.note)
    STAMP.write_text(_digest(), encoding="utf-8")
    count = REQUIREMENTS.read_text(encoding="utf-8").count("==")
    step.result = f"{count} locked packages"


def is_ready() -> bool:
    """The lists have not changed, and `.venv` was not made again since (that removes these packages)."""
    try:
        fresh = STAMP.read_text(encoding="utf-8") == _digest()
    except OSError:
        return False
    return fresh and process.answers([venv.PYTHON, "-c", "import smartcard.scard, nfc, rdm6300"])


def _digest() -> str:
    return hashlib.sha256(REQUIREMENTS.read_bytes() + paths.REQUIREMENTS.read_bytes()).hexdigest()
