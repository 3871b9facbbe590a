"""Compiles, imports and tests the pure packages on the oldest and the newest Python that they support."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from . import paths, process, pythons, venv
from .console import CampusError, Step

PACKAGES = (
    "cryptography",
    "openpyxl",
    "h11",
    "websocket-client",
    "pyserial",
    "pytest",
    "pytest-timeout",
    "hypothesis",
)
#: Tests of both packages that need neither devices nor a server.
TESTS = (
    "money", "number", "uid", "tap", "limits", "pin", "qr_code", "sun", "signing", "wire", "card_state",
    "heartbeat", "journal_chain", "told", "topup", "reader_trouble", "edge_journal", "edge_snapshot", "edge_keypad",
)  # fmt: skip
#: Few examples, because other runs of the same tests use many.
EXAMPLES = "5"
LIMIT_S = 600


def check(step: Step) -> str:
    """What fails on one of them; empty if nothing does. A Python that cannot be had is named in the step."""
    wrong = []
    for version in (pythons.PYTHON_MIN, pythons.PYTHON_MAX):
        name = ".".join(map(str, version))
        try:
            python = _environment(name, step)
        except CampusError as error:
            wrong.append(f"Python {name} is not to be had here: {error}")
            continue
        wrong += [f"Python {name}: {fault}" for fault in (_compiled(python), _tried(python)) if fault]
    return "\n".join(wrong)


def _environment(version: str, step: Step) -> Path:
    """An environment of this Python under the work folder. It is made once per lock file."""
    home = paths.WORK / f"python-{version}"
    stamp, python = home / "campus-lock", home / "bin" / "python"
    if (
        stamp.exists()
        and stamp.read_text("utf-8") == venv.lock_digest()
        and process.answers([python, "-c", ""])
    ):
        return python
    uv = venv.find_uv(step)
    shutil.rmtree(home, ignore_errors=True)
    process.run([uv, "venv", "--quiet", "--python", _found(version), home], f"python-{version}")
    install = [
        uv,
        "pip",
        "install",
        "--quiet",
        "--python",
        python,
        "--constraint",
        paths.REQUIREMENTS,
        *PACKAGES,
    ]
    process.run(install, f"python-{version}")
    stamp.write_text(venv.lock_digest(), "utf-8")
    return python


def _found(version: str) -> str:
    """A Python of the machine, also of pyenv; else its number, so that uv fetches it."""
    named = shutil.which(f"python{version}")
    installed = sorted((Path.home() / ".pyenv" / "versions").glob(f"{version}.*/bin/python"))
    candidates = [named, *map(str, installed)]
    return next((found for found in candidates if found and process.answers([found, "-c", ""])), version)


def _compiled(python: Path) -> str:
    """Compile all of the project's Python, because a packaged host runs that too."""
    return _call([python, "-m", "compileall", "-q", "-f", paths.ADDONS, paths.TOOLS])


def _tried(python: Path) -> str:
    """Import every module and run the tests of the rules."""
    tests = [paths.ROOT / "tests" / "unit" / f"test_{name}.py" for name in TESTS]
    return _call([python, "-c", IMPORT_ALL]) or _call([python, "-m", "pytest", "-q", "-x", *tests])


IMPORT_ALL = """
import importlib, pkgutil
for name in ("campus_core", "campus_edge"):
    package = importlib.import_module(name)
    for module in pkgutil.walk_packages(package.__path__, name + "."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
"""


def _call(command: list[str | Path]) -> str:
    folders = ("addons/campus_card", "addons/campus_terminal", "tests", "tests/unit", "tools")
    search = os.pathsep.join(str(paths.ROOT / folder) for folder in folders)
    env = {
        "PYTHONPATH": search,
        "PYTHONPYCACHEPREFIX": str(paths.WORK / "pycache"),
        "CAMPUS_EXAMPLES": EXAMPLES,
    }
    try:
        done = subprocess.run(
            [str(part) for part in command], cwd=paths.ROOT, env=process.clean_env(env), stdin=subprocess.DEVNULL,
            capture_output=True, text=True, check=False, timeout=LIMIT_S,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return f"{command[1:3]} took longer than {LIMIT_S} s"
    return (done.stdout[-2000:] + done.stderr[-1000:]).strip() or "failed" if done.returncode else ""
