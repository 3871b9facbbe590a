"""Where Odoo 19 comes from, in this order: `CAMPUS_ODOO`, an importable `odoo`,
the cached copy, the Debian archive of this machine, a shallow clone."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from . import odoo_debian, paths, process, settings, state
from .console import CampusError, Step, warn

GIT_URL = "https://github.com/odoo/odoo"
RELEASE = re.compile(r"^version_info\s*=\s*\((\d+),\s*(\d+)", re.MULTILINE)


@dataclass(frozen=True)
class OdooTree:
    """`base` is the folder that holds the `odoo` package."""

    base: Path
    origin: str

    @property
    def release(self) -> str:
        text = (self.base / "odoo" / "release.py").read_text(encoding="utf-8")
        found = RELEASE.search(text)
        return f"{found[1]}.{found[2]}" if found else "unknown"

    @property
    def version(self) -> str:
        """A text that identifies the exact tree, for cache keys and messages."""
        return f"{self.release} ({self.origin})"

    @property
    def addons_paths(self) -> list[Path]:
        """Debian has all addons in the package's own folder. A checkout has a second folder beside it."""
        folders = [self.base / "odoo" / "addons", self.base / "addons"]
        return [path for path in folders if (path / "web" / "__manifest__.py").exists()][:1]

    def is_complete(self) -> bool:
        if not (self.base / "odoo" / "release.py").exists():
            return False
        return self.release == settings.ODOO_SERIES and bool(self.addons_paths)


def cache_folder() -> Path:
    return paths.cache() / "odoo"


def ensure(python: Path, step: Step) -> OdooTree:
    tree = find(python)
    if tree is None or any(cache_folder().glob("tmp-*")):
        with state.locked(cache_folder() / "lock"):
            _clear_half_made()
            tree = tree or find_cached() or _fetch(step)
    step.result = tree.version
    return tree


def find(python: Path) -> OdooTree | None:
    """The Odoo that is there already. It fetches nothing."""
    return find_chosen() or find_importable(python) or find_cached()


def find_chosen() -> OdooTree | None:
    chosen = os.environ.get("CAMPUS_ODOO")
    if not chosen:
        return None
    root = Path(chosen).expanduser().resolve()
    for base in (root, root.parent, root / odoo_debian.PACKAGES):
        tree = OdooTree(base, f"CAMPUS_ODOO={chosen}")
        if tree.is_complete():
            if odoo_debian.has_gap(base):
                warn(f"CAMPUS_ODOO has no {odoo_debian.LEFT_OUT}: pages of the backend will log an error")
            return tree
    raise CampusError(f"CAMPUS_ODOO={chosen} is not a tree of Odoo {settings.ODOO_SERIES}")


def find_importable(python: Path) -> OdooTree | None:
    code = "import importlib.util as u; s = u.find_spec('odoo.release'); print(s.origin)"
    done = subprocess.run([str(python), "-c", code], capture_output=True, text=True, check=False, cwd="/")
    if done.returncode or not done.stdout.strip():
        return None
    tree = OdooTree(Path(done.stdout.strip()).parents[1], "installed")
    # Debian's package as it is installed is not ours to mend; a copy of our own is.
    return tree if tree.is_complete() and not odoo_debian.has_gap(tree.base) else None


def find_cached() -> OdooTree | None:
    """A copy gets its final name when it is complete, so a copy with that name is complete."""
    for folder in sorted(cache_folder().glob(f"{settings.ODOO_SERIES}*"), reverse=True):
        for base in (folder / odoo_debian.PACKAGES, folder):
            tree = OdooTree(base, folder.name)
            if tree.is_complete():
                odoo_debian.fill_gap(base)
                return tree
    return None


def _clear_half_made() -> None:
    """Delete unfinished downloads, up to a gigabyte each. The caller holds the lock, so nobody else is
    downloading.
    """
    for folder in cache_folder().glob("tmp-*"):
        shutil.rmtree(folder, ignore_errors=True)


def _fetch(step: Step) -> OdooTree:
    reasons = []
    for name, fetch in (("Debian", odoo_debian.fetch), ("git", _clone)):
        temporary = cache_folder() / f"tmp-{os.getpid()}"
        try:
            folder_name = fetch(temporary, step)
            temporary.rename(cache_folder() / folder_name)
        except CampusError as error:
            reasons.append(f"{name}: {error}")
        finally:
            shutil.rmtree(temporary, ignore_errors=True)
        if tree := find_cached():
            return tree
    raise CampusError(
        "could not get Odoo 19:\n" + "\n".join(reasons),
        "set CAMPUS_ODOO to a checkout of Odoo's branch 19.0",
    )


def _clone(target: Path, step: Step) -> str:
    if not shutil.which("git"):
        raise CampusError("git is not installed")
    step.note("cloning the branch 19.0")
    url = os.environ.get("CAMPUS_ODOO_GIT") or GIT_URL
    process.run(
        ["git", "clone", "--depth=1", "--branch", settings.ODOO_SERIES, url, target],
        "odoo-clone",
        {"GIT_TERMINAL_PROMPT": "0"},
        on_line=step.note,
    )
    done = subprocess.run(
        ["git", "-C", str(target), "rev-parse", "--short", "HEAD"],
        capture_output=True,
        text=True,
        check=True,
    )
    return f"{settings.ODOO_SERIES}-git-{done.stdout.strip()}"
