"""Opens the demo in Chromium, without a screen."""

from __future__ import annotations

from . import paths, process, system, venv
from .console import Step
from .workspace import Workspace

# The end-to-end tests use these too. Chromium's sandbox does not work for root in a container.
BROWSER_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
NEEDS = ("chromium", "libmagic", "libpango", "fonts-noto-cjk")
SCRIPT = paths.TOOLS / "headless_check.py"


def check(ws: Workspace, url: str, database: str, step: Step) -> None:
    """Open login, backend, POS and portal. Raises if a page is not right."""
    point_of_sale = ws.server.query("SELECT id FROM pos_config WHERE active ORDER BY id LIMIT 1", database)
    command = [venv.PYTHON, SCRIPT, f"--url={url}", f"--browser={system.browser()}"]
    command += [f"--artifacts={paths.ARTIFACTS}"]
    if point_of_sale:
        command.append(f"--pos={point_of_sale[0][0]}")
    output = process.run(command, "headless-check", on_line=step.note, cwd=paths.ROOT)
    seen = [line.removesuffix(": ok") for line in output.splitlines() if line.endswith(": ok")]
    step.result = f"{', '.join(dict.fromkeys(seen))} seen, screenshots in {paths.relative(paths.ARTIFACTS)}/"
