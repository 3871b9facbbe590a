"""`./campus i18n`: export the terms of the addons, or check that all are translated."""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import tempfile
from pathlib import Path

from .. import builds, databases, paths, settings, state, venv, workspace
from ..console import Steps

HELP = "export terms to i18n/ (with --check only say what is missing)"
SCRIPT = paths.TOOLS / "check_translations.py"


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--check", action="store_true", help="change nothing, fail when terms are missing")


def run(args: argparse.Namespace) -> int:
    addons = settings.existing(settings.PRODUCT_ADDONS)
    with tempfile.TemporaryDirectory() as folder:
        _export(addons, folder)
        if not args.check:
            for addon in addons:
                shutil.copytree(
                    Path(folder) / addon / "i18n", paths.ADDONS / addon / "i18n", dirs_exist_ok=True
                )
        problems = check(addons, "--fresh", folder)
    print(problems or f"all terms of {', '.join(addons)} are translated")
    return 1 if problems else 0


def check(addons: list[str], *options: str) -> str:
    """Terms that the files of the checkout lack, as text; empty if there are none."""
    command = [venv.PYTHON, SCRIPT, *(paths.ADDONS / addon for addon in addons), *options]
    command += [f"--language={language}" for language in settings.LANGUAGES]
    done = subprocess.run(
        [str(part) for part in command],
        cwd=paths.ROOT,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    return (done.stdout + done.stderr).strip() if done.returncode else ""


def _export(addons: list[str], folder: str) -> None:
    steps = Steps(workspace.STEPS + 3)
    with state.checkout_lock():
        ws = workspace.prepare(steps)
        with steps.step("database of Odoo's addons") as step:
            base = builds.base(ws, step)
        with steps.step("database with our addons") as step:
            product = builds.product(ws, base, step, addons)
        database = builds.throwaway(ws, product, "i18n")
    wanted = {"addons": addons, "languages": settings.LANGUAGES, "folder": folder}
    try:
        with steps.step("exporting terms"):
            ws.odoo(database).script("export_terms.py", "i18n", {"CAMPUS_TERMS": json.dumps(wanted)})
    finally:
        databases.drop(ws.server, database)
