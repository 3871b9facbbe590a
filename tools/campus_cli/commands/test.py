"""`./campus test`: unit tests, addon tests inside Odoo, end-to-end tests in a browser."""

from __future__ import annotations

import argparse
from pathlib import Path

from .. import builds, databases, edge_packages, paths, ports, settings, state, system, venv, workspace
from ..console import CampusError, Steps
from ..suite import Lanes, Outcome, Suite
from ..workspace import Workspace

HELP = "run the tests: unit, addons, e2e, month, or all"
SUITES = ("unit", "addons", "e2e", "month")
NEEDS = ("chromium", "libmagic", "libpango", "fonts-noto-cjk")
WANTS = ("wkhtmltopdf",)
# Programs that the unit tests run: zbarimg reads the codes that phones show, nginx runs config/nginx.conf.
UNIT_NEEDS = ("zbarimg", "nginx")
# The browsers besides Chromium, and the program that audits pages.
E2E_NEEDS = ("zbarimg", "firefox", "webkit-driver", "xvfb", "npm")
# The program that moves the clock of the played month.
MONTH_NEEDS = ("faketime",)
# These end-to-end tests run after the addons' tests. The others run at the same time as both.
PHONES = ("test_kiosk.py", "test_lighthouse.py", "test_other_browsers.py")
# Unit tests that run programs, and so wait for them.
PROGRAMS = ("test_cli_*.py", "test_deployment.py", "test_edge_*.py", "test_manual.py", "test_nginx.py")
# Everything is installed and built: nobody needs to look, or to wait for who builds something else.
PREPARED = {"CAMPUS_PREPARED": "1"}
# Odoo hashes passwords as quickly in its own tests; see odoo_launcher.py.
QUICK_LOGINS = {"CAMPUS_PASSWORD_ROUNDS": "1000"}
# Files of Odoo's addon test_lint. Its pylint run takes minutes; ./campus lint does that.
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


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("suite", nargs="?", choices=SUITES, help="one suite; without it, all")
    parser.add_argument("-k", metavar="EXPRESSION", help="only tests matching it (see pytest)")
    parser.add_argument(
        "-a", "--addon", action="append", metavar="NAME", help="only this addon's tests in Odoo"
    )
    parser.epilog = "What follows -- goes to pytest."
    parser.set_defaults(pytest=[])


def run(args: argparse.Namespace) -> int:
    suites = [args.suite] if args.suite else list(SUITES)
    _name_missing(suites)
    extra = [*(["-k", args.k] if args.k else []), *args.pytest]
    if "unit" in suites:
        _unit_needs()
    if suites == ["unit"]:
        outcomes = [Suite("unit", ["tests/unit", *extra]).run()]
    else:
        outcomes = _inside_odoo(suites, addon_groups(args.addon), extra, parts=bool(args.k or args.addon))
    return report(outcomes, selected=bool(args.k))


def report(outcomes: list[Outcome], selected: bool) -> int:
    """Print the counts. The last line is for the whole run."""
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


def _needs(suites: list[str]) -> tuple[str, ...]:
    """System packages that these suites need, each once."""
    unit = (*UNIT_NEEDS, *edge_packages.PACKAGES) if "unit" in suites else ()
    inside = NEEDS if {"addons", "e2e"} & set(suites) else ()
    browsers = E2E_NEEDS if "e2e" in suites else ()
    month = MONTH_NEEDS if "month" in suites else ()
    return tuple(dict.fromkeys((*venv.NEEDS, *unit, *inside, *browsers, *month)))


def _name_missing(suites: list[str]) -> None:
    """Name everything that is missing at the start, with one command that installs it."""
    absent = system.missing(_needs(suites))
    if absent and not system.can_install():
        wanted = WANTS if set(suites) - {"unit"} else ()
        system.install(system.packages([*absent, *system.missing(wanted)]))


def _unit_needs() -> None:
    steps = Steps(3)
    with state.checkout_lock():
        with steps.step("system packages") as step:
            step.result = system.require(_needs(["unit"]))
        with steps.step("Python environment") as step:
            venv.ensure(step)
        with steps.step("card readers") as step:
            edge_packages.ensure(step)


def addon_groups(chosen: list[str] | None) -> list[list[str]]:
    """The addons that are tested in one database each: the product, and the demo, which adds data."""
    groups = (settings.PRODUCT_ADDONS, tuple(set(settings.DEMO_ADDONS) - set(settings.PRODUCT_ADDONS)))
    existing = [settings.existing(group) for group in groups]
    found = [[name for name in group if not chosen or name in chosen] for group in existing]
    return [group for group in found if _test_folders(group)]


def _test_folders(addons: list[str]) -> list[str]:
    return [f"addons/{name}/tests" for name in addons if any((paths.ADDONS / name).glob("tests/test_*.py"))]


def _odoos_lint(ws: Workspace, addons: list[str]) -> list[Path]:
    """Odoo's own checks of all installed addons, after all of ours are installed."""
    complete = addons == settings.existing(settings.PRODUCT_ADDONS)
    folder = ws.tree.base / "odoo" / "addons" / "test_lint" / "tests"
    return [path for name in ODOO_LINT if complete and (path := folder / f"test_{name}.py").exists()]


def _inside_odoo(suites: list[str], groups: list[list[str]], extra: list[str], parts: bool) -> list[Outcome]:
    """Run two suites at a time, the longest first, so that both lanes end at about the same time. The unit tests need
    no database; they run while databases are built.
    """
    groups = groups if "addons" in suites else []
    if "addons" in suites and not groups:
        raise CampusError("no addon has tests")
    whole = settings.existing(settings.PRODUCT_ADDONS)
    with Lanes() as lanes:
        if "unit" in suites:
            lanes.add(*_unit(extra))
        ws, base = _base(_needs([name for name in suites if name != "unit"]))
        browsers = _browsers(extra) if "e2e" in suites else []
        if browsers:
            _database(ws, base, whole, warm=not parts)
            lanes.add(browsers.pop(0))
        for group in groups:
            product = _database(ws, base, group, warm=not parts and group == whole)
            tests = AddonSuite(ws, product, group, extra)
            if suites == ["addons"] and len(groups) == 1:
                return [tests.run()]
            lanes.add(tests)
        lanes.add(*browsers)
        if "e2e" in suites and ws.server.embedded:
            lanes.add(Suite("chaos", ["tests/chaos", *extra], PREPARED))
        if "month" in suites:
            # On a copy of the demo that the addons' tests have made.
            lanes.add(Suite("month", ["tests/month", *extra], QUICK_LOGINS))
        return lanes.run()


def _unit(extra: list[str]) -> list[Suite]:
    """The unit tests in two halves: those of programs mostly wait, the others calculate."""
    folder = paths.ROOT / "tests" / "unit"
    programs = {path for pattern in PROGRAMS for path in folder.glob(pattern)}
    rules = set(folder.glob("test_*.py")) - programs
    named = (("unit", rules), ("unit programs", programs))
    return [Suite(name, [*map(paths.relative, sorted(half)), *extra]) for name, half in named]


def _browsers(extra: list[str]) -> list[Suite]:
    """The end-to-end tests in two parts. Each makes databases and servers of its own (its conftest.py)."""
    files = sorted(path.name for path in (paths.ROOT / "tests" / "e2e").glob("test_*.py"))
    # Hypothesis is loaded at the very end. After a browser was used, Python 3.11 cannot do that.
    rest = ["-p", "no:hypothesispytest", *extra]
    halves = [[f"tests/e2e/{name}" for name in files if (name in PHONES) is half] for half in (False, True)]
    env = {**QUICK_LOGINS, **PREPARED}
    return [
        Suite("e2e", [*halves[0], *rest], {**env, **_other_ports()}),
        Suite("e2e phones", [*halves[1], *rest], env),
    ]


def _base(needs: tuple[str, ...]) -> tuple[Workspace, str]:
    steps = Steps(workspace.STEPS + 1)
    with state.checkout_lock():
        ws = workspace.prepare(steps, needs, WANTS)
        with steps.step("database of Odoo's addons") as step:
            return ws, builds.base(ws, step)


def _database(ws: Workspace, base: str, addons: list[str], warm: bool) -> str:
    """:param warm: whether so much is run that compiling the browsers' code for all of it is worth it"""
    with state.checkout_lock(), Steps(1).step(f"database with {', '.join(addons)}") as step:
        product = builds.product(ws, base, step, addons)
        if warm:
            builds.warm(ws, product, step)
    return product


def _other_ports() -> dict[str, str]:
    """Ports that the addons' tests, which run at the same time, do not use."""
    return {"CAMPUS_PORT": str(ports.further(500))}


class AddonSuite(Suite):
    """The tests of some addons, inside Odoo, on a copy of the database that has them."""

    def __init__(self, ws: Workspace, product: str, addons: list[str], extra: list[str]) -> None:
        tests = [*_test_folders(addons), *map(str, _odoos_lint(ws, addons))]
        command = ["-c", "config/pytest-addons.ini", f"--rootdir={paths.ROOT}", "--odoo-http", *tests, *extra]
        super().__init__(f"addons {' '.join(addons)}", command)
        self.ws, self.product, self.database = ws, product, ""

    def prepared(self) -> tuple[list[str], dict[str, str]]:
        self.database = builds.throwaway(self.ws, self.product, self.slug)
        odoo = self.ws.odoo(self.database, http_port=ports.hold(1)[0])
        return [f"--odoo-database={self.database}", f"--odoo-config={odoo.write_config()}"], odoo.env()

    def cleaned(self) -> None:
        if self.database:
            databases.drop(self.ws.server, self.database)
