"""`./campus test`: unit tests, addon tests inside Odoo, end-to-end tests in a browser."""

from __future__ import annotations

import argparse
import json
import os
import time
from dataclasses import dataclass, field
from pathlib import Path

from .. import builds, databases, edge_packages, paths, process, settings, state, system, venv, workspace
from ..console import CampusError, Steps, say
from ..workspace import Workspace

HELP = "run the tests: unit, addons, e2e, or all"
SUITES = ("unit", "addons", "e2e")
PYTEST_OK, PYTEST_FAILED, PYTEST_NOTHING = 0, 1, 5
NEEDS = ("chromium", "libmagic", "fonts-noto-cjk")
WANTS = ("wkhtmltopdf",)
# What the unit tests run: zbarimg reads the codes that phones show.
UNIT_NEEDS = ("zbarimg",)
# The browsers that are not Chromium, and what audits pages.
E2E_NEEDS = ("zbarimg", "firefox", "webkit-driver", "xvfb", "npm")
# Files of Odoo's addon test_lint; its pylint run takes minutes and is ./campus lint's business.
ODOO_LINT = (
    "dunderinit",
    "i18n",
    "index",
    "jstranslate",
    "manifests",
    "markers",
    "onchange_domains",
    "orm_import",
    "override_signatures",
    "pofile",
)


@dataclass
class Outcome:
    """Counts of one suite. A skipped test has proved nothing, so it is a failure."""

    suite: str
    code: int
    seconds: float
    counts: dict[str, int] = field(default_factory=dict)

    @property
    def passed(self) -> int:
        return self.counts.get("passed", 0)

    @property
    def failed(self) -> int:
        bad = ("failed", "error", "skipped", "xfailed", "xpassed")
        return sum(self.counts.get(key, 0) for key in bad)

    def is_broken(self, selected: bool) -> bool:
        """pytest itself gave up, or found nothing though nothing was selected away."""
        if self.code == PYTEST_NOTHING:
            return not selected
        return self.code not in (PYTEST_OK, PYTEST_FAILED)


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("suite", nargs="?", choices=SUITES, help="one suite; without it, all")
    parser.add_argument("-k", metavar="EXPRESSION", help="only tests matching it (see pytest)")
    parser.add_argument(
        "-a", "--addon", action="append", metavar="NAME", help="only this addon's tests in Odoo"
    )
    parser.add_argument("pytest", nargs="*", help="after --, arguments for pytest")


def run(args: argparse.Namespace) -> int:
    suites = [args.suite] if args.suite else list(SUITES)
    extra = [*(["-k", args.k] if args.k else []), *args.pytest]
    outcomes = []
    if "unit" in suites:
        outcomes.append(_unit(extra))
    if set(suites) - {"unit"}:
        groups = addon_groups(args.addon)
        outcomes += _inside_odoo([name for name in suites if name != "unit"], groups, extra)
    return report(outcomes, selected=bool(args.k))


def report(outcomes: list[Outcome], selected: bool) -> int:
    """Print the sums; the last line is the whole run."""
    broken = [outcome for outcome in outcomes if outcome.is_broken(selected)]
    for outcome in outcomes:
        note = f", pytest ended with code {outcome.code}" if outcome in broken else ""
        counts = f"{outcome.passed} passed, {outcome.failed} failed"
        print(f"{outcome.suite}: {counts} ({outcome.seconds:.0f} s){note}")
    passed = sum(outcome.passed for outcome in outcomes)
    failed = sum(outcome.failed or (outcome in broken) for outcome in outcomes)
    if not passed and not failed:
        print("no test was collected")
    print(f"{passed} passed, {failed} failed")
    return 0 if passed and not failed else 1


def _unit(extra: list[str]) -> Outcome:
    steps = Steps(3)
    with state.checkout_lock():
        with steps.step("system packages") as step:
            step.result = system.require(UNIT_NEEDS)
        with steps.step("Python environment") as step:
            venv.ensure(step)
        with steps.step("card readers") as step:
            edge_packages.ensure(step)
    return _pytest("unit", ["tests/unit", *extra], {})


def addon_groups(chosen: list[str] | None) -> list[list[str]]:
    """Addons tested in one database each: the product, and the demo, which brings data along."""
    groups = (settings.PRODUCT_ADDONS, tuple(set(settings.DEMO_ADDONS) - set(settings.PRODUCT_ADDONS)))
    existing = [settings.existing(group) for group in groups]
    found = [[name for name in group if not chosen or name in chosen] for group in existing]
    return [group for group in found if _test_folders(group)]


def _test_folders(addons: list[str]) -> list[str]:
    return [f"addons/{name}/tests" for name in addons if any((paths.ADDONS / name).glob("tests/test_*.py"))]


def _odoos_lint(ws: Workspace, addons: list[str]) -> list[Path]:
    """Odoo's own checks of all installed addons, once all of ours are installed."""
    complete = addons == settings.existing(settings.PRODUCT_ADDONS)
    folder = ws.tree.base / "odoo" / "addons" / "test_lint" / "tests"
    return [path for name in ODOO_LINT if complete and (path := folder / f"test_{name}.py").exists()]


def _inside_odoo(suites: list[str], groups: list[list[str]], extra: list[str]) -> list[Outcome]:
    groups = groups if "addons" in suites else []
    if "addons" in suites and not groups:
        raise CampusError("no addon has tests")
    steps = Steps(workspace.STEPS + 1 + len(groups))
    with state.checkout_lock():
        needs = (*NEEDS, *E2E_NEEDS) if "e2e" in suites else NEEDS
        ws = workspace.prepare(steps, needs, WANTS)
        with steps.step("database of Odoo's addons") as step:
            base = builds.base(ws, step)
        products = []
        for group in groups:
            with steps.step(f"database with {', '.join(group)}") as step:
                products.append((builds.product(ws, base, step, group), group))
    outcomes = [_addons(ws, product, group, extra) for product, group in products]
    if "e2e" in suites:
        # It makes its own databases and servers; see tests/e2e/conftest.py.
        # Hypothesis loads itself at the very end; after a browser was driven, Python 3.11 cannot.
        outcomes.append(_pytest("e2e", ["tests/e2e", "-p", "no:hypothesispytest", *extra], {}))
        # Last, because it kills the PostgreSQL that the others use; a real server is not ours to kill.
        if ws.server.embedded:
            outcomes.append(_pytest("chaos", ["tests/chaos", *extra], {}))
    return outcomes


def _addons(ws: Workspace, product: str, addons: list[str], extra: list[str]) -> Outcome:
    database = builds.throwaway(ws, product, "addons")
    odoo = ws.odoo(database, http_port=state.free_ports(1)[0])
    command = ["-c", "config/pytest-addons.ini", f"--rootdir={paths.ROOT}"]
    command += [f"--odoo-database={database}", f"--odoo-config={odoo.write_config()}"]
    command += ["--odoo-http", *_test_folders(addons), *_odoos_lint(ws, addons), *extra]
    try:
        return _pytest(f"addons {' '.join(addons)}", command, odoo.env())
    finally:
        databases.drop(ws.server, database)


def _pytest(suite: str, arguments: list[str], env: dict[str, str]) -> Outcome:
    paths.WORK.mkdir(exist_ok=True)
    counts = paths.WORK / f"counts-{suite.split()[0]}-{os.getpid()}.json"
    python_path = f"{env.get('PYTHONPATH', '')}:{paths.TOOLS}".strip(":")
    command = [venv.PYTHON, "-m", "pytest", "-p", "campus_pytest", "-rs", *arguments]
    command.append(f"--campus-counts={counts}")
    say(f"\n== {suite} ==")
    started = time.monotonic()
    try:
        code = process.call(command, {**env, "PYTHONPATH": python_path})
        seconds = time.monotonic() - started
        found = json.loads(counts.read_text(encoding="utf-8")) if counts.exists() else {}
    finally:
        counts.unlink(missing_ok=True)
    return Outcome(suite, code, seconds, found)
