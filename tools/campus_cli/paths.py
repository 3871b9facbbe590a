"""All folders that the command line writes to."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ADDONS = ROOT / "addons"
# The folders of the pure packages campus_core and campus_edge, and the same as a PYTHONPATH.
PURE = (ADDONS / "campus_card", ADDONS / "campus_terminal")
PURE_PATH = os.pathsep.join(map(str, PURE))
TOOLS = ROOT / "tools"
ODOO_SCRIPTS = TOOLS / "odoo_scripts"
ARTIFACTS = ROOT / "artifacts"
VENV = ROOT / ".venv"
REQUIREMENTS = ROOT / "requirements.txt"

WORK = ROOT / ".campus"
LOGS = WORK / "log"
CONF = WORK / "conf"
ODOO_DATA = WORK / "odoo"
STATE = WORK / "state.json"

# A name for this checkout that differs from other checkouts on this machine.
CHECKOUT = hashlib.sha256(str(ROOT).encode()).hexdigest()[:8]


def cache() -> Path:
    """The user's cache, shared by all checkouts."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "campus"


def relative(path: Path) -> str:
    """The path as seen from the checkout."""
    try:
        return str(path.relative_to(ROOT))
    except ValueError:
        return str(path)
