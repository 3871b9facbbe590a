"""Checks JavaScript with Odoo's own rules: eslint and prettier, as `web/tooling` configures them."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from . import paths, process

LOCK = paths.ROOT / "config" / "eslint"
HOME = paths.WORK / "npm" / "eslint"
FILES = ("addons/*/static/src/**/*.js", "addons/*/static/tests/**/*.js")


def check(base: Path, fix: bool) -> str:
    """The problems that eslint finds; empty if there are none.

    :param base: folder of the package `odoo` with its addons
    """
    _ensure()
    # The copy has another name, because eslint would search plugins beside the original.
    rules = HOME / "rules.json"
    shutil.copyfile(_rules(base), rules)
    command = [HOME / "node_modules" / ".bin" / "eslint", "--no-eslintrc", "-c", rules]
    command += ["--resolve-plugins-relative-to", HOME, "--ignore-pattern", "**/lib/**", "-f", "unix"]
    command += [*(["--fix"] if fix else []), *FILES]
    done = subprocess.run(
        [str(part) for part in command],
        cwd=paths.ROOT,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    return (done.stdout + done.stderr).strip() or "failed" if done.returncode else ""


def _rules(base: Path) -> Path:
    """Odoo's file. The addon `web` is in one of two folders, depending on the package of Odoo."""
    for home in (base / "odoo" / "addons", base / "addons", base):
        if (found := home / "web" / "tooling" / "_eslintrc.json").is_file():
            return found
    raise FileNotFoundError(f"web/tooling/_eslintrc.json below {base}")


def _ensure() -> None:
    """Install what the lock file names, once for each version of it."""
    lock = (LOCK / "package-lock.json").read_bytes()
    stamp = HOME / "installed.json"
    if stamp.is_file() and stamp.read_bytes() == lock:
        return
    HOME.mkdir(parents=True, exist_ok=True)
    for name in ("package.json", "package-lock.json"):
        shutil.copyfile(LOCK / name, HOME / name)
    process.run(["npm", "ci", "--no-audit", "--no-fund", "--prefix", HOME], "npm-eslint")
    stamp.write_bytes(lock)
