"""`./campus test`: unit tests, addon tests inside Odoo, end-to-end tests in a browser."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import time
from dataclasses import dataclass, field

from .. import builds, databases, paths, process, settings, state, venv, workspace
from ..console import CampusError, Steps, say
from ..workspace import Workspace

HELP = "run the tests: unit, addons, e2e, or all"
SUITES = ("unit", "addons", "e2e")
PYTEST_OK, PYTEST_FAILED, PYTEST_NOTHING = 0, 1, 5
NEEDS = ("chromium", "libmagic", "fonts-noto-cjk")
WANTS = ("wkhtmltopdf",)


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
        addons = settings.existing(tuple(args.addon or settings.PRODUCT_ADDONS))
        outcomes += _inside_odoo([name for name in suites if name != "unit"], addons, extra)
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
    with state.checkout_lock(), Steps(1).step("Python environment") as step:
        venv.ensure(step)
    return _pytest("unit", ["tests/unit", *extra], {})


def _inside_odoo(suites: list[str], addons: list[str], extra: list[str]) -> list[Outcome]:
    steps = Steps(workspace.STEPS + 2)
    with state.checkout_lock():
        ws = workspace.prepare(steps, NEEDS, WANTS)
        with steps.step("database of Odoo's addons") as step:
            base = builds.base(ws, step)
        with steps.step("database with our addons") as step:
            product = builds.product(ws, base, step, addons)
    runners = {"addons": _addons, "e2e": _e2e}
    return [runners[suite](ws, product, addons, extra) for suite in suites]


def _addons(ws: Workspace, product: str, addons: list[str], extra: list[str]) -> Outcome:
    database = builds.throwaway(ws, product, "addons")
    odoo = ws.odoo(database, http_port=state.free_ports(1)[0])
    folders = [f"addons/{name}/tests" for name in addons if (paths.ADDONS / name / "tests").is_dir()]
    if not folders:
        raise CampusError("no addon has tests")
    command = ["-c", "config/pytest-addons.ini", f"--rootdir={paths.ROOT}"]
    command += [f"--odoo-database={database}", f"--odoo-config={odoo.write_config()}"]
    command += ["--odoo-http", *folders, *extra]
    try:
        return _pytest("addons", command, odoo.env())
    finally:
        databases.drop(ws.server, database)


def _e2e(ws: Workspace, product: str, addons: list[str], extra: list[str]) -> Outcome:
    """The suite makes its own databases and servers; see tests/e2e/conftest.py."""
    del ws, product, addons
    return _pytest("e2e", ["tests/e2e", *extra], {})


def _pytest(suite: str, arguments: list[str], env: dict[str, str]) -> Outcome:
    paths.WORK.mkdir(exist_ok=True)
    counts = paths.WORK / f"counts-{suite}-{os.getpid()}.json"
    python_path = f"{env.get('PYTHONPATH', '')}:{paths.TOOLS}".strip(":")
    command = [venv.PYTHON, "-m", "pytest", "-p", "campus_pytest", "-rs", *arguments]
    command.append(f"--campus-counts={counts}")
    say(f"\n== {suite} ==")
    started = time.monotonic()
    try:
        code = subprocess.run(
            [str(part) for part in command],
            cwd=paths.ROOT,
            env=process.clean_env({**env, "PYTHONPATH": python_path}),
            stdin=subprocess.DEVNULL,
            check=False,
        ).returncode
        seconds = time.monotonic() - started
        found = json.loads(counts.read_text(encoding="utf-8")) if counts.exists() else {}
    finally:
        counts.unlink(missing_ok=True)
    return Outcome(suite, code, seconds, found)
